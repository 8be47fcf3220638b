/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-seat-core-private.h"

static gboolean
order_is (const ScSeatOrder *order, guint64 session, guint64 version, const ScChunkId *manifest)
{
  return order != NULL && order->type == SC_SEAT_ORDER_UPDATE && order->session == session &&
         order->version == version && sc_chunk_id_equal (&order->manifest, manifest);
}

/* From here on by HTTPS. */
static void
go_to_catch_up (ScSeatCore *self)
{
  ScSeatOrder *order = sc_seat_core_current_order (self);

  order->catch_up = TRUE;
  if (self->phase == SC_SEAT_PREPARED)
    sc_seat_core_begin (self);
  else if (self->phase == SC_SEAT_RECEIVING)
    sc_seat_core_step (self, SC_SEAT_DRAINING, SC_SEAT_ACTION_DRAIN);
  /* PREPARING, BEGINNING: the step's end sees it; from DRAINING on it is under way already */
}

static gboolean
same_stream (const ScControlMessage *a, const ScControlMessage *b)
{
  return a->join.key.tag == b->join.key.tag && memcmp (a->join.key.key, b->join.key.key, sizeof a->join.key.key) == 0 &&
         memcmp (a->join.key.salt, b->join.key.salt, sizeof a->join.key.salt) == 0 &&
         sc_chunk_id_equal (&a->join.plan, &b->join.plan);
}

/* (GRefString) (nullable) */
static char *
hooks_of (const ScControlMessage *message)
{
  const char *hooks = message->version.hooks;

  return hooks != NULL && *hooks != '\0' ? g_ref_string_new (hooks) : NULL;
}

static void
name (ScSeatCore *self, const ScControlMessage *message)
{
  g_clear_pointer (&self->named.hooks, g_ref_string_release);
  self->named =
      (ScSeatNamed){ message->session, message->version.version, message->version.manifest, hooks_of (message) };
}

static gboolean
was_named (ScSeatCore *self, const ScControlMessage *join)
{
  return self->named.version != 0 && self->named.session == join->session &&
         self->named.version == join->join.version && sc_chunk_id_equal (&self->named.manifest, &join->join.manifest);
}

static void
refuse_join (ScSeatCore *self, const ScControlMessage *join)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_FAILED, join->session);

  message->failed.code = g_strdup (sc_error_code_to_nick (SC_ERROR_DENIED));
  message->failed.message = g_strdup_printf ("The seat joins no session for version %" G_GUINT64_FORMAT
                                             ": no signed order of this session has named it",
                                             join->join.version);
  sc_seat_core_push (self, SC_SEAT_ACTION_SEND)->message = message;
}

static void
handle_join (ScSeatCore *self, ScControlMessage *message)
{
  g_autoptr (ScControlMessage) join = message;
  ScSeatOrder *order = sc_seat_core_current_order (self);

  if (order_is (order, join->session, join->join.version, &join->join.manifest)) {
    gboolean waiting = order == &self->next || self->phase <= SC_SEAT_BEGINNING;
    if (self->phase == SC_SEAT_RECEIVING && order->join != NULL && same_stream (order->join, join)) {
      /* the answers to the first one may have been lost with its connection */
      sc_seat_core_send_new (self, SC_CONTROL_JOINED);
      if (order->heard)
        sc_seat_core_send_new (self, SC_CONTROL_HEARD);
      return;
    }
    if (self->phase >= SC_SEAT_DRAINING)
      return; /* beyond the stream: DONE or FAILED will answer */
    if (waiting) {
      g_clear_pointer (&order->join, sc_control_message_free);
      order->join = g_steal_pointer (&join);
      order->catch_up = FALSE;
      if (self->phase == SC_SEAT_PREPARED)
        sc_seat_core_begin (self);
      return;
    }
  }
  /* Not prepared for this one any more: JOIN says all that PREPARE says, but that is not signed */
  if (!was_named (self, join)) {
    refuse_join (self, join);
    return;
  }
  ScSeatOrder fresh = { .session = join->session, .version = join->join.version, .manifest = join->join.manifest };
  fresh.hooks = sc_seat_core_ref_hooks (self->named.hooks);
  fresh.join = g_steal_pointer (&join);
  sc_seat_core_give_order (self, &fresh);
}

