/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an engine that a window has started says: DIR/log, and DIR/log.old of the start before. */

/* Makes DIR, for its owner alone, and puts the log of the start before aside. Returns: (transfer full): DIR/log, which
 * is not there. Errors: %SC_ERROR_SYSTEM */
char *sc_engine_log_prepare (const char *directory, GError **error);

/* Why the engine has ended: the last line in its own name, or the last line of all. Returns: (transfer full) */
char *sc_engine_log_last_words (const char *directory);

G_END_DECLS
