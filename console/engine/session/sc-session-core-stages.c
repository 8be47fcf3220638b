/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-core-private.h"

/* small helpers */

guint
sc_session_core_count (ScSessionCore *self, ScSessionPhase first, ScSessionPhase last)
{
  guint n = 0;

  for (guint i = 0; i < self->seats->len; i++) {
    const ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    n += seat->phase >= first && seat->phase <= last;
  }
  return n;
}

void
sc_session_core_set_phase (ScSessionSeat *seat, ScSessionPhase phase, gint64 now)
{
  seat->phase = phase;
  seat->since = now;
  seat->active = now;
  seat->moved = now;
}

void
sc_session_core_set_row (ScSessionCore *self, ScSessionSeat *seat, ScTransferState state, const char *reason)
{
  seat->row->state = state;
  /* also one that was not sent there: the stream left it something to fetch, or it was away till it was over */
  if (state == SC_TRANSFER_REPAIRING && seat->row->done < seat->row->total &&
      (seat->phase == PHASE_ALONE || self->stage == STAGE_FINISHING))
    seat->row->catch_up = TRUE;
  if (reason != NULL) {
    g_free (seat->row->reason);
    seat->row->reason = g_strdup (reason);
  }
  self->actions.changed (self->data, seat->row);
}

void
sc_session_core_set_stage (ScSessionCore *self, ScSessionStage stage, ScSessionState state, gint64 now)
{
  self->stage = stage;
  self->since = now;
  if (self->session->state != state) {
    self->session->state = state;
    self->actions.changed (self->data, NULL);
  }
}

void
sc_session_core_order (ScSessionCore *self, ScSessionSeat *seat, ScControlType type, ScSessionPhase phase, gint64 now)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (type, self->session->id);
  g_autoptr (GError) error = NULL;

  message->version.version = self->session->version;
  message->version.manifest = self->manifest;
  if (!self->actions.sign (self->data, seat->row->seat, message, &error))
    sc_session_core_end_seat (self, seat, SC_TRANSFER_FAILED, error->message, now);
  else if (self->actions.send (self->data, seat->row->seat, message))
    sc_session_core_set_phase (seat, phase, now);
  else
    sc_session_core_set_phase (seat, PHASE_ABSENT, now);
}

void
sc_session_core_send_leave (ScSessionCore *self, const ScSessionSeat *seat, ScLeaveReason reason)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_LEAVE, self->session->id);

  message->leave.reason = reason;
  self->actions.send (self->data, seat->row->seat, message);
}

void
sc_session_core_send_join (ScSessionCore *self, ScSessionSeat *seat, guint32 first_window, gint64 now)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_JOIN, self->session->id);

  message->join.version = self->session->version;
  message->join.manifest = self->manifest;
  message->join.layout = self->stream.layout;
  message->join.plan = self->stream.plan;
  message->join.key = self->stream.key;
  message->join.group = g_strdup (self->stream.group);
  message->join.port = self->stream.port;
  message->join.first_window = first_window;
  seat->keyed = TRUE;
  sc_session_core_set_phase (seat, PHASE_JOINING, now);
  self->actions.send (self->data, seat->row->seat, message);
}

/* Returns: FALSE when the driver can have no more */
gboolean
sc_session_core_give_number (ScSessionCore *self, ScSessionSeat *seat)
{
  if (seat->index >= MAX_SEATS)
    return FALSE;
  seat->number = seat->index;
  return TRUE;
}

static void
hold (ScSessionCore *self, gboolean held)
{
  if (self->held == held)
    return;
  self->held = held;
  self->actions.set_paused (self->data, held);
}

/* The driver need not wait for the seat any more. */
void
sc_session_core_drop_number (ScSessionCore *self, ScSessionSeat *seat)
{
  if (seat->number == NO_NUMBER)
    return;
  /* a sender without seats ends the stream, but they may come back: it is held first */
  if (self->stage == STAGE_STREAMING && sc_session_core_count (self, PHASE_ADDING, PHASE_STREAM) <= 1)
    hold (self, TRUE);
  self->actions.remove_seat (self->data, seat->number);
  seat->number = NO_NUMBER;
}

