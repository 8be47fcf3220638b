/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-datagram-batch.h"

G_BEGIN_DECLS

/**
 * ScReceiveRing:
 *
 * Batches of datagrams on their way from the thread that receives them to the one that opens them, and back for the
 * next ones. Their number is bounded: when all are full, the receiving thread waits, the socket's own buffer fills, and
 * what the system then drops is counted there. The batch that was emptied last is filled first: as long as the
 * datagrams are opened as fast as they come, the same two or three are used, and they stay in the cache. One filling
 * thread, one emptying.
 */
typedef struct _ScReceiveRing ScReceiveRing;

/* @max: batches; each is made when it is wanted first */
ScReceiveRing *sc_receive_ring_new (guint max);
void sc_receive_ring_free (ScReceiveRing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScReceiveRing, sc_receive_ring_free)

/* The filling thread. (transfer full) (nullable): an empty batch; %NULL when there was none for @timeout µs, or not for
 * as long as it took to be ended. */
ScDatagramBatch *sc_receive_ring_take_empty (ScReceiveRing *self, gint64 timeout);
/* (transfer full) */
void sc_receive_ring_push (ScReceiveRing *self, ScDatagramBatch *batch);
/* Whether the emptying thread has nothing left to do. */
gboolean sc_receive_ring_is_idle (ScReceiveRing *self);
/* Nothing more comes. Any thread. */
void sc_receive_ring_end (ScReceiveRing *self);

/* The emptying thread. (transfer full) (nullable): the oldest batch; %NULL at @deadline (monotonic, µs; G_MAXINT64:
 * none), or when the ring was ended and has nothing left, which sets @ended. */
ScDatagramBatch *sc_receive_ring_pop (ScReceiveRing *self, gint64 deadline, gboolean *ended);
/* (transfer full) */
void sc_receive_ring_give_back (ScReceiveRing *self, ScDatagramBatch *batch);

G_END_DECLS
