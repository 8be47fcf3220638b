/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-seat-core-private.h"

void
sc_seat_action_free (ScSeatAction *self)
{
  g_clear_pointer (&self->message, sc_control_message_free);
  g_free (self->hooks);
  g_free (self);
}

char *
sc_seat_core_ref_hooks (char *hooks)
{
  return hooks != NULL ? g_ref_string_acquire (hooks) : NULL;
}

static void
order_clear (ScSeatOrder *order)
{
  g_clear_pointer (&order->hooks, g_ref_string_release);
  g_clear_pointer (&order->join, sc_control_message_free);
  g_clear_pointer (&order->listen, sc_control_message_free);
  memset (order, 0, sizeof *order);
}

ScSeatCore *
sc_seat_core_new (guint32 seed)
{
  ScSeatCore *self = g_new0 (ScSeatCore, 1);

  self->random = g_rand_new_with_seed (seed);
  g_queue_init (&self->actions);
  return self;
}

static void
clear_actions (ScSeatCore *self)
{
  g_queue_clear_full (&self->actions, (GDestroyNotify) sc_seat_action_free);
}

void
sc_seat_core_free (ScSeatCore *self)
{
  clear_actions (self);
  order_clear (&self->order);
  order_clear (&self->next);
  g_clear_pointer (&self->named.hooks, g_ref_string_release);
  sc_seat_core_clear_pending (self);
  g_rand_free (self->random);
  g_free (self);
}

ScSeatPhase
sc_seat_core_get_phase (ScSeatCore *self)
{
  return self->phase;
}

guint64
sc_seat_core_get_session (ScSeatCore *self)
{
  return self->phase == SC_SEAT_IDLE ? 0 : self->order.session;
}

ScTransferState
sc_seat_core_get_transfer (ScSeatCore *self)
{
  switch (self->phase) {
  case SC_SEAT_LISTENING:
  case SC_SEAT_PREPARING:
  case SC_SEAT_PREPARED:
    return SC_TRANSFER_WAITING;
  case SC_SEAT_BEGINNING:
  case SC_SEAT_FINISHING:
    return SC_TRANSFER_APPLYING;
  case SC_SEAT_RECEIVING:
  case SC_SEAT_DRAINING:
    return SC_TRANSFER_RECEIVING;
  case SC_SEAT_REPAIRING:
    return SC_TRANSFER_REPAIRING;
  case SC_SEAT_VERIFYING:
    return SC_TRANSFER_VERIFYING;
  case SC_SEAT_IDLE:
  case SC_SEAT_STOPPING:
  case SC_SEAT_LOOKING:
  default:
    return SC_TRANSFER_IDLE;
  }
}

ScSeatAction *
sc_seat_core_push (ScSeatCore *self, ScSeatActionType type)
{
  ScSeatAction *action = g_new0 (ScSeatAction, 1);
  action->type = type;
  action->session = self->order.session;
  action->version = self->order.version;
  action->manifest = self->order.manifest;
  g_queue_push_tail (&self->actions, action);
  return action;
}

void
sc_seat_core_send_new (ScSeatCore *self, ScControlType type)
{
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = sc_control_message_new (type, self->order.session);
}

static void
send_failed (ScSeatCore *self, const GError *error)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_FAILED, self->order.session);
  message->failed.code = g_strdup (sc_error_nick_of (error));
  message->failed.message = g_strdup (error->message);
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = message;
}

void
sc_seat_core_step (ScSeatCore *self, ScSeatPhase phase, ScSeatActionType type)
{
  self->phase = phase;
  ScSeatAction *action = sc_seat_core_push (self, type);
  if (type == SC_SEAT_ACTION_RECEIVE)
    action->join = self->order.join;
  if (type == SC_SEAT_ACTION_LISTEN)
    action->listen = self->order.listen;
  if (type == SC_SEAT_ACTION_BEGIN || type == SC_SEAT_ACTION_FINISH)
    action->hooks = g_strdup (self->order.hooks);
}

/* After the end of the order's work, or to bring it about. */
static void
clean_up (ScSeatCore *self)
{
  self->abandon_at = 0;
  if (self->phase != SC_SEAT_IDLE && self->phase != SC_SEAT_STOPPING)
    sc_seat_core_step (self, SC_SEAT_STOPPING, SC_SEAT_ACTION_STOP);
}

