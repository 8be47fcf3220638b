/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/**
 * ScSeatBusy:
 *
 * The templates that an update left out because they are in use, with those of their files that are open elsewhere: so
 * that the seat can tell cheaply whether another try is worth while. Immutable, reference-counted; any thread.
 */
typedef struct _ScSeatBusy ScSeatBusy;

/* @disk: outlives it. @templates: (transfer full). Opens all their files once, for a moment: those that the seat knows,
 * and those of the version that is pending. A file that cannot be looked at counts as one that is not in use: the next
 * try will tell. */
ScSeatBusy *sc_seat_busy_new (ScDisk *disk, ScSeatState *state, GStrv templates);
ScSeatBusy *sc_seat_busy_ref (ScSeatBusy *self);
void sc_seat_busy_unref (ScSeatBusy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatBusy, sc_seat_busy_unref)

const char *const *sc_seat_busy_get_templates (const ScSeatBusy *self); /* %NULL-terminated */
/* Accepts %NULL: then nothing is. */
gboolean sc_seat_busy_contains (const ScSeatBusy *self, const char *template_name);
/* Whether one of the files is not in use any more, or none was known. Opens them for a moment. */
gboolean sc_seat_busy_is_released (const ScSeatBusy *self);

G_END_DECLS
