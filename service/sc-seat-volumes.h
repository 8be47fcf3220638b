/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-volume.h"

G_BEGIN_DECLS

/**
 * ScSeatVolumes:
 *
 * The volumes that a seat writes to, the repository's and its state's, as they were found last, and whether the
 * repository may be written to: a volume that forgets, compresses or deduplicates takes no update unless that was
 * accepted. Asked anew at every order, because volumes are thawed and directories uncompressed meanwhile.
 *
 * What looks at a volume may never come back: each inspection has a thread of its own and a limit, and one that hangs
 * is left behind. As long as it does, there is no second one of its kind; what other programs would have to be asked
 * for is not known then, and all else is found without them. Thread-safe; one look at a time.
 */
typedef struct _ScSeatVolumes ScSeatVolumes;

/* As sc_volume_inspect(), which a test's double stands for. */
typedef ScVolume *(*ScVolumeInspectFunc) (const char *directory, gboolean ask, GError **error);

#define SC_SEAT_VOLUMES_ASKING 10000u /* ms for all that can be found about both volumes */
#define SC_SEAT_VOLUMES_LOOKING 5000u /* ms more for what can be found without asking other programs */

/* Nothing has been looked at yet. @accepted: traits that the repository's volume may have */
ScSeatVolumes *sc_seat_volumes_new (const char *repository, const char *state, ScVolumeTraits accepted,
                                    ScVolumeInspectFunc inspect);
/* No look is under way. Inspections that hang are not awaited. */
void sc_seat_volumes_free (ScSeatVolumes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatVolumes, sc_seat_volumes_free)

/* Instead of the usual limits, in ms; 0: no time at all. Not during a look. */
void sc_seat_volumes_set_limits (ScSeatVolumes *self, guint asking, guint looking);

/* Looks at both; blocks, up to the limits. What changed is logged. A volume that cannot be looked at is unknown, and
 * not refused. */
void sc_seat_volumes_look (ScSeatVolumes *self);
/* Looks, and says whether the repository may be written to. Errors: %SC_ERROR_STATE, with the reason and the remedy */
gboolean sc_seat_volumes_check (ScSeatVolumes *self, GError **error);
/* The seat ends: no look waits any longer, neither the one under way nor another. */
void sc_seat_volumes_stop (ScSeatVolumes *self);
/* As found last. (transfer full) */
ScVolume *sc_seat_volumes_dup_repository (ScSeatVolumes *self);
ScVolume *sc_seat_volumes_dup_state (ScSeatVolumes *self);
/* Whether anything is the matter with either, or was not answered, so that a look now and then is worth it. */
gboolean sc_seat_volumes_is_troubled (ScSeatVolumes *self);

G_END_DECLS