void
sc_seat_core_send_unverified (ScSeatCore *self, const char *code, const char *text)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_VERIFIED, 0);

  message->verified = sc_verified_new ();
  g_free (message->verified->code);
  g_free (message->verified->message);
  message->verified->code = g_strdup (code);
  message->verified->message = g_strdup (text);
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = message;
}

static void
send_not_verified (ScSeatCore *self)
{
  if (!self->quitting)
    sc_seat_core_send_unverified (self, sc_error_code_to_nick (SC_ERROR_CANCELLED),
                                  "The verification was stopped before its end, by staff or for an update");
}

void
sc_seat_core_stop (ScSeatCore *self)
{
  if (self->phase == SC_SEAT_VERIFYING)
    send_not_verified (self);
  clean_up (self);
}

void
sc_seat_core_drop_next (ScSeatCore *self)
{
  if (self->has_next && self->next.type == SC_SEAT_ORDER_VERIFY)
    send_not_verified (self);
  order_clear (&self->next);
  self->has_next = FALSE;
}

void
sc_seat_core_begin (ScSeatCore *self)
{
  sc_seat_core_note_pending (self);
  sc_seat_core_step (self, SC_SEAT_BEGINNING, SC_SEAT_ACTION_BEGIN);
}

static void
start_next (ScSeatCore *self)
{
  order_clear (&self->order);
  self->phase = SC_SEAT_IDLE;
  if (!self->has_next || self->quitting)
    return;
  self->order = self->next;
  memset (&self->next, 0, sizeof self->next);
  self->has_next = FALSE;
  switch (self->order.type) {
  case SC_SEAT_ORDER_LOOK:
    sc_seat_core_step (self, SC_SEAT_LOOKING, SC_SEAT_ACTION_LOOK);
    break;
  case SC_SEAT_ORDER_VERIFY:
    sc_seat_core_step (self, SC_SEAT_VERIFYING, SC_SEAT_ACTION_VERIFY);
    break;
  case SC_SEAT_ORDER_LISTEN:
    sc_seat_core_step (self, SC_SEAT_LISTENING, SC_SEAT_ACTION_LISTEN);
    break;
  case SC_SEAT_ORDER_UPDATE:
  default:
    sc_seat_core_step (self, SC_SEAT_PREPARING, SC_SEAT_ACTION_PREPARE);
    break;
  }
}

void
sc_seat_core_give_order (ScSeatCore *self, const ScSeatOrder *order)
{
  sc_seat_core_drop_next (self);
  if (self->phase != SC_SEAT_IDLE && self->phase != SC_SEAT_STOPPING && sc_seat_core_is_pending (self, &self->order))
    self->pending.retry_at = SC_SEAT_AT_ONCE; /* unless the new order begins an update, too */
  self->next = *order;
  self->has_next = TRUE;
  sc_seat_core_stop (self);
  if (self->phase == SC_SEAT_IDLE)
    start_next (self);
}

void
sc_seat_core_drop_order (ScSeatCore *self, const ScSeatOrder *order)
{
  if (order == &self->next)
    sc_seat_core_drop_next (self);
  else
    sc_seat_core_stop (self);
}

ScSeatOrder *
sc_seat_core_current_order (ScSeatCore *self)
{
  if (self->phase == SC_SEAT_IDLE || self->phase == SC_SEAT_STOPPING)
    return self->has_next ? &self->next : NULL;
  return &self->order;
}

gboolean
sc_seat_core_is_at_work (ScSeatCore *self)
{
  return sc_seat_core_current_order (self) != NULL;
}

void
sc_seat_core_tell (ScSeatCore *self, const ScSeatOrder *order, ScTransferState state)
{
  ScSeatAction *action = sc_seat_core_push (self, SC_SEAT_ACTION_TELL_PROGRESS);

  action->session = order->session;
  action->state = state;
}

static void
refuse_to_fetch (ScSeatCore *self)
{
  g_autoptr (GError) error =
      g_error_new (SC_ERROR, SC_ERROR_STATE,
                   "Version %" G_GUINT64_FORMAT
                   " cannot be reached without the network, as it was ordered: not all of it is on this seat",
                   self->order.version);

  sc_seat_core_step_failed (self, error);
}

static void
begun (ScSeatCore *self, gboolean complete)
{
  if (complete)
    sc_seat_core_step (self, SC_SEAT_FINISHING, SC_SEAT_ACTION_FINISH);
  else if (self->order.local)
    refuse_to_fetch (self);
  else if (self->order.join == NULL && !sc_seat_core_may_fetch (self, &self->order))
    sc_seat_core_hold (self);
  else if (self->order.catch_up || self->order.join == NULL)
    sc_seat_core_step (self, SC_SEAT_REPAIRING, SC_SEAT_ACTION_CATCH_UP);
  else
    sc_seat_core_step (self, SC_SEAT_RECEIVING, SC_SEAT_ACTION_RECEIVE);
}

