/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/sessions/sc-rate-series.h"

G_BEGIN_DECLS

/* @series: (nullable): none is known; @error: (nullable): why there is no newer one */
typedef void (*ScRateFeedFunc) (gpointer data, ScRateSeries *series, const GError *error);

/**
 * ScRateFeed:
 *
 * Fetches the rates of one session: once a second while it runs, once more when it is over, and not again.
 */
typedef struct _ScRateFeed ScRateFeed;

ScRateFeed *sc_rate_feed_new (ScConsole *console, ScRateFeedFunc changed, gpointer data);
/* @changed is not called any more. */
void sc_rate_feed_free (ScRateFeed *self);

/* Of @session (nullable) from now on; nothing changes when it is the same. */
void sc_rate_feed_follow (ScRateFeed *self, ScSessionItem *session);
/* While it is not looked at nothing is fetched. */
void sc_rate_feed_set_active (ScRateFeed *self, gboolean active);

G_END_DECLS
