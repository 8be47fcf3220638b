/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-congestion.h"
#include "common/cast/sc-cast-sender.h"

G_BEGIN_DECLS

/* A seat of a session and where it stands in each window in flight. */
typedef struct {
  guint32 id;
  ScCastSeatFigures figures;
  gboolean heard;
  guint32 first_window;
  ScCastSample sample;
  gint64 stall;      /* µs of figures.waited since its last report */
  double wait_share; /* what its waiting is of the time that the session takes */
  struct {
    gboolean done;     /* it lacks nothing of the window */
    gboolean reported; /* the round */
    guint8 deficits[SC_CAST_WINDOW_BLOCKS];
    guint32 least;                /* that it has lacked of the window, symbols; 0: it has not reported */
    guint n_useless;              /* rounds since then */
    gint64 stuck;                 /* µs for which they held up the others */
  } windows[SC_CAST_MAX_WINDOWS]; /* window w at w % SC_CAST_MAX_WINDOWS */
} ScCastSeat;

/* The seats of a session: part of the sender. */
typedef struct {
  GPtrArray *list;   /* (owned) ScCastSeat, in the order in which they came */
  GHashTable *by_id; /* id → ScCastSeat */
  guint n_active;
  gboolean dropped; /* a seat was dropped, so fewer may be awaited */
  guint64 budget;
  guint64 memory;     /* bytes that the windows in flight take at a seat */
  GPtrArray *samples; /* ScCastSample, those of the active seats */
  ScCastCongestion congestion;
} ScCastSeats;

/*
 * How long seats may keep the others waiting (docs/protocol.md, "Time"): one seat, or a tenth of them, in all for this
 * share of the time that the session takes, and for this long in any case. More of them may do so for longer, up to
 * SC_CAST_SILENT_TIME: each is charged a part of the time. Half of the seats are not charged, it is a matter of the
 * room.
 */
#define SC_CAST_PATIENCE_SHARE 0.03
#define SC_CAST_PATIENCE_MIN 300000 /* µs */
/* µs for which the others wait for seats that get on with nothing, round after round; the second is for half of the
 * seats and more, and for the only one */
#define SC_CAST_PATIENCE_STUCK 2000000
#define SC_CAST_PATIENCE_STUCK_ROOM 10000000

void sc_cast_seats_init (ScCastSeats *self, const ScCastLayout *layout, gint64 now);
void sc_cast_seats_clear (ScCastSeats *self);
ScCastSeat *sc_cast_seats_find (const ScCastSeats *self, guint32 id); /* (nullable) */
/* Makes the seat active, whether it is known or not. */
ScCastSeat *sc_cast_seats_activate (ScCastSeats *self, guint32 id, guint32 first_window);
void sc_cast_seats_drop (ScCastSeats *self, ScCastSeat *seat, ScCastSeatState state, gint64 now);

/* Whether probing can end; those not heard are dropped when it must. */
gboolean sc_cast_seats_all_heard (const ScCastSeats *self);
void sc_cast_seats_drop_unheard (ScCastSeats *self, gint64 now);

gboolean sc_cast_seat_takes_part (const ScCastSeat *seat, guint32 window);
gboolean sc_cast_seat_is_awaited (const ScCastSeat *seat, guint32 window);
void sc_cast_seats_start_window (ScCastSeats *self, guint32 window);
void sc_cast_seats_start_round (ScCastSeats *self, guint32 window);
guint sc_cast_seats_count_awaited (const ScCastSeats *self, guint32 window);
void sc_cast_seats_drop_awaited (ScCastSeats *self, guint32 window, gint64 now);
/* For @time µs before @now nothing else could be sent, for want of reports on @window, or of what is sent over and over
 * again. Drops seats that do this to the others for too long. @whole: µs that the session will take, as far as one can
 * say. Returns: whether anybody was charged */
gboolean sc_cast_seats_charge_waiting (ScCastSeats *self, guint32 window, gint64 time, gint64 whole, gint64 now);
/* For @time µs before @now @window was the first one that was not done. Drops seats that repairs do not help, however
 * many they are. */
void sc_cast_seats_charge_stuck (ScCastSeats *self, guint32 window, gint64 time, gint64 now);
/* @total: of the report's deficits */
void sc_cast_seat_take_report (ScCastSeat *seat, const ScCastReport *report, guint32 total);
/* Drops seats that would cost the others too much. @n_sent: source symbols so far. @deficits: (out): what the worst
 * off of the rest lacks of each block. Returns: FALSE when nobody lacks anything */
gboolean sc_cast_seats_close_round (ScCastSeats *self, guint32 window, guint n_blocks, guint64 n_sent, guint8 *deficits,
                                    gint64 now);

/* A report's word on how the seat keeps up. @marked: as for sc_cast_congestion_note() */
void sc_cast_seats_note_figures (ScCastSeats *self, ScCastSeat *seat, const ScCastReport *report, gint64 marked,
                                 ScCastPacer *pacer, gint64 now);

G_END_DECLS
