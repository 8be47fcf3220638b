/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-core.h"

#include "common/sc-error.h"

typedef struct {
  guint64 session;
  guint64 version;
  ScChunkId manifest;
  ScControlMessage *join; /* (owned) (nullable) */
  gboolean catch_up;      /* without, or no longer by, the stream */
  gboolean heard;         /* something of the stream came */
  gboolean planned_again; /* as a file had been changed since the first plan */
} Order;

struct _ScSeatCore {
  ScSeatPhase phase;
  Order order; /* in hand, unless IDLE */
  Order next;  /* what comes after STOPPING */
  gboolean has_next;
  gboolean quitting;
  gboolean lost;     /* the link broke and the console has said nothing since */
  gint64 abandon_at; /* µs, 0: no */
  GQueue actions;    /* ScSeatAction */
};

void
sc_seat_action_free (ScSeatAction *self)
{
  g_clear_pointer (&self->message, sc_control_message_free);
  g_free (self);
}

static void
order_clear (Order *order)
{
  g_clear_pointer (&order->join, sc_control_message_free);
  memset (order, 0, sizeof *order);
}

ScSeatCore *
sc_seat_core_new (void)
{
  ScSeatCore *self = g_new0 (ScSeatCore, 1);
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
  case SC_SEAT_IDLE:
  case SC_SEAT_STOPPING:
  default:
    return SC_TRANSFER_IDLE;
  }
}

static ScSeatAction *
push (ScSeatCore *self, ScSeatActionType type)
{
  ScSeatAction *action = g_new0 (ScSeatAction, 1);
  action->type = type;
  action->session = self->order.session;
  action->version = self->order.version;
  action->manifest = self->order.manifest;
  g_queue_push_tail (&self->actions, action);
  return action;
}

static void
send_new (ScSeatCore *self, ScControlType type)
{
  push (self, SC_SEAT_ACTION_SEND)->message = sc_control_message_new (type, self->order.session);
}

static void
send_failed (ScSeatCore *self, const GError *error)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_FAILED, self->order.session);
  message->failed.code = g_strdup (sc_error_nick_of (error));
  message->failed.message = g_strdup (error->message);
  push (self, SC_SEAT_ACTION_SEND)->message = message;
}

static void
step (ScSeatCore *self, ScSeatPhase phase, ScSeatActionType type)
{
  self->phase = phase;
  ScSeatAction *action = push (self, type);
  if (type == SC_SEAT_ACTION_RECEIVE)
    action->join = self->order.join;
}

static void
stop (ScSeatCore *self)
{
  self->abandon_at = 0;
  if (self->phase != SC_SEAT_IDLE && self->phase != SC_SEAT_STOPPING)
    step (self, SC_SEAT_STOPPING, SC_SEAT_ACTION_STOP);
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
  step (self, SC_SEAT_PREPARING, SC_SEAT_ACTION_PREPARE);
}

/* Takes over @order's join. The newest order wins. */
static void
give_order (ScSeatCore *self, const Order *order)
{
  order_clear (&self->next);
  self->next = *order;
  self->has_next = TRUE;
  stop (self);
  if (self->phase == SC_SEAT_IDLE)
    start_next (self);
}

/* The order in hand, or the one that comes after STOPPING. */
static Order *
current_order (ScSeatCore *self)
{
  if (self->phase == SC_SEAT_IDLE || self->phase == SC_SEAT_STOPPING)
    return self->has_next ? &self->next : NULL;
  return &self->order;
}

static gboolean
order_is (const Order *order, guint64 session, guint64 version, const ScChunkId *manifest)
{
  return order != NULL && order->session == session && order->version == version &&
         sc_chunk_id_equal (&order->manifest, manifest);
}

/* From here on by HTTPS. */
static void
go_to_catch_up (ScSeatCore *self)
{
  Order *order = current_order (self);

  order->catch_up = TRUE;
  if (self->phase == SC_SEAT_PREPARED)
    step (self, SC_SEAT_BEGINNING, SC_SEAT_ACTION_BEGIN);
  else if (self->phase == SC_SEAT_RECEIVING)
    step (self, SC_SEAT_DRAINING, SC_SEAT_ACTION_DRAIN);
  /* PREPARING, BEGINNING: the step's end sees it; from DRAINING on it is under way already */
}

