/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-state-files.h"

#include <glib/gstdio.h>

#define MANIFESTS "manifests"

struct _TestStateFiles {
  GBytes *database;
  GBytes *log;           /* (nullable) */
  GHashTable *manifests; /* name → GBytes */
};

static void
clear (gpointer data)
{
  TestStateFiles *self = data;

  g_bytes_unref (self->database);
  g_clear_pointer (&self->log, g_bytes_unref);
  g_hash_table_unref (self->manifests);
}

void
test_state_files_unref (TestStateFiles *self)
{
  g_rc_box_release_full (self, clear);
}

/* (nullable): there is none */
static GBytes *
read_file (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  char *contents;
  gsize length;

  return g_file_get_contents (path, &contents, &length, NULL) ? g_bytes_new_take (contents, length) : NULL;
}

static void
write_file (const char *directory, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data;

  if (bytes == NULL) {
    g_unlink (path);
    return;
  }
  data = g_bytes_get_data (bytes, &length);
  g_file_set_contents_full (path, data, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list_names (const char *directory)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  return names;
}

/* A manifest's name says what it holds, so it need not be read twice. */
static GHashTable *
take_manifests (const char *directory, const TestStateFiles *before)
{
  GHashTable *manifests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_autofree char *path = g_build_filename (directory, MANIFESTS, NULL);
  g_autoptr (GPtrArray) names = list_names (path);

  for (guint i = 0; i < names->len; i++) {
    GBytes *known = before != NULL ? g_hash_table_lookup (before->manifests, names->pdata[i]) : NULL;

    known = known != NULL ? g_bytes_ref (known) : read_file (path, names->pdata[i]);
    g_hash_table_insert (manifests, g_strdup (names->pdata[i]), known);
  }
  return manifests;
}

static gboolean
equal (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

static gboolean
same_names (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer name;

  if (g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (b, name))
      return FALSE;
  return TRUE;
}

TestStateFiles *
test_state_files_take (const char *directory, TestStateFiles *before)
{
  TestStateFiles *self = g_rc_box_new0 (TestStateFiles);

  self->database = read_file (directory, "seat.db");
  self->log = read_file (directory, "seat.db-wal");
  self->manifests = take_manifests (directory, before);
  g_assert_nonnull (self->database);
  if (before == NULL || !equal (self->database, before->database) || !equal (self->log, before->log) ||
      !same_names (self->manifests, before->manifests))
    return self;
  test_state_files_unref (self);
  return g_rc_box_acquire (before);
}

void
test_state_files_put (const TestStateFiles *self, const char *directory)
{
  g_autofree char *path = g_build_filename (directory, MANIFESTS, NULL);
  g_autoptr (GPtrArray) names = NULL;
  GHashTableIter iter;
  gpointer name, bytes;

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  write_file (directory, "seat.db", self->database);
  write_file (directory, "seat.db-wal", self->log);
  write_file (directory, "seat.db-shm", NULL);
  names = list_names (path);
  for (guint i = 0; i < names->len; i++)
    if (!g_hash_table_contains (self->manifests, names->pdata[i]))
      write_file (path, names->pdata[i], NULL);
  g_hash_table_iter_init (&iter, self->manifests);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
      write_file (path, name, bytes);
}

void
test_remove_tree (const char *directory)
{
  g_autoptr (GPtrArray) names = list_names (directory);

  for (guint i = 0; i < names->len; i++) {
    g_autofree char *child = g_build_filename (directory, names->pdata[i], NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      test_remove_tree (child);
    else if (g_remove (child) != 0) { /* Windows keeps read-only files */
      g_assert_cmpint (g_chmod (child, 0600), ==, 0);
      g_assert_cmpint (g_remove (child), ==, 0);
    }
  }
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}