void
sc_session_core_end_seat (ScSessionCore *self, ScSessionSeat *seat, ScTransferState state, const char *reason,
                          gint64 now)
{
  sc_session_core_drop_number (self, seat);
  sc_session_core_set_phase (seat, PHASE_OVER, now);
  sc_session_core_set_row (self, seat, state, reason);
}

void
sc_session_core_end_absent (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  const char *reason =
      "offline: it was not connected; when it is back, it goes on as its room's policy for late seats says";

  if (self->session->dry_run)
    reason = "offline: it was not connected; switch it on and ask again";
  else if (seat->woken)
    reason = "offline: it was woken, but did not come within 5 minutes: see whether its firmware and its network card "
             "let it be woken; when it is on, it goes on as its room's policy for late seats says";
  else if (seat->begun)
    reason = "offline: it was not connected any more; it goes on by itself when it is back";
  sc_session_core_end_seat (self, seat, SC_TRANSFER_FAILED, reason, now);
}

/* From the stream to HTTPS. A dry run does not wait for the seat any more. */
void
sc_session_core_move_to_catch_up (ScSessionCore *self, ScSessionSeat *seat, const char *reason, gint64 now)
{
  if (self->session->dry_run) {
    sc_session_core_send_leave (self, seat, SC_LEAVE_CANCELLED);
    sc_session_core_end_seat (self, seat, SC_TRANSFER_FAILED, reason, now);
    return;
  }
  sc_session_core_drop_number (self, seat);
  sc_session_core_set_phase (seat, PHASE_ALONE, now);
  seat->row->catch_up = TRUE;
  sc_session_core_send_leave (self, seat, SC_LEAVE_CATCH_UP);
  sc_session_core_set_row (self, seat, SC_TRANSFER_REPAIRING, reason);
}

void
sc_session_core_prepare (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  sc_session_core_order (self, seat, SC_CONTROL_PREPARE, PHASE_PREPARING, now);
  if (seat->phase != PHASE_OVER)
    sc_session_core_set_row (self, seat, SC_TRANSFER_WAITING, NULL);
}

/* stages */

void
sc_session_core_ask (ScSessionCore *self, gint64 now)
{
  sc_session_core_stop_prelude (self);
  sc_session_core_set_stage (self, STAGE_ASKING, SC_SESSION_PREPARING, now);
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_ABSENT || (seat->phase >= PHASE_LISTENED && seat->phase <= PHASE_TAKING))
      sc_session_core_prepare (self, seat, now);
  }
  sc_session_core_wake (self, now);
}

static void
end (ScSessionCore *self, gint64 now)
{
  const char *reason = "";

  for (guint i = 0; i < self->seats->len; i++) {
    const ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->row->state == SC_TRANSFER_DONE || seat->row->state == SC_TRANSFER_BUSY) {
      sc_session_core_set_stage (self, STAGE_OVER, SC_SESSION_DONE, now);
      return;
    }
    if (seat->row->reason != NULL && seat->row->reason[0] != '\0')
      reason = seat->row->reason;
  }
  g_free (self->session->error);
  self->session->error = g_strdup_printf ("no seat reached the version: %s", reason);
  sc_session_core_set_stage (self, STAGE_OVER, SC_SESSION_FAILED, now);
}

/* The stream is over, or there is no use in one. */
void
sc_session_core_finish (ScSessionCore *self, gint64 now)
{
  if (self->stage == STAGE_STREAMING)
    self->actions.stop_driver (self->data);
  sc_session_core_set_stage (self, STAGE_FINISHING, SC_SESSION_FINISHING, now);
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    seat->number = NO_NUMBER;
    if (seat->phase == PHASE_ABSENT) {
      seat->since = now;
    } else if (seat->phase >= PHASE_CALLED && seat->phase <= PHASE_TAKING) {
      seat->row->catch_up = TRUE;
      sc_session_core_order (self, seat, SC_CONTROL_CATCH_UP, PHASE_ALONE, now);
    } else if (seat->phase == PHASE_PREPARING) {
      sc_session_core_move_to_catch_up (self, seat, "the stream was over before it knew what it lacks", now);
    } else if (seat->phase >= PHASE_PREPARED && seat->phase <= PHASE_STREAM) {
      sc_session_core_set_phase (seat, PHASE_ALONE, now);
      sc_session_core_send_leave (self, seat, SC_LEAVE_FINISHED);
    }
  }
}

