/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sessions/sc-rate-series.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* Pango 1.50 leaves this to its users. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PangoContext, g_object_unref)

typedef struct {
  double red, green, blue, alpha;
} ScRateColor;

typedef struct {
  double width, height; /* of all, in units of the cairo context */
  guint64 rate_cap;     /* bits/s; 0: none */
  ScRateColor text, grid, content, repair, cap;
} ScRateLook;

/**
 * ScRateDrawing:
 *
 * A session's rates as a picture, on any cairo surface: the window's, a page's. What does not depend on what is drawn
 * over is made once; drawing looks only at what lies within the clip. It belongs to one thread.
 */
typedef struct _ScRateDrawing ScRateDrawing;

/* @context: its font; @series: (nullable): nothing was measured */
ScRateDrawing *sc_rate_drawing_new (PangoContext *context, const ScRateLook *look, ScRateSeries *series);
void sc_rate_drawing_free (ScRateDrawing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScRateDrawing, sc_rate_drawing_free)

void sc_rate_drawing_draw (ScRateDrawing *self, cairo_t *cr);

/* What the axes end with and are divided by, for @most in bits/s or @most in seconds, in at most @max_parts parts. */
guint64 sc_rate_drawing_pick_rate_step (guint64 most, guint max_parts);
guint64 sc_rate_drawing_pick_time_step (double seconds, guint max_parts);

G_END_DECLS
