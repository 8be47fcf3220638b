/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-handles.h"
#include "service/apply/sc-apply-plan.h"

G_BEGIN_DECLS

/* What saving what has arrived is done with; nothing is owned. */
typedef struct {
  ScDisk *disk;
  ScSeatState *state;
  ScApplyUndo *undo;
  ScApplyHandles *handles;
  GPtrArray *templates; /* ScApplyTemplate, of a plan */
  guint64 reserve;      /* bytes that stay free, with what the update itself takes */
} ScApplyArrivedInput;

/**
 * sc_apply_arrived_save:
 *
 * Before an update takes a template that is between two versions back to what it was: puts what has arrived of the
 * other version into the undo store, as a step of its own that begins at that version, so that it does not have to come
 * again when the seat goes there after all. As far as there is room: it is a saving of transfers, not a way back.
 * Durable when it returns. Errors: %SC_ERROR_CANCELLED, and those of the state; what cannot be read or kept is left out
 */
gboolean sc_apply_arrived_save (const ScApplyArrivedInput *input, GCancellable *cancellable, GError **error);

G_END_DECLS
