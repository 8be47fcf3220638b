/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-follow.h"

#include "common/sc-error.h"
#include "console/ctl/sc-ctl-needs.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-terminal.h"
#include "console/ctl/sc-ctl-words.h"

#include <stdio.h>

#define POLL_MILLISECONDS 200u
#define PLAIN_INTERVAL (5 * G_USEC_PER_SEC) /* between lines of progress where there is no terminal */
#define STILL_TIME (1 * G_USEC_PER_SEC)     /* nothing has moved for so long: there is no rate to show */
#define MIN_COMPARED (1000 * 1000u)         /* bytes of content: of less, what it takes to send them tells nothing */
#define AWAITED_TIME (3 * G_USEC_PER_SEC)   /* nothing has moved for so long: say whom it waits for */

/* Bytes per second, smoothed over a few polls, and what was shown last. */
typedef struct {
  guint64 done;
  gint64 time, moved_time;
  double rate;
  gint64 plain_time;
  char *plain_phase;
  char *json;
} Meter;

static void
meter_clear (Meter *meter)
{
  g_free (meter->plain_phase);
  g_free (meter->json);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Meter, meter_clear)

static guint64
meter_update (Meter *meter, guint64 done)
{
  gint64 now = g_get_monotonic_time ();
  if (meter->time == 0 || done < meter->done) {
    meter->rate = 0;
  } else if (now > meter->time) {
    double rate = (double) (done - meter->done) * G_USEC_PER_SEC / (double) (now - meter->time);
    meter->rate = meter->rate > 0 ? meter->rate * 0.7 + rate * 0.3 : rate;
  }
  if (meter->time == 0 || done != meter->done)
    meter->moved_time = now;
  else if (now - meter->moved_time > STILL_TIME)
    meter->rate = 0;
  meter->done = done;
  meter->time = now;
  return (guint64) meter->rate;
}

/* "12.1 of 30.0 MB, 81 MB/s"; empty for a phase without bytes */
static char *
meter_to_text (guint64 done, guint64 total, guint64 rate)
{
  if (done == 0 && total == 0)
    return g_strdup ("");
  g_autofree char *amount = sc_ctl_format_amount (total > 0 ? MIN (done, total) : done, total);
  g_autofree char *speed = sc_ctl_format_rate (rate);
  return g_strconcat (": ", amount, *speed ? ", " : "", speed, NULL);
}

static void
show_json_when_changed (Meter *meter, ScJson *object)
{
  g_autofree char *text = sc_json_to_text (object);
  if (g_strcmp0 (text, meter->json) == 0)
    return;
  puts (text);
  fflush (stdout);
  g_free (meter->json);
  meter->json = g_steal_pointer (&text);
}

/* In place on a terminal; otherwise a line when the phase changes, and every few seconds. */
static void
show_progress (Meter *meter, const char *phase, const char *text)
{
  if (sc_ctl_terminal_is_interactive ()) {
    sc_ctl_terminal_show_line (text);
    return;
  }
  gint64 now = g_get_monotonic_time ();
  if (g_strcmp0 (phase, meter->plain_phase) == 0 && now - meter->plain_time < PLAIN_INTERVAL)
    return;
  fprintf (stderr, "%s\n", text);
  g_free (meter->plain_phase);
  meter->plain_phase = g_strdup (phase);
  meter->plain_time = now;
}

static void
show_operation (ScCtl *self, Meter *meter, ScJson *operation)
{
  if (self->options.json) {
    show_json_when_changed (meter, operation);
    return;
  }
  const char *phase = sc_ctl_text_of (operation, "phase");
  if (!*phase)
    return;
  guint64 done = sc_ctl_number_of (operation, "done_bytes");
  guint64 rate = meter_update (meter, done);
  g_autofree char *amount = meter_to_text (done, sc_ctl_number_of (operation, "total_bytes"), rate);
  const char *item = sc_ctl_text_of (operation, "item");
  g_autofree char *text = g_strconcat (phase, amount, *item ? "  " : "", item, NULL);
  show_progress (meter, phase, text);
}

