/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl.h"

#include "common/sc-connection.h"
#include "common/sc-error.h"

#include <stdio.h>

static ScJson *
make_token (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) body =
      json_pack ("{s:s, s:I, s:I}", "room", self->arguments[0], "seats", (json_int_t) self->options.max_seats, "hours",
                 (json_int_t) self->options.max_hours);
  if (self->options.ask)
    json_object_set_new (body, "ask", json_true ());
  return sc_ctl_client_request (self->client, "POST", "/v1/enrol-tokens", body, error);
}

/* How seats reach the console may be another address than ours; whom they trust is whom we do. Returns: (transfer full)
 * (nullable) */
static char *
get_url_for_seats (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) settings = sc_ctl_client_request (self->client, "GET", "/v1/settings", NULL, error);
  return settings ? g_strdup (sc_ctl_text_of (settings, "url")) : NULL;
}

static void
print_token (ScCtl *self, const ScConnection *connection, ScJson *answer)
{
  g_autofree char *room = sc_ctl_text_cut (sc_ctl_text_of (answer, "room"), G_MAXUINT);
  g_autofree char *expires = sc_ctl_format_time (sc_ctl_text_of (answer, "expires"));
  guint64 seats = sc_ctl_number_of (answer, "seats");
  printf ("%" G_GUINT64_FORMAT " seat%s of room “%s” may enrol until %s%s.\n", seats, seats == 1 ? "" : "s", room,
          expires, self->options.ask ? ", and then wait for “seatcastctl approve”" : "");
  if (self->options.output) {
    printf ("Give the seats %s as their connection file; who has it may enrol.\n", self->options.output);
    return;
  }
  printf ("On a seat, once its service is installed; the token is shown only now:\n\n"
          "  seatcast-service --enrol %s --token %s --ca-fingerprint %s\n\n"
          "On Windows, while installing:\n\n"
          "  msiexec /i seatcast-service.msi /qn CONSOLE=%s TOKEN=%s CAFP=%s TEMPLATES=D:\\Templates\n",
          connection->url, connection->token, connection->fingerprint, connection->url, connection->token,
          connection->fingerprint);
}

/* Another token's file would be lost, or the one of staff that --connection names. */
static gboolean
check_output (const char *path, GError **error)
{
  if (!path || !(g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK)))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_EXISTS,
               "“%s” is there already, and no token was made: name another file, or remove it", path);
  return FALSE;
}

ScCtlStatus
sc_ctl_enrol_token (ScCtl *self, GError **error)
{
  if (!check_output (self->options.output, error))
    return SC_CTL_FAILED;
  g_autofree char *url = get_url_for_seats (self, error);
  g_autoptr (ScJson) answer = url ? make_token (self, error) : NULL;
  if (!answer)
    return SC_CTL_FAILED;
  g_autoptr (ScConnection) connection = sc_connection_new (url, sc_ctl_text_of (answer, "token"),
                                                           sc_ctl_client_get_connection (self->client)->fingerprint);
  if (self->options.output && !sc_connection_save (connection, self->options.output, error)) {
    g_prefix_error (error, "the token was made, but nobody has it now (see “enrol-tokens”): ");
    return SC_CTL_FAILED;
  }
  if (self->options.json) {
    json_object_set_new (answer, "url", json_string (connection->url));
    json_object_set_new (answer, "ca_fingerprint", json_string (connection->fingerprint));
    if (self->options.output)
      json_object_del (answer, "token");
    sc_ctl_print_json (answer);
  } else {
    print_token (self, connection, answer);
  }
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_enrol_tokens (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/enrol-tokens", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  const char *const headings[] = { ">ID", "ROOM", ">SEATS", ">ENROLLED", "MADE", "UNTIL", "STATE", "?STAFF", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *token;
  json_array_foreach (json_object_get (answer, "tokens"), i, token)
  {
    if (self->options.json) {
      sc_ctl_print_json (token);
      continue;
    }
    sc_ctl_table_add (table, sc_ctl_id_of (token), g_strdup (sc_ctl_text_of (token, "room")),
                      g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (token, "seats")),
                      g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (token, "used")),
                      sc_ctl_format_time (sc_ctl_text_of (token, "created")),
                      sc_ctl_format_time (sc_ctl_text_of (token, "expires")),
                      g_strdup (sc_ctl_text_of (token, "state")),
                      g_strdup (sc_json_get_optional_bool (token, "ask", FALSE) ? "is asked" : ""));
  }
  return sc_ctl_print_table (self, table, "There is no token: “enrol-token ROOM --seats N --hours H” makes one.");
}

ScCtlStatus
sc_ctl_enrol_token_revoke (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/enrol-tokens/", self->arguments[0], "/revoke", NULL);
  g_autoptr (ScJson) body = json_object ();
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    printf ("Nobody enrols by this token any more.\n");
  return SC_CTL_DONE;
}
