/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply.h"
#include "service/sc-fetch.h"
#include "service/sc-seat-volumes.h"

G_BEGIN_DECLS

/* What an update is prepared with. All must outlive it. */
typedef struct {
  ScFetch *fetch;
  ScDisk *disk;
  ScSeatState *state;
  const ScApplySettings *settings;
  ScSeatVolumes *volumes; /* (nullable): are not looked at */
} ScPrepareWorld;

/*
 * The first step of every order: looks whether the repository may be written to (sc_seat_volumes_check()), takes the
 * version's manifest and those of its templates from the state, fetches those that the seat does not have yet, and
 * plans (sc_apply_new()) off the main thread. So a version that the seat knows needs nothing from the console. @world
 * is copied.
 */
void sc_prepare_async (const ScPrepareWorld *world, guint64 version, const ScChunkId *manifest, ScProgress *progress,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) */
ScApply *sc_prepare_finish (GAsyncResult *result, GError **error);

G_END_DECLS
