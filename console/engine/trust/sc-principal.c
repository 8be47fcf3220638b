/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-principal.h"

static const char *const nicks[] = { "none", "seat", "cache", "viewer", "operator", "administrator" };

const char *
sc_role_to_nick (ScRole role)
{
  g_return_val_if_fail (role <= SC_ROLE_ADMINISTRATOR, nicks[SC_ROLE_NONE]);
  return nicks[role];
}

gboolean
sc_role_from_nick (const char *nick, ScRole *role)
{
  for (guint i = 0; nick != NULL && i < G_N_ELEMENTS (nicks); i++)
    if (g_str_equal (nicks[i], nick)) {
      *role = (ScRole) i;
      return TRUE;
    }
  return FALSE;
}

void
sc_principal_clear (ScPrincipal *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->token, g_free);
  *self = (ScPrincipal){ .role = SC_ROLE_NONE };
}

gboolean
sc_principal_is_local (const ScPrincipal *self)
{
  return self->role == SC_ROLE_ADMINISTRATOR && g_strcmp0 (self->name, SC_PRINCIPAL_LOCAL) == 0;
}

gboolean
sc_principal_may (const ScPrincipal *self, ScRole needed)
{
  if (needed == SC_ROLE_NONE)
    return TRUE;
  if (needed < SC_ROLE_VIEWER || self->role < SC_ROLE_VIEWER)
    return self->role == needed;
  return self->role >= needed;
}
