/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "common/sc-progress.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScOperations:
 *
 * Long work that a client asked for (publish, store verify, gc, rebuild-index, sign): each runs on a thread of its own,
 * with progress, a cancellable, and a result or an error that is kept until the engine ends (the last 100). Main thread
 * only.
 */
#define SC_TYPE_OPERATIONS (sc_operations_get_type ())
G_DECLARE_FINAL_TYPE (ScOperations, sc_operations, SC, OPERATIONS, GObject)

/* Signal: "operation-changed" (guint64 id): at most 4 a second */
ScOperations *sc_operations_new (void);
/* Runs on a worker thread. Returns: (transfer full): the result for the API, or NULL with an error */
typedef ScJson *(*ScOperationFunc) (gpointer data, ScProgress *progress, GCancellable *cancellable, GError **error);
guint64 sc_operations_start (ScOperations *self, const char *kind, ScOperationFunc func, gpointer data,
                             GDestroyNotify free_data);
/* Runs on the main thread with the operation's data when it has ended without an error, before that is told. */
typedef void (*ScOperationDoneFunc) (gpointer data);
void sc_operations_set_done_func (ScOperations *self, guint64 id, ScOperationDoneFunc func);
gboolean sc_operations_cancel (ScOperations *self, guint64 id, GError **error);
/* {"id", "kind", "state": "running|done|failed|cancelled", "phase", "item", "done_bytes", "total_bytes",
 *  "result"|null, "error"|null} */
ScJson *sc_operations_to_json (ScOperations *self, guint64 id, GError **error); /* %SC_ERROR_NOT_FOUND */
ScJson *sc_operations_list_to_json (ScOperations *self);
/* Cancels and waits for all. */
void sc_operations_stop (ScOperations *self);

G_END_DECLS
