/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

#include <glib.h>

G_BEGIN_DECLS

#define SC_RATE_SERIES_MAX 4096u /* samples that are looked at; the engine keeps 600 */

typedef struct {
  double time;             /* seconds since the start: the middle of what was sampled */
  guint64 content, repair; /* bits/s */
} ScRatePoint;

/**
 * ScRateSeries:
 *
 * How fast a session has sent, as GET /v1/sessions/{id}/rates tells it. Immutable.
 */
typedef struct _ScRateSeries ScRateSeries;

/* Errors: %SC_ERROR_INVALID, naming the member */
ScRateSeries *sc_rate_series_parse (const ScJson *json, GError **error);
ScRateSeries *sc_rate_series_ref (ScRateSeries *self);
void sc_rate_series_unref (ScRateSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScRateSeries, sc_rate_series_unref)

guint sc_rate_series_get_length (const ScRateSeries *self);
double sc_rate_series_get_seconds (const ScRateSeries *self); /* from the start to the end of the last sample */
guint64 sc_rate_series_get_max (const ScRateSeries *self);    /* bits/s of content and repair together */
/* Of both together, those in which anything was sent. */
guint64 sc_rate_series_get_mean (const ScRateSeries *self);
/* 0 to 1: what of all that was sent was repair. */
double sc_rate_series_get_repair_share (const ScRateSeries *self);
/* Returns: whether there is any. @point: (out): the last */
gboolean sc_rate_series_get_last (const ScRateSeries *self, ScRatePoint *point);

/**
 * sc_rate_series_get_points:
 * @max_points: at least 2
 *
 * Returns: (transfer full) (element-type ScRatePoint): what to draw where there is room for @max_points: all samples,
 * or of each equal stretch of time the lowest and the highest, as they came, so that no stall and no peak is lost
 */
GArray *sc_rate_series_get_points (const ScRateSeries *self, guint max_points);

G_END_DECLS