static void
set_operation_error (ScJson *operation, GError **error)
{
  const char *kind = sc_ctl_text_of (operation, "kind");
  ScJson *object = json_object_get (operation, "error");
  const char *code = object ? sc_ctl_text_of (object, "code") : "";
  const char *message = object ? sc_ctl_text_of (object, "message") : "";
  if (!g_str_equal (sc_ctl_text_of (operation, "state"), "cancelled"))
    g_set_error (error, SC_ERROR, sc_error_code_from_nick (code), "%s",
                 *message ? message : "the console says that it failed, but not why; its log may tell");
  else if (g_str_equal (kind, "publish"))
    g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED,
                 "publishing was cancelled; nothing is lost: the next publish goes on with what was stored");
  else if (g_str_equal (kind, "sign"))
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED, "signing was cancelled: the version is as it was before");
  else
    g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED, "“store %s” was cancelled", kind);
}

ScJson *
sc_ctl_follow_operation (ScCtl *self, ScJson *operation, GError **error)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (operation, "id"));
  g_autofree char *path = sc_client_path ("/v1/operations/", id, NULL);
  g_auto (Meter) meter = { 0 };
  g_autoptr (ScJson) current = json_incref (operation);

  while (g_str_equal (sc_ctl_text_of (current, "state"), "running")) {
    show_operation (self, &meter, current);
    if (!sc_ctl_terminal_wait (POLL_MILLISECONDS)) {
      g_autofree char *cancel = sc_client_path ("/v1/operations/", id, "/cancel", NULL);
      g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", cancel, NULL, error);
      if (!answer)
        return NULL;
    }
    g_autoptr (ScJson) next = sc_ctl_client_request (self->client, "GET", path, NULL, error);
    if (!next)
      return NULL;
    json_decref (current);
    current = g_steal_pointer (&next);
  }

  sc_ctl_terminal_clear_line ();
  if (!g_str_equal (sc_ctl_text_of (current, "state"), "done")) {
    set_operation_error (current, error);
    return NULL;
  }
  if (self->options.json)
    show_json_when_changed (&meter, current);
  return json_incref (json_object_get (current, "result"));
}

static void
show_verify (ScCtl *self, Meter *meter, ScJson *seat)
{
  if (self->options.json) {
    show_json_when_changed (meter, seat);
    return;
  }
  ScJson *transfer = json_object_get (seat, "transfer");
  guint64 done = transfer ? sc_ctl_number_of (transfer, "done_bytes") : 0;
  guint64 rate = meter_update (meter, done);
  g_autofree char *amount = meter_to_text (done, transfer ? sc_ctl_number_of (transfer, "total_bytes") : 0, rate);
  g_autofree char *state = sc_ctl_seat_state (seat, NULL);
  g_autofree char *line = g_strdup_printf ("%s %s%s", sc_ctl_text_of (seat, "name"), state, amount);
  g_autofree char *text = sc_ctl_text_cut (line, G_MAXUINT);
  show_progress (meter, state, text);
}

ScJson *
sc_ctl_follow_verify (ScCtl *self, ScJson *seat, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/seats/", sc_ctl_text_of (seat, "id"), "", NULL);
  g_auto (Meter) meter = { 0 };
  g_autoptr (ScJson) current = json_incref (seat);
  while (g_str_equal (sc_ctl_text_of (json_object_get (current, "verify"), "state"), "running")) {
    show_verify (self, &meter, current);
    if (!sc_ctl_terminal_wait (POLL_MILLISECONDS))
      break;
    g_autoptr (ScJson) next = sc_ctl_client_request (self->client, "GET", path, NULL, error);
    if (!next)
      return NULL;
    json_decref (current);
    current = g_steal_pointer (&next);
  }
  sc_ctl_terminal_clear_line ();
  if (self->options.json)
    show_json_when_changed (&meter, current);
  return g_steal_pointer (&current);
}

