/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-seat-identity.h"

G_BEGIN_DECLS

/**
 * ScFetchCache:
 *
 * The HTTP cache of the seat's room, and whether it is worth asking now. It is a help and nothing is believed of it: it
 * shows a certificate that the console's authority gave to a cache, and what it answers is checked by hash as the
 * console's answers are. One that does not answer, or refuses, is left alone for a while, longer each time; so is one
 * whose answers are wrong several times in a row. Why is told once, until it is sound again. No clock: times are given,
 * monotonic, in µs. Reference-counted; main thread only.
 */
typedef struct _ScFetchCache ScFetchCache;

#define SC_FETCH_CACHE_WAIT 5000u       /* ms: before it is asked again; doubled each time … */
#define SC_FETCH_CACHE_WAIT_MAX 600000u /* ms: … up to this */
#define SC_FETCH_CACHE_STRIKES 3u       /* wrong answers in a row */

/* @url: https://HOST[:PORT]. Errors: %SC_ERROR_INVALID */
ScFetchCache *sc_fetch_cache_new (const char *url, GError **error);
ScFetchCache *sc_fetch_cache_ref (ScFetchCache *self);
void sc_fetch_cache_unref (ScFetchCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScFetchCache, sc_fetch_cache_unref)

const char *sc_fetch_cache_get_url (const ScFetchCache *self); /* without a slash at its end */
/* Whether @peer is a cache of the console that @identity has enrolled at, under this URL's host. @now: s since 1970.
 * The answer is kept for sc_fetch_cache_get_refusal(). */
gboolean sc_fetch_cache_accepts (ScFetchCache *self, ScSeatIdentity *identity, GTlsCertificate *peer, gint64 now);
const char *sc_fetch_cache_get_refusal (const ScFetchCache *self); /* (nullable): of the last certificate */

gboolean sc_fetch_cache_is_ready (const ScFetchCache *self, gint64 now);
/* It did not answer, or would not. @random: in [0, 1) */
void sc_fetch_cache_failed (ScFetchCache *self, const char *why, gint64 now, double random);
/* What it answered had the wrong bytes. */
void sc_fetch_cache_was_wrong (ScFetchCache *self, const char *why, gint64 now, double random);
/* What it answered had the right ones. */
void sc_fetch_cache_was_right (ScFetchCache *self);

G_END_DECLS
