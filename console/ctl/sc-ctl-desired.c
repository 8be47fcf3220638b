/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-desired.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include "common/sc-error.h"

#include <stdio.h>

/* helpers */

static ScJson *
array_of (char **texts)
{
  ScJson *array = json_array ();
  for (gsize i = 0; texts[i]; i++)
    json_array_append_new (array, json_string (texts[i]));
  return array;
}

void
sc_ctl_add_templates (ScCtl *self, ScJson *body)
{
  if (self->options.templates)
    json_object_set_new (body, "templates", array_of (self->options.templates));
}

void
sc_ctl_add_targets (ScCtl *self, ScJson *body)
{
  const ScCtlOptions *options = &self->options;
  if (options->rooms && !options->rooms[1])
    json_object_set_new (body, "room", json_string (options->rooms[0]));
  else if (options->rooms)
    json_object_set_new (body, "rooms", array_of (options->rooms));
  if (options->seats)
    json_object_set_new (body, "seats", array_of (options->seats));
  if (options->wake)
    json_object_set_new (body, "wake", json_true ());
  if (options->power_off)
    json_object_set_new (body, "power_off", json_true ());
}

gboolean
sc_ctl_parse_version (const char *text, guint64 *version, GError **error)
{
  *version = 0;
  return g_str_equal (text, "none") || sc_ctl_parse_number (text, "version", version, error);
}

/* @text: (transfer full) */
static void
print_fact (const char *name, char *text)
{
  g_autofree char *fact = text;
  printf ("%-22s %s\n", name, fact);
}

static void
print_text_of (const char *name, ScJson *object, const char *key, const char *when_empty)
{
  const char *text = sc_ctl_text_of (object, key);
  print_fact (name, *text ? sc_ctl_text_cut (text, G_MAXUINT) : g_strdup (when_empty));
}

static char *
rate_in_words (guint64 bits_per_second)
{
  return bits_per_second > 0 ? g_strdup_printf ("%g Mbit/s", (double) bits_per_second / 1e6)
                             : g_strdup ("as the console's");
}

static char *
deadline_in_words (guint64 hours)
{
  return hours > 0 ? g_strdup_printf ("when templates are in use for %" G_GUINT64_FORMAT " h", hours)
                   : g_strdup ("never");
}

static const char *
late_in_words (const char *nick)
{
  if (g_str_equal (nick, "catch-up"))
    return "catch up at once";
  return g_str_equal (nick, "gather") ? "wait for the next session" : "wait for staff";
}

/* All that is set for the room. */
static void
print_room (ScCtl *self, ScJson *room)
{
  if (self->options.json) {
    sc_ctl_print_json (room);
    return;
  }
  ScJson *policy = json_object_get (room, "policy");
  print_text_of ("Room", room, "name", "(no room)");
  print_fact ("Assigned version", sc_ctl_assignment_in_words (json_object_get (room, "assignment")));
  print_fact ("Maintenance window", sc_ctl_window_in_words (json_object_get (policy, "window")));
  print_fact ("Seats that come late", g_strdup (late_in_words (sc_ctl_text_of (policy, "late"))));
  print_fact ("Rate", rate_in_words (sc_ctl_number_of (policy, "rate_cap_bits_per_second")));
  print_fact ("Wake before sessions", g_strdup (sc_json_get_optional_bool (policy, "wake", FALSE) ? "yes" : "no"));
  print_fact ("Power off afterwards", g_strdup (sc_json_get_optional_bool (policy, "power_off", FALSE) ? "yes" : "no"));
  print_text_of ("Wake from", policy, "wake_address", "the interface that its seats connect to");
  print_text_of ("Wake to", policy, "wake_destination", "everybody on that network");
  print_fact ("Reminder", deadline_in_words (sc_ctl_number_of (policy, "busy_deadline_hours")));
  print_text_of ("Nearest cache", policy, "cache", "none");
}

/* assignments */

