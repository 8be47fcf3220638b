/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-inventory.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/* What this seat reports of itself. @name, @room: as configured; @address: local end of the control connection. */
ScInventory *sc_seat_inventory_build (ScSeatState *state, ScDisk *disk, const char *name, const char *room,
                                      const char *address, GError **error);
/* Whether the console should be told: anything but less than 1 % of the volume's free space. */
gboolean sc_seat_inventory_differs (const ScInventory *a, const ScInventory *b);

/**
 * sc_seat_inventory_find_drift:
 *
 * Compares the files' size, time and id with what was there at the commit, and marks templates of which a file was
 * changed or is missing as drifted. Metadata only, no content is read; not while an update runs. @drifted: (out): how
 * many were found now
 */
gboolean sc_seat_inventory_find_drift (ScSeatState *state, ScDisk *disk, guint *drifted, GError **error);

G_END_DECLS
