/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-seat-link.h"

#include "common/sc-error.h"

#define RATE_TIME (2.0 * G_USEC_PER_SEC) /* over which a seat's rate is averaged */

struct _ScSeatLink {
  grefcount references;
  SoupWebsocketConnection *connection; /* NULL once closed */
  char *local_address;
  char *remote_address;
  ScSeatHubTiming timing;
  ScSeatLinkListener listener;
  gpointer data;
  char *owner;  /* (nullable): the seat of the certificate */
  char *seat;   /* as its inventory says; NULL before that */
  guint timer;  /* a GSource's id: the deadline of the inventory */
  gint64 heard; /* when anything came last, µs, monotonic */
  ScSeatTransfer transfer;
  ScSeatTransfer before; /* the session that spoke last */
  gint64 rate_time;      /* of the last progress, µs */
};

static void drop (ScSeatLink *self);

/* Ends a connection politely; it lives until the close frames are exchanged or libsoup's time for that has passed. */
static void
close_connection (SoupWebsocketConnection *connection, gushort code, const char *reason)
{
  if (soup_websocket_connection_get_state (connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  g_signal_connect (g_object_ref (connection), "closed", G_CALLBACK (g_object_unref), NULL);
  soup_websocket_connection_close (connection, code, reason);
}

static void
fail (ScSeatLink *self, gushort code, const char *reason)
{
  g_autoptr (ScSeatLink) hold = sc_seat_link_ref (self);

  g_message ("closing the connection of seat %s: %s", self->seat != NULL ? self->seat : "(unknown)", reason);
  /* the reason in a close frame has 123 bytes at most, so that only the log has all of it */
  sc_seat_link_close (self, code, "malformed, unexpected or missing message");
  self->listener.closed (self->data, self);
}

/* @text: (nullable): what cannot be taken */
static void
refuse (ScSeatLink *self, const char *text, gsize length, const char *why)
{
  g_autoptr (ScSeatLink) hold = sc_seat_link_ref (self);
  g_autoptr (ScJson) object = text != NULL ? sc_json_parse_object (text, length, SC_CONTROL_MAX_BYTES, NULL) : NULL;
  const char *known = self->seat != NULL ? self->seat : self->owner;
  const char *claimed = known != NULL ? known : json_string_value (json_object_get (object, "seat"));

  self->listener.refused (self->data, self, claimed, why);
  fail (self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, why);
}

static void
set_transfer_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static void
update_rate (ScSeatLink *self, guint64 done, gint64 now)
{
  ScSeatTransfer *transfer = &self->transfer;
  gint64 passed = now - self->rate_time;

  if (self->rate_time == 0 || done < transfer->done) {
    transfer->rate = 0;
  } else if (passed > 0) {
    double rate = (double) (done - transfer->done) * G_USEC_PER_SEC / (double) passed;
    double weight = MIN ((double) passed / RATE_TIME, 1.0);

    transfer->rate = (guint64) ((double) transfer->rate * (1.0 - weight) + rate * weight);
  }
  self->rate_time = now;
}

static void
end_transfer (ScSeatLink *self, ScTransferState state, const char *reason)
{
  self->transfer.state = state;
  self->transfer.rate = 0;
  self->transfer.throttled = FALSE;
  self->rate_time = 0;
  set_transfer_text (&self->transfer.reason, reason);
}

static void
copy_transfer (ScSeatTransfer *to, const ScSeatTransfer *from)
{
  g_free (to->template_name);
  g_free (to->reason);
  *to = *from;
  to->template_name = g_strdup (from->template_name);
  to->reason = g_strdup (from->reason);
}

/* A seat that is sent away says that it was cancelled. What the console has found to fail is a failure all the same,
 * and where nothing had come yet, as in a dry run, everything is as it was before. */
static gboolean
is_sent_away (ScSeatLink *self, const ScControlMessage *message)
{
  ScSeatTransfer *transfer = &self->transfer;
  ScTransferState state = message->progress.state;

  if (transfer->session != message->session)
    return FALSE;
  if (transfer->state == SC_TRANSFER_FAILED) /* it may still have told how far it had looked */
    return state == SC_TRANSFER_CANCELLED || state == SC_TRANSFER_WAITING;
  if (state != SC_TRANSFER_CANCELLED || transfer->state != SC_TRANSFER_WAITING)
    return FALSE;
  copy_transfer (transfer, &self->before);
  return TRUE;
}

static void
note_transfer (ScSeatLink *self, const ScControlMessage *message)
{
  ScSeatTransfer *transfer = &self->transfer;

  if (message->session != 0 && message->session != transfer->session)
    copy_transfer (&self->before, transfer);
  switch (message->type) {
  case SC_CONTROL_PREPARED:
    end_transfer (self, SC_TRANSFER_WAITING, "");
    transfer->done = 0;
    transfer->total = message->prepared.needs->lacks_bytes;
    break;
  case SC_CONTROL_JOINED:
    transfer->state = SC_TRANSFER_RECEIVING;
    break;
  case SC_CONTROL_PROGRESS:
    if (is_sent_away (self, message))
      return;
    update_rate (self, message->progress.done, g_get_monotonic_time ());
    transfer->state = message->progress.state;
    transfer->done = message->progress.done;
    transfer->total = message->progress.total;
    transfer->throttled = message->progress.throttled;
    set_transfer_text (&transfer->template_name, message->progress.template_name);
    break;
  case SC_CONTROL_DONE:
    if (message->done.busy->len == 0)
      transfer->done = transfer->total;
    end_transfer (self, message->done.busy->len == 0 ? SC_TRANSFER_DONE : SC_TRANSFER_BUSY, "");
    break;
  case SC_CONTROL_VERIFIED:
    if (transfer->state != SC_TRANSFER_VERIFYING)
      return; /* it did not, and goes on with what it does */
    end_transfer (self, SC_TRANSFER_IDLE, "");
    transfer->done = transfer->total = 0;
    break;
  case SC_CONTROL_FAILED:
    end_transfer (self, SC_TRANSFER_FAILED, message->failed.message);
    break;
  default:
    return;
  }
  transfer->session = message->session;
}

void
sc_seat_link_check_silence (ScSeatLink *self)
{
  if (self->connection != NULL &&
      sc_seat_link_get_silence (self) >= (gint64) self->timing.silence_timeout * G_TIME_SPAN_MILLISECOND)
    fail (self, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "nothing was heard from it, not even answers to pings");
}

static gboolean
inventory_is_late (gpointer data)
{
  ScSeatLink *self = data;

  self->timer = 0;
  refuse (self, NULL, 0, "it sent no inventory in time");
  return G_SOURCE_REMOVE;
}

/* Whether the message may come now, from this seat. */
static gboolean
admit (ScSeatLink *self, const ScControlMessage *message)
{
  if (message->type >= SC_CONTROL_WELCOME)
    return FALSE;
  if (message->type != SC_CONTROL_INVENTORY)
    return self->seat != NULL;
  if (self->seat != NULL)
    return g_str_equal (self->seat, message->inventory->seat);
  if (self->owner != NULL && !g_str_equal (self->owner, message->inventory->seat))
    return FALSE;
  self->seat = g_strdup (message->inventory->seat);
  g_clear_handle_id (&self->timer, g_source_remove);
  return TRUE;
}

/* That it may not come. */
static const char *
why_not (ScSeatLink *self, const ScControlMessage *message)
{
  const char *known = self->seat != NULL ? self->seat : self->owner;

  if (message->type == SC_CONTROL_INVENTORY && known != NULL && !g_str_equal (known, message->inventory->seat))
    return "it said that it is another seat than that of its certificate or of its first inventory";
  return "it sent a message of a kind that may not come here";
}

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *bytes, ScSeatLink *self)
{
  g_autoptr (ScSeatLink) hold = sc_seat_link_ref (self);
  g_autoptr (ScControlMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  self->heard = g_get_monotonic_time ();
  if (type != SOUP_WEBSOCKET_DATA_TEXT) {
    refuse (self, NULL, 0, "it sent a binary message");
    return;
  }
  message = sc_control_message_parse (text, length, &error);
  if (message == NULL) {
    refuse (self, text, length, error->message);
    return;
  }
  if (!admit (self, message)) {
    refuse (self, text, length, why_not (self, message));
    return;
  }
  note_transfer (self, message);
  self->listener.message (self->data, self, message);
}

static void
on_pong (SoupWebsocketConnection *connection, GBytes *payload, ScSeatLink *self)
{
  self->heard = g_get_monotonic_time ();
}

static void
on_error (SoupWebsocketConnection *connection, GError *error, ScSeatLink *self)
{
  g_message ("connection of seat %s: %s", self->seat != NULL ? self->seat : "(unknown)", error->message);
}

static void
on_closed (SoupWebsocketConnection *connection, ScSeatLink *self)
{
  g_autoptr (ScSeatLink) hold = sc_seat_link_ref (self);
  const char *why = soup_websocket_connection_get_close_data (connection);

  if (soup_websocket_connection_get_close_code (connection) == SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR)
    self->listener.refused (self->data, self, self->seat,
                            why != NULL && *why != '\0' ? why : "it does not understand the console: update both");
  drop (self);
  self->listener.closed (self->data, self);
}

ScSeatLink *
sc_seat_link_new (SoupWebsocketConnection *connection, const char *owner, const char *local_address,
                  const char *remote_address, const ScSeatHubTiming *timing, const ScSeatLinkListener *listener,
                  gpointer data)
{
  ScSeatLink *self = g_new0 (ScSeatLink, 1);

  g_ref_count_init (&self->references);
  self->connection = g_object_ref (connection);
  self->owner = g_strdup (owner);
  self->local_address = g_strdup (local_address);
  self->remote_address = g_strdup (remote_address);
  self->timing = *timing;
  self->listener = *listener;
  self->data = data;
  self->heard = g_get_monotonic_time ();
  self->transfer.template_name = g_strdup ("");
  self->transfer.reason = g_strdup ("");
  soup_websocket_connection_set_max_incoming_payload_size (connection, SC_CONTROL_MAX_BYTES);
  soup_websocket_connection_set_keepalive_interval (connection, timing->keepalive);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (connection, "error", G_CALLBACK (on_error), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  self->timer = g_timeout_add (timing->inventory_timeout, inventory_is_late, self);
  return self;
}

ScSeatLink *
sc_seat_link_ref (ScSeatLink *self)
{
  g_ref_count_inc (&self->references);
  return self;
}

/* Lets go of the connection. */
static void
drop (ScSeatLink *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
}

void
sc_seat_link_unref (ScSeatLink *self)
{
  if (self == NULL || !g_ref_count_dec (&self->references))
    return;
  drop (self);
  g_free (self->owner);
  g_free (self->local_address);
  g_free (self->remote_address);
  g_free (self->seat);
  g_free (self->transfer.template_name);
  g_free (self->transfer.reason);
  g_free (self->before.template_name);
  g_free (self->before.reason);
  g_free (self);
}

const char *
sc_seat_link_get_seat (ScSeatLink *self)
{
  return self->seat;
}

const char *
sc_seat_link_get_owner (ScSeatLink *self)
{
  return self->owner;
}

const char *
sc_seat_link_get_local_address (ScSeatLink *self)
{
  return self->local_address;
}

const char *
sc_seat_link_get_remote_address (ScSeatLink *self)
{
  return self->remote_address;
}

gint64
sc_seat_link_get_silence (ScSeatLink *self)
{
  return g_get_monotonic_time () - self->heard;
}

const ScSeatTransfer *
sc_seat_link_get_transfer (ScSeatLink *self)
{
  return &self->transfer;
}

void
sc_seat_link_fail (ScSeatLink *self, guint64 session, const char *reason)
{
  end_transfer (self, SC_TRANSFER_FAILED, reason != NULL ? reason : "");
  self->transfer.session = session;
}

void
sc_seat_link_restore (ScSeatLink *self, guint64 session)
{
  if (self->transfer.session == session && self->transfer.state == SC_TRANSFER_FAILED)
    copy_transfer (&self->transfer, &self->before);
}

/* The order is shown at once, not only when the seat says how far it is. */
static void
begin_verifying (ScSeatLink *self)
{
  end_transfer (self, SC_TRANSFER_VERIFYING, "");
  set_transfer_text (&self->transfer.template_name, "");
  self->transfer.session = 0;
  self->transfer.done = self->transfer.total = 0;
}

gboolean
sc_seat_link_send (ScSeatLink *self, const ScControlMessage *message)
{
  g_autofree char *text = NULL;

  if (self->connection == NULL || soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;
  if (message->type == SC_CONTROL_VERIFY && message->verify.action == SC_VERIFY_START)
    begin_verifying (self);
  text = sc_control_message_to_json (message);
  soup_websocket_connection_send_text (self->connection, text);
  return TRUE;
}

void
sc_seat_link_close (ScSeatLink *self, gushort code, const char *reason)
{
  g_autoptr (SoupWebsocketConnection) connection = self->connection != NULL ? g_object_ref (self->connection) : NULL;

  drop (self);
  if (connection != NULL)
    close_connection (connection, code, reason);
}