static gboolean
same_stream (const ScControlMessage *a, const ScControlMessage *b)
{
  return a->join.key.tag == b->join.key.tag && memcmp (a->join.key.key, b->join.key.key, sizeof a->join.key.key) == 0 &&
         memcmp (a->join.key.salt, b->join.key.salt, sizeof a->join.key.salt) == 0 &&
         sc_chunk_id_equal (&a->join.plan, &b->join.plan);
}

static void
handle_join (ScSeatCore *self, ScControlMessage *message)
{
  g_autoptr (ScControlMessage) join = message;
  Order *order = current_order (self);

  if (order_is (order, join->session, join->join.version, &join->join.manifest)) {
    gboolean waiting = order == &self->next || self->phase <= SC_SEAT_BEGINNING;
    if (self->phase == SC_SEAT_RECEIVING && order->join != NULL && same_stream (order->join, join)) {
      /* the answers to the first one may have been lost with its connection */
      send_new (self, SC_CONTROL_JOINED);
      if (order->heard)
        send_new (self, SC_CONTROL_HEARD);
      return;
    }
    if (self->phase >= SC_SEAT_DRAINING)
      return; /* beyond the stream: DONE or FAILED will answer */
    if (waiting) {
      g_clear_pointer (&order->join, sc_control_message_free);
      order->join = g_steal_pointer (&join);
      order->catch_up = FALSE;
      if (self->phase == SC_SEAT_PREPARED)
        step (self, SC_SEAT_BEGINNING, SC_SEAT_ACTION_BEGIN);
      return;
    }
  }
  /* Not prepared for this one: JOIN says all that PREPARE says */
  Order fresh = { .session = join->session, .version = join->join.version, .manifest = join->join.manifest };
  fresh.join = g_steal_pointer (&join);
  give_order (self, &fresh);
}

static void
handle_leave (ScSeatCore *self, const ScControlMessage *message)
{
  Order *order = current_order (self);

  if (order == NULL || order->session != message->session)
    return; /* over already */
  if (message->leave.reason != SC_LEAVE_CANCELLED) {
    go_to_catch_up (self);
    return;
  }
  ScSeatAction *action = push (self, SC_SEAT_ACTION_TELL_PROGRESS);
  action->session = order->session;
  action->state = SC_TRANSFER_CANCELLED;
  if (order == &self->next) {
    order_clear (&self->next);
    self->has_next = FALSE;
  } else {
    stop (self);
  }
}

static void
handle_catch_up (ScSeatCore *self, const ScControlMessage *message)
{
  if (order_is (current_order (self), message->session, message->version.version, &message->version.manifest)) {
    go_to_catch_up (self);
    return;
  }
  Order order = { .session = message->session,
                  .version = message->version.version,
                  .manifest = message->version.manifest,
                  .catch_up = TRUE };
  give_order (self, &order);
}

/* Whether what is in hand waits for the console, or comes to that. */
static gboolean
may_be_abandoned (ScSeatCore *self)
{
  return self->phase >= SC_SEAT_STOPPING && self->phase <= SC_SEAT_RECEIVING; /* STOPPING: for the next order */
}

void
sc_seat_core_message (ScSeatCore *self, ScControlMessage *message, gint64 now)
{
  g_autoptr (ScControlMessage) owned = message;

  if (self->quitting)
    return;
  if (message->type == SC_CONTROL_WELCOME) {
    if (self->lost && may_be_abandoned (self))
      self->abandon_at = now + SC_SEAT_ABANDON_TIME;
    self->lost = FALSE;
    return;
  }
  self->abandon_at = 0;
  switch (message->type) {
  case SC_CONTROL_PREPARE: {
    Order order = { .session = message->session,
                    .version = message->version.version,
                    .manifest = message->version.manifest };
    give_order (self, &order);
    break;
  }
  case SC_CONTROL_JOIN:
    handle_join (self, g_steal_pointer (&owned));
    break;
  case SC_CONTROL_LEAVE:
    handle_leave (self, message);
    break;
  case SC_CONTROL_CATCH_UP:
    handle_catch_up (self, message);
    break;
  default:
    break; /* a seat's own message: the link has refused it already */
  }
}

static void
begun (ScSeatCore *self, gboolean complete)
{
  if (complete)
    step (self, SC_SEAT_FINISHING, SC_SEAT_ACTION_FINISH);
  else if (self->order.catch_up || self->order.join == NULL)
    step (self, SC_SEAT_REPAIRING, SC_SEAT_ACTION_CATCH_UP);
  else
    step (self, SC_SEAT_RECEIVING, SC_SEAT_ACTION_RECEIVE);
}

