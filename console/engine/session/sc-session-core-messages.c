/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-core-private.h"

#define MAX_BUSY_NAMED 3u /* in a reason */

static gboolean
lacks_are_sound (ScSessionCore *self, GBytes *lacks)
{
  gsize length = 0;
  const guint8 *bits = lacks != NULL ? g_bytes_get_data (lacks, &length) : NULL;

  if (length != ((gsize) self->n_chunks + 7) / 8)
    return FALSE;
  return self->n_chunks % 8 == 0 || bits[length - 1] >> (self->n_chunks % 8) == 0;
}

/* Adds what the seat lacks to what is wanted, while it still counts. Returns: whether it lacks anything */
static gboolean
merge_lacks (ScSessionCore *self, const ScSessionSeat *seat, GBytes *lacks)
{
  gsize length;
  const guint8 *bits = g_bytes_get_data (lacks, &length);
  guint8 any = 0;

  for (gsize i = 0; i < length; i++) {
    any |= bits[i];
    if (self->wanted != NULL)
      self->wanted[i] |= bits[i];
  }
  if (self->wanted != NULL && any != 0 && self->actions.lacks != NULL)
    self->actions.lacks (self->data, seat->row, lacks);
  return any != 0;
}

static void
note_left (ScSessionSeat *seat, guint64 left)
{
  if (left >= seat->left)
    return;
  seat->left = left;
  seat->breaks = 0;
}

static void
note_progress (ScSessionSeat *seat, guint64 done, guint64 total, guint where, gint64 now)
{
  if (done != seat->row->done || total != seat->row->total || where != seat->where)
    seat->moved = now;
  seat->where = where;
  seat->row->done = done;
  seat->row->total = total;
}

