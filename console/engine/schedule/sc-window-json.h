/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* Days of the week and times of the day as the API has them: ["mon", …] (bit 0 of @days: Monday), "18:00" (minutes
 * after midnight). The first two return (transfer full), the others fail with %SC_ERROR_INVALID naming the member. */
ScJson *sc_window_days_to_json (guint8 days);
ScJson *sc_window_minute_to_json (guint16 minute);
/* @days: (out): at least one */
gboolean sc_window_days_from_json (const ScJson *object, const char *key, guint8 *days, GError **error);
gboolean sc_window_minute_from_json (const ScJson *object, const char *key, guint16 *minute, GError **error);

G_END_DECLS
