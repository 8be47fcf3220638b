/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/client/sc-connection-file.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Also when a directory on the way is closed to us: then it is this file that we may not read. */
static gboolean
is_there (const char *path)
{
  return g_access (path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Of the engine that runs as the system's service. */
static char *
get_console_path (void)
{
  g_autofree char *directory = sc_system_find_console_directory ();

  return g_build_filename (directory, "connection", NULL);
}

char *
sc_connection_file_get_own (void)
{
  return g_build_filename (g_get_user_config_dir (), "seatcast", "connection", NULL);
}

char *
sc_connection_file_get_engine_directory (void)
{
  return g_build_filename (g_get_user_data_dir (), "seatcast", "console", NULL);
}

gboolean
sc_connection_file_is_engines (const char *path)
{
  g_autofree char *console = get_console_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *catalog = g_build_filename (directory, "catalog.db", NULL);
  g_autofree char *trust = g_build_filename (directory, "trust", NULL);

  return g_str_equal (path, console) || is_there (catalog) || is_there (trust);
}

char *
sc_connection_file_for_url (const char *url)
{
  g_autofree char *name = g_uri_escape_string (url, NULL, FALSE);

  return g_build_filename (g_get_user_config_dir (), "seatcast", "consoles", name, NULL);
}

char *
sc_connection_file_find (GError **error)
{
  const char *named = g_getenv ("SEATCAST_CONNECTION");
  g_autofree char *own = sc_connection_file_get_own ();
  g_autofree char *console = get_console_path ();
  g_autofree char *directory = sc_connection_file_get_engine_directory ();
  g_autofree char *engine = g_build_filename (directory, "connection", NULL);

  if (named != NULL && *named != '\0')
    return g_strdup (named);
  if (is_there (own))
    return g_steal_pointer (&own);
  if (is_there (console))
    return g_steal_pointer (&console);
  if (is_there (engine))
    return g_steal_pointer (&engine);

  g_set_error (
      error, SC_ERROR, SC_ERROR_UNREACHABLE,
      "no connection file: none of %s, %s and %s is there; “seatcastctl sign-in” makes one, on the console's own "
      "machine seatcast-consoled says at its start where its own is (--connection, $SEATCAST_CONNECTION)",
      own, console, engine);
  return NULL;
}

ScConnection *
sc_connection_file_load (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScConnection) connection = sc_connection_load (path, &local);
  g_autofree char *console = get_console_path ();

  if (connection != NULL)
    return g_steal_pointer (&connection);
  if (g_error_matches (local, SC_ERROR, SC_ERROR_DENIED))
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "you may not read the connection file %s: only %s may read it: use sudo (on Windows, start the "
                 "program as administrator), or sign in: “seatcastctl sign-in”",
                 path, g_str_equal (path, console) ? "the system's administrator" : "its owner");
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
