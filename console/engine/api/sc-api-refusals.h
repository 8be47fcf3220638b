/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

#define SC_API_REFUSALS_MAX 64u /* addresses that are known at once */

/**
 * ScApiRefusals:
 *
 * Tells of seats whose connection is refused, which nobody at the console would see otherwise: in the engine's own log
 * once a minute and address; in the activity, and in the log of the seat where it is known which one it is, once an
 * hour and address. What is kept of addresses is bounded, so that who sends from many of them fills neither memory nor
 * the catalog: those beyond are counted as one. Listens to the hub. Main thread only.
 */
typedef struct _ScApiRefusals ScApiRefusals;

/* @parts: outlive it */
ScApiRefusals *sc_api_refusals_new (const ScApiParts *parts);
void sc_api_refusals_free (ScApiRefusals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiRefusals, sc_api_refusals_free)

/* @address: from where; @seat: (nullable): the id that it claims, otherwise the seat is looked for by its address;
 * @why: for people; @now: µs, monotonic */
void sc_api_refusals_note (ScApiRefusals *self, const char *address, const char *seat, const char *why, gint64 now);

G_END_DECLS
