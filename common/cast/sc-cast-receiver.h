/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-packet.h"
#include "common/cast/sc-cast-report.h"

G_BEGIN_DECLS

/**
 * ScCastReceiver:
 *
 * The receiving end of a session as a state machine: no sockets, no threads, no clock of its own. The driver feeds in
 * datagrams, takes completed blocks (decoded, in any order within a window) and sends the reports that fall due on
 * the control connection. Memory is bounded: SC_CAST_MAX_WINDOWS windows, taken-but-unreleased blocks included; what
 * does not fit is dropped, counted, and shows as a deficit. All times are µs of one monotonic clock. Not thread-safe.
 */
typedef struct _ScCastReceiver ScCastReceiver;

typedef struct {
  guint64 packets; /* valid ones of this session */
  guint64 duplicates;
  guint64 foreign;         /* not of this session, or altered */
  guint64 lost;            /* by the gaps in the counters */
  guint64 refused;         /* valid, but there was no memory for their window */
  guint64 decoded_symbols; /* source symbols that were recovered from parity */
} ScCastReceiverStats;

/* @first_window: what came before is not waited for (late join) */
ScCastReceiver *sc_cast_receiver_new (const ScCastLayout *layout, const ScCastKey *key, guint32 first_window,
                                      gint64 now);
void sc_cast_receiver_free (ScCastReceiver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastReceiver, sc_cast_receiver_free)

/* The session goes on under @key, because another seat was shut out. Datagrams of both keys are taken until the first
 * of the new one came, or 2 s have passed since the first of any; from then on the old one is forgotten. */
void sc_cast_receiver_add_key (ScCastReceiver *self, const ScCastKey *key);

/* Returns: whether the datagram belonged to this session */
gboolean sc_cast_receiver_receive (ScCastReceiver *self, const guint8 *datagram, gsize length, gint64 now);

/* TRUE once a probe or anything else of the session came. */
gboolean sc_cast_receiver_has_heard (ScCastReceiver *self);

/**
 * sc_cast_receiver_take_block:
 * @block: (out)
 * @bytes: (out) (transfer full): sc_cast_layout_block_bytes() bytes; the memory counts as the receiver's until
 *   sc_cast_receiver_release_block(), and is used again after the last reference, which any thread may let go
 *
 * Returns: FALSE when no further block is complete
 */
gboolean sc_cast_receiver_take_block (ScCastReceiver *self, guint32 *block, GBytes **bytes);
/* The driver has written (or thrown away) what it took. */
void sc_cast_receiver_release_block (ScCastReceiver *self, guint32 block);

/**
 * sc_cast_receiver_poll_report:
 * @dropped: datagrams that the socket dropped so far; what was refused for want of memory is added to it
 * @backlog: bytes taken and not yet written
 *
 * Returns: TRUE when a report is due (a MARK came, or a round's end was inferred because its MARK was lost)
 */
gboolean sc_cast_receiver_poll_report (ScCastReceiver *self, gint64 now, guint64 dropped, guint64 backlog,
                                       ScCastReport *report);
/* When to poll next although no datagram came; G_MAXINT64: never. */
gint64 sc_cast_receiver_get_timeout (ScCastReceiver *self, gint64 now);

/* All blocks from first_window on are complete, or END came (then what is missing is left to catch-up). */
gboolean sc_cast_receiver_is_finished (ScCastReceiver *self);
void sc_cast_receiver_get_stats (ScCastReceiver *self, ScCastReceiverStats *stats);

G_END_DECLS
