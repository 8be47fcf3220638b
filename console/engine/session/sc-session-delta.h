/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-session-deltas.h"
#include "console/engine/session/sc-session-holders.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How much work finding deltas may be. What is not looked at any more is sent as it is stored. */
typedef struct {
  guint32 max_references; /* chunks of the seats' that are read to be compared */
  gint64 max_time;        /* µs */
  gsize memory;           /* bytes of deltas that are kept in memory */
} ScSessionDeltaLimits;

/* What a session with @n_frames frames is given: 2 s, and 1 s for each GiB of chunks; 16 chunks of the seats' for each
 * that is to be sent, and 8,192 (512 MiB) more, at most 131,072 (8 GiB). */
void sc_session_delta_limits_init (ScSessionDeltaLimits *self, guint32 n_frames);

/* All (transfer none). */
typedef struct {
  ScStore *store;
  const ScVersionManifest *version;
  const ScChunkIndex *chunks; /* of the version */
  const ScSessionHolders *holders;
  const ScStoreEntry *entries; /* the plan's frames, as they are stored */
  guint32 n_entries;
  ScSessionDeltaLimits limits;
} ScSessionDeltaInput;

/**
 * sc_session_delta_make:
 *
 * Finds for the frames of a plan reference chunks that all seats have that want the frame, and encodes against them:
 * the chunk at the same place, or the one that shares most with it (sc-session-sketch.h). A delta is taken where it
 * saves 10 % of the frame and 96 bytes. Slow: runs on the calling thread and on a second one.
 * Errors: %SC_ERROR_CANCELLED, those of the store and of the disk
 *
 * Returns: (transfer full): sealed; may be empty
 */
ScSessionDeltas *sc_session_delta_make (const ScSessionDeltaInput *input, GCancellable *cancellable, GError **error);

G_END_DECLS
