/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * sc_api_diff_versions:
 * @from: 0: nothing, so that all of @to is added
 *
 * What differs, and what a seat that has @from needs for @to. Reads whole manifests: not for the main loop.
 * Thread-safe.
 *
 * Returns: (transfer full): a Diff of openapi.json
 */
ScJson *sc_api_diff_versions (ScStore *store, guint64 from, guint64 to, GError **error);

G_END_DECLS
