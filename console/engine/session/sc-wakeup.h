/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScWakeup:
 *
 * Lets other threads call a function on the thread (and main context) that made this. Several rings before the function
 * ran count as one. Nothing is called after sc_wakeup_free(), which only the making thread may call.
 */
typedef struct _ScWakeup ScWakeup;

typedef void (*ScWakeupFunc) (gpointer data);
ScWakeup *sc_wakeup_new (ScWakeupFunc func, gpointer data);
/* From any thread. */
void sc_wakeup_ring (ScWakeup *self);
void sc_wakeup_free (ScWakeup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScWakeup, sc_wakeup_free)

G_END_DECLS
