/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Runs a program of somebody else's to its end, within a time, without a shell, and without blocking. What it starts
 * itself is ended with it: at its own end, at the time's, or when it is cancelled (a process group; a job object). A
 * child that makes a session of its own (setsid) is not found.
 */
#define SC_PROGRAM_MAX_OUTPUT (64u * 1024) /* bytes that are kept: the last ones; more is read and thrown away */

typedef struct {
  gboolean timed_out;
  int status;   /* as exit() was told; 128 and the signal's number if one ended it */
  char *output; /* (owned): what it wrote, to both outputs; valid UTF-8 */
} ScProgramEnd;
void sc_program_end_free (ScProgramEnd *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScProgramEnd, sc_program_end_free)

/* @argv: the program by its absolute path, and its arguments (on Windows also a batch file, without any). @environment:
 * all of it. Both are copied. @timeout: s.
 * @input: (nullable): path of the file that is its input; NULL: that is empty. Its directory is the system's root, no
 * other file of ours is open in it. */
void sc_program_run_async (const char *const *argv, const char *const *environment, const char *input, guint timeout,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full). Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_DENIED, %SC_ERROR_SYSTEM: it cannot be started;
 * %SC_ERROR_INVALID: a batch file with arguments; %SC_ERROR_CANCELLED, once it is ended */
ScProgramEnd *sc_program_run_finish (GAsyncResult *result, GError **error);

/* (transfer full): the last line of @output that is not blank, at most @max_bytes of it */
char *sc_program_last_line (const char *output, gsize max_bytes);

G_END_DECLS