void
sc_session_core_end_all (ScSessionCore *self, ScSessionState state, ScTransferState seat_state, const char *reason,
                         gint64 now)
{
  if (self->stage == STAGE_STREAMING)
    self->actions.stop_driver (self->data);
  sc_session_core_stop_prelude (self);
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_OVER)
      continue;
    seat->number = NO_NUMBER;
    sc_session_core_send_leave (self, seat, SC_LEAVE_CANCELLED);
    sc_session_core_end_seat (self, seat, seat_state, reason, now);
  }
  sc_session_core_set_stage (self, STAGE_OVER, state, now);
}

static void
start_stream (ScSessionCore *self, gint64 now)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_STREAM && sc_session_core_give_number (self, seat))
      g_array_append_val (numbers, seat->number);
  }
  if (!self->actions.start_driver (self->data, (const guint32 *) (gpointer) numbers->data, numbers->len, &error)) {
    sc_session_core_fail (self, error, now);
    return;
  }
  sc_session_core_set_stage (self, STAGE_STREAMING, SC_SESSION_PROBING, now);
}

static void
make_plan (ScSessionCore *self, gint64 now)
{
  g_autoptr (GBytes) wanted = g_bytes_new_take (g_steal_pointer (&self->wanted), ((gsize) self->n_chunks + 7) / 8);

  sc_session_core_set_stage (self, STAGE_PLANNING, SC_SESSION_PREPARING, now);
  self->actions.make_plan (self->data, wanted);
}

/* All that will answer have answered. */
static void
end_dry_run (ScSessionCore *self, gint64 now)
{
  guint8 any = 0;

  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase != PHASE_OVER)
      sc_session_core_move_to_catch_up (self, seat, "it did not say in time what it lacks: see its service's log", now);
  }
  for (gsize i = 0; i < ((gsize) self->n_chunks + 7) / 8; i++)
    any |= self->wanted[i];
  if (any != 0)
    make_plan (self, now); /* how much the stream would carry */
  else
    sc_session_core_set_stage (self, STAGE_OVER, SC_SESSION_PLANNED, now);
}

static void
advance_stream (ScSessionCore *self, gint64 now)
{
  guint listening = sc_session_core_count (self, PHASE_ADDING, PHASE_STREAM);

  if (listening == 0 && sc_session_core_count (self, PHASE_ABSENT, PHASE_JOINING) == 0) {
    sc_session_core_finish (self, now);
    return;
  }
  hold (self, self->paused || listening == 0);
}

/* Goes on to the next stage when nothing keeps the session in this one. */
void
sc_session_core_advance (ScSessionCore *self, gint64 now)
{
  guint asked;

  sc_session_core_advance_prelude (self, now);
  asked = sc_session_core_count (self, PHASE_CALLED, PHASE_PREPARING);
  if (self->stage == STAGE_ASKING) {
    if (sc_session_core_count (self, PHASE_ABSENT, PHASE_ABSENT) > 0 ||
        (asked > 0 && now - self->since < SC_SESSION_PREPARE_MAX))
      return;
    if (self->session->dry_run)
      end_dry_run (self, now);
    else if (sc_session_core_count (self, PHASE_PREPARED, PHASE_PREPARED) > 0)
      make_plan (self, now);
    else
      sc_session_core_finish (self, now);
  }
  if (self->stage == STAGE_JOINING) {
    guint joining = sc_session_core_count (self, PHASE_JOINING, PHASE_JOINING);

    if (joining > 0)
      return;
    if (sc_session_core_count (self, PHASE_STREAM, PHASE_STREAM) > 0)
      start_stream (self, now);
    else
      sc_session_core_finish (self, now);
  }
  if (self->stage == STAGE_STREAMING)
    advance_stream (self, now);
  if (self->stage == STAGE_FINISHING && sc_session_core_count (self, PHASE_ABSENT, PHASE_ALONE) == 0)
    end (self, now);
}
