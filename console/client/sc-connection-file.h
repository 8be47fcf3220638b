/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"

G_BEGIN_DECLS

/**
 * sc_connection_file_find:
 *
 * $SEATCAST_CONNECTION, the user's configuration, the console's own file, that of the engine that the user's window has
 * started: the first that is there.
 * Returns: (transfer full). Errors: %SC_ERROR_UNREACHABLE when there is none
 */
char *sc_connection_file_find (GError **error);

/* As sc_connection_load(), with %SC_ERROR_DENIED and what to do when the file may not be read. */
ScConnection *sc_connection_file_load (const char *path, GError **error);

/* The user's own file: ~/.config/seatcast/connection. */
char *sc_connection_file_get_own (void);

/* Whether @path is an engine's on this machine: the system's, or one of a directory with an engine's files. */
gboolean sc_connection_file_is_engines (const char *path);

/* Of the engine that the window starts for its user: ~/.local/share/seatcast/console. */
char *sc_connection_file_get_engine_directory (void);

/**
 * sc_connection_file_for_url:
 *
 * Where the window remembers the token and the certificate of the console at @url: one file a console below
 * ~/.config/seatcast/consoles. Returns: (transfer full)
 */
char *sc_connection_file_for_url (const char *url);

G_END_DECLS