ScCtlStatus
sc_ctl_assign (ScCtl *self, GError **error)
{
  guint64 version;
  if (!sc_ctl_parse_version (self->arguments[1], &version, error))
    return SC_CTL_USAGE;
  g_autofree char *path = sc_client_path ("/v1/rooms/", self->arguments[0], "/assign-version", NULL);
  g_autoptr (ScJson) body = json_pack ("{s:I}", "version", (json_int_t) version);
  sc_ctl_add_templates (self, body);
  g_autoptr (ScJson) room = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!room)
    return SC_CTL_FAILED;
  if (self->options.json) {
    sc_ctl_print_json (room);
    return SC_CTL_DONE;
  }
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (room, "name"), G_MAXUINT);
  if (version == 0) {
    printf ("Room “%s” is not assigned any version any more; its seats keep what they have.\n", name);
    return SC_CTL_DONE;
  }
  g_autofree char *assigned = sc_ctl_assignment_in_words (json_object_get (room, "assignment"));
  g_autofree char *window = sc_ctl_window_in_words (json_object_get (json_object_get (room, "policy"), "window"));
  guint64 pinned = sc_ctl_number_of (room, "pinned");
  printf ("Room “%s” is assigned version %s; its seats are brought there in its window (%s).\n", name, assigned,
          window);
  if (pinned > 0)
    printf ("%" G_GUINT64_FORMAT " of its seats %s pinned and keep%s what %s pinned to.\n", pinned,
            pinned == 1 ? "is" : "are", pinned == 1 ? "s" : "", pinned == 1 ? "it is" : "they are");
  return SC_CTL_DONE;
}

static gboolean
pin_seat (ScCtl *self, const char *seat, guint64 version, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/seats/", seat, "/pin", NULL);
  g_autoptr (ScJson) body = json_pack ("{s:I}", "version", (json_int_t) version);
  sc_ctl_add_templates (self, body);
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!answer)
    return FALSE;
  if (self->options.json) {
    sc_ctl_print_json (answer);
    return TRUE;
  }
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (answer, "name"), G_MAXUINT);
  g_autofree char *room = sc_ctl_text_cut (sc_ctl_text_of (answer, "room"), G_MAXUINT);
  g_autofree char *next = sc_ctl_next_in_words (answer);
  guint64 assigned = sc_ctl_number_of (answer, "assigned_version");
  if (version > 0)
    printf ("Seat %s is pinned to version %" G_GUINT64_FORMAT, name, version);
  else if (assigned > 0)
    printf ("Seat %s is not pinned; it has what room “%s” is assigned: version %" G_GUINT64_FORMAT, name, room,
            assigned);
  else
    printf ("Seat %s is not pinned; room “%s” is not assigned any version", name, room);
  printf ("%s%s.\n", *next ? "; next: " : "", next);
  return TRUE;
}

ScCtlStatus
sc_ctl_pin (ScCtl *self, GError **error)
{
  guint n_seats = g_strv_length (self->arguments) - 1;
  guint64 version;
  if (!sc_ctl_parse_version (self->arguments[n_seats], &version, error))
    return SC_CTL_USAGE;
  for (guint i = 0; i < n_seats; i++)
    if (!pin_seat (self, self->arguments[i], version, error))
      return SC_CTL_FAILED;
  return SC_CTL_DONE;
}

/* rooms' policies */

/* (transfer full) (nullable) */
static ScJson *
find_room (ScCtl *self, const char *name, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/rooms", NULL, error);
  gsize i;
  ScJson *room;
  if (!answer)
    return NULL;
  json_array_foreach (json_object_get (answer, "rooms"), i, room)
  {
    if (g_str_equal (sc_ctl_text_of (room, "name"), name))
      return json_incref (room);
  }
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "there is no room “%s”: “seatcastctl rooms” lists those there are",
               name);
  return NULL;
}

/* Changes what @policy says, or only shows the room where that is nothing. */
static ScCtlStatus
change_policy (ScCtl *self, const char *room, ScJson *policy, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/rooms/", room, "/policy", NULL);
  g_autoptr (ScJson) answer = json_object_size (policy) > 0
                                  ? sc_ctl_client_request (self->client, "POST", path, policy, error)
                                  : find_room (self, room, error);
  if (!answer)
    return SC_CTL_FAILED;
  print_room (self, answer);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_window (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) policy = json_object ();
  const char *window = self->arguments[1];
  if (window)
    json_object_set_new (policy, "window", g_str_equal (window, "none") ? json_null () : json_string (window));
  return change_policy (self, self->arguments[0], policy, error);
}

static gboolean
add_yes_or_no (ScJson *policy, const char *key, const char *option, const char *text, GError **error)
{
  if (!text)
    return TRUE;
  if (!g_str_equal (text, "yes") && !g_str_equal (text, "no")) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--%s “%s” is neither yes nor no", option, text);
    return FALSE;
  }
  json_object_set_new (policy, key, json_boolean (g_str_equal (text, "yes")));
  return TRUE;
}

