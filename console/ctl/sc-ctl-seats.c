/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-terminal.h"

#include "common/sc-error.h"

#include <stdio.h>

#define REDRAW_MILLISECONDS 250u
#define RECONNECT_MILLISECONDS 1000u

static gboolean
is_transferring (ScJson *seat)
{
  const char *const busy[] = { "waiting", "receiving", "repairing", "applying", NULL };
  ScJson *transfer = json_object_get (seat, "transfer");
  return transfer && g_strv_contains (busy, sc_ctl_text_of (transfer, "state"));
}

/* What a member of staff wants to read first: a transfer that runs or went wrong, else whether the seat is there. */
static char *
state_in_words (ScJson *seat)
{
  ScJson *transfer = json_object_get (seat, "transfer");
  const char *presence = sc_ctl_text_of (seat, "presence");
  const char *state = transfer ? sc_ctl_text_of (transfer, "state") : "";
  if (!g_str_equal (presence, "online"))
    return g_strdup (presence);
  if (g_str_equal (state, "failed"))
    return g_strdup_printf ("failed: %s", sc_ctl_text_of (transfer, "reason"));
  if (!is_transferring (seat))
    return g_strdup_printf ("online, %s", sc_ctl_text_of (seat, "version_state"));
  const char *item = sc_ctl_text_of (transfer, "template");
  return *item ? g_strdup_printf ("%s %s", state, item) : g_strdup (state);
}

static char *
version_in_words (ScJson *seat)
{
  guint64 version = sc_ctl_number_of (seat, "version"), assigned = sc_ctl_number_of (seat, "assigned_version");
  g_autofree char *now = version ? g_strdup_printf ("%" G_GUINT64_FORMAT, version) : g_strdup ("-");
  if (assigned == 0 || assigned == version)
    return g_steal_pointer (&now);
  return g_strdup_printf ("%s → %" G_GUINT64_FORMAT, now, assigned);
}

static char *
status_to_text (ScJson *answer)
{
  const char *const headings[] = { "SEAT", "ROOM", "STATE", ">%", ">RATE", "VERSION", ">FREE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (answer, "seats"), i, seat)
  {
    ScJson *transfer = json_object_get (seat, "transfer");
    guint64 done = transfer ? sc_ctl_number_of (transfer, "done_bytes") : 0;
    guint64 total = transfer ? sc_ctl_number_of (transfer, "total_bytes") : 0;
    guint64 rate = is_transferring (seat) ? sc_ctl_number_of (transfer, "rate_bytes_per_second") : 0;
    sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (sc_ctl_text_of (seat, "room")),
                      state_in_words (seat), sc_ctl_format_percent (done, total), sc_ctl_format_rate (rate),
                      version_in_words (seat), sc_ctl_format_size (sc_ctl_number_of (seat, "free_bytes")));
  }
  return sc_ctl_table_to_text (table);
}

static gboolean
print_status (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, error);
  if (!answer)
    return FALSE;
  if (self->options.json) {
    gsize i;
    ScJson *seat;
    json_array_foreach (json_object_get (answer, "seats"), i, seat) sc_ctl_print_json (seat);
    return TRUE;
  }
  g_autofree char *text = status_to_text (answer);
  if (self->options.watch && sc_ctl_terminal_output_is_interactive ())
    sc_ctl_terminal_clear_screen ();
  fputs (text, stdout);
  fflush (stdout);
  return TRUE;
}

typedef struct {
  ScCtl *ctl;
  gboolean changed, closed;
} Watch;

static void
on_event (ScJson *event, gpointer data)
{
  Watch *watch = data;
  if (!event)
    watch->closed = TRUE;
  else if (watch->ctl->options.json)
    sc_ctl_print_json (event);
  else
    watch->changed = TRUE;
}

/* The first connection has to succeed; later ones are tried again until Ctrl-C. */
static ScCtlStatus
watch_status (ScCtl *self, GError **error)
{
  Watch watch = { .ctl = self };
  if (!sc_ctl_client_listen (self->client, on_event, &watch, error) || !print_status (self, error))
    return SC_CTL_FAILED;

  while (sc_ctl_terminal_wait (watch.closed ? RECONNECT_MILLISECONDS : REDRAW_MILLISECONDS)) {
    g_autoptr (GError) local_error = NULL;
    if (watch.closed) {
      watch.closed = !sc_ctl_client_listen (self->client, on_event, &watch, &local_error);
      watch.changed = !watch.closed;
    }
    if (watch.changed) {
      watch.changed = FALSE;
      watch.closed = !print_status (self, &local_error) || watch.closed;
    }
    if (local_error)
      fprintf (stderr, "seatcastctl: %s\n", local_error->message);
  }
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_status (ScCtl *self, GError **error)
{
  if (self->options.watch)
    return watch_status (self, error);
  return print_status (self, error) ? SC_CTL_DONE : SC_CTL_FAILED;
}

ScCtlStatus
sc_ctl_seats (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;

  const char *const headings[] = { "SEAT",   "ROOM",  "PRESENCE", "ADDRESS", "MAC", ">LINK",
                                   "SYSTEM", ">DISK", ">FREE",    "ID",      NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (answer, "seats"), i, seat)
  {
    if (self->options.json) {
      sc_ctl_print_json (seat);
      continue;
    }
    guint64 link = sc_ctl_number_of (seat, "link_mbps");
    sc_ctl_table_add (
        table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (sc_ctl_text_of (seat, "room")),
        g_strdup (sc_ctl_text_of (seat, "presence")), g_strdup (sc_ctl_text_of (seat, "address")),
        g_strdup (sc_ctl_text_of (seat, "mac")), link ? g_strdup_printf ("%" G_GUINT64_FORMAT " Mbit/s", link) : NULL,
        g_strdup (sc_ctl_text_of (seat, "os")), sc_ctl_format_size (sc_ctl_number_of (seat, "total_bytes")),
        sc_ctl_format_size (sc_ctl_number_of (seat, "free_bytes")), g_strdup (sc_ctl_text_of (seat, "id")));
  }
  return sc_ctl_print_table (self, table, "No seat has ever connected.");
}

static char *
number_in_words (ScJson *object, const char *key)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (object, key));
}

ScCtlStatus
sc_ctl_rooms (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/rooms", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;

  const char *const headings[] = { "ROOM", ">SEATS", ">ONLINE", ">CURRENT", ">BEHIND", ">DRIFTED", ">VERSION", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *room;
  json_array_foreach (json_object_get (answer, "rooms"), i, room)
  {
    if (self->options.json)
      sc_ctl_print_json (room);
    else
      sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (room, "name")), number_in_words (room, "seats"),
                        number_in_words (room, "online"), number_in_words (room, "current"),
                        number_in_words (room, "behind"), number_in_words (room, "drifted"),
                        number_in_words (room, "assigned_version"));
  }
  return sc_ctl_print_table (self, table, "No seat belongs to a room.");
}

ScCtlStatus
sc_ctl_catch_up (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_ctl_path ("/v1/seats/", self->arguments[0], "/catch-up", NULL);
  g_autoptr (ScJson) seat = sc_ctl_client_request (self->client, "POST", path, NULL, error);
  if (!seat)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (seat);
  else
    printf ("Seat %s catches up; 'seatcastctl status' shows it.\n", self->arguments[0]);
  return SC_CTL_DONE;
}
