/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-desired.h"
#include "console/ctl/sc-ctl-follow.h"
#include "console/ctl/sc-ctl-needs.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-terminal.h"
#include "console/ctl/sc-ctl-words.h"

#include "common/sc-error.h"

#include <stdio.h>

#define MAX_NAMES 12u
#define MAX_ROOMS 3u
#define MAX_COMPARED 8u /* versions that seats have been assigned */
#define SETTLE_MILLISECONDS 200u
#define SETTLE_ATTEMPTS 25u

static gboolean
takes_part (ScJson *session, ScJson *seat)
{
  gsize i;
  ScJson *part;
  json_array_foreach (json_object_get (session, "seats"), i, part)
  {
    if (g_str_equal (sc_ctl_text_of (part, "id"), sc_ctl_text_of (seat, "id")))
      return TRUE;
  }
  return FALSE;
}

/* (element-type guint64): what the session's seats were assigned before, other than its version */
static GHashTable *
versions_before (ScJson *session, ScJson *seats)
{
  GHashTable *versions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gsize i;
  ScJson *seat;
  json_array_foreach (seats, i, seat)
  {
    guint64 assigned = sc_ctl_number_of (seat, "assigned_version");
    if (assigned > 0 && assigned != sc_ctl_number_of (session, "version") && takes_part (session, seat) &&
        g_hash_table_size (versions) < MAX_COMPARED)
      g_hash_table_add (versions, g_memdup2 (&assigned, sizeof assigned));
  }
  return versions;
}

/* Names the templates that the seats are about to lose. The session runs by now: that a version cannot be compared is
 * worth no failure. @seats: as they were before the session was started */
static void
print_removed (ScCtl *self, ScJson *session, ScJson *seats)
{
  g_autoptr (GHashTable) versions = versions_before (session, seats);
  g_autoptr (GPtrArray) removed = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *to = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (session, "version"));
  GHashTableIter iter;
  gpointer from;
  g_hash_table_iter_init (&iter, versions);
  while (g_hash_table_iter_next (&iter, &from, NULL)) {
    g_autofree char *from_text = g_strdup_printf ("%" G_GUINT64_FORMAT, *(guint64 *) from);
    g_autofree char *path = sc_client_path ("/v1/versions/", from_text, "/diff/", to, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (ScJson) diff = sc_ctl_client_request (self->client, "GET", path, NULL, &error);
    if (diff)
      sc_ctl_diff_add_removed (diff, removed);
    else if (!g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
      printf ("Not compared with version %s: %s\n", from_text, error->message);
  }
  if (removed->len > 0) {
    g_autofree char *names = sc_ctl_names (removed, MAX_NAMES);
    printf ("Version %s does not have these templates, so the seats %slose them: %s\n", to,
            self->options.dry_run ? "would " : "", names);
  }
}

/* Those that the session has pinned keep its version from now on, which nobody may have meant. Not that worth a
 * failure, for the session runs. */
static void
print_pinned (ScCtl *self, ScJson *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint64 left_out = sc_ctl_number_of (session, "pinned");
  if (left_out > 0)
    printf ("Pinned, so left out: %" G_GUINT64_FORMAT " seat%s; named with --seat they get it, too\n", left_out,
            left_out == 1 ? "" : "s");
  if (!self->options.seats || self->options.dry_run)
    return;
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, &error);
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (answer, "seats"), i, seat)
  {
    if (takes_part (session, seat) && sc_json_get_optional_bool (seat, "pinned", FALSE))
      g_ptr_array_add (names, g_strdup (sc_ctl_text_of (seat, "name")));
  }
  g_autofree char *text = sc_ctl_names (names, MAX_NAMES);
  if (error)
    printf ("Which seats are pinned now is not known: %s\n", error->message);
  else if (names->len > 0)
    printf ("Pinned to version %" G_GUINT64_FORMAT ", whatever their room gets, until “pin SEAT none”: %s\n",
            sc_ctl_number_of (session, "version"), text);
}

/* What deploy and rollback have in common. @going_back: nobody has named the version */
static ScCtlStatus
start_session (ScCtl *self, const char *path, ScJson *body, gboolean going_back, GError **error)
{
  sc_ctl_add_targets (self, body);
  if (self->options.rate)
    json_object_set_new (body, "rate_cap", json_integer ((json_int_t) (self->options.rate_mbit * 1e6)));
  if (self->options.dry_run)
    json_object_set_new (body, "dry_run", json_true ());

  g_autoptr (ScJson) seats = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, error);
  g_autoptr (ScJson) session = seats ? sc_ctl_client_request (self->client, "POST", path, body, error) : NULL;
  if (!session)
    return SC_CTL_FAILED;
  if (!self->options.json) {
    if (going_back && !self->options.no_wait)
      printf ("%s to version %" G_GUINT64_FORMAT "\n", self->options.dry_run ? "This would go back" : "Going back",
              sc_ctl_number_of (session, "version"));
    print_removed (self, session, json_object_get (seats, "seats"));
    print_pinned (self, session);
    fflush (stdout);
  }
  if (!self->options.no_wait)
    return sc_ctl_follow_session (self, session, error);

  if (self->options.json)
    sc_ctl_print_json (session);
  else
    printf ("%s %" G_GUINT64_FORMAT " %s version %" G_GUINT64_FORMAT "; “seatcastctl session %" G_GUINT64_FORMAT
            "” shows it.\n",
            self->options.dry_run ? "Dry run" : "Session", sc_ctl_number_of (session, "id"),
            self->options.dry_run ? "asks for" : "deploys", sc_ctl_number_of (session, "version"),
            sc_ctl_number_of (session, "id"));
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_deploy (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "version", &number, error))
    return SC_CTL_USAGE;
  g_autoptr (ScJson) body = json_pack ("{s:I}", "version", (json_int_t) number);
  sc_ctl_add_templates (self, body);
  return start_session (self, "/v1/sessions", body, FALSE, error);
}

