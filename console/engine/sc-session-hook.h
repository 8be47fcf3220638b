/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/**
 * ScSessionHook:
 *
 * Runs the administrator's program when a session has ended (docs/operations.md), without a shell: by which the end is
 * told to a chat, a ticket, a monitor. At most SC_SESSION_HOOK_AT_ONCE run, the others wait in their order. Which
 * program that is only the machine's own administrator says, on the command line or in its settings: whoever may use
 * the API must not be able to run programs here. Main thread only.
 */
typedef struct _ScSessionHook ScSessionHook;

#define SC_SESSION_HOOK_SECONDS 60u /* then it is ended, with what it has started */
#define SC_SESSION_HOOK_AT_ONCE 2u
#define SC_SESSION_HOOK_QUEUE 1000u /* sessions whose hook waits; those that end later get none */

/* Whether there is such a program now: who starts the engine sees it at once when not. Errors: %SC_ERROR_NOT_FOUND,
 * %SC_ERROR_INVALID */
gboolean sc_session_hook_check (const char *program, GError **error);
/* @program: its whole path. @parts: outlive it. Looks for sessions that end from now on. */
ScSessionHook *sc_session_hook_new (const ScApiParts *parts, const char *program);
/* Ends what runs and waits for that; what is queued is not run any more. */
void sc_session_hook_free (ScSessionHook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionHook, sc_session_hook_free)
/* For tests: other than SC_SESSION_HOOK_SECONDS. */
void sc_session_hook_set_timeout (ScSessionHook *self, guint seconds);
guint sc_session_hook_count (ScSessionHook *self); /* that run or wait */

G_END_DECLS
