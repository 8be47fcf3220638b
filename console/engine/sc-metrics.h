/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/**
 * ScMetrics:
 *
 * The engine's figures for Prometheus (docs/operations.md lists them). What the catalog and the store's disk know is
 * read on a thread of its own, over a connection of its own to the catalog, so that a scrape holds up nothing: a
 * thousand seats take 2 ms of the main thread. Main thread only.
 */
#define SC_TYPE_METRICS (sc_metrics_get_type ())
G_DECLARE_FINAL_TYPE (ScMetrics, sc_metrics, SC, METRICS, GObject)

#define SC_METRICS_MIN_INTERVAL (2 * G_TIME_SPAN_SECOND)    /* who asks more often is given the same seats again */
#define SC_METRICS_STORE_INTERVAL (60 * G_TIME_SPAN_SECOND) /* the store's size */

/* @parts: (transfer none): outlive it, but see sc_metrics_stop() */
ScMetrics *sc_metrics_new (const ScApiParts *parts);
/* Before @parts go: waits for the thread. */
void sc_metrics_stop (ScMetrics *self);
void sc_metrics_get_async (ScMetrics *self, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full): ScMetricsText's. Errors: of the catalog and the store */
char *sc_metrics_get_finish (ScMetrics *self, GAsyncResult *result, GError **error);

G_END_DECLS
