/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/**
 * sc_apply_back_list:
 * @undo_bytes: (out): disk space that the undo store takes
 *
 * The versions, newest first, that this seat can go to without the network: all their chunks are in the repository or
 * in the undo store, and their manifests in the state. Looks chunks up by their names and reads none; takes a second
 * for 100 GB, so not to be called often, and not while an update runs. Returns: (element-type guint64) (transfer full).
 * Errors: those of disk and state
 */
GArray *sc_apply_back_list (ScDisk *disk, ScSeatState *state, guint64 *undo_bytes, GError **error);

G_END_DECLS
