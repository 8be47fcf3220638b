/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-catch-up-batch.h"
#include "service/sc-fetch.h"

G_BEGIN_DECLS

/*
 * Catch-up (DESIGN §5): everything that a sink still wants, by HTTPS: POST /v1/chunks/locate, then ranges of
 * /v1/packs/N, or through the cache of the seat's room. Packs that are gone by then (404: the store was cleaned) are
 * located anew; damaged bytes are fetched again, from the console, a few times.
 */
#define SC_CATCH_UP_TRIES 4u /* rounds in a row without a new chunk, and fetches of a damaged range */

/* @sink is copied; its object and @fetch must live until the callback. @session: that the bytes are booked to; 0: none.
 * Errors: %SC_ERROR_NOT_FOUND naming a chunk, %SC_ERROR_CORRUPT, %SC_ERROR_UNREACHABLE, %SC_ERROR_CANCELLED, the sink's
 */
void sc_catch_up_async (ScFetch *fetch, const ScChunkSink *sink, guint64 session, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
gboolean sc_catch_up_finish (GAsyncResult *result, GError **error);

G_END_DECLS
