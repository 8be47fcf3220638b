/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What administrators have seats run before and after they commit a version: a JSON text that the console keeps and
 * signs with each order, and that seats obey.
 *
 *   {"hooks": [{"when": "before-commit" | "after-commit", "os": "linux" | "windows" | "any",
 *               "run": ["/absolute/program", "argument", …], "timeout_seconds": 1–3600}, …]}
 */
#define SC_HOOKS_MAX_BYTES (16u * 1024) /* of the text */
#define SC_HOOKS_MAX 8u
#define SC_HOOKS_MAX_ARGUMENTS 32u  /* with the program */
#define SC_HOOKS_MAX_ARGUMENT 4096u /* bytes */
#define SC_HOOKS_MAX_TIMEOUT 3600u  /* s */

typedef enum {
  SC_HOOK_BEFORE_COMMIT, /* one that fails keeps the version from being committed */
  SC_HOOK_AFTER_COMMIT,
} ScHookWhen;
const char *sc_hook_when_to_nick (ScHookWhen when);

typedef enum {
  SC_HOOK_LINUX,
  SC_HOOK_WINDOWS,
  SC_HOOK_ANY,
} ScHookOs;
const char *sc_hook_os_to_nick (ScHookOs os);

typedef struct {
  ScHookWhen when;
  ScHookOs os;
  GStrv run;     /* (owned): the program, absolute, and its arguments */
  guint timeout; /* s */
} ScHook;
void sc_hook_free (ScHook *self);

/* Strict: nothing but the members above, all of them. @text: (nullable): NULL or empty: no hooks.
 * Returns: (transfer full) (element-type ScHook): in the order in which they are run. Errors: %SC_ERROR_INVALID naming
 * the hook and the member */
GPtrArray *sc_hooks_parse (const char *text, GError **error);

/* Whether it is for @os, LINUX or WINDOWS. */
gboolean sc_hook_is_for (const ScHook *self, ScHookOs os);
/* Whether @path names a program by itself on @os: a local drive's on Windows. */
gboolean sc_hook_is_absolute (const char *path, ScHookOs os);

G_END_DECLS
