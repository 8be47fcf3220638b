/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-apply.h"
#include "service/sc-fetch.h"

G_BEGIN_DECLS

/*
 * The first step of every order: fetches the version's manifest and those of its templates that the seat does not have
 * yet, and plans (sc_apply_new()) off the main thread. All arguments but @manifest must live until the callback.
 */
void sc_prepare_async (ScFetch *fetch, ScDisk *disk, ScSeatState *state, guint64 version, const ScChunkId *manifest,
                       ScProgress *progress, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data);
/* (transfer full) */
ScApply *sc_prepare_finish (GAsyncResult *result, GError **error);

G_END_DECLS
