/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-core-private.h"

#include "common/sc-error.h"

static void
seat_free (ScSessionSeat *seat)
{
  sc_catalog_session_seat_free (seat->row);
  g_clear_pointer (&seat->lacks, g_bytes_unref);
  g_free (seat);
}

ScSessionCore *
sc_session_core_new (ScCatalogSession *session, const ScChunkId *manifest, const ScSessionActions *actions,
                     gpointer data)
{
  ScSessionCore *self = g_new0 (ScSessionCore, 1);

  self->session = session;
  self->manifest = *manifest;
  self->actions = *actions;
  self->data = data;
  self->seats = g_ptr_array_new_with_free_func ((GDestroyNotify) seat_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->paused = session->state == SC_SESSION_PAUSED;
  return self;
}

void
sc_session_core_free (ScSessionCore *self)
{
  if (self == NULL)
    return;
  sc_catalog_session_free (self->session);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->seats);
  g_free (self->wanted);
  g_free (self->stream.group);
  sc_cast_key_wipe (&self->stream.key);
  sc_session_core_free_listen (self);
  g_free (self);
}

void
sc_session_core_add_seat (ScSessionCore *self, ScCatalogSessionSeat *row)
{
  ScSessionSeat *seat = g_new0 (ScSessionSeat, 1);

  seat->row = row;
  seat->index = self->seats->len;
  seat->number = NO_NUMBER;
  seat->left = G_MAXUINT64;
  seat->phase = row->state >= SC_TRANSFER_DONE ? PHASE_OVER : PHASE_ABSENT;
  seat->begun = row->state >= SC_TRANSFER_RECEIVING && row->state <= SC_TRANSFER_APPLYING;
  g_ptr_array_add (self->seats, seat);
  g_hash_table_insert (self->by_id, row->seat, seat);
}

/* events: seats */

void
sc_session_core_start (ScSessionCore *self, guint32 n_chunks, gint64 now)
{
  if (self->stage != STAGE_LOADING)
    return;
  self->n_chunks = n_chunks;
  g_free (self->wanted);
  self->wanted = g_malloc0 (MAX (((gsize) n_chunks + 7) / 8, 1));
  if (self->paused) {
    /* it was paused when the engine ended: it waits for the order to go on */
    self->since = now;
    return;
  }
  if (self->prelude && !self->session->dry_run)
    sc_session_core_listen (self, now);
  else
    sc_session_core_ask (self, now);
  sc_session_core_advance (self, now);
}

void
sc_session_core_seat_online (ScSessionCore *self, const char *id, gint64 now)
{
  ScSessionSeat *seat = g_hash_table_lookup (self->by_id, id);

  if (seat == NULL || seat->phase == PHASE_OVER || self->stage == STAGE_LOADING || self->stage == STAGE_OVER)
    return;
  seat->woken = FALSE;
  sc_session_core_drop_number (self, seat);
  /* what it is at, and whether it finished while it was away, it says in answer */
  if (self->stage == STAGE_FINISHING || seat->row->catch_up)
    sc_session_core_order (self, seat, SC_CONTROL_CATCH_UP, PHASE_ALONE, now);
  else
    sc_session_core_bring_in (self, seat, now);
  sc_session_core_advance (self, now);
}

void
sc_session_core_seat_offline (ScSessionCore *self, const char *id, gint64 now)
{
  ScSessionSeat *seat = g_hash_table_lookup (self->by_id, id);

  if (seat == NULL || seat->phase == PHASE_OVER || self->stage == STAGE_LOADING)
    return;
  sc_session_core_drop_number (self, seat);
  sc_session_core_set_phase (seat, PHASE_ABSENT, now);
  /* else one that comes and goes for ever (its service crashes, or two machines have one id) would never let it end */
  if (++seat->breaks >= SC_SESSION_MAX_BREAKS)
    sc_session_core_end_seat (
        self, seat, SC_TRANSFER_FAILED,
        "its connection broke again and again: see its service's log, and whether another machine "
        "has the same seat id; then have it catch up",
        now);
  sc_session_core_advance (self, now);
}

/* events: plan and driver */

static ScSessionSeat *
find_number (ScSessionCore *self, guint32 number)
{
  ScSessionSeat *seat = number < self->seats->len ? g_ptr_array_index (self->seats, number) : NULL;

  return seat != NULL && seat->number == number ? seat : NULL;
}

void
sc_session_core_planned (ScSessionCore *self, const ScSessionStream *stream, gint64 now)
{
  g_autoptr (GError) error = NULL;

  if (self->stage != STAGE_PLANNING)
    return;
  if (!sc_cast_layout_check (&stream->layout, &error)) {
    sc_session_core_fail (self, error, now);
    return;
  }
  if (self->session->dry_run) {
    sc_session_core_set_stage (self, STAGE_OVER, SC_SESSION_PLANNED, now);
    return;
  }
  self->stream = *stream;
  self->stream.group = g_strdup (stream->group);
  sc_session_core_set_stage (self, STAGE_JOINING, SC_SESSION_PREPARING, now);
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_PREPARED)
      sc_session_core_send_join (self, seat, 0, now);
  }
  sc_session_core_advance (self, now);
}