/* The console has cancelled what is in hand or comes next. */
static void
cancel (ScSeatCore *self, ScSeatOrder *order)
{
  sc_seat_core_tell (self, order, SC_TRANSFER_CANCELLED);
  sc_seat_core_drop_order (self, order);
}

/* The session has let go of the seat for now. */
static void
suspend (ScSeatCore *self, ScSeatOrder *order, gint64 now)
{
  sc_seat_core_tell (self, order, SC_TRANSFER_WAITING);
  if (sc_seat_core_is_pending (self, order))
    sc_seat_core_give_console_time (self, now);
  sc_seat_core_drop_order (self, order);
}

static void
handle_leave (ScSeatCore *self, const ScControlMessage *message, gint64 now)
{
  ScSeatOrder *order = sc_seat_core_current_order (self);
  gboolean concerned = order != NULL && order->type == SC_SEAT_ORDER_UPDATE && order->session == message->session;
  gboolean own = order != NULL && order->own;

  if (order != NULL && order->type == SC_SEAT_ORDER_LISTEN && order->session == message->session)
    sc_seat_core_drop_order (self, order);
  if (message->leave.reason == SC_LEAVE_SUSPENDED) {
    if (concerned &&
        (order == &self->next || self->phase != SC_SEAT_FINISHING)) /* what is all there is brought to its end */
      suspend (self, order, now);
    return;
  }
  if (message->leave.reason != SC_LEAVE_CANCELLED) {
    if (concerned)
      go_to_catch_up (self);
    return; /* else it is over already */
  }
  if (concerned ? sc_seat_core_is_pending (self, order)
                : self->pending.version != 0 && self->pending.session == message->session) {
    concerned = concerned || own;
    sc_seat_core_forget_pending (self);
  }
  if (concerned)
    cancel (self, order);
}

/* The order in hand is ordered once more. */
static void
again (ScSeatCore *self, ScSeatOrder *order, const ScControlMessage *message)
{
  g_clear_pointer (&order->hooks, g_ref_string_release);
  order->hooks = hooks_of (message);
  order->ordered = TRUE;
  order->held = FALSE;
  order->local = order->local && message->version.local;
  if (order == &self->order && sc_seat_core_is_pending (self, order))
    sc_seat_core_note_pending (self); /* other hooks */
  go_to_catch_up (self);
}

static void
handle_catch_up (ScSeatCore *self, const ScControlMessage *message)
{
  ScSeatOrder *current = sc_seat_core_current_order (self);

  name (self, message);
  if (order_is (current, message->session, message->version.version, &message->version.manifest)) {
    again (self, current, message);
    return;
  }
  ScSeatOrder order = { .session = message->session,
                        .version = message->version.version,
                        .manifest = message->version.manifest,
                        .hooks = hooks_of (message),
                        .local = message->version.local,
                        .catch_up = TRUE };
  sc_seat_core_give_order (self, &order);
}

static void
handle_prepare (ScSeatCore *self, const ScControlMessage *message)
{
  ScSeatOrder order = { .session = message->session,
                        .version = message->version.version,
                        .manifest = message->version.manifest,
                        .hooks = hooks_of (message) };

  name (self, message);
  sc_seat_core_give_order (self, &order);
}

/* The stream goes on under it; a JOIN that is said again has it, too. */
static void
handle_key (ScSeatCore *self, const ScControlMessage *message)
{
  ScSeatOrder *order = sc_seat_core_current_order (self);

  if (order == NULL || order->join == NULL || order->session != message->session)
    return; /* it does not listen */
  order->join->join.key = message->key.key;
  if (order == &self->order && self->phase >= SC_SEAT_RECEIVING)
    sc_seat_core_push (self, SC_SEAT_ACTION_ADD_KEY)->join = order->join;
}

