/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a sender can say of its seats and of its rate: for the console, the API and the metrics. The nicks are part of
 * the API and of the catalog; they never change.
 */
typedef enum {
  SC_CAST_SEAT_ACTIVE,
  SC_CAST_SEAT_UNHEARD,     /* no multicast reaches it */
  SC_CAST_SEAT_SILENT,      /* nothing was heard of it for too long */
  SC_CAST_SEAT_OVER_BUDGET, /* needed more repairs than a seat may cost the others */
  SC_CAST_SEAT_TOO_SLOW,    /* reported so late that the others had to wait for it for too long */
  SC_CAST_SEAT_STRAINED, /* as the last two, and the cause is its own: its socket drops, or its disk does not follow */
  SC_CAST_SEAT_REMOVED,  /* left, or was shut out */
} ScCastSeatState;

/* "active", "unheard", "silent", "over-budget", "too-slow", "strained", "removed" */
const char *sc_cast_seat_state_to_nick (ScCastSeatState state);

/* What keeps the rate from being higher now. */
typedef enum {
  SC_CAST_LIMIT_CAP,    /* what staff allowed */
  SC_CAST_LIMIT_LINK,   /* nothing yet: it began with what the slowest link says, and has not tried more */
  SC_CAST_LIMIT_TRYING, /* nothing: it is on its way up, and whether the seats follow is being found out */
  SC_CAST_LIMIT_PATH,   /* more was lost at most of the seats when it was higher: something between them is full */
  SC_CAST_LIMIT_SEATS,  /* they are waited for, or the sockets or disks of many did not follow when it was higher */
  SC_CAST_LIMIT_SOURCE, /* the console does not read, seal or hand over more than this */
  SC_CAST_LIMIT_UPLINK, /* the console's own interface is slower */
  SC_CAST_N_LIMITS
} ScCastRateLimit;

/* "cap", "link", "trying", "path", "seats", "source", "uplink" */
const char *sc_cast_rate_limit_to_nick (ScCastRateLimit limit);

/* Of one seat. Datagrams as it counts them itself, and as of its last report. */
typedef struct {
  ScCastSeatState state;
  gint64 demoted_at; /* µs on the clock of the sender's calls (CLOCK_MONOTONIC in production); 0: it is active */
  guint64 received;  /* datagrams */
  guint64 lost;      /* datagrams that never came */
  guint64 dropped;   /* of these, by its own socket; and what it refused for want of memory */
  guint64 backlog;   /* bytes received and not yet written to disk */
  guint64 repairs;   /* symbols that it asked for */
  guint64 charged;   /* of these, what it alone caused: they count against its budget */
  gint64 waited;     /* µs for which the others waited for it; only a part where they waited for many more */
} ScCastSeatFigures;

G_END_DECLS
