/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-seats.h"
#include "common/cast/sc-cast-send-window.h"
#include "common/cast/sc-cast-sender.h"

G_BEGIN_DECLS

#define SC_CAST_MARKS 32u /* that are remembered: reports may be on their way for longer than it is to the next one */

/* The end of a round, told for the first time. */
typedef struct {
  guint32 window;
  guint32 round;
  gint64 at; /* µs; 0: unused */
} ScCastMark;

/* What the files of ScCastSender share: sc-cast-sender.c (rounds, reports, blocks, sending), sc-cast-sender-orders.c
 * (what it is told while it runs, and asked) and sc-cast-sender-waiting.c (who makes the others wait). */
struct _ScCastSender {
  ScCastLayout layout;
  guint32 n_blocks;
  guint32 n_windows;
  ScCastSenderState state;
  gboolean paused;

  ScCastSeats seats;
  ScCastSealer *sealer;
  ScCastCode *code;
  guint32 counter;
  ScCastPacer pacer;

  ScCastSendWindow *windows; /* window w at w % SC_CAST_MAX_WINDOWS */
  guint32 base;              /* the first window that is not done */
  guint32 source_window;     /* the one whose source symbols are being sent, or will be next */
  guint32 next_block;        /* to be supplied */

  gint64 begun_at; /* when the first source symbol was due, later by the time that it was paused */
  gint64 paused_at;
  ScCastMark marks[SC_CAST_MARKS];
  guint n_marks;
  gint64 marked_at; /* the last one */
  gint64 poll_at;   /* when the seats are asked how they follow, if no round ends before */
  gint64 noted_at;  /* until when the time is accounted for */
  gint64 heard_at;  /* until when the driver has fed in what the seats say; 0: it never says so */
  gint64 stalled;   /* for which seats were charged */
  gint64 probe_at;
  gint64 probe_end;
  guint32 n_probes;
  gboolean ending;
  gint64 end_at;
  guint n_ends;
  ScCastSenderStats stats;
};

static inline ScCastSendWindow *
window_at (ScCastSender *self, guint32 window)
{
  return &self->windows[window % SC_CAST_MAX_WINDOWS];
}

/* The windows whose rounds may be open are [base, source_window]. */
static inline guint32
end_window (ScCastSender *self)
{
  return MIN (self->source_window + 1, self->n_windows);
}

/* The window if it is in memory, or %NULL: its slot may hold an earlier one, or nothing. */
static inline ScCastSendWindow *
find_window (ScCastSender *self, guint32 window)
{
  ScCastSendWindow *slot = window_at (self, window);

  return slot->n_blocks > 0 && slot->window == window ? slot : NULL;
}

static inline ScCastSendWindow *
find_window_in (ScCastSender *self, guint32 window, ScCastWindowPhase phase)
{
  ScCastSendWindow *slot = find_window (self, window);

  return slot != NULL && slot->phase == phase ? slot : NULL;
}

/* The first window whose repairs are pending, or %NULL. */
static inline ScCastSendWindow *
repair_ready (ScCastSender *self)
{
  for (guint32 w = self->base; w < end_window (self); w++) {
    ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_REPAIR);

    if (window != NULL)
      return window;
  }
  return NULL;
}

/* Charges the time until @now to whoever made the others wait. To be called before anything changes. */
/* Whether nothing may go before the first window is done, but MARKs. */
gboolean sc_cast_sender_is_stalled (ScCastSender *self);
void sc_cast_sender_note_time (ScCastSender *self, gint64 now);

G_END_DECLS
