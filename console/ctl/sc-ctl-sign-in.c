/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-secret.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-terminal.h"
#include "console/ctl/sc-ctl.h"

#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "console/client/sc-connection-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

/* The file that is written: (transfer full). Errors: %SC_ERROR_STATE it is an engine's */
static char *
find_target (ScCtl *self, GError **error)
{
  const char *named = self->options.connection ? self->options.connection : g_getenv ("SEATCAST_CONNECTION");
  g_autofree char *path = named && *named ? g_strdup (named) : sc_connection_file_get_own ();
  if (!sc_connection_file_is_engines (path))
    return g_steal_pointer (&path);
  g_set_error (error, SC_ERROR, SC_ERROR_STATE,
               "%s is the connection file of an engine on this machine: with it you are its administrator without "
               "signing in; for another console name another file by --connection",
               path);
  return NULL;
}

/* As people copy it: with colons or blanks, in capitals. (transfer full) */
static char *
tidy_fingerprint (const char *text)
{
  GString *fingerprint = g_string_new (NULL);
  for (const char *at = text; *at; at++)
    if (*at != ':' && *at != ' ')
      g_string_append_c (fingerprint, g_ascii_tolower (*at));
  return g_string_free (fingerprint, FALSE);
}

typedef struct {
  GMainLoop *loop;
  GAsyncResult *result;
} Shown;

static void
on_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  Shown *shown = data;
  shown->result = g_object_ref (result);
  g_main_loop_quit (shown->loop);
}

/* Returns: (transfer full) (nullable): the fingerprint, when the user says that it is the right one */
static char *
ask_for_fingerprint (const char *url, GError **error)
{
  if (!sc_ctl_terminal_can_ask ()) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "say whom to trust: --ca-fingerprint HEX, as “seatcastctl ca fingerprint” prints it on the console's "
                 "machine");
    return NULL;
  }
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Shown shown = { .loop = loop };
  sc_client_fetch_fingerprint_async (url, NULL, on_shown, &shown);
  g_main_loop_run (loop);
  g_autoptr (GAsyncResult) result = shown.result;
  g_autofree char *fingerprint = sc_client_fetch_fingerprint_finish (result, error);
  if (!fingerprint)
    return NULL;
  fprintf (stderr,
           "The fingerprint of the authority that answers at %s:\n\n  %s\n\nCompare it with what “seatcastctl ca "
           "fingerprint” prints on the console's machine.\n",
           url, fingerprint);
  if (sc_ctl_terminal_confirm ("Are they the same?"))
    return g_steal_pointer (&fingerprint);
  g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED, "nothing was sent and nothing changed");
  return NULL;
}

/* Where to and whom to trust, with an empty token. @path: the file that may say it already */
static ScConnection *
find_console (ScCtl *self, const char *path, GError **error)
{
  g_autoptr (ScConnection) before = sc_connection_load (path, NULL);
  g_autoptr (ScConnection) given = sc_connection_new (self->options.url ? self->options.url : "", "", "");
  const char *url = self->options.url ? given->url : before ? before->url : NULL;
  if (!url) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "say where to sign in: --url https://HOST:PORT");
    return NULL;
  }
  g_autofree char *fingerprint = NULL;
  if (self->options.ca_fingerprint)
    fingerprint = tidy_fingerprint (self->options.ca_fingerprint);
  else if (before && g_str_equal (before->url, url))
    fingerprint = g_strdup (before->fingerprint);
  else
    fingerprint = ask_for_fingerprint (url, error);
  if (!fingerprint)
    return NULL;
  if (!sc_connection_is_fingerprint (fingerprint)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--ca-fingerprint has to be 64 hexadecimal digits");
    return NULL;
  }
  return sc_connection_new (url, "", fingerprint);
}