static void
prepared (ScSeatCore *self, gboolean complete)
{
  if (self->order.local && !complete) {
    refuse_to_fetch (self);
  } else if (!complete && !sc_seat_core_may_fetch (self, &self->order)) {
    if (!self->order.own)
      sc_seat_core_note_pending (self); /* it was ordered, so it is done some time */
    sc_seat_core_hold (self);
  } else if (self->order.catch_up || self->order.join != NULL) {
    sc_seat_core_begin (self);
  } else {
    self->phase = SC_SEAT_PREPARED;
    sc_seat_core_push (self, SC_SEAT_ACTION_ANSWER_PREPARED);
  }
}

static void
looked (ScSeatCore *self, gboolean released)
{
  self->order.type = SC_SEAT_ORDER_UPDATE;
  if (!released) {
    clean_up (self);
    return;
  }
  self->pending.busy = FALSE; /* until an update finds them in use again */
  sc_seat_core_step (self, SC_SEAT_PREPARING, SC_SEAT_ACTION_PREPARE);
}

void
sc_seat_core_step_done (ScSeatCore *self, gboolean complete)
{
  switch (self->phase) {
  case SC_SEAT_STOPPING:
    start_next (self);
    break;
  case SC_SEAT_PREPARING:
    prepared (self, complete);
    break;
  case SC_SEAT_BEGINNING:
    begun (self, complete);
    break;
  case SC_SEAT_RECEIVING:
    sc_seat_core_send_new (self, SC_CONTROL_JOINED);
    break;
  case SC_SEAT_DRAINING:
    sc_seat_core_step (self, SC_SEAT_REPAIRING, SC_SEAT_ACTION_CATCH_UP);
    break;
  case SC_SEAT_REPAIRING:
    sc_seat_core_step (self, SC_SEAT_FINISHING, SC_SEAT_ACTION_FINISH);
    break;
  case SC_SEAT_LOOKING:
    looked (self, complete);
    break;
  case SC_SEAT_VERIFYING:
    sc_seat_core_push (self, SC_SEAT_ACTION_ANSWER_VERIFIED);
    clean_up (self);
    break;
  case SC_SEAT_FINISHING: /* ends by sc_seat_core_finished() */
  case SC_SEAT_LISTENING: /* ends by the next order */
  case SC_SEAT_IDLE:
  case SC_SEAT_PREPARED:
  default:
    break;
  }
}

void
sc_seat_core_finished (ScSeatCore *self, const char *const *busy, gint64 now)
{
  if (self->phase != SC_SEAT_FINISHING)
    return;
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_DONE, self->order.session);
  message->done.version = self->order.version;
  for (guint i = 0; busy[i] != NULL; i++)
    g_ptr_array_add (message->done.busy, g_strdup (busy[i]));
  if (message->done.busy->len > 0) {
    self->pending.busy = TRUE;
    self->pending.retry_at = now + SC_SEAT_RETRY_TIME;
  } else {
    sc_seat_core_clear_pending (self); /* the engine has noted that with its last commit */
  }
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = message;
  clean_up (self);
}

/* The same order from its beginning. What the console counted on is lacking all the same: catch-up brings the rest. */
static void
plan_again (ScSeatCore *self)
{
  ScSeatOrder order = self->order;

  self->order.join = NULL;
  self->order.hooks = NULL;
  order.planned_again = TRUE;
  sc_seat_core_give_order (self, &order);
}

void
sc_seat_core_step_failed (ScSeatCore *self, const GError *error)
{
  if (self->phase == SC_SEAT_IDLE || self->phase == SC_SEAT_STOPPING)
    return;
  if (self->phase == SC_SEAT_LOOKING) {
    clean_up (self); /* the next look may tell more */
    return;
  }
  if (self->phase == SC_SEAT_VERIFYING) {
    sc_seat_core_send_unverified (self, sc_error_nick_of (error), error->message);
    clean_up (self);
    return;
  }
  if (self->phase == SC_SEAT_BEGINNING && g_error_matches (error, SC_ERROR, SC_ERROR_CHANGED) &&
      !self->order.planned_again) {
    plan_again (self);
    return;
  }
  if (sc_seat_core_is_pending (self, &self->order))
    self->pending.retry_at = 0; /* nothing is different yet: when the console is seen again, or by its order */
  send_failed (self, error);
  sc_seat_core_stop (self);
}