/* Whom it waits for once everything is sent, or when nothing moves; empty otherwise. */
static char *
awaited (ScCtl *self, Meter *meter, ScJson *session)
{
  const char *state = sc_ctl_text_of (session, "state");
  gboolean still = g_get_monotonic_time () - meter->moved_time > AWAITED_TIME;
  if (g_str_equal (state, "paused") || (!still && !g_str_equal (state, "finishing")))
    return g_strdup ("");
  g_autoptr (ScJson) seats = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, NULL);
  g_autofree char *names = sc_ctl_session_awaited (session, seats ? json_object_get (seats, "seats") : NULL);
  return *names ? g_strconcat ("; waiting for ", names, NULL) : g_strdup ("");
}

/* Those that have said what the version takes, or that it cannot be had. */
static guint
count_answers (ScJson *session)
{
  guint n = sc_ctl_session_count_seats (session, "failed");
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (session, "seats"), i, seat) n +=
      json_is_object (json_object_get (seat, "needs")) && !g_str_equal (sc_ctl_text_of (seat, "state"), "failed");
  return n;
}

static void
show_session (ScCtl *self, Meter *meter, ScJson *session)
{
  if (self->options.json) {
    show_json_when_changed (meter, session);
    return;
  }
  const char *const streaming[] = { "sending", "paused", NULL };
  const char *state = sc_ctl_text_of (session, "state");
  guint64 sent = sc_ctl_number_of (session, "content_sent_bytes");
  guint64 rate = meter_update (meter, sent);
  g_autofree char *amount = g_strv_contains (streaming, state)
                                ? meter_to_text (sent, sc_ctl_number_of (session, "content_bytes"), rate)
                                : g_strdup ("");
  g_autofree char *waiting = awaited (self, meter, session);
  gboolean dry = sc_json_get_optional_bool (session, "dry_run", FALSE);
  gboolean asking = dry || g_str_equal (state, "preparing");
  g_autofree char *text = g_strdup_printf (
      "%s %" G_GUINT64_FORMAT " %s%s; %u of %u seats %s%s", dry ? "dry run" : "session",
      sc_ctl_number_of (session, "id"), state, amount,
      asking ? count_answers (session) : sc_ctl_session_count_seats (session, "done"),
      (guint) json_array_size (json_object_get (session, "seats")), asking ? "answered" : "done", waiting);
  show_progress (meter, state, text);
}

ScCtlStatus
sc_ctl_follow_session (ScCtl *self, ScJson *session, GError **error)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (session, "id"));
  g_autofree char *path = sc_client_path ("/v1/sessions/", id, NULL);
  g_auto (Meter) meter = { 0 };
  g_autoptr (ScJson) current = json_incref (session);

  /* the state may be over a moment before the time of its end is there: one question more */
  for (gboolean over = FALSE; !over;) {
    over = sc_ctl_session_is_over (current);
    if (over && *sc_ctl_text_of (current, "ended"))
      break;
    if (!over)
      show_session (self, &meter, current);
    if (!sc_ctl_terminal_wait (POLL_MILLISECONDS)) {
      sc_ctl_terminal_clear_line ();
      fprintf (stderr, "The session goes on; “seatcastctl session %s” shows it, “seatcastctl cancel %s” ends it.\n", id,
               id);
      return SC_CTL_DONE;
    }
    g_autoptr (ScJson) next = sc_ctl_client_request (self->client, "GET", path, NULL, error);
    if (!next)
      return SC_CTL_FAILED;
    json_decref (current);
    current = g_steal_pointer (&next);
  }

  sc_ctl_terminal_clear_line ();
  if (self->options.json)
    show_json_when_changed (&meter, current);
  else if (!sc_ctl_print_session (self, current, error))
    return SC_CTL_FAILED;
  return sc_ctl_session_went_well (current) ? SC_CTL_DONE : SC_CTL_FAILED;
}

/* "cancelled by staff" beside the state "cancelled" is only "by staff". */
static const char *
reason_beside (const char *state, const char *reason)
{
  gsize length = strlen (state);
  return length > 0 && g_str_has_prefix (reason, state) && reason[length] == ' ' ? reason + length + 1 : reason;
}

