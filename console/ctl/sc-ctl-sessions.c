/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-follow.h"
#include "console/ctl/sc-ctl-table.h"

#include "common/sc-error.h"

#include <stdio.h>

/* What deploy and rollback have in common. */
static ScCtlStatus
start_session (ScCtl *self, const char *path, ScJson *body, GError **error)
{
  if (self->options.room)
    json_object_set_new (body, "room", json_string (self->options.room));
  if (self->options.rate_mbit > 0)
    json_object_set_new (body, "rate_cap", json_integer ((json_int_t) (self->options.rate_mbit * 1e6)));

  g_autoptr (ScJson) session = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!session)
    return SC_CTL_FAILED;
  if (!self->options.no_wait)
    return sc_ctl_follow_session (self, session, error);

  if (self->options.json)
    sc_ctl_print_json (session);
  else
    printf ("Session %" G_GUINT64_FORMAT " deploys version %" G_GUINT64_FORMAT
            "; 'seatcastctl session %" G_GUINT64_FORMAT "' shows it.\n",
            sc_ctl_number_of (session, "id"), sc_ctl_number_of (session, "version"), sc_ctl_number_of (session, "id"));
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_deploy (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "version", &number, error))
    return SC_CTL_USAGE;
  g_autoptr (ScJson) body = json_pack ("{s:I}", "version", (json_int_t) number);
  if (self->options.seats) {
    ScJson *seats = json_array ();
    for (gsize i = 0; self->options.seats[i]; i++)
      json_array_append_new (seats, json_string (self->options.seats[i]));
    json_object_set_new (body, "seats", seats);
  }
  return start_session (self, "/v1/sessions", body, error);
}

ScCtlStatus
sc_ctl_rollback (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  return start_session (self, "/v1/rollback", body, error);
}

ScCtlStatus
sc_ctl_sessions (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/sessions", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;

  const char *const headings[] = { ">SESSION", "STARTED",    ">VERSION",  "ROOM", "STATE",
                                   ">CONTENT", ">MULTICAST", ">CATCH-UP", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *session;
  json_array_foreach (json_object_get (answer, "sessions"), i, session)
  {
    if (self->options.json) {
      sc_ctl_print_json (session);
      continue;
    }
    sc_ctl_table_add (table, g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (session, "id")),
                      sc_ctl_format_time (sc_ctl_text_of (session, "created")),
                      g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (session, "version")),
                      g_strdup (sc_ctl_text_of (session, "room")), g_strdup (sc_ctl_text_of (session, "state")),
                      sc_ctl_format_size (sc_ctl_number_of (session, "content_bytes")),
                      sc_ctl_format_size (sc_ctl_number_of (session, "wire_bytes")),
                      sc_ctl_format_size (sc_ctl_number_of (session, "catch_up_bytes")));
  }
  return sc_ctl_print_table (self, table, "There was no session yet.");
}

/* @verb: "" to look at it. The answer is the session. */
static ScCtlStatus
session_request (ScCtl *self, const char *method, const char *verb, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "session", &number, error))
    return SC_CTL_USAGE;
  g_autofree char *path = sc_ctl_path ("/v1/sessions/", self->arguments[0], verb, NULL);
  g_autoptr (ScJson) session = sc_ctl_client_request (self->client, method, path, NULL, error);
  if (!session)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (session);
  else
    sc_ctl_print_session (session);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_session (ScCtl *self, GError **error)
{
  return session_request (self, "GET", "", error);
}

ScCtlStatus
sc_ctl_pause (ScCtl *self, GError **error)
{
  return session_request (self, "POST", "/pause", error);
}

ScCtlStatus
sc_ctl_resume (ScCtl *self, GError **error)
{
  return session_request (self, "POST", "/resume", error);
}

ScCtlStatus
sc_ctl_cancel (ScCtl *self, GError **error)
{
  return session_request (self, "POST", "/cancel", error);
}
