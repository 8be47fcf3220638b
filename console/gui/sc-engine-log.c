/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-engine-log.h"

#include "common/sc-error.h"
#include "console/gui/sc-engine-launcher.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define TAIL_BYTES 16384
#define OWN "seatcast-consoled: "

char *
sc_engine_launcher_log_of (const char *directory)
{
  return g_build_filename (directory, "log", NULL);
}

char *
sc_engine_log_prepare (const char *directory, GError **error)
{
  g_autofree char *path = sc_engine_launcher_log_of (directory);
  g_autofree char *old = g_strconcat (path, ".old", NULL);

  if (g_mkdir_with_parents (directory, 0700) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "cannot make the engine's directory %s", directory);
    return NULL;
  }
  if (g_rename (path, old) != 0 && errno != ENOENT) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "cannot put the log %s aside", path);
    return NULL;
  }
  return g_steal_pointer (&path);
}

char *
sc_engine_log_last_words (const char *directory)
{
  g_autofree char *path = sc_engine_launcher_log_of (directory);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;
  g_auto (GStrv) lines = NULL;
  const char *last = "the engine has ended without a word";
  const char *own = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return g_strdup (last);
  valid = g_utf8_make_valid (length > TAIL_BYTES ? text + length - TAIL_BYTES : text, -1);
  lines = g_strsplit (valid, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_strchomp (lines[i]); /* Windows' line ends */
    if (g_str_has_prefix (lines[i], OWN))
      own = lines[i] + strlen (OWN);
    if (*lines[i] != '\0')
      last = lines[i];
  }
  return g_strdup (own != NULL ? own : last);
}
