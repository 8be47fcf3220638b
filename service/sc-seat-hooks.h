/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-hooks.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Runs what an administrator has a seat run before and after it commits a version (common/sc-hooks.h), one after the
 * other, as the service's account, without a shell. Main thread, without blocking it. A program is told by its
 * environment, which is the service's without what is the service's own:
 *   SEATCAST_WHEN        before-commit or after-commit
 *   SEATCAST_VERSION     the number
 *   SEATCAST_SEAT        the seat's id
 *   SEATCAST_REPOSITORY  the directory of the templates
 *   SEATCAST_TEMPLATES   the names of those that the update changes, one a line; what is beyond
 *                        SC_SEAT_HOOKS_MAX_TEMPLATES bytes is left out
 */
#define SC_SEAT_HOOKS_MAX_TEMPLATES (16u * 1024)
#define SC_SEAT_HOOKS_MAX_LINE 300u /* bytes of the output's last line that are told */

typedef struct {
  guint64 version;
  const char *seat;
  const char *repository;
  const char *const *templates; /* %NULL-terminated */
} ScSeatHooksFacts;

/* Whether there is anything to run on this system. @text: (nullable); one that is malformed has nothing */
gboolean sc_seat_hooks_has (const char *text, ScHookWhen when);

/* Stops at the first one that fails. @facts is only used before this returns. @cancellable ends what runs. Errors:
 * %SC_ERROR_INVALID the text; %SC_ERROR_SYSTEM, naming the program, its status and the last line of its output;
 * %SC_ERROR_NOT_FOUND, %SC_ERROR_DENIED: it cannot be started; %SC_ERROR_CANCELLED */
void sc_seat_hooks_run_async (const char *text, ScHookWhen when, const ScSeatHooksFacts *facts,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean sc_seat_hooks_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
