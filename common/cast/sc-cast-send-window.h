/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-code.h"

G_BEGIN_DECLS

typedef enum {
  SC_CAST_WINDOW_FILLING, /* the driver still supplies its blocks */
  SC_CAST_WINDOW_SOURCE,  /* its source symbols are being sent */
  SC_CAST_WINDOW_AWAIT,   /* a round is over: MARKs go out and reports come in */
  SC_CAST_WINDOW_REPAIR,  /* what the reports asked for is being sent */
  SC_CAST_WINDOW_DONE,
} ScCastWindowPhase;

typedef struct {
  GBytes *bytes;
  guint8 *padded; /* the last symbol, where the block's bytes do not fill it; else NULL */
  guint8 *parity; /* n_parity symbols from parity_first on, made together */
  guint n_parity;
  guint parity_first;
  guint n_source;
  guint next_repair; /* the symbol that the next repair is: fresh parity, then all symbols over again */
  gboolean repeats;  /* the latter: a seat may have what it gets */
  guint n_pending;   /* repairs of this round that are not sent yet */
} ScCastSendBlock;

/* The blocks of one window on their way out, and its round: part of the sender. */
typedef struct {
  ScCastWindowPhase phase;
  guint32 window;
  guint32 first_block;
  guint32 n_blocks;
  guint32 n_supplied;
  guint next_symbol; /* of the source: symbol i of each block, then i + 1 */
  guint next_block;
  guint n_source_left; /* source symbols that are not sent yet */
  guint n_pending;     /* repairs, of all blocks */
  ScCastSendBlock blocks[SC_CAST_WINDOW_BLOCKS];

  guint32 round;
  guint n_repairs;      /* rounds of repairs so far */
  guint n_awaited;      /* seats that have not reported the round */
  guint n_marks;        /* MARKs of the round that were sent */
  gint64 mark_at;       /* µs: when the next one is due */
  gint64 mark_interval; /* µs */
  gint64 await_since;   /* µs */
} ScCastSendWindow;

void sc_cast_send_window_init (ScCastSendWindow *self, const ScCastLayout *layout, guint32 window);
void sc_cast_send_window_clear (ScCastSendWindow *self);
void sc_cast_send_window_supply (ScCastSendWindow *self, const ScCastLayout *layout, guint32 block, GBytes *bytes);
/* The next source symbol, in interleaved order. @block: (out): its number in the stream. @n_bytes: (out): without
 * padding. To be called while n_source_left > 0 */
const guint8 *sc_cast_send_window_next_source (ScCastSendWindow *self, const ScCastLayout *layout, guint32 *block,
                                               guint8 *symbol, guint32 *n_bytes);
/* Asks for repairs for who lacks @n symbols of each block. */
void sc_cast_send_window_ask (ScCastSendWindow *self, const guint8 *n);
/* The next repair, one block after the other. Returns: NULL when none is pending */
const guint8 *sc_cast_send_window_next_repair (ScCastSendWindow *self, const ScCastLayout *layout, ScCastCode *code,
                                               guint32 *block, guint8 *symbol);

/* The seats' time to report the round begins at @now, and the MARKs that ask them do. */
void sc_cast_send_window_wait (ScCastSendWindow *self, gint64 now);

G_END_DECLS
