/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-inventory.h"
#include "service/apply/sc-apply.h"
#include "service/sc-seat-busy.h"
#include "service/sc-seat-volumes.h"

G_BEGIN_DECLS

/* What a seat's report is made of besides its state and its disk. Nothing is owned. */
typedef struct {
  const char *name, *room; /* as configured */
  const char *address;     /* local end of the control connection */
  const ScApplySettings *settings;
  const ScSeatBusy *busy; /* (nullable) */
  ScSeatVolumes *volumes; /* (nullable) */
  guint64 generation;     /* of the service's start; 0: unknown */
  const char *run;        /* (nullable) */
  const GArray *back; /* (nullable) (element-type guint64): versions that it can go back to by itself, newest first */
  guint64 undo_bytes; /* that the undo store takes */
} ScSeatInventoryFacts;

/* What this seat reports of itself. */
ScInventory *sc_seat_inventory_build (ScSeatState *state, ScDisk *disk, const ScSeatInventoryFacts *facts,
                                      GError **error);
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