/* Unsigned: it brings the seat to nothing, and what it keeps has the hash that it is known by. */
static void
handle_listen (ScSeatCore *self, ScControlMessage *message, gint64 now)
{
  const ScSeatOrder order = { .type = SC_SEAT_ORDER_LISTEN, .session = message->session, .listen = message };

  sc_seat_core_give_order (self, &order);
  self->abandon_at = now + SC_SEAT_LISTEN_TIME;
}

static void
handle_verify (ScSeatCore *self, const ScControlMessage *message)
{
  const ScSeatOrder order = { .type = SC_SEAT_ORDER_VERIFY };
  ScSeatOrder *current = sc_seat_core_current_order (self);
  gboolean verifies = current != NULL && current->type == SC_SEAT_ORDER_VERIFY;

  if (message->verify.action == SC_VERIFY_STOP) {
    if (!verifies) /* the console waits for an answer all the same */
      sc_seat_core_send_unverified (self, sc_error_code_to_nick (SC_ERROR_CANCELLED),
                                    "The seat was not verifying its templates any more");
    else if (current == &self->next)
      sc_seat_core_drop_next (self);
    else
      sc_seat_core_stop (self);
    return;
  }
  if (verifies)
    return; /* said twice: one answer */
  if (current != NULL && current->type == SC_SEAT_ORDER_UPDATE)
    sc_seat_core_send_unverified (self, sc_error_code_to_nick (SC_ERROR_BUSY),
                                  "The seat is being updated: verify it when that is done");
  else
    sc_seat_core_give_order (self, &order);
}

static void
handle_welcome (ScSeatCore *self, gint64 now)
{
  if (self->lost && sc_seat_core_may_be_abandoned (self))
    self->abandon_at = now + SC_SEAT_ABANDON_TIME;
  self->lost = FALSE;
  self->linked = TRUE;
  self->fetch = FALSE; /* POLICY is going to say; what runs goes on until then */
  sc_seat_core_give_console_time (self, now);
}

/* Whether the message takes up the order in hand, or replaces it. */
static gboolean
comes_back (ScSeatCore *self, const ScControlMessage *message)
{
  const ScSeatOrder *order = sc_seat_core_current_order (self);

  if (message->type == SC_CONTROL_LEAVE)
    return order != NULL && order->session == message->session;
  return message->type == SC_CONTROL_LISTEN || message->type == SC_CONTROL_PREPARE ||
         message->type == SC_CONTROL_JOIN || message->type == SC_CONTROL_CATCH_UP;
}

void
sc_seat_core_message (ScSeatCore *self, ScControlMessage *message, gint64 now)
{
  g_autoptr (ScControlMessage) owned = message;

  if (self->quitting)
    return;
  if (message->type == SC_CONTROL_WELCOME) {
    handle_welcome (self, now);
    return;
  }
  if (comes_back (self, message))
    self->abandon_at = 0;
  switch (message->type) {
  case SC_CONTROL_LISTEN:
    handle_listen (self, g_steal_pointer (&owned), now);
    break;
  case SC_CONTROL_PREPARE:
    handle_prepare (self, message);
    break;
  case SC_CONTROL_JOIN:
    handle_join (self, g_steal_pointer (&owned));
    break;
  case SC_CONTROL_LEAVE:
    handle_leave (self, message, now);
    break;
  case SC_CONTROL_CATCH_UP:
    handle_catch_up (self, message);
    break;
  case SC_CONTROL_VERIFY:
    handle_verify (self, message);
    break;
  case SC_CONTROL_KEY:
    handle_key (self, message);
    break;
  case SC_CONTROL_POLICY:
    sc_seat_core_set_fetch (self, message->policy.fetch, now);
    break;
  default:
    break; /* TRUST, WAKE and POWER_OFF are the driver's; a seat's own message has been refused by the link */
  }
}
