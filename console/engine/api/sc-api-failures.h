/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

#define SC_API_FAILURES_MAX 256u /* of which kept at once */

/**
 * ScApiFailures:
 *
 * Records sign-ins that failed and what users were denied, at most twice a minute each: the first at once, and those
 * that follow within the minute as one, with their number, at its end. What is kept is bounded: those beyond are
 * counted together. Main thread only.
 */
typedef struct _ScApiFailures ScApiFailures;

/* @activity: outlives it */
ScApiFailures *sc_api_failures_new (ScActivity *activity);
/* Records what is still counted. */
void sc_api_failures_free (ScApiFailures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiFailures, sc_api_failures_free)

/* What of these belongs together has the same action, @who, @address and @detail (nullable). */
void sc_api_failures_note (ScApiFailures *self, const char *action, const ScPrincipal *who, const char *address,
                           const char *detail, const char *why);
/* For tests: as if all minutes were over. */
void sc_api_failures_flush (ScApiFailures *self);

G_END_DECLS
