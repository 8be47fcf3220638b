/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-figures.h"
#include "common/cast/sc-cast-packet.h"
#include "common/cast/sc-cast-report.h"

G_BEGIN_DECLS

#define SC_CAST_PROBE_TIME 3000000  /* µs in which a seat must be heard */
#define SC_CAST_SILENT_TIME 4000000 /* µs in which a seat must report a round, after its first MARK */
#define SC_CAST_CALL_TIME 50000     /* µs: the longest time between two calls, see sc_cast_sender_get_timeout() */

/**
 * ScCastSender:
 *
 * The sending end of a session as a state machine: no sockets, no threads, no clock of its own (docs/protocol.md).
 * The driver supplies blocks, takes datagrams when they are due, and feeds in the seats' reports. All times are µs of
 * one monotonic clock. Not thread-safe.
 *
 * Order of events: add seats; probe until every seat was heard or SC_CAST_PROBE_TIME has passed (a seat not heard
 * goes to catch-up); then windows. A window's symbols are sent interleaved (symbol i of each of its blocks, then i +
 * 1), then a MARK is sent, repeated with back-off until every active seat has reported the round. The maximum of the
 * deficits over the seats is sent as fresh parity, interleaved with the next window's symbols; and so on until no
 * seat lacks anything. A seat past its repair budget, or silent for too long, is moved to catch-up: it may go on
 * listening, but is not waited for.
 */
typedef struct _ScCastSender ScCastSender;

typedef enum {
  SC_CAST_SENDER_PROBING,
  SC_CAST_SENDER_SENDING,
  SC_CAST_SENDER_FINISHED,  /* every window is done or no seat is left to send to, END packets are sent */
  SC_CAST_SENDER_EXHAUSTED, /* the packet counter is used up: a nonce must never repeat; the rest needs a new session */
} ScCastSenderState;

/* Datagrams, packets counted on the Ethernet (header 14 bytes, no preamble or FCS) where it says wire. */
typedef struct {
  guint64 source_packets;
  guint64 parity_packets;
  guint64 other_packets; /* marks, probes, ends */
  guint64 wire_bytes;    /* everything sent, 42 bytes of Ethernet + IPv4 + UDP headers a packet included */
  guint64 content_sent;  /* bytes of plan and content whose first transmission is done */
  guint64 rate;          /* bits per second on the wire, at most, now */
  guint64 sent_rate;     /* of these, what was really sent in the last quarter of a second */
  guint64 cap;           /* bits per second; 0: as fast as the seats take it */
  ScCastRateLimit limit; /* why the rate is not higher */
  guint32 window;        /* first window that is not done */
  guint32 n_windows;
} ScCastSenderStats;

ScCastSender *sc_cast_sender_new (const ScCastLayout *layout, const ScCastKey *key, guint64 rate_cap_bits, gint64 now);
void sc_cast_sender_free (ScCastSender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastSender, sc_cast_sender_free)

/* @seat: a small number that the driver chose (0 … 65,535). Added while probing: takes part from the start. Added
 * later: enters at the window returned, and gets what came before by catch-up; that is the number of windows where
 * nothing is left for it, also for a seat that was over budget: coming back does not renew its budget. */
guint32 sc_cast_sender_add_seat (ScCastSender *self, guint32 seat, gint64 now);
void sc_cast_sender_remove_seat (ScCastSender *self, guint32 seat, gint64 now);
ScCastSeatState sc_cast_sender_get_seat_state (ScCastSender *self, guint32 seat);
/* All zero and %SC_CAST_SEAT_REMOVED for a seat that was never added. */
void sc_cast_sender_get_seat_figures (ScCastSender *self, guint32 seat, ScCastSeatFigures *figures);
void sc_cast_sender_heard (ScCastSender *self, guint32 seat, gint64 now);
/* Unsound or stale reports are ignored: they come from outside. */
void sc_cast_sender_report (ScCastSender *self, guint32 seat, const ScCastReport *report, gint64 now);

/* The driver reads blocks ahead: @block is the next one that has not been asked for yet and for whose window there
 * is room. */
gboolean sc_cast_sender_wants_block (ScCastSender *self, guint32 *block);
/* @bytes: exactly sc_cast_layout_block_bytes() of them; (transfer none) */
void sc_cast_sender_supply_block (ScCastSender *self, guint32 block, GBytes *bytes);

/**
 * sc_cast_sender_send:
 * @out: room for SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE bytes
 *
 * Makes the next datagram that is due at @now under the rate. Returns: its length; 0 when nothing is due
 */
gsize sc_cast_sender_send (ScCastSender *self, gint64 now, guint8 *out);
/* When sc_cast_sender_send() should be called next at the latest, SC_CAST_CALL_TIME from @now at most: time between
 * calls that is much longer is the driver's own, and counts against no seat. G_MAXINT64: only after it is resumed, or
 * never */
gint64 sc_cast_sender_get_timeout (ScCastSender *self, gint64 now);

/* What is due cannot be sent: the interface is slower than the rate. */
void sc_cast_sender_note_full (ScCastSender *self);
/* All that the seats have said until @at is fed in. Where it comes in a way that can stand still, the driver says so
 * every SC_CAST_CALL_TIME from the start; time in which it does not counts against no seat. */
void sc_cast_sender_note_heard (ScCastSender *self, gint64 at);
/* All datagrams from now on are sealed with @key, which has another tag (sc_cast_key_generate_next()); the counter
 * starts anew. Who was not told @key before loses what is sent until then, and reports it as any loss; who is never
 * told is shut out. */
void sc_cast_sender_set_key (ScCastSender *self, const ScCastKey *key);
/* What the slowest link between the console and its seats carries, bits/s; 0: unknown. While probing: the rate begins
 * with it, at most with 1 Gbit/s. */
void sc_cast_sender_set_link (ScCastSender *self, guint64 link_bits);
/* From now on; a stream that shares its network with others is given another share as they come and go. A higher cap is
 * used at once as far as that much was sent before, and beyond it as the seats follow. */
void sc_cast_sender_set_rate_cap (ScCastSender *self, guint64 rate_cap_bits, gint64 now);
void sc_cast_sender_set_paused (ScCastSender *self, gboolean paused, gint64 now);
ScCastSenderState sc_cast_sender_get_state (ScCastSender *self);
void sc_cast_sender_get_stats (ScCastSender *self, ScCastSenderStats *stats);

G_END_DECLS
