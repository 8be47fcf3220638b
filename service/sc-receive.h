/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "service/sc-chunk-sink.h"

G_BEGIN_DECLS

/**
 * ScReceive:
 *
 * Receives one session with three threads: sc-receive does nothing but take datagrams from the socket, sc-open decrypts
 * them and feeds the ScCastReceiver, sc-write makes frames of the complete blocks and writes them to the sink. What
 * lies between the first two is bounded by 24 MiB, and between the others by the receiver's windows. When the sink has
 * all it wants, or after an error, the stream is still listened to, so that the sender's marks are answered; the blocks
 * are thrown away. Made, used and freed on the main thread; the events come there.
 */
typedef struct _ScReceive ScReceive;

typedef enum {
  SC_RECEIVE_HEARD,     /* the first datagram came */
  SC_RECEIVE_REPORT,    /* @report is due */
  SC_RECEIVE_NEED_PLAN, /* it cannot come, or came damaged, by the stream: sc_receive_set_plan() */
  SC_RECEIVE_COMPLETE,  /* the sink wants nothing more */
  SC_RECEIVE_ENDED,     /* the stream is over and written, the sink not complete: the rest is left to catch-up */
  SC_RECEIVE_FAILED,    /* @error, of the socket or the sink */
  SC_RECEIVE_STOPPED,   /* the last event: sc_receive_free() may be called, also from the callback */
} ScReceiveEventType;

typedef struct {
  ScReceiveEventType type;
  ScCastReport report;
  GError *error;
} ScReceiveEvent;

typedef void (*ScReceiveFunc) (ScReceive *self, const ScReceiveEvent *event, gpointer user_data);

/* Joins the group and starts. @join: a JOIN message, whose layout is checked here. @sink's object must live until
 * SC_RECEIVE_STOPPED. Errors: %SC_ERROR_INVALID, %SC_ERROR_SYSTEM */
ScReceive *sc_receive_new (const ScControlMessage *join, const char *interface_address, const ScChunkSink *sink,
                           ScReceiveFunc func, gpointer user_data, GError **error);
/* After SC_RECEIVE_STOPPED only. */
void sc_receive_free (ScReceive *self);

/* The stream goes on under @key: both are taken until the first datagram of the new one came. */
void sc_receive_add_key (ScReceive *self, const ScCastKey *key);
void sc_receive_set_plan (ScReceive *self, GBytes *plan);
/* Leaves the group. @write_rest: what is complete is written first. SC_RECEIVE_STOPPED follows; a second call may
 * only hurry. */
void sc_receive_stop (ScReceive *self, gboolean write_rest);
const ScChunkId *sc_receive_get_plan_id (ScReceive *self); /* as the order names it */

G_END_DECLS
