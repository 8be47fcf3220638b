/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-secret.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl.h"

#include "common/sc-error.h"

#include <stdio.h>

ScCtlStatus
sc_ctl_user_list (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/users", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  const char *const headings[] = { "USER", "ROLE", "SIGNED IN", "?STATE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *user;
  json_array_foreach (json_object_get (answer, "users"), i, user)
  {
    if (self->options.json)
      sc_ctl_print_json (user);
    else
      sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (user, "name")), g_strdup (sc_ctl_text_of (user, "role")),
                        sc_ctl_format_time (sc_ctl_text_of (user, "signed_in")),
                        g_strdup (sc_json_get_optional_bool (user, "disabled", FALSE) ? "disabled" : ""));
  }
  return sc_ctl_print_table (self, table,
                             "There are no members of staff: on the console's own machine its administrator needs "
                             "none; “user add” makes one.");
}

/* @body: (transfer full). @done: what is said then, about the user named first */
static ScCtlStatus
change (ScCtl *self, const char *action, ScJson *body, const char *done, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/users/", self->arguments[0], action, NULL);
  g_autoptr (ScJson) answer = sc_ctl_secret_post (self->client, path, body, error);
  if (!answer)
    return SC_CTL_FAILED;
  g_autofree char *name = sc_ctl_text_cut (self->arguments[0], G_MAXUINT);
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    printf ("%s %s.\n", name, done);
  return SC_CTL_DONE;
}

/* Returns: (nullable): the new password, to be freed with the array */
static ScCtlSecrets
read_new_password (ScCtl *self, GError **error)
{
  g_autofree char *name = sc_ctl_text_cut (self->arguments[0], G_MAXUINT);
  g_autofree char *prompt = g_strdup_printf ("New password of %s", name);
  return sc_ctl_secrets_read (self, (const char *const[]){ prompt, NULL }, TRUE, error);
}

ScCtlStatus
sc_ctl_user_add (ScCtl *self, GError **error)
{
  g_auto (ScCtlSecrets) secrets = read_new_password (self, error);
  if (!secrets)
    return SC_CTL_FAILED;
  ScJson *body =
      json_pack ("{s:s, s:s, s:s}", "name", self->arguments[0], "role", self->options.role, "password", secrets[0]);
  g_autoptr (ScJson) answer = sc_ctl_secret_post (self->client, "/v1/users", body, error);
  if (!answer)
    return SC_CTL_FAILED;
  g_autofree char *name = sc_ctl_text_cut (self->arguments[0], G_MAXUINT);
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    printf ("%s may sign in as %s.\n", name, self->options.role);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_user_role (ScCtl *self, GError **error)
{
  const char *const roles[] = { "viewer", "operator", "administrator", NULL };
  const char *role = self->arguments[1];
  if (!g_strv_contains (roles, role)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is no role: it is viewer, operator or administrator", role);
    return SC_CTL_USAGE;
  }
  g_autofree char *done = g_strdup_printf ("is %s now", role);
  return change (self, "/change", json_pack ("{s:s}", "role", role), done, error);
}

ScCtlStatus
sc_ctl_user_password (ScCtl *self, GError **error)
{
  g_auto (ScCtlSecrets) secrets = read_new_password (self, error);
  if (!secrets)
    return SC_CTL_FAILED;
  return change (self, "/change", json_pack ("{s:s}", "password", secrets[0]), "has another password", error);
}

ScCtlStatus
sc_ctl_user_disable (ScCtl *self, GError **error)
{
  return change (self, "/change", json_pack ("{s:b}", "disabled", TRUE), "may sign in no more", error);
}

ScCtlStatus
sc_ctl_user_enable (ScCtl *self, GError **error)
{
  return change (self, "/change", json_pack ("{s:b}", "disabled", FALSE), "may sign in", error);
}

ScCtlStatus
sc_ctl_user_remove (ScCtl *self, GError **error)
{
  return change (self, "/delete", json_object (), "is removed", error);
}
