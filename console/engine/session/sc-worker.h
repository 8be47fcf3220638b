/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScWorker:
 *
 * One piece of heavy work on a thread of its own whose end is told on the main loop. Unlike a GTask it can be waited
 * for: nothing of it runs any more after sc_worker_free(), so what the work uses may be closed then. Main thread only.
 */
typedef struct _ScWorker ScWorker;

/* @work runs on the thread and looks at @cancellable; @done (main loop) is called once, unless the worker is freed
 * before. */
typedef void (*ScWorkerFunc) (gpointer data, GCancellable *cancellable);
typedef void (*ScWorkerDoneFunc) (gpointer data);
ScWorker *sc_worker_new (const char *name, ScWorkerFunc work, ScWorkerDoneFunc done, gpointer data);
/* Cancels and waits. Not from within @done. */
void sc_worker_free (ScWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScWorker, sc_worker_free)

G_END_DECLS
