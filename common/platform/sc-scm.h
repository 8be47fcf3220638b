/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Runs a program's main loop under Windows' service control manager (SCM). Only built for Windows. The states are
 * reported as Microsoft's "Service State Transitions" has them: START_PENDING with checkpoints until the program says
 * that it runs, STOP_PENDING with checkpoints while it ends, and STOPPED with a code whatever happens in between.
 */
typedef struct _ScScm ScScm;

typedef struct {
  const char *name; /* of the service: "seatcast-service" */
  /* Starts the program's work, which then runs in the default main context; sc_scm_checkpoint() when that takes long.
   * FALSE with @error: the service is STOPPED with the code that sc_scm_exit_code() gives for it. */
  gboolean (*start) (ScScm *scm, gpointer user_data, GError **error);
  /* STOP, SHUTDOWN or PRESHUTDOWN came (once): ends the work durably, then calls sc_scm_stopped(). */
  void (*stop) (ScScm *scm, gpointer user_data);
  gpointer user_data;
  gboolean powers_off; /* it keeps the privilege to shut the machine down; it gives up all others that it was started
                          with, as it is in any case */
} ScScmProgram;

/* To be called by main() with nothing else begun: becomes the service's process and returns when the service is
 * STOPPED. Returns: the process's exit status. Errors are in the event log. */
int sc_scm_run (const ScScmProgram *program);
/* A step of starting or ending is done; the SCM waits for the next one for another 30 s. Thread-safe. */
void sc_scm_checkpoint (ScScm *scm);
/* Main context only. @error: (nullable): why it ended by itself; NULL: as it was told to */
void sc_scm_stopped (ScScm *scm, const GError *error);
/* The service-specific exit code of an error: 1 + its ScError; documented in docs/windows.md. */
guint32 sc_scm_exit_code (const GError *error);

G_END_DECLS