void
sc_session_core_seat_added (ScSessionCore *self, guint32 number, guint32 first_window, gint64 now)
{
  ScSessionSeat *seat = find_number (self, number);

  if (seat == NULL || seat->phase != PHASE_ADDING || self->stage != STAGE_STREAMING)
    return;
  if (first_window < sc_cast_layout_n_windows (&self->stream.layout)) {
    sc_session_core_set_phase (seat, PHASE_STREAM, now);
    return;
  }
  /* too late: nothing is left for it on the stream */
  sc_session_core_drop_number (self, seat);
  sc_session_core_set_phase (seat, PHASE_ALONE, now);
  sc_session_core_send_leave (self, seat, SC_LEAVE_FINISHED);
  sc_session_core_set_row (self, seat, SC_TRANSFER_REPAIRING, NULL);
  sc_session_core_advance (self, now);
}

static char *
describe_loss (ScSessionCore *self, const ScSessionSeat *seat, ScCastSeatState state)
{
  const ScCatalogSessionSeat *row = seat->row;

  if (state == SC_CAST_SEAT_UNHEARD)
    return sc_session_core_describe_unheard (self->stream.port);
  if (state == SC_CAST_SEAT_SILENT)
    return g_strdup ("nothing was heard of it for too long: check its network and its service's log");
  if (state == SC_CAST_SEAT_TOO_SLOW)
    return g_strdup ("the others had to wait for its reports for too long: check its network and its load");
  if (state == SC_CAST_SEAT_STRAINED)
    return g_strdup ("it received faster than it could take in or write: check its disk and its load");
  return g_strdup_printf ("too much loss: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                          " packets never came: check its cable, its switch port and its load",
                          row->lost, row->lost + row->received);
}

void
sc_session_core_seat_lost (ScSessionCore *self, guint32 number, ScCastSeatState state, gint64 now)
{
  ScSessionSeat *seat = find_number (self, number);
  g_autofree char *reason = NULL;

  if (seat == NULL || self->stage != STAGE_STREAMING)
    return;
  reason = describe_loss (self, seat, state);
  sc_session_core_move_to_catch_up (self, seat, reason, now);
  sc_session_core_advance (self, now);
}

void
sc_session_core_sending (ScSessionCore *self, gint64 now)
{
  if (self->stage != STAGE_STREAMING)
    return;
  self->sending = TRUE;
  if (!self->paused && self->session->state != SC_SESSION_SENDING) {
    self->session->state = SC_SESSION_SENDING;
    self->actions.changed (self->data, NULL);
  }
}

void
sc_session_core_sent (ScSessionCore *self, gint64 now)
{
  if (self->stage != STAGE_STREAMING)
    return;
  sc_session_core_finish (self, now);
  sc_session_core_advance (self, now);
}

void
sc_session_core_fail (ScSessionCore *self, const GError *error, gint64 now)
{
  if (self->stage == STAGE_OVER)
    return;
  g_free (self->session->error);
  self->session->error = g_strdup (error->message);
  sc_session_core_end_all (self, SC_SESSION_FAILED, SC_TRANSFER_FAILED, error->message, now);
}

/* Who listens is told first: what is sealed with the new key finds most of them ready for it. */
static void
change_key (ScSessionCore *self, const ScCastKey *next)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_KEY, self->session->id);

  self->stream.key = *next;
  message->key.key = *next;
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    /* who is away, or off the stream, gets it with its next JOIN */
    seat->keyed = seat->phase >= PHASE_JOINING && seat->phase <= PHASE_STREAM &&
                  self->actions.send (self->data, seat->row->seat, message);
  }
  self->actions.set_key (self->data, next);
}

void
sc_session_core_shut_out (ScSessionCore *self, const char *id, const ScCastKey *next, const char *reason, gint64 now)
{
  ScSessionSeat *seat = g_hash_table_lookup (self->by_id, id);
  gboolean keyed;

  if (seat == NULL || self->stage == STAGE_OVER)
    return;
  keyed = seat->keyed;
  if (seat->phase != PHASE_OVER) {
    sc_session_core_send_leave (self, seat, SC_LEAVE_CANCELLED);
    sc_session_core_end_seat (self, seat, SC_TRANSFER_FAILED, reason, now);
  }
  if (keyed && (self->stage == STAGE_JOINING || self->stage == STAGE_STREAMING))
    change_key (self, next);
  if (self->stage == STAGE_MANIFESTS && self->made)
    sc_session_core_ask (self, now); /* nothing more is sent under a key that it knows */
  sc_session_core_advance (self, now);
}

/* time */

