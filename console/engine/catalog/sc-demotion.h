/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* That a seat was taken off the stream of a session, so that the others need not wait for it: it gets the rest by
 * catch-up. A plain struct; strings are owned. */
typedef struct {
  gint64 time;  /* µs since 1970 */
  char *reason; /* nick: sc_cast_seat_state_to_nick() */
} ScDemotion;

/* Of one seat in one session; further ones are not kept. */
#define SC_DEMOTIONS_MAX 16u

/* All (element-type ScDemotion), oldest first; NULL is an empty list. */
GPtrArray *sc_demotions_copy (GPtrArray *demotions); /* (nullable) (transfer full) */
/* @demotions: (inout) (nullable): made where it is NULL */
void sc_demotions_add (GPtrArray **demotions, gint64 time, const char *reason);
/* [{"time": µs since 1970, "reason": nick}, …]: as the catalog keeps them. Returns: (transfer full) */
char *sc_demotions_to_text (GPtrArray *demotions);
/* (nullable) (transfer full): what is damaged is not known any more */
GPtrArray *sc_demotions_from_text (const char *text);

/* Says to people what @reason is; the nick itself where it is none that this engine knows. */
const char *sc_demotion_describe (const char *reason);

G_END_DECLS
