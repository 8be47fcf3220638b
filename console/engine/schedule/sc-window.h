/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScWindow:
 *
 * A maintenance window: when the network of a room may be used, every week. It opens on each of @days at @from and
 * closes at @to, on the next day where @to is not later than @from (so 00:00 to 00:00 is the whole day). These are
 * times of the wall clock in @zone: one that the change to daylight saving time leaves out is the moment of the change,
 * of one that comes twice the first counts for opening and the last for closing, and a window may therefore be an hour
 * longer or shorter that day. Openings that overlap or touch are one. Plain data; no clock of its own.
 */
#define SC_WINDOW_ALL_DAYS 0x7fu
#define SC_WINDOW_DAY_MINUTES (24u * 60)

typedef struct {
  guint8 days;  /* bit 0: Monday; 0: no window, so at any time */
  guint16 from; /* minutes after midnight, < SC_WINDOW_DAY_MINUTES */
  guint16 to;   /* the same */
  char *zone;   /* (owned): as g_time_zone_new_identifier() takes it ("Europe/Berlin", or, on every system, a POSIX TZ
                   rule such as "CET-1CEST,M3.5.0,M10.5.0/3"); empty: the console's own */
} ScWindow;

void sc_window_clear (ScWindow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScWindow, sc_window_clear)
void sc_window_copy (const ScWindow *self, ScWindow *copy);
gboolean sc_window_equal (const ScWindow *a, const ScWindow *b);
/* Errors: %SC_ERROR_INVALID naming what is wrong: a zone that this system does not know, … */
gboolean sc_window_check (const ScWindow *self, GError **error);

gboolean sc_window_is_set (const ScWindow *self);
/* Whether it is open at @now (µs since 1970). @closes: (out) (optional): when it closes then, µs; G_MAXINT64: never */
gboolean sc_window_is_open (const ScWindow *self, gint64 now, gint64 *closes);
/* The first opening after @now, µs since 1970, also where it is open then. G_MAXINT64: none (it never closes) */
gint64 sc_window_next_opening (const ScWindow *self, gint64 now);
/* The first time after @now that is @minute of one of @days in @zone (a repeated session). µs since 1970 */
gint64 sc_window_next_time (guint8 days, guint16 minute, const char *zone, gint64 now);

/* "mon,wed-fri 18:00-06:00 Europe/Berlin", "any time". sc_window_parse() reads the same, "day" for all days, and "none"
 * for any time. (transfer full) */
char *sc_window_to_text (const ScWindow *self);
/* @self: (out): to be cleared. Errors: %SC_ERROR_INVALID with an example */
gboolean sc_window_parse (const char *text, ScWindow *self, GError **error);

G_END_DECLS
