/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sessions/sc-rate-series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScRatePlot:
 *
 * How fast a session sends: content, repair on top of it, and the cap. Its accessible description says the figures.
 */
#define SC_TYPE_RATE_PLOT (sc_rate_plot_get_type ())
G_DECLARE_FINAL_TYPE (ScRatePlot, sc_rate_plot, SC, RATE_PLOT, GtkDrawingArea)

/* @series: (nullable): nothing is known yet; @rate_cap: bits/s, 0: none */
void sc_rate_plot_set (ScRatePlot *self, ScRateSeries *series, guint64 rate_cap);
ScRateSeries *sc_rate_plot_get_series (ScRatePlot *self); /* (nullable) (transfer none) */

G_END_DECLS