/* What caps leave it: of one that is over, nothing any more. */
static void
print_share (ScJson *session)
{
  guint64 own = sc_ctl_number_of (session, "rate_cap_bits_per_second");
  guint64 share = sc_ctl_number_of (session, "share_bits_per_second");
  g_autofree char *text = sc_ctl_format_cap (share);
  if (sc_ctl_session_is_over (session))
    return;
  printf ("  %s%s", share > 0 ? "at up to " : "", text);
  if (share > 0 && own == 0)
    printf (" (it has no cap of its own; rooms, the console and other sessions leave it that)");
  else if (share < own)
    printf (" (its own cap is %g; rooms, the console and other sessions leave it that)", (double) own / 1e6);
  printf ("\n");
}

/* What of its frames is sent as what differs from chunks that the seats have. */
static void
print_deltas (ScJson *session)
{
  g_autofree char *deltas = sc_ctl_session_deltas (session);
  if (deltas)
    printf ("  deltas: %s\n", deltas);
}

/* How fast it is now, what keeps it from being faster, and what part of it are repairs. */
static void
print_rate (ScJson *session)
{
  guint64 rate = sc_ctl_number_of (session, "rate_bits_per_second");
  const char *limit = sc_ctl_text_of (session, "rate_limit");
  g_autofree char *repairs = sc_ctl_format_ppm (sc_ctl_number_of (session, "repair_ppm"));
  if (rate > 0 && *limit)
    printf ("  now %.1f Mbit/s, limited by %s\n", (double) rate / 1e6, sc_ctl_rate_limit_in_words (limit));
  if (sc_ctl_number_of (session, "source_packets") > 0)
    printf ("  repairs are %s of the packets sent\n", repairs);
}

static char *
count_unless_zero (ScJson *seat, const char *key)
{
  guint64 count = sc_ctl_number_of (seat, key);
  return count > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, count) : NULL;
}

static void
print_seats (ScJson *session)
{
  const char *const streamed[] = { "waiting", "receiving", NULL };
  const char *const headings[] = { "SEAT",      "ROOM",      "STATE",     ">%",  ">WRITTEN", "?>LOSS", "?>DROPPED",
                                   "?>REPAIRS", "?>CHARGED", "?>BACKLOG", "?BY", "?REASON",  NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gboolean paused = g_str_equal (sc_ctl_text_of (session, "state"), "paused");
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (session, "seats"), i, seat)
  {
    guint64 done = sc_ctl_number_of (seat, "done_bytes");
    guint64 backlog = sc_ctl_number_of (seat, "backlog_bytes");
    gboolean streamed_to = sc_ctl_number_of (seat, "received_packets") + sc_ctl_number_of (seat, "lost_packets") > 0;
    const char *state = sc_ctl_text_of (seat, "state");
    sc_ctl_table_add (
        table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (sc_ctl_text_of (seat, "room")),
        g_strdup (paused && g_strv_contains (streamed, state) ? "paused" : state), sc_ctl_transfer_percent (seat),
        sc_ctl_format_size (done), streamed_to ? sc_ctl_format_ppm (sc_ctl_number_of (seat, "loss_ppm")) : NULL,
        count_unless_zero (seat, "dropped_packets"), count_unless_zero (seat, "repair_symbols"),
        count_unless_zero (seat, "charged_symbols"), backlog > 0 ? sc_ctl_format_size (backlog) : NULL,
        g_strdup (sc_ctl_seat_by (seat)), g_strdup (reason_beside (state, sc_ctl_text_of (seat, "reason"))));
  }
  g_autofree char *text = sc_ctl_table_to_text (table);
  fputs (text, stdout);
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  return strcmp (sc_ctl_text_of (*(ScJson *const *) a, "time"), sc_ctl_text_of (*(ScJson *const *) b, "time"));
}

/* (element-type ScJson) (transfer container): objects with the seat's name, the oldest first */
static GPtrArray *
list_demotions (ScJson *session)
{
  GPtrArray *list = g_ptr_array_new ();
  gsize i, k;
  ScJson *seat, *demotion;
  json_array_foreach (json_object_get (session, "seats"), i, seat)
  {
    json_array_foreach (json_object_get (seat, "demotions"), k, demotion)
    {
      json_object_set (demotion, "seat", json_object_get (seat, "name"));
      g_ptr_array_add (list, demotion);
    }
  }
  g_ptr_array_sort (list, compare_times);
  return list;
}

