/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-me.h"

#include "console/gui/model/sc-item.h"

#include <glib/gi18n-lib.h>

static const struct {
  const char *role, *words, *why_not;
} roles[] = {
  [SC_MAY_VIEW] = { "viewer", NC_ ("role", "viewer"), NULL },
  [SC_MAY_OPERATE] = { "operator", NC_ ("role", "operator"), N_ ("Only operators and administrators may do this") },
  [SC_MAY_ADMINISTER] = { "administrator", NC_ ("role", "administrator"), N_ ("Only administrators may do this") },
};

const char *
sc_me_get_role (ScConsole *console)
{
  return sc_item_text_of (sc_console_get_me (console), "role");
}

/* An engine that does not say who it takes the user for lets him do all, or refuses. */
static gboolean
suffices (ScConsole *console, ScMay may)
{
  const char *role = sc_me_get_role (console);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_str_equal (role, roles[i].role))
      return i >= may;
  return TRUE;
}

gboolean
sc_me_may (ScConsole *console, ScMay may)
{
  return sc_console_get_state (console) == SC_CONSOLE_CONNECTED && suffices (console, may);
}

const char *
sc_me_why_not (ScConsole *console, ScMay may)
{
  return roles[may].why_not != NULL && !suffices (console, may) ? _ (roles[may].why_not) : NULL;
}

gboolean
sc_me_is_local (ScConsole *console)
{
  return sc_item_flag_of (sc_console_get_me (console), "local");
}

const char *
sc_me_get_user (ScConsole *console)
{
  return sc_me_is_local (console) ? "" : sc_item_text_of (sc_console_get_me (console), "user");
}

const char *
sc_me_role_of (ScMay may)
{
  return roles[may].role;
}

const char *
sc_me_role_words (const char *role)
{
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_str_equal (role, roles[i].role))
      return g_dpgettext2 (GETTEXT_PACKAGE, "role", roles[i].words);
  return role;
}
