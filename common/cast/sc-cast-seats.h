/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-pacer.h"
#include "common/cast/sc-cast-sender.h"

G_BEGIN_DECLS

/* A seat of a session and where it stands in each window in flight. */
typedef struct {
  guint32 id;
  ScCastSeatFigures figures;
  gboolean heard;
  guint32 first_window;
  guint n_strained; /* its reports since the strain's start that said it cannot follow */
  struct {
    gboolean done;     /* it lacks nothing of the window */
    gboolean reported; /* the round */
    guint8 deficits[SC_CAST_WINDOW_BLOCKS];
  } windows[SC_CAST_MAX_WINDOWS]; /* window w at w % SC_CAST_MAX_WINDOWS */
} ScCastSeat;

/* The seats of a session: part of the sender. */
typedef struct {
  GPtrArray *list;   /* (owned) ScCastSeat, in the order in which they came */
  GHashTable *by_id; /* id → ScCastSeat */
  guint n_active;
  gboolean dropped; /* a seat was dropped, so fewer may be awaited */
  guint64 budget;
  gint64 patience;   /* µs that a seat may keep the others waiting, in all */
  guint64 memory;    /* bytes that the windows in flight take at a seat */
  gint64 slow_since; /* µs: since when the rate is below half of the cap; 0: it is not */
  guint n_strained;  /* of all seats */
} ScCastSeats;

void sc_cast_seats_init (ScCastSeats *self, const ScCastLayout *layout);
void sc_cast_seats_set_patience (ScCastSeats *self, const ScCastLayout *layout, guint64 cap);
void sc_cast_seats_clear (ScCastSeats *self);
ScCastSeat *sc_cast_seats_find (const ScCastSeats *self, guint32 id); /* (nullable) */
/* Makes the seat active, whether it is known or not. */
ScCastSeat *sc_cast_seats_activate (ScCastSeats *self, guint32 id, guint32 first_window);
void sc_cast_seats_drop (ScCastSeats *self, ScCastSeat *seat, ScCastSeatState state);

/* Whether probing can end; those not heard are dropped when it must. */
gboolean sc_cast_seats_all_heard (const ScCastSeats *self);
void sc_cast_seats_drop_unheard (ScCastSeats *self);

gboolean sc_cast_seat_takes_part (const ScCastSeat *seat, guint32 window);
gboolean sc_cast_seat_is_awaited (const ScCastSeat *seat, guint32 window);
void sc_cast_seats_start_window (ScCastSeats *self, guint32 window);
void sc_cast_seats_start_round (ScCastSeats *self, guint32 window);
guint sc_cast_seats_count_awaited (const ScCastSeats *self, guint32 window);
void sc_cast_seats_drop_awaited (ScCastSeats *self, guint32 window);
/* For @time µs nothing could be sent, for want of reports on @window. Drops a seat that does this to the others for too
 * long. */
void sc_cast_seats_charge_waiting (ScCastSeats *self, guint32 window, gint64 time);
/* @total: of the report's deficits */
void sc_cast_seat_take_report (ScCastSeat *seat, const ScCastReport *report, guint32 total);
/* Drops seats that would cost the others too much. @deficits: (out): what the worst off of the rest lacks of each
 * block. Returns: FALSE when nobody lacks anything */
gboolean sc_cast_seats_close_round (ScCastSeats *self, guint32 window, guint n_blocks, guint8 *deficits);

/* A report's word on how the seat keeps up: lowers the rate, drops a few seats that have held all others up for
 * long. */
void sc_cast_seats_note_strain (ScCastSeats *self, ScCastSeat *seat, const ScCastReport *report, ScCastPacer *pacer,
                                gint64 now);
/* To be called as time passes: a rate that has recovered is nobody's fault any more. */
void sc_cast_seats_check_strain (ScCastSeats *self, const ScCastPacer *pacer);

G_END_DECLS
