/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScZone:
 *
 * A time zone: the wall clock's days and minutes to µs since 1970 and back. Zones are kept once they were used, so that
 * asking is cheap; the system's tables are therefore those of the first use (the console's own zone may change). All
 * functions may be used from all threads, an object only from the thread that got it.
 */
typedef struct _ScZone ScZone;

#define SC_ZONE_MAX_BYTES 64u

/* @name: (nullable): an IANA name, a POSIX TZ rule, on Windows also one of its names; empty or NULL: this machine's.
 * Errors: %SC_ERROR_INVALID: this system does not know it */
gboolean sc_zone_check (const char *name, GError **error);
/* (transfer none): UTC for one that is not known (any more) */
ScZone *sc_zone_get (const char *name);
/* Days since 1970-01-01 of the wall clock at @time (µs since 1970) */
gint64 sc_zone_get_day (ScZone *self, gint64 time);
/* When it is @minute (after midnight) of @day: µs since 1970. A time that is left out when the clock is put forward is
 * the moment of the change; of one that comes twice it is the first, or the @last. */
gint64 sc_zone_get_time (ScZone *self, gint64 day, guint minute, gboolean last);

G_END_DECLS