static char *
describe_space (const ScNeeds *needs)
{
  g_autofree char *missing = g_format_size_full (needs->missing_bytes, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *free_space = g_format_size (needs->free_bytes);
  g_autofree char *reserve = g_format_size (needs->reserve_bytes);

  return g_strdup_printf ("not enough disk space: %s are missing (%s are free, and %s must stay free): make room on "
                          "the seat and deploy again",
                          missing, free_space, reserve);
}

static void
on_prepared (ScSessionCore *self, ScSessionSeat *seat, const ScControlMessage *message, gint64 now)
{
  const ScNeeds *needs = message->prepared.needs;

  if (seat->phase != PHASE_PREPARING)
    return;
  if (!lacks_are_sound (self, message->prepared.lacks)) {
    sc_session_core_send_leave (self, seat, SC_LEAVE_CANCELLED);
    sc_session_core_end_seat (
        self, seat, SC_TRANSFER_FAILED,
        "it answered with a list of chunks that does not fit the version: does its service have the console's version?",
        now);
    return;
  }
  note_progress (seat, 0, needs->lacks_bytes, 0, now);
  note_left (seat, needs->lacks_bytes);
  sc_needs_free (seat->row->needs);
  seat->row->needs = sc_needs_copy (needs);
  if (needs->missing_bytes > 0) {
    g_autofree char *reason = describe_space (needs);

    sc_session_core_send_leave (self, seat, SC_LEAVE_CANCELLED);
    sc_session_core_end_seat (self, seat, SC_TRANSFER_FAILED, reason, now);
    return;
  }
  if (self->session->dry_run) {
    merge_lacks (self, seat, message->prepared.lacks);
    sc_session_core_send_leave (self, seat, SC_LEAVE_CANCELLED);
    sc_session_core_end_seat (self, seat, SC_TRANSFER_PLANNED, NULL, now);
    return;
  }
  if (!merge_lacks (self, seat, message->prepared.lacks)) {
    sc_session_core_set_phase (seat, PHASE_ALONE, now);
    sc_session_core_send_leave (self, seat, SC_LEAVE_FINISHED);
    sc_session_core_set_row (self, seat, SC_TRANSFER_APPLYING, NULL);
  } else if (self->stage == STAGE_JOINING) {
    sc_session_core_send_join (self, seat, 0, now);
  } else if (self->stage == STAGE_STREAMING) {
    sc_session_core_send_join (self, seat, LATE_WINDOW, now);
  } else {
    sc_session_core_set_phase (seat, PHASE_PREPARED, now);
  }
}

static void
on_joined (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  if (seat->phase != PHASE_JOINING)
    return;
  seat->begun = TRUE;
  if (self->stage == STAGE_STREAMING && !sc_session_core_give_number (self, seat)) {
    sc_session_core_move_to_catch_up (self, seat, "the session has too many seats for one stream", now);
    return;
  }
  sc_session_core_set_phase (seat, self->stage == STAGE_STREAMING ? PHASE_ADDING : PHASE_STREAM, now);
  sc_session_core_set_row (self, seat, SC_TRANSFER_RECEIVING, NULL);
  if (seat->phase == PHASE_ADDING)
    self->actions.add_seat (self->data, seat->number);
}

static void
on_progress (ScSessionCore *self, ScSessionSeat *seat, const ScControlMessage *message, gint64 now)
{
  ScTransferState state = message->progress.state;
  guint where = message->progress.template_name != NULL ? g_str_hash (message->progress.template_name) : 0;

  seat->active = now;
  seat->begun = seat->begun || (state >= SC_TRANSFER_RECEIVING && state <= SC_TRANSFER_APPLYING);
  if (message->progress.total > 0) {
    guint64 done = MIN (message->progress.done, message->progress.total);

    note_progress (seat, done, message->progress.total, where, now);
    if (state >= SC_TRANSFER_RECEIVING) /* until then it counts what it hashes */
      note_left (seat, message->progress.total - done);
  }
  /* the ends have messages of their own */
  if (state >= SC_TRANSFER_WAITING && state <= SC_TRANSFER_APPLYING && state != seat->row->state) {
    seat->moved = now;
    sc_session_core_set_row (self, seat, state, NULL);
  }
}

static void
on_failed (ScSessionCore *self, ScSessionSeat *seat, const ScControlMessage *message, gint64 now)
{
  const char *text = message->failed.message;

  sc_session_core_end_seat (self, seat, SC_TRANSFER_FAILED,
                            text != NULL && text[0] != '\0' ? text : "the seat did not say why: see its service's log",
                            now);
}

/* "waits for “Debian”, “Windows” and 3 more, which are in use; it goes on by itself" */
static char *
describe_busy (GPtrArray *busy)
{
  GString *text = g_string_new ("waits for ");

  for (guint i = 0; i < busy->len && i < MAX_BUSY_NAMED; i++)
    g_string_append_printf (text, "%s“%s”", i > 0 ? ", " : "", (const char *) g_ptr_array_index (busy, i));
  if (busy->len > MAX_BUSY_NAMED)
    g_string_append_printf (text, " and %u more", busy->len - MAX_BUSY_NAMED);
  g_string_append_printf (text, ", which %s in use; it goes on by itself", busy->len == 1 ? "is" : "are");
  return g_string_free (text, FALSE);
}

static void
on_done (ScSessionCore *self, ScSessionSeat *seat, const ScControlMessage *message, gint64 now)
{
  if (message->done.version != self->session->version)
    return;
  if (message->done.busy->len > 0) {
    g_autofree char *reason = describe_busy (message->done.busy);

    sc_session_core_end_seat (self, seat, SC_TRANSFER_BUSY, reason, now);
    return;
  }
  seat->row->done = seat->row->total;
  sc_session_core_end_seat (self, seat, SC_TRANSFER_DONE, NULL, now);
}

/* What the session had left the seat busy with it has done by itself, or something else instead. */
static void
end_busy (ScSessionCore *self, ScSessionSeat *seat, const ScControlMessage *message, gint64 now)
{
  if (message->done.version == self->session->version)
    on_done (self, seat, message, now);
  else
    sc_session_core_end_seat (self, seat, SC_TRANSFER_CANCELLED, SC_SESSION_OVERTAKEN, now);
}

void
sc_session_core_message (ScSessionCore *self, const char *id, const ScControlMessage *message, gint64 now)
{
  ScSessionSeat *seat = g_hash_table_lookup (self->by_id, id);

  if (seat != NULL && seat->row->state == SC_TRANSFER_BUSY && message->type == SC_CONTROL_DONE) {
    end_busy (self, seat, message, now);
    return;
  }
  /* what it had received already, it may finish by itself */
  if (seat != NULL && seat->released && message->type == SC_CONTROL_DONE) {
    on_done (self, seat, message, now);
    return;
  }
  if (seat == NULL || seat->phase == PHASE_OVER || seat->phase == PHASE_ABSENT)
    return;
  switch (message->type) {
  case SC_CONTROL_PREPARED:
    on_prepared (self, seat, message, now);
    break;
  case SC_CONTROL_JOINED:
    on_joined (self, seat, now);
    break;
  case SC_CONTROL_LISTENING:
    sc_session_core_on_listening (self, seat, message, now);
    break;
  case SC_CONTROL_HEARD:
    if (seat->phase == PHASE_LISTENING) {
      sc_session_core_on_heard (self, seat, message->heard.payload, now);
      break;
    }
    if (seat->number != NO_NUMBER)
      self->actions.heard (self->data, seat->number);
    return;
  case SC_CONTROL_REPORT:
    if (self->stage == STAGE_STREAMING) { /* else of the prelude */
      seat->row->received = message->report.received;
      seat->row->lost = message->report.lost;
    }
    if (seat->number != NO_NUMBER)
      self->actions.report (self->data, seat->number, &message->report);
    return;
  case SC_CONTROL_PROGRESS:
    on_progress (self, seat, message, now);
    return;
  case SC_CONTROL_DONE:
    on_done (self, seat, message, now);
    break;
  case SC_CONTROL_FAILED:
    on_failed (self, seat, message, now);
    break;
  default:
    return;
  }
  sc_session_core_advance (self, now);
}
