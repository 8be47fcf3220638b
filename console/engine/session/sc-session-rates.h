/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/**
 * ScSessionRates:
 *
 * How fast a session was over its whole time: bits of content and of repairs in intervals of the same length, at most
 * SC_SESSION_RATES_MAX_SAMPLES. It begins with 250 ms; when all samples are used, two become one and the interval
 * doubles. No clock of its own: the times are µs of any clock that does not go back.
 */
typedef struct _ScSessionRates ScSessionRates;

#define SC_SESSION_RATES_MAX_SAMPLES 600u
#define SC_SESSION_RATES_INTERVAL_MS 250u
#define SC_SESSION_RATES_IDLE_TIME (1500 * G_TIME_SPAN_MILLISECOND)

/* @start: µs since 1970, only to be told. @now: the same moment on the clock that sc_session_rates_add() goes by */
ScSessionRates *sc_session_rates_new (gint64 start, gint64 now);
/* One that was kept: it goes on at @now, when it was @real_now; in the time between, nothing was sent.
 * Errors: %SC_ERROR_INVALID */
ScSessionRates *sc_session_rates_new_from_json (const ScJson *json, gint64 real_now, gint64 now, GError **error);
void sc_session_rates_free (ScSessionRates *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionRates, sc_session_rates_free)

/* @content, @repair: bytes so far, counted from the beginning of this object; spread evenly over the time since the
 * last call */
void sc_session_rates_add (ScSessionRates *self, gint64 now, guint64 content, guint64 repair);

/* Whether nothing was sent in the last SC_SESSION_RATES_IDLE_TIME µs before @now. */
gboolean sc_session_rates_is_idle (const ScSessionRates *self, gint64 now);

/* Bytes of content in all samples. */
guint64 sc_session_rates_get_content (const ScSessionRates *self);

/* {"start": µs since 1970, "elapsed": µs, "interval_ms", "content_bits_per_second": […], "repair_bits_per_second":
 * […]}; the last sample may be of a part of its interval. */
ScJson *sc_session_rates_to_json (const ScSessionRates *self);

G_END_DECLS