/* Who was taken off the stream, when and why. */
static void
print_demotions (ScJson *session)
{
  const char *const headings[] = { "TIME", "SEAT", "TAKEN OFF", "WHY", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  g_autoptr (GPtrArray) list = list_demotions (session);
  for (guint i = 0; i < list->len; i++) {
    ScJson *demotion = g_ptr_array_index (list, i);
    sc_ctl_table_add (table, sc_ctl_format_second (sc_ctl_text_of (demotion, "time")),
                      g_strdup (sc_ctl_text_of (demotion, "seat")), g_strdup (sc_ctl_text_of (demotion, "reason")),
                      g_strdup (sc_ctl_text_of (demotion, "text")));
  }
  g_autofree char *text = sc_ctl_table_to_text (table);
  if (list->len > 0)
    printf ("\nTaken off the stream, so that the others need not wait; the rest came by catch-up:\n%s", text);
}

/* Only an end before its time can leave templates between two versions. */
static gboolean
print_half_updated (ScCtl *self, ScJson *session, GError **error)
{
  if (!sc_ctl_session_is_over (session) ||
      sc_ctl_session_count_seats (session, "done") == json_array_size (json_object_get (session, "seats")))
    return TRUE;
  g_autoptr (ScJson) seats = sc_ctl_client_request (self->client, "GET", "/v1/seats", NULL, error);
  if (!seats)
    return FALSE;
  g_autofree char *text = sc_ctl_session_half_updated (session, json_object_get (seats, "seats"));
  if (text)
    printf ("%s\n", text);
  return TRUE;
}

static void
print_suspended (ScJson *session)
{
  g_autofree char *resumes = sc_ctl_format_time (sc_ctl_text_of (session, "resumes"));
  if (sc_json_get_optional_bool (session, "suspended", FALSE))
    printf ("  waits for the maintenance window: %s; “seatcastctl resume %" G_GUINT64_FORMAT "” goes on now\n", resumes,
            sc_ctl_number_of (session, "id"));
}

gboolean
sc_ctl_print_session (ScCtl *self, ScJson *session, GError **error)
{
  if (sc_json_get_optional_bool (session, "dry_run", FALSE)) {
    sc_ctl_print_dry_run (session);
    return TRUE;
  }
  guint64 content = sc_ctl_number_of (session, "content_bytes"), wire = sc_ctl_number_of (session, "wire_bytes");
  g_autofree char *content_text = sc_ctl_format_size (content);
  g_autofree char *wire_text = sc_ctl_format_size (wire);
  g_autofree char *catch_up = sc_ctl_format_size (sc_ctl_number_of (session, "catch_up_bytes"));
  g_autofree char *duration = sc_ctl_session_duration (session);
  const char *reason = sc_ctl_text_of (session, "error");
  printf ("Session %" G_GUINT64_FORMAT ": version %" G_GUINT64_FORMAT ", %s%s%s%s%s\n",
          sc_ctl_number_of (session, "id"), sc_ctl_number_of (session, "version"), sc_ctl_text_of (session, "state"),
          *duration ? " in " : "", duration, *reason ? ": " : "", reason);
  printf ("  compressed: content %s, multicast %s", content_text, wire_text);
  if (content >= MIN_COMPARED && g_str_equal (sc_ctl_text_of (session, "state"), "done"))
    printf (" (%.3f of the content; over the whole session %.1f Mbit/s)", (double) wire / (double) content,
            (double) wire * 8 / (double) MAX (sc_ctl_session_get_span (session), 1));
  printf (", catch-up %s\n", catch_up);
  print_deltas (session);
  print_suspended (session);
  print_share (session);
  print_rate (session);
  print_seats (session);
  print_demotions (session);
  return print_half_updated (self, session, error);
}