ScCtlStatus
sc_ctl_rollback (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  if (self->options.to_version > 0)
    json_object_set_new (body, "version", json_integer ((json_int_t) self->options.to_version));
  return start_session (self, "/v1/rollback", body, TRUE, error);
}

static char *
state_of (ScJson *session)
{
  const char *state = sc_ctl_text_of (session, "state");
  if (sc_json_get_optional_bool (session, "suspended", FALSE))
    return g_strdup ("paused (window)");
  return sc_json_get_optional_bool (session, "dry_run", FALSE) ? g_strdup_printf ("dry run, %s", state)
                                                               : g_strdup (state);
}

ScCtlStatus
sc_ctl_sessions (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/sessions", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;

  const char *const headings[] = { ">SESSION", "STARTED",  "BY",         ">VERSION",  "ROOM", "STATE",
                                   ">TIME",    ">CONTENT", ">MULTICAST", ">CATCH-UP", NULL };
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
                      g_strdup (sc_ctl_text_of (session, "origin")), sc_ctl_assignment_in_words (session),
                      sc_ctl_names_of (json_object_get (session, "rooms"), MAX_ROOMS), state_of (session),
                      sc_ctl_session_duration (session),
                      sc_ctl_format_size (sc_ctl_number_of (session, "content_bytes")),
                      sc_ctl_format_size (sc_ctl_number_of (session, "wire_bytes")),
                      sc_ctl_format_size (sc_ctl_number_of (session, "catch_up_bytes")));
  }
  return sc_ctl_print_table (self, table, "There was no session yet.");
}

/* @verb: "" to look at it. The answer is the session. */
static ScJson *
request_session (ScCtl *self, const char *method, const char *verb, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/sessions/", self->arguments[0], verb, NULL);
  return sc_ctl_client_request (self->client, method, path, NULL, error);
}

static ScCtlStatus
print_session (ScCtl *self, ScJson *session, GError **error)
{
  if (self->options.json)
    sc_ctl_print_json (session);
  else if (!sc_ctl_print_session (self, session, error))
    return SC_CTL_FAILED;
  return SC_CTL_DONE;
}

static ScCtlStatus
change_session (ScCtl *self, const char *verb, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "session", &number, error))
    return SC_CTL_USAGE;
  g_autoptr (ScJson) session = request_session (self, "POST", verb, error);
  return session ? print_session (self, session, error) : SC_CTL_FAILED;
}

ScCtlStatus
sc_ctl_session (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "session", &number, error))
    return SC_CTL_USAGE;
  g_autoptr (ScJson) session = request_session (self, "GET", "", error);
  if (!session || print_session (self, session, error) != SC_CTL_DONE)
    return SC_CTL_FAILED;
  if (!self->options.json && !sc_json_get_optional_bool (session, "dry_run", FALSE))
    sc_ctl_print_needs (session);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_pause (ScCtl *self, GError **error)
{
  return change_session (self, "/pause", error);
}

ScCtlStatus
sc_ctl_resume (ScCtl *self, GError **error)
{
  return change_session (self, "/resume", error);
}

/* A seat needs a moment to end what it was writing and to tell what it has now. */
static gboolean
wait_until_seats_settle (ScCtl *self, ScJson *session, GError **error)
{
  for (guint attempt = 0; attempt < SETTLE_ATTEMPTS; attempt++) {
    g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, error);
    if (!answer)
      return FALSE;
    gboolean busy = FALSE;
    gsize i;
    ScJson *seat;
    json_array_foreach (json_object_get (answer, "seats"), i, seat)
    {
      busy = busy || (takes_part (session, seat) && g_str_equal (sc_ctl_text_of (seat, "presence"), "online") &&
                      sc_ctl_seat_is_busy (seat));
    }
    if (!busy || !sc_ctl_terminal_wait (SETTLE_MILLISECONDS))
      break;
  }
  return TRUE;
}

ScCtlStatus
sc_ctl_cancel (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "session", &number, error))
    return SC_CTL_USAGE;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (ScJson) session = request_session (self, "POST", "/cancel", &local_error);
  if (!session) {
    g_autoptr (ScJson) ended = request_session (self, "GET", "", NULL);
    if (ended && sc_ctl_session_is_over (ended))
      g_set_error (error, SC_ERROR, SC_ERROR_STATE, "session %" G_GUINT64_FORMAT " is over already: %s", number,
                   sc_ctl_text_of (ended, "state"));
    else
      g_propagate_error (error, g_steal_pointer (&local_error));
    return SC_CTL_FAILED;
  }
  if (self->options.json)
    return print_session (self, session, error);
  if (!wait_until_seats_settle (self, session, error))
    return SC_CTL_FAILED;
  g_autoptr (ScJson) settled = request_session (self, "GET", "", error);
  if (!settled || !sc_ctl_print_session (self, settled, error))
    return SC_CTL_FAILED;
  printf ("What the seats have received stays with them but for the last few dozen MB: the next deploy sends only the "
          "rest.\n");
  return SC_CTL_DONE;
}
