/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"
#include "common/sc-connection.h"
#include "common/sc-backoff.h"
#include "service/sc-seat-identity.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ScFetch:
 *
 * HTTPS requests to the console. A seat that has enrolled shows its certificate and checks the console's by what it
 * trusts; one that has not only knows the authority's fingerprint. Answers are capped before they are read, checked by
 * hash where one is known, asked for again with back-off when the console does not answer or the answer is damaged.
 * Asynchronous on libsoup; main thread only.
 */
typedef struct _ScFetch ScFetch;

#define SC_FETCH_TIMEOUT 30u  /* s without a byte: the console counts as dead */
#define SC_FETCH_ATTEMPTS 10u /* a minute or two with the back-off: the time of an engine's restart and more */

/* @identity: (nullable): of a seat that has enrolled, must outlive it; NULL: it has not */
ScFetch *sc_fetch_new (const ScConnection *connection, ScSeatIdentity *identity);
/* To enrol: it shows no certificate, and knows the console by the authority's fingerprint, or by what @identity trusts
 * if that has enrolled before: the authority may have been changed since the settings were made. */
ScFetch *sc_fetch_new_to_enrol (const ScConnection *connection, ScSeatIdentity *identity);
void sc_fetch_free (ScFetch *self); /* not while requests run: cancel and await them first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScFetch, sc_fetch_free)
/* Other than the defaults SC_BACKOFF_BASE and SC_FETCH_ATTEMPTS. @base: ms */
void sc_fetch_set_retry (ScFetch *self, guint base, guint attempts);

SoupSession *sc_fetch_get_session (ScFetch *self);
/* A message that shows who the seat is, for this session only; @path begins with '/'. (nullable): not a URL */
SoupMessage *sc_fetch_new_message (ScFetch *self, const char *method, const char *path);
/* (transfer full): in words why a message of this session had no answer: what was wrong with the console's certificate
 * says more than that it was not accepted. @silence: stands before any other reason, for then the console is silent */
char *sc_fetch_describe (ScFetch *self, const GError *error, const char *silence);

/* The HTTP cache of the seat's room. @url: https://HOST[:PORT]; NULL or "": none. One that is no such URL is told, and
 * none is used. */
void sc_fetch_set_cache (ScFetch *self, const char *url);
gboolean sc_fetch_has_cache (ScFetch *self); /* and it is asked now */
/* For tests: by what clock it is left alone for a while, other than g_get_monotonic_time(). */
void sc_fetch_set_clock (ScFetch *self, gint64 (*clock) (void));

typedef struct {
  const char *path;
  GBytes *body;          /* (nullable): POSTed as application/octet-stream */
  guint64 session;       /* that its bytes are booked to; 0: none */
  guint64 range_offset;  /* bytes */
  guint64 range_length;  /* bytes; 0: the whole */
  gsize max_bytes;       /* a longer answer is refused */
  const ScChunkId *hash; /* (nullable): of the answer */
  /* (nullable): where the same lies at a cache: it is fetched there, and where that yields nothing good at @path, at
   * once and without a word to the caller */
  const char *cache_path;
} ScFetchRequest;

/* Errors: %SC_ERROR_NOT_FOUND (404), %SC_ERROR_DENIED (401, 403), %SC_ERROR_INVALID (too long, another status),
 * %SC_ERROR_CORRUPT (hash; after all attempts), %SC_ERROR_UNREACHABLE (after all attempts), %SC_ERROR_CANCELLED */
void sc_fetch_async (ScFetch *self, const ScFetchRequest *request, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data);
GBytes *sc_fetch_finish (ScFetch *self, GAsyncResult *result, GError **error); /* (transfer full) */
/* In the callback. Whoever checks an answer that has no hash then says what it is worth; where it is wrong, the console
 * may have a better one. @wrong: (nullable): in what way it is */
gboolean sc_fetch_came_by_cache (GAsyncResult *result);
void sc_fetch_judge_cache (ScFetch *self, const char *wrong);

G_END_DECLS