/* “none” takes back what was set. */
static void
add_text (ScJson *policy, const char *key, const char *text)
{
  if (text)
    json_object_set_new (policy, key, json_string (g_str_equal (text, "none") ? "" : text));
}

static gboolean
add_deadline (ScJson *policy, const char *text, GError **error)
{
  guint64 hours = 0;
  if (!text)
    return TRUE;
  if (!g_str_equal (text, "none") && !sc_ctl_parse_number (text, "number of hours", &hours, error))
    return FALSE;
  json_object_set_new (policy, "busy_deadline_hours", json_integer ((json_int_t) hours));
  return TRUE;
}

static gboolean
add_late (ScJson *policy, const char *text, GError **error)
{
  const char *const policies[] = { "catch-up", "gather", "ask", NULL };
  if (!text)
    return TRUE;
  if (!g_strv_contains (policies, text)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--late “%s” is none of: catch-up, gather, ask", text);
    return FALSE;
  }
  json_object_set_new (policy, "late", json_string (text));
  return TRUE;
}

ScCtlStatus
sc_ctl_policy (ScCtl *self, GError **error)
{
  const ScCtlOptions *options = &self->options;
  g_autoptr (ScJson) policy = json_object ();
  if (!add_yes_or_no (policy, "wake", "wake", options->wake_seats, error) ||
      !add_yes_or_no (policy, "power_off", "power-off", options->power_off_seats, error) ||
      !add_deadline (policy, options->busy_deadline, error) || !add_late (policy, options->late, error))
    return SC_CTL_USAGE;
  if (options->room_rate)
    json_object_set_new (policy, "rate_cap_bits_per_second",
                         json_integer ((json_int_t) (options->room_rate_mbit * 1e6)));
  add_text (policy, "wake_address", options->wake_address);
  add_text (policy, "wake_destination", options->wake_destination);
  add_text (policy, "cache", options->cache);
  return change_policy (self, self->arguments[0], policy, error);
}

/* waking, and who is behind */

ScCtlStatus
sc_ctl_wake (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  if (self->options.room)
    json_object_set_new (body, "room", json_string (self->options.room));
  else
    json_object_set_new (body, "seats", array_of (self->arguments));
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", "/v1/wake", body, error);
  if (!answer)
    return SC_CTL_FAILED;
  ScJson *failed = json_object_get (answer, "failed");
  if (self->options.json) {
    sc_ctl_print_json (answer);
    return json_array_size (failed) > 0 ? SC_CTL_FAILED : SC_CTL_DONE;
  }
  gsize n_woken = json_array_size (json_object_get (answer, "woken"));
  if (n_woken > 0)
    printf ("Magic packets were sent for %" G_GSIZE_FORMAT " seat%s; nobody answers them: “seatcastctl status” shows "
            "who comes.\n",
            n_woken, n_woken == 1 ? "" : "s");
  else
    printf ("No magic packet was sent%s\n", json_array_size (failed) > 0 ? ":" : ": all of them are on.");
  gsize i;
  ScJson *seat;
  json_array_foreach (failed, i, seat)
  {
    g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (seat, "name"), G_MAXUINT);
    g_autofree char *why = sc_ctl_text_cut (sc_ctl_text_of (seat, "error"), G_MAXUINT);
    printf ("%s: %s\n", name, why);
  }
  return json_array_size (failed) > 0 ? SC_CTL_FAILED : SC_CTL_DONE;
}

static gboolean
is_behind (ScCtl *self, ScJson *seat)
{
  const char *behind = sc_ctl_text_of (json_object_get (seat, "outlook"), "behind");
  return *behind && !g_str_equal (behind, "not") &&
         (!self->options.room || g_str_equal (self->options.room, sc_ctl_text_of (seat, "room")));
}

ScCtlStatus
sc_ctl_behind (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  const char *const headings[] = { "SEAT", "ROOM", "VERSION", "?PINNED", "WHY", "NEXT", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (answer, "seats"), i, seat)
  {
    if (!is_behind (self, seat))
      continue;
    if (self->options.json)
      sc_ctl_print_json (seat);
    else
      sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (sc_ctl_text_of (seat, "room")),
                        sc_ctl_seat_version (seat),
                        g_strdup (sc_json_get_optional_bool (seat, "pinned", FALSE) ? "pinned" : ""),
                        sc_ctl_behind_in_words (seat), sc_ctl_next_in_words (seat));
  }
  return sc_ctl_print_table (self, table, "No seat is behind.");
}
