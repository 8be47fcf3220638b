/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/trust/sc-authority.h"

G_BEGIN_DECLS

/**
 * ScConsoleNames:
 *
 * By which names and addresses seats and staff reach the console: what its certificate must have. Sees to it that the
 * certificate keeps up with them, and with the time, while the engine runs. Main thread only.
 */
typedef struct _ScConsoleNames ScConsoleNames;

/* @url: (nullable): whose host is one of them; @more: (nullable): further ones. Blocks for 2 s at most. Returns:
 * (transfer full) (element-type utf8): the host's name first */
GPtrArray *sc_console_names_list (const char *url, const char *const *more);

/* Looks daily, and when the host's addresses change. @authority: outlives it */
ScConsoleNames *sc_console_names_watch (ScAuthority *authority, const char *url, const char *const *more);
void sc_console_names_free (ScConsoleNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScConsoleNames, sc_console_names_free)

G_END_DECLS