static void
tick_seat (ScSessionCore *self, ScSessionSeat *seat, gboolean listening, gint64 now)
{
  gint64 absent_timeout = self->stage != STAGE_ASKING ? SC_SESSION_ABSENT_TIMEOUT
                          : seat->woken               ? SC_SESSION_WAKE_TIMEOUT
                                                      : SC_SESSION_RETURN_TIMEOUT;
  gboolean waits = self->stage == STAGE_ASKING || self->stage == STAGE_FINISHING ||
                   (self->stage == STAGE_STREAMING && !listening && !self->paused);
  gboolean too_long = now - (self->stage == STAGE_JOINING ? self->since : seat->since) >= SC_SESSION_JOIN_MAX;
  gboolean stuck = now - seat->moved >= SC_SESSION_STUCK_TIMEOUT;

  if (seat->phase == PHASE_PREPARING && (now - seat->active >= SC_SESSION_PREPARE_TIMEOUT || stuck)) {
    sc_session_core_move_to_catch_up (
        self, seat, "it did not say in time what it lacks: see its service's log if it does not catch up", now);
  } else if (seat->phase == PHASE_JOINING && (now - seat->active >= SC_SESSION_JOIN_TIMEOUT || too_long)) {
    sc_session_core_move_to_catch_up (
        self, seat, "it was not ready for the stream in time: see its service's log if it does not catch up", now);
  } else if (seat->phase == PHASE_ABSENT && waits && now - seat->since >= absent_timeout) {
    sc_session_core_end_absent (self, seat, now);
  } else if (seat->phase == PHASE_ALONE && (now - seat->active >= SC_SESSION_FINISH_TIMEOUT || stuck)) {
    sc_session_core_end_seat (
        self, seat, SC_TRANSFER_FAILED,
        stuck ? "no progress for hours, although it says that it works: see its service's log, then have it catch up"
              : "no progress for 10 minutes: see its service's log, then have it catch up",
        now);
  }
}

void
sc_session_core_tick (ScSessionCore *self, gint64 now)
{
  gboolean listening = sc_session_core_count (self, PHASE_PREPARING, PHASE_STREAM) > 0;

  if (self->stage == STAGE_LOADING || self->stage == STAGE_OVER)
    return;
  for (guint i = 0; i < self->seats->len; i++)
    tick_seat (self, g_ptr_array_index (self->seats, i), listening, now);
  sc_session_core_tick_prelude (self, now);
  sc_session_core_wake (self, now);
  sc_session_core_advance (self, now);
}

/* orders of staff */

static gboolean
refuse (ScSessionCore *self, const char *order, const char *instead, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_STATE, "session %" G_GUINT64_FORMAT " is %s and cannot be %s: %s",
               self->session->id, sc_session_state_to_nick (self->session->state), order, instead);
  return FALSE;
}

gboolean
sc_session_core_pause (ScSessionCore *self, gint64 now, GError **error)
{
  if (self->stage == STAGE_FINISHING)
    return refuse (self, "paused", "everything is sent, the seats are applying it; it can be cancelled", error);
  if (self->stage == STAGE_OVER)
    return refuse (self, "paused", "it is over", error);
  if (self->paused)
    return refuse (self, "paused", "it is already", error);
  if (self->stage != STAGE_STREAMING)
    return refuse (self, "paused", "nothing is sent yet; try again in a moment, or cancel it", error);
  self->paused = TRUE;
  sc_session_core_set_stage (self, STAGE_STREAMING, SC_SESSION_PAUSED, now);
  sc_session_core_advance (self, now);
  return TRUE;
}

gboolean
sc_session_core_resume (ScSessionCore *self, gint64 now, GError **error)
{
  if (!self->paused || self->stage == STAGE_FINISHING || self->stage == STAGE_OVER)
    return refuse (self, "resumed", "only a paused session can", error);
  self->paused = FALSE;
  if (self->stage == STAGE_LOADING) {
    if (self->wanted != NULL)
      sc_session_core_start (self, self->n_chunks, now);
    else
      sc_session_core_set_stage (self, STAGE_LOADING, SC_SESSION_PREPARING, now);
    return TRUE;
  }
  sc_session_core_set_stage (self, STAGE_STREAMING, self->sending ? SC_SESSION_SENDING : SC_SESSION_PROBING, now);
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    /* who was switched off meanwhile has its time to come back from now on */
    if (seat->phase == PHASE_ABSENT)
      seat->since = now;
  }
  sc_session_core_advance (self, now);
  return TRUE;
}

gboolean
sc_session_core_cancel (ScSessionCore *self, gint64 now, GError **error)
{
  if (self->stage == STAGE_OVER)
    return refuse (self, "cancelled", "it is over", error);
  sc_session_core_end_all (self, SC_SESSION_CANCELLED, SC_TRANSFER_CANCELLED, SC_SESSION_STOPPED, now);
  return TRUE;
}

/* questions */

ScCatalogSession *
sc_session_core_get_session (ScSessionCore *self)
{
  return self->session;
}

guint
sc_session_core_get_n_seats (ScSessionCore *self)
{
  return self->seats->len;
}

ScCatalogSessionSeat *
sc_session_core_get_seat (ScSessionCore *self, guint index, guint32 *number)
{
  const ScSessionSeat *seat = g_ptr_array_index (self->seats, index);

  if (number != NULL)
    *number = seat->number;
  return seat->row;
}

gboolean
sc_session_core_holds (ScSessionCore *self, const char *id)
{
  const ScSessionSeat *seat = g_hash_table_lookup (self->by_id, id);

  return seat != NULL && seat->phase != PHASE_OVER && self->stage != STAGE_OVER;
}
