/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-volume.h"

G_BEGIN_DECLS

/**
 * ScSeatVolumes:
 *
 * The volumes that a seat writes to, the repository's and its state's, as they were found last, and whether the
 * repository may be written to: a volume that forgets, compresses or deduplicates takes no update unless that was
 * accepted. Asked anew at every order, because volumes are thawed and directories uncompressed meanwhile. Thread-safe;
 * one look at a time.
 */
typedef struct _ScSeatVolumes ScSeatVolumes;

/* As sc_volume_inspect(), which a test's double stands for. */
typedef ScVolume *(*ScVolumeInspectFunc) (const char *directory, GError **error);

/* Nothing has been looked at yet. @accepted: traits that the repository's volume may have */
ScSeatVolumes *sc_seat_volumes_new (const char *repository, const char *state, ScVolumeTraits accepted,
                                    ScVolumeInspectFunc inspect);
void sc_seat_volumes_free (ScSeatVolumes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatVolumes, sc_seat_volumes_free)

/* Looks at both; blocks, on Windows up to some seconds. What changed is logged. A volume that cannot be looked at is
 * unknown, and not refused. */
void sc_seat_volumes_look (ScSeatVolumes *self);
/* Looks, and says whether the repository may be written to. Errors: %SC_ERROR_STATE, with the reason and the remedy */
gboolean sc_seat_volumes_check (ScSeatVolumes *self, GError **error);
/* As found last. (transfer full) */
ScVolume *sc_seat_volumes_dup_repository (ScSeatVolumes *self);
ScVolume *sc_seat_volumes_dup_state (ScSeatVolumes *self);
/* Whether anything is the matter with either, so that a look now and then is worth it. */
gboolean sc_seat_volumes_is_troubled (ScSeatVolumes *self);

G_END_DECLS
