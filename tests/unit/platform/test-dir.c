/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-dir.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

char *
test_dir_make (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("seatcast-platform-XXXXXX", &error);
  g_assert_no_error (error);
  return path;
}

static void
remove_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    g_assert_nonnull (dir);
    for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
test_dir_remove (char *path)
{
  if (path != NULL)
    remove_tree (path);
  g_free (path);
}

char *
test_dir_hash (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize length = 0;
  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) data, length);
}

void
test_dir_write (const char *path, gconstpointer data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
}
