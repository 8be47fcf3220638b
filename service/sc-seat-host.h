/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-seat-settings.h"

G_BEGIN_DECLS

/**
 * ScSeatHost:
 *
 * Runs a seat's service by settings that others change while it runs. Settings that are missing or wrong are a state:
 * it says so and waits for others. Changed ones are taken up by a new service as soon as the old one has ended durably,
 * an update in progress goes on there. Settings that cannot be read for now end nothing and are looked for again. So
 * are directories of the templates or the state that are not there: it says so once, and looks each minute until they
 * are.
 *
 * A seat without an identity enrols first: until it is approved it has no service, and says once what it waits for. If
 * the console does not let in a seat that has one (it was revoked, or has expired), the service stays, and tries on;
 * beside it the seat enrols anew, with the token of its settings if they have one. Main thread only.
 */
typedef struct _ScSeatHost ScSeatHost;

typedef struct {
  ScSeatSettings *(*read) (gpointer user_data, GError **error);
  /* Returns: (transfer full) (nullable): a source that calls its GSourceFunc when settings may have changed */
  GSource *(*watch) (gpointer user_data);
  /* It ends by itself: the settings that have come are complete, but there can be no service with them. Called once;
   * the host is idle then, and may be freed. */
  void (*ended) (const GError *error, gpointer user_data);
  void (*told) (const char *status, gpointer user_data); /* (nullable): how it is now, one line for people */
  gpointer user_data;
} ScSeatHostWorld;

#define SC_SEAT_HOST_SETTLE 2000u /* ms: policies are removed and written again, one value at a time */

/* @settle: ms from the last change of a setting until they are read; SC_SEAT_HOST_SETTLE */
ScSeatHost *sc_seat_host_new (const ScSeatHostWorld *world, guint settle);
void sc_seat_host_free (ScSeatHost *self); /* before start, or after the end */
/* Waiting for settings, directories or approval is no error. Errors: as sc_service_new() */
gboolean sc_seat_host_start (ScSeatHost *self, GError **error);
gboolean sc_seat_host_is_waiting (ScSeatHost *self);
/* Stops what is in hand, durably, and calls @stopped from the main loop (once) when the host may be freed. */
void sc_seat_host_quit (ScSeatHost *self, GSourceFunc stopped, gpointer user_data);

G_END_DECLS
