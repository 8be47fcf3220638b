/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/sc-health.h"
#include "console/engine/sc-metrics.h"

G_BEGIN_DECLS

/**
 * ScMetricsServer:
 *
 * GET /metrics and GET /health over plain HTTP, to anybody who reaches the address: meant for 127.0.0.1, or a network
 * of administrators. Nothing else can be done there; what is told are counts and rooms' names. Main thread only.
 */
typedef struct _ScMetricsServer ScMetricsServer;

/* @listen: ADDRESS:PORT, port 0: any. @metrics, @health outlive it. Errors: %SC_ERROR_INVALID, %SC_ERROR_BUSY */
ScMetricsServer *sc_metrics_server_new (ScMetrics *metrics, ScHealth *health, const char *listen, GError **error);
void sc_metrics_server_free (ScMetricsServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScMetricsServer, sc_metrics_server_free)
/* http://ADDRESS:PORT/metrics, by the port that it has */
const char *sc_metrics_server_get_url (ScMetricsServer *self);
guint16 sc_metrics_server_get_port (ScMetricsServer *self);

G_END_DECLS
