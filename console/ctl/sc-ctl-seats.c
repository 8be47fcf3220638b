/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-terminal.h"
#include "console/ctl/sc-ctl-words.h"

#include "common/sc-error.h"

#include <stdio.h>

#define REDRAW_MILLISECONDS 250u
#define RECONNECT_MILLISECONDS 1000u
#define MAX_STATE_WIDTH 48u /* columns */

/* A long reason must not make the table wider than a terminal: it is said below. @state: (transfer full) */
static char *
shorten_state (ScJson *seat, char *state, GString *notes)
{
  g_autofree char *whole = sc_ctl_text_cut (state, G_MAXUINT);
  g_free (state);
  if (sc_ctl_text_width (whole) <= MAX_STATE_WIDTH)
    return g_steal_pointer (&whole);
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (seat, "name"), G_MAXUINT);
  g_autofree char *cut = sc_ctl_text_cut (whole, MAX_STATE_WIDTH - 1);
  g_string_append_printf (notes, "%s: %s\n", name, whole);
  return g_strconcat (g_strchomp (cut), "…", NULL);
}

static char *
status_to_text (ScJson *seats, ScJson *sessions)
{
  const char *const headings[] = { "SEAT", "ROOM", "STATE", ">%", ">RATE", "VERSION", ">FREE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  g_autoptr (GString) notes = g_string_new (NULL);
  gsize i;
  ScJson *seat;
  json_array_foreach (seats, i, seat)
  {
    ScJson *transfer = json_object_get (seat, "transfer");
    gboolean moves =
        sc_ctl_seat_is_busy (seat) && !sc_ctl_session_is_paused (sessions, sc_ctl_number_of (transfer, "session"));
    guint64 rate = moves ? sc_ctl_number_of (transfer, "rate_bytes_per_second") : 0;
    sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (sc_ctl_text_of (seat, "room")),
                      shorten_state (seat, sc_ctl_seat_state (seat, sessions), notes),
                      transfer ? sc_ctl_transfer_percent (transfer) : NULL, sc_ctl_format_rate (rate),
                      sc_ctl_seat_version (seat), sc_ctl_format_size (sc_ctl_number_of (seat, "free_bytes")));
  }
  g_autofree char *text = sc_ctl_table_to_text (table);
  return g_strconcat (text, notes->str, NULL);
}

static gboolean
any_is_busy (ScJson *seats)
{
  gsize i;
  ScJson *seat;
  json_array_foreach (seats, i, seat)
  {
    if (sc_ctl_seat_is_busy (seat))
      return TRUE;
  }
  return FALSE;
}

/* The same lines as the events that follow them have. */
static void
print_seats_as_json (ScJson *seats, gboolean as_events)
{
  gsize i;
  ScJson *seat;
  json_array_foreach (seats, i, seat)
  {
    if (as_events)
      json_object_set_new (seat, "type", json_string ("seat"));
    sc_ctl_print_json (seat);
  }
}

static gboolean
print_status (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, error);
  if (!answer)
    return FALSE;
  ScJson *seats = json_object_get (answer, "seats");
  if (self->options.json) {
    print_seats_as_json (seats, self->options.watch);
    return TRUE;
  }
  g_autoptr (ScJson) sessions = NULL;
  if (any_is_busy (seats)) {
    sessions = sc_ctl_client_request (self->client, "GET", "/v1/sessions", NULL, error);
    if (!sessions)
      return FALSE;
  }
  g_autofree char *text = status_to_text (seats, sessions ? json_object_get (sessions, "sessions") : NULL);
  sc_ctl_terminal_clear_line ();
  if (self->options.watch && sc_ctl_terminal_output_is_interactive ())
    sc_ctl_terminal_clear_screen ();
  fputs (json_array_size (seats) > 0 ? text : "No seat has ever connected.\n", stdout);
  fflush (stdout);
  return TRUE;
}

typedef struct {
  ScCtl *ctl;
  gboolean changed, closed, lost;
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

/* One line that stays until there is a connection again; what is shown above it is stale. */
static void
show_lost (Watch *watch)
{
  if (watch->lost)
    return;
  watch->lost = TRUE;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M");
  g_autofree char *text = g_strdup_printf ("no connection since %s, trying again", time);
  if (sc_ctl_terminal_is_interactive ())
    sc_ctl_terminal_show_line (text);
  else
    fprintf (stderr, "%s\n", text);
}

static void
show_found (Watch *watch)
{
  if (watch->lost && !sc_ctl_terminal_is_interactive ())
    fprintf (stderr, "connected again\n");
  sc_ctl_terminal_clear_line ();
  watch->lost = FALSE;
}

/* The first connection has to succeed; later ones are tried again until Ctrl-C. */
static ScCtlStatus
watch_status (ScCtl *self, GError **error)
{
  Watch watch = { .ctl = self };
  if (!sc_ctl_client_listen (self->client, on_event, &watch, error) || !print_status (self, error))
    return SC_CTL_FAILED;

  while (sc_ctl_terminal_wait (watch.closed ? RECONNECT_MILLISECONDS : REDRAW_MILLISECONDS)) {
    if (watch.closed) {
      show_lost (&watch);
      watch.closed = !sc_ctl_client_listen (self->client, on_event, &watch, NULL);
      watch.changed = !watch.closed;
    }
    if (watch.changed) {
      watch.changed = FALSE;
      watch.closed = !print_status (self, NULL) || watch.closed;
      if (!watch.closed)
        show_found (&watch);
    }
  }
  sc_ctl_terminal_clear_line ();
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

  const char *const headings[] = { "SEAT",   "ROOM",  "PRESENCE", "ADDRESS", "?MAC", "?>LINK",
                                   "SYSTEM", ">DISK", ">FREE",    "?VOLUME", "ID",   NULL };
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
        sc_ctl_format_size (sc_ctl_number_of (seat, "free_bytes")), sc_ctl_seat_volume (seat),
        g_strdup (sc_ctl_text_of (seat, "id")));
  }
  return sc_ctl_print_table (self, table, "No seat has ever connected.");
}

/* Whether it has kept what leads back to @version. */
static gboolean
has_way_back (ScJson *seat, guint64 version)
{
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (seat, "back"), i, item)
  {
    if ((guint64) json_integer_value (item) == version)
      return TRUE;
  }
  return FALSE;
}

ScCtlStatus
sc_ctl_catch_up (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/seats/", self->arguments[0], "/catch-up", NULL);
  g_autoptr (ScJson) body = json_object ();
  if (self->options.to_version > 0)
    json_object_set_new (body, "version", json_integer ((json_int_t) self->options.to_version));
  g_autoptr (ScJson) seat = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!seat)
    return SC_CTL_FAILED;
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (seat, "name"), G_MAXUINT);
  guint64 assigned = sc_ctl_number_of (seat, "assigned_version");
  if (self->options.json)
    sc_ctl_print_json (seat);
  else if (g_str_equal (sc_ctl_text_of (seat, "version_state"), "current"))
    printf ("Seat %s has version %" G_GUINT64_FORMAT " already; it only looks whether that is still so.\n", name,
            sc_ctl_number_of (seat, "version"));
  else if (has_way_back (seat, assigned))
    printf ("Seat %s goes to version %" G_GUINT64_FORMAT
            " with what it has kept; “seatcastctl status” shows how far it is.\n",
            name, assigned);
  else
    printf ("Seat %s catches up to version %" G_GUINT64_FORMAT "; “seatcastctl status” shows how far it is.\n", name,
            assigned);
  return SC_CTL_DONE;
}
