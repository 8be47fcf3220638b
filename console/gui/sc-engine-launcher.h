/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Starts seatcast-consoled on this machine, so that it survives whoever has started it: in a session of its own, with
 * its output in a file.
 */
typedef struct {
  const char *program;   /* (nullable): NULL: sc_engine_launcher_find() */
  const char *directory; /* is made, for its owner alone, when it is missing; DIR/log gets what the engine says */
  const char *listen;    /* ADDRESS:PORT */
} ScEngineLaunch;

/* $SEATCAST_CONSOLED, beside this program, where the build puts it, in $PATH: the first that is there.
 * Returns: (transfer full). Errors: %SC_ERROR_NOT_FOUND with what to do */
char *sc_engine_launcher_find (GError **error);

/* DIR/log; the one of the start before is DIR/log.old. */
char *sc_engine_launcher_log_of (const char *directory);

/* With what an administrator starts the engine that is a service of this machine. */
const char *sc_engine_launcher_service_command (void);

/* Ends when the engine is ready, or has ended. Cancelling ends the waiting, not the engine. */
void sc_engine_launcher_start_async (const ScEngineLaunch *launch, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
/* Errors: what the engine said last; %SC_ERROR_NOT_FOUND, %SC_ERROR_SYSTEM; %G_IO_ERROR_CANCELLED */
gboolean sc_engine_launcher_start_finish (GAsyncResult *result, GError **error);

G_END_DECLS