void
sc_seat_core_step_done (ScSeatCore *self, gboolean complete)
{
  switch (self->phase) {
  case SC_SEAT_STOPPING:
    start_next (self);
    break;
  case SC_SEAT_PREPARING:
    if (self->order.catch_up || self->order.join != NULL) {
      step (self, SC_SEAT_BEGINNING, SC_SEAT_ACTION_BEGIN);
    } else {
      self->phase = SC_SEAT_PREPARED;
      push (self, SC_SEAT_ACTION_ANSWER_PREPARED);
    }
    break;
  case SC_SEAT_BEGINNING:
    begun (self, complete);
    break;
  case SC_SEAT_RECEIVING:
    send_new (self, SC_CONTROL_JOINED);
    break;
  case SC_SEAT_DRAINING:
    step (self, SC_SEAT_REPAIRING, SC_SEAT_ACTION_CATCH_UP);
    break;
  case SC_SEAT_REPAIRING:
    step (self, SC_SEAT_FINISHING, SC_SEAT_ACTION_FINISH);
    break;
  case SC_SEAT_FINISHING: {
    ScControlMessage *message = sc_control_message_new (SC_CONTROL_DONE, self->order.session);
    message->done.version = self->order.version;
    push (self, SC_SEAT_ACTION_SEND)->message = message;
    stop (self);
    break;
  }
  case SC_SEAT_IDLE:
  case SC_SEAT_PREPARED:
  default:
    break;
  }
}

/* The same order from its beginning. What the console counted on is lacking all the same: catch-up brings the rest. */
static void
plan_again (ScSeatCore *self)
{
  Order order = self->order;

  self->order.join = NULL;
  order.planned_again = TRUE;
  give_order (self, &order);
}

void
sc_seat_core_step_failed (ScSeatCore *self, const GError *error)
{
  if (self->phase == SC_SEAT_IDLE || self->phase == SC_SEAT_STOPPING)
    return;
  if (self->phase == SC_SEAT_BEGINNING && g_error_matches (error, SC_ERROR, SC_ERROR_CHANGED) &&
      !self->order.planned_again) {
    plan_again (self);
    return;
  }
  send_failed (self, error);
  stop (self);
}

void
sc_seat_core_heard (ScSeatCore *self)
{
  if (self->phase != SC_SEAT_RECEIVING)
    return;
  self->order.heard = TRUE;
  send_new (self, SC_CONTROL_HEARD);
}

void
sc_seat_core_report (ScSeatCore *self, const ScCastReport *report)
{
  if (self->phase != SC_SEAT_RECEIVING && self->phase != SC_SEAT_REPAIRING && self->phase != SC_SEAT_FINISHING)
    return;
  self->abandon_at = 0;
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_REPORT, self->order.session);
  message->report = *report;
  push (self, SC_SEAT_ACTION_SEND)->message = message;
}

void
sc_seat_core_complete (ScSeatCore *self)
{
  /* The stream is not left yet: the sender would wait for this seat's reports in vain until it hears DONE */
  if (self->phase == SC_SEAT_RECEIVING)
    step (self, SC_SEAT_FINISHING, SC_SEAT_ACTION_FINISH);
}

void
sc_seat_core_stream_ended (ScSeatCore *self)
{
  if (self->phase == SC_SEAT_RECEIVING)
    step (self, SC_SEAT_REPAIRING, SC_SEAT_ACTION_CATCH_UP);
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
  self->lost = TRUE;
  self->abandon_at = 0;
}

void
sc_seat_core_tick (ScSeatCore *self, gint64 now)
{
  if (self->abandon_at == 0 || now < self->abandon_at)
    return;
  if (self->phase == SC_SEAT_STOPPING || self->phase == SC_SEAT_PREPARING || self->phase == SC_SEAT_BEGINNING) {
    self->abandon_at = now + SC_SEAT_ABANDON_TIME; /* the work is done first: a new order can use it */
    return;
  }
  if (may_be_abandoned (self))
    stop (self);
  self->abandon_at = 0;
}

void
sc_seat_core_quit (ScSeatCore *self)
{
  self->quitting = TRUE;
  order_clear (&self->next);
  self->has_next = FALSE;
  stop (self);
}

ScSeatAction *
sc_seat_core_next_action (ScSeatCore *self)
{
  return g_queue_pop_head (&self->actions);
}
