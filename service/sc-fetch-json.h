/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "service/sc-fetch.h"

G_BEGIN_DECLS

/**
 * sc_fetch_json_async:
 * @body: (nullable): POSTed; NULL: GET
 * @max_bytes: a longer answer is refused
 *
 * One question to the console, asked once, whose answer is JSON whatever its status is. What was sent is wiped.
 */
void sc_fetch_json_async (ScFetch *self, const char *path, const ScJson *body, gsize max_bytes,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* @status: (out): of HTTP; 0 with an error before it was known. Returns: (transfer full): an object. Errors:
 * %SC_ERROR_UNREACHABLE no answer; %SC_ERROR_INVALID an answer that is no JSON object, or too long;
 * %SC_ERROR_CANCELLED */
ScJson *sc_fetch_json_finish (GAsyncResult *result, guint *status, GError **error);
/* (transfer full): what the console says in an answer about an error, as one line; @fallback where it says nothing */
char *sc_fetch_json_dup_error (const ScJson *answer, const char *fallback);

G_END_DECLS
