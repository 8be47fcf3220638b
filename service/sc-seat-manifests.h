/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-chunk.h"

G_BEGIN_DECLS

/*
 * The manifests that a seat keeps, by hash: manifests/HEX in the service's own directory. Checked when they are loaded.
 * One thread at a time: ScSeatState sees to it.
 */

/* @disk: rooted at the service's own directory, as below */
gboolean sc_seat_manifests_make (ScDisk *disk, GError **error);
/* Durable when it returns. Errors: %SC_ERROR_INVALID when the bytes are not those of @id */
gboolean sc_seat_manifests_save (ScDisk *disk, const ScChunkId *id, GBytes *bytes, GError **error);
/* Whether there is one, be it damaged. */
gboolean sc_seat_manifests_has (ScDisk *disk, const ScChunkId *id);
/* Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_CORRUPT */
GBytes *sc_seat_manifests_load (ScDisk *disk, const ScChunkId *id, GError **error);
/* Adds to @set (of ScChunkId, owned by it) the manifests of the templates that the version's manifest @id names. One
 * that is missing or damaged names none: it is fetched again when it is needed. */
void sc_seat_manifests_add_templates (ScDisk *disk, const ScChunkId *id, GHashTable *set);
/* Removes all that are not in @keep, a set of ScChunkId. */
gboolean sc_seat_manifests_prune (ScDisk *disk, GHashTable *keep, GError **error);

G_END_DECLS