static ScJson *
ask_console (ScCtl *self, const ScConnection *console, GError **error)
{
  g_autofree char *user = sc_ctl_text_cut (self->options.user, G_MAXUINT);
  g_autofree char *prompt = g_strdup_printf ("Password of %s at %s", user, console->url);
  g_auto (ScCtlSecrets) secrets = sc_ctl_secrets_read (self, (const char *const[]){ prompt, NULL }, FALSE, error);
  if (!secrets)
    return NULL;
  g_autoptr (ScCtlClient) client = sc_ctl_client_new_for (console);
  ScJson *body = json_pack ("{s:s, s:s}", "user", self->options.user, "password", secrets[0]);
  if (!body) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the user's name has to be UTF-8");
    return NULL;
  }
  return sc_ctl_secret_post (client, "/v1/sign-in", body, error);
}

static gboolean
save (const ScConnection *connection, const char *path, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "cannot make the directory %s", directory);
  return sc_connection_save (connection, path, error);
}

static void
print_who (ScCtl *self, const char *before, ScJson *answer, const char *url)
{
  if (self->options.json) {
    json_object_del (answer, "token");
    json_object_set_new (answer, "url", json_string (url));
    sc_ctl_print_json (answer);
    return;
  }
  g_autofree char *user = sc_ctl_text_cut (sc_ctl_text_of (answer, "user"), G_MAXUINT);
  g_autofree char *role = sc_ctl_text_cut (sc_ctl_text_of (answer, "role"), G_MAXUINT);
  g_autofree char *expires = sc_ctl_format_time (sc_ctl_text_of (answer, "expires"));
  gboolean ends = !g_str_equal (expires, "-");
  if (sc_json_get_optional_bool (answer, "local", FALSE)) {
    printf ("%s at %s\n", user, url);
    return;
  }
  printf ("%s%s (%s) at %s%s%s\n", before, user, role, url, ends ? ", until " : "", ends ? expires : "");
}

ScCtlStatus
sc_ctl_sign_in (ScCtl *self, GError **error)
{
  g_autofree char *path = find_target (self, error);
  g_autoptr (ScConnection) console = path ? find_console (self, path, error) : NULL;
  if (!console)
    return SC_CTL_FAILED;
  g_autoptr (ScJson) answer = ask_console (self, console, error);
  if (!answer)
    return SC_CTL_FAILED;
  g_autoptr (ScConnection) connection =
      sc_connection_new (console->url, sc_ctl_text_of (answer, "token"), console->fingerprint);
  if (!save (connection, path, error))
    return SC_CTL_FAILED;
  print_who (self, "signed in as ", answer, console->url);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_sign_out (ScCtl *self, GError **error)
{
  g_autofree char *path = find_target (self, error);
  if (!path)
    return SC_CTL_FAILED;
  g_autoptr (ScCtlClient) client = sc_ctl_client_new (path, error);
  if (!client)
    return SC_CTL_FAILED;
  g_autoptr (ScJson) body = json_object ();
  g_autoptr (GError) local = NULL;
  g_autoptr (ScJson) answer = sc_ctl_client_request (client, "POST", "/v1/sign-out", body, &local);
  /* a token that counts no more is of no use to anybody, so it goes as well */
  gboolean over = answer || g_error_matches (local, SC_ERROR, SC_ERROR_DENIED);
  if (!over) {
    g_propagate_error (error, g_steal_pointer (&local));
    return SC_CTL_FAILED;
  }
  if (g_unlink (path) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "signed out, but cannot remove %s", path);
    return SC_CTL_FAILED;
  }
  g_autoptr (ScJson) object = json_pack ("{s:b}", "signed_out", TRUE);
  if (self->options.json)
    sc_ctl_print_json (object);
  else
    printf ("Signed out.\n");
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_whoami (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/me", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  print_who (self, "", answer, sc_ctl_client_get_connection (self->client)->url);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_password (ScCtl *self, GError **error)
{
  const char *const prompts[] = { "Old password", "New password", NULL };
  g_auto (ScCtlSecrets) secrets = sc_ctl_secrets_read (self, prompts, TRUE, error);
  if (!secrets)
    return SC_CTL_FAILED;
  ScJson *body = json_pack ("{s:s, s:s}", "old", secrets[0], "new", secrets[1]);
  g_autoptr (ScJson) answer = sc_ctl_secret_post (self->client, "/v1/me/password", body, error);
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    printf ("You have another password.\n");
  return SC_CTL_DONE;
}