void
sc_seat_core_listening (ScSeatCore *self, GBytes *lacks)
{
  ScControlMessage *message;

  if (self->phase != SC_SEAT_LISTENING)
    return;
  message = sc_control_message_new (SC_CONTROL_LISTENING, self->order.session);
  message->listening.lacks = lacks != NULL ? g_bytes_ref (lacks) : NULL;
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = message;
}

void
sc_seat_core_probed (ScSeatCore *self, guint32 payload)
{
  ScControlMessage *message;

  if (self->phase != SC_SEAT_LISTENING)
    return;
  message = sc_control_message_new (SC_CONTROL_HEARD, self->order.session);
  message->heard.payload = payload;
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = message;
}

void
sc_seat_core_heard (ScSeatCore *self)
{
  if (self->phase != SC_SEAT_RECEIVING)
    return;
  self->order.heard = TRUE;
  sc_seat_core_send_new (self, SC_CONTROL_HEARD);
}

void
sc_seat_core_report (ScSeatCore *self, const ScCastReport *report)
{
  if (self->phase != SC_SEAT_RECEIVING && self->phase != SC_SEAT_REPAIRING && self->phase != SC_SEAT_FINISHING &&
      self->phase != SC_SEAT_LISTENING)
    return;
  if (self->phase != SC_SEAT_LISTENING)
    self->abandon_at = 0;
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_REPORT, self->order.session);
  message->report = *report;
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = message;
}

void
sc_seat_core_complete (ScSeatCore *self)
{
  /* The stream is not left yet: the sender would wait for this seat's reports in vain until it hears DONE */
  if (self->phase == SC_SEAT_RECEIVING)
    sc_seat_core_step (self, SC_SEAT_FINISHING, SC_SEAT_ACTION_FINISH);
}

void
sc_seat_core_stream_ended (ScSeatCore *self)
{
  if (self->phase == SC_SEAT_RECEIVING)
    sc_seat_core_step (self, SC_SEAT_REPAIRING, SC_SEAT_ACTION_CATCH_UP);
}

void
sc_seat_core_stream_failed (ScSeatCore *self, const GError *error)
{
  if (self->phase == SC_SEAT_RECEIVING || self->phase == SC_SEAT_DRAINING)
    sc_seat_core_step_failed (self, error);
}

void
sc_seat_core_link_lost (ScSeatCore *self)
{
  ScSeatOrder *order = sc_seat_core_current_order (self);

  self->lost = TRUE;
  self->linked = FALSE;
  self->abandon_at = 0;
  if (order != NULL && order->type == SC_SEAT_ORDER_LISTEN)
    sc_seat_core_drop_order (self, order); /* there is nobody to tell */
}

gboolean
sc_seat_core_may_be_abandoned (ScSeatCore *self)
{
  return self->phase >= SC_SEAT_STOPPING && self->phase <= SC_SEAT_RECEIVING; /* STOPPING: for the next order */
}

static void
abandon (ScSeatCore *self, gint64 now)
{
  if (self->phase == SC_SEAT_STOPPING || self->phase == SC_SEAT_PREPARING || self->phase == SC_SEAT_BEGINNING) {
    self->abandon_at = now + SC_SEAT_ABANDON_TIME; /* the work is done first: a new order can use it */
    return;
  }
  self->abandon_at = 0;
  if (!sc_seat_core_may_be_abandoned (self))
    return;
  /* What is half done is no use to anybody: the seat goes on without the session. */
  if (sc_seat_core_is_pending (self, &self->order))
    self->pending.retry_at = now;
  sc_seat_core_stop (self);
}

gboolean
sc_seat_core_wants_ticks (ScSeatCore *self)
{
  return self->phase != SC_SEAT_IDLE || self->abandon_at != 0 || self->pending.retry_at != 0;
}

void
sc_seat_core_tick (ScSeatCore *self, gint64 now)
{
  if (self->abandon_at != 0 && now >= self->abandon_at)
    abandon (self, now);
  sc_seat_core_go_on_by_itself (self, now);
}

void
sc_seat_core_quit (ScSeatCore *self)
{
  self->quitting = TRUE;
  sc_seat_core_drop_next (self);
  sc_seat_core_stop (self);
}

ScSeatAction *
sc_seat_core_next_action (ScSeatCore *self)
{
  return g_queue_pop_head (&self->actions);
}
