/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-file-scan.h"

#include <string.h>

#include "common/platform/sc-disk.h"
#include "test-dir.h"

#define CONTENT "what a template holds"
#define LEVELS 8u

/* Unicode in two forms and beyond the first plane, what DOS reserved, and what Win32 cuts off. */
static const char *const names[] = {
  "Gr\xc3\xb6\xc3\x9f"
  "e.vmdk", /* composed */
  "Gro\xcc\x88\xc3\x9f"
  "e.vmdk", /* decomposed */
  "\xd0\xbc\xd0\xb0\xd1\x88\xd0\xb8\xd0\xbd\xd0\xb0.vmx",
  "\xe6\xa9\x9f\xe6\xa2\xb0 \xf0\x9f\x96\xa5.nvram",
  "NUL",
  "aux.txt",
  "com1.log",
  "dot.",
  "space ",
  "PROGRA~1",
  "LONGNA~1.VMD",
};

void
test_scan_write (const char *directory, const char *path, gconstpointer data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDisk) disk = sc_disk_system (directory, &error);
  g_assert_no_error (error);
  g_autoptr (ScDiskFile) file = sc_disk_open (disk, path, SC_DISK_CREATE, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_truncate (file, length, &error));
  g_assert_true (sc_disk_file_write_at (file, 0, data, length, &error));
  g_assert_no_error (error);
}

/* As what GLib cannot name is in the way of removing the directory. */
static void
remove_file (const char *directory, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDisk) disk = sc_disk_system (directory, &error);
  g_assert_true (sc_disk_remove (disk, path, &error));
  g_assert_no_error (error);
}

ScScanFile *
test_scan_open (const char *path)
{
  g_autoptr (GError) error = NULL;
  ScScanFile *file = sc_scan_file_open (path, &error);
  g_assert_no_error (error);
  return file;
}

void
test_scan_assert_not_opened (const char *path, ScError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_scan_file_open (path, &error));
  g_assert_error (error, SC_ERROR, (gint) code);
  g_autofree char *shown = g_filename_display_name (path);
  g_assert_nonnull (strstr (error->message, shown));
}

char *
test_scan_resolve (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *resolved = sc_scan_resolve (path, &error);
  g_assert_no_error (error);
  return resolved;
}

static ScScanInfo
get_info (const char *path)
{
  g_autoptr (GError) error = NULL;
  ScScanInfo info;
  g_assert_true (sc_scan_info (path, &info, &error));
  g_assert_no_error (error);
  return info;
}

static ScScanInfo
get_file_info (ScScanFile *file)
{
  g_autoptr (GError) error = NULL;
  ScScanInfo info;
  g_assert_true (sc_scan_file_info (file, &info, &error));
  g_assert_no_error (error);
  return info;
}

static GPtrArray *
list (const char *directory)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *found = sc_scan_list (directory, &error);
  g_assert_no_error (error);
  return found;
}

static void
assert_content (const char *path, const char *expected)
{
  g_autoptr (ScScanFile) file = test_scan_open (path);
  g_autoptr (GError) error = NULL;
  char data[100];
  gssize n = sc_scan_file_read (file, 0, (guint8 *) data, sizeof data, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, n, expected, strlen (expected));
}

static void
test_names (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    test_scan_write (dir, names[i], names[i], strlen (names[i]));

  g_autoptr (GPtrArray) found = list (root);
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (root, names[i], NULL);
    ScScanInfo info = get_info (path);
    g_assert_cmpint (info.kind, ==, SC_SCAN_FILE);
    g_assert_cmpuint (info.size, ==, strlen (names[i]));
    g_assert_true (g_ptr_array_find_with_equal_func (found, names[i], g_str_equal, NULL));
    g_assert_true (i == 0 || strcmp (found->pdata[i - 1], found->pdata[i]) < 0);
    assert_content (path, names[i]);
    remove_file (dir, names[i]);
  }
}

static void
test_long_paths (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (GString) relative = g_string_new (NULL);
  g_autoptr (GString) path = g_string_new (NULL);
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *level = g_strnfill (100, 'd');
  for (guint i = 0; i < LEVELS; i++)
    g_string_append_printf (relative, "%s/", level);
  g_string_append (relative, "disk.vmdk");
  test_scan_write (dir, relative->str, CONTENT, strlen (CONTENT));

  g_string_append (path, root);
  for (guint i = 0; i < LEVELS; i++) {
    g_autoptr (GPtrArray) found = list (path->str);
    g_assert_cmpuint (found->len, ==, 1);
    g_assert_cmpstr (found->pdata[0], ==, level);
    g_string_append_printf (path, "%s%s", G_DIR_SEPARATOR_S, level);
    g_assert_cmpint (get_info (path->str).kind, ==, SC_SCAN_DIRECTORY);
  }
  g_string_append (path, G_DIR_SEPARATOR_S "disk.vmdk");
  g_assert_cmpuint (path->len, >, 800);
  assert_content (path->str, CONTENT);
  if (test_scan_resolves_long ()) {
    g_autofree char *resolved = test_scan_resolve (path->str);
    g_assert_cmpstr (resolved, ==, path->str);
    g_assert_true (sc_scan_lies_beneath (resolved, root));
  }
  remove_file (dir, relative->str);
  for (guint i = LEVELS; i > 0; i--) {
    g_string_truncate (relative, i * (strlen (level) + 1) - 1);
    remove_file (dir, relative->str);
  }
}

static void
test_info (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *path = g_build_filename (root, "image", NULL);
  g_autofree char *other = g_build_filename (root, "other", NULL);
  test_scan_write (dir, "image", CONTENT, strlen (CONTENT));
  test_scan_write (dir, "other", CONTENT, strlen (CONTENT));
  g_autoptr (ScScanFile) file = test_scan_open (path);
  ScScanInfo by_path = get_info (path), by_handle = get_file_info (file), of_other = get_info (other);
  gint64 now = g_get_real_time () * 1000;

  g_assert_true (sc_scan_info_equal (&by_path, &by_handle));
  g_assert_cmpint (by_path.kind, ==, SC_SCAN_FILE);
  g_assert_false (by_path.read_only);
  g_assert_cmpuint (by_path.size, ==, strlen (CONTENT));
  /* of this hour: neither another unit nor another epoch */
  g_assert_cmpint (ABS (by_path.mtime_ns - now), <, G_GINT64_CONSTANT (3600) * 1000000000);
  g_assert_cmpint (ABS (by_path.ctime_ns - now), <, G_GINT64_CONSTANT (3600) * 1000000000);
  g_assert_cmpuint (by_path.device, ==, of_other.device);
  g_assert_cmpuint (by_path.id, !=, of_other.id);
  g_assert_false (sc_scan_info_equal (&by_path, &of_other));
  g_assert_cmpint (get_info (root).kind, ==, SC_SCAN_DIRECTORY);

  /* another file of that name */
  sc_scan_file_close (g_steal_pointer (&file));
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDisk) disk = sc_disk_system (dir, &error);
  g_assert_true (sc_disk_rename (disk, "other", "image", &error));
  g_assert_true (sc_disk_set_read_only (disk, "image", TRUE, &error));
  g_assert_no_error (error);
  ScScanInfo replaced = get_info (path);
  g_assert_false (sc_scan_info_equal (&by_path, &replaced));
  g_assert_true (replaced.read_only);
  g_assert_true (sc_disk_set_read_only (disk, "image", FALSE, &error));
}

/* Whoever reads to what was the end finds out that it is not any more. */
static void
test_grows (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *path = g_build_filename (root, "image", NULL);
  g_autoptr (GError) error = NULL;
  guint8 data[100];
  test_scan_write (dir, "image", "0123456789", 10);
  ScScanInfo before = get_info (path);
  g_autoptr (ScScanFile) file = test_scan_open (path);
  g_assert_cmpint (sc_scan_file_read (file, 0, data, 4, &error), ==, 4);
  g_assert_cmpint (sc_scan_file_read (file, 8, data, sizeof data, &error), ==, 2);
  g_assert_cmpmem (data, 2, "89", 2);
  g_assert_cmpint (sc_scan_file_read (file, 10, data, sizeof data, &error), ==, 0);
  g_assert_cmpint (sc_scan_file_read (file, G_GUINT64_CONSTANT (1) << 33, data, sizeof data, &error), ==, 0);
  test_scan_write (dir, "image", "0123456789abcdef", 16); /* others may write while we read */
  g_assert_cmpint (sc_scan_file_read (file, 8, data, sizeof data, &error), ==, 8);
  g_assert_no_error (error);
  g_assert_cmpmem (data, 8, "89abcdef", 8);
  ScScanInfo after = get_file_info (file);
  g_assert_false (sc_scan_info_equal (&before, &after));
  g_assert_cmpuint (after.size, ==, 16);
}

/* What lies between the runs of data reads as zeros, and nothing else is there. */
static void
test_holes (void)
{
  const guint64 size = 3 * 1024 * 1024 + 17;
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *path = g_build_filename (root, "image", NULL);
  g_autofree guint8 *content = g_malloc0 (size);
  g_autofree guint8 *seen = g_malloc0 (size);
  g_autoptr (GError) error = NULL;
  memset (content + 1024 * 1024, 'x', 300000);
  content[size - 1] = 'y';
  test_scan_write (dir, "image", content, size);
  g_autoptr (ScDisk) disk = sc_disk_system (dir, &error);
  g_autoptr (ScDiskFile) writer = sc_disk_open (disk, "image", SC_DISK_WRITE, &error);
  g_assert_true (sc_disk_file_punch (writer, 0, 1024 * 1024, &error));
  g_assert_no_error (error);
  sc_disk_file_close (g_steal_pointer (&writer));

  g_autoptr (ScScanFile) file = test_scan_open (path);
  guint64 start, end;
  guint runs = 0;
  for (guint64 at = 0; at < size; at = end) {
    sc_scan_file_next_data (file, at, size, &start, &end);
    g_assert_cmpuint (start, >=, at);
    g_assert_cmpuint (end, <=, size);
    g_assert_true (end > start || start == size);
    if (start < end)
      g_assert_cmpint (sc_scan_file_read (file, start, seen + start, end - start, &error), ==, (gssize) (end - start));
    g_assert_no_error (error);
    g_assert_cmpuint (++runs, <, 1000);
  }
  g_assert_cmpmem (seen, size, content, size);
  sc_scan_file_next_data (file, size, size, &start, &end);
  g_assert_cmpuint (start, ==, size);
  g_assert_cmpuint (end, ==, size);
}

static void
test_resolve (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *around = g_build_filename (dir, "a", "..", ".", "a", "image", NULL);
  g_autofree char *missing = g_build_filename (dir, "a", "nothing", NULL);
  g_autofree char *expected = g_build_filename (root, "a", "image", NULL);
  g_autoptr (GError) error = NULL;
  ScScanInfo info;
  test_scan_write (dir, "a/image", CONTENT, strlen (CONTENT));

  g_autofree char *resolved = test_scan_resolve (around);
  g_assert_cmpstr (resolved, ==, expected);
  g_assert_true (g_path_is_absolute (resolved));
  g_assert_null (sc_scan_resolve (missing, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sc_scan_info (missing, &info, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_scan_list (missing, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_lies_beneath (void)
{
  g_assert_true (sc_scan_lies_beneath ("/srv/templates/a", "/srv/templates"));
  g_assert_true (sc_scan_lies_beneath ("/srv/templates", "/srv/templates"));
  g_assert_false (sc_scan_lies_beneath ("/srv/templates2/a", "/srv/templates"));
  g_assert_false (sc_scan_lies_beneath ("/srv", "/srv/templates"));
  g_assert_true (sc_scan_lies_beneath ("/srv", "/"));
}

static void
test_no_file (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *directory = g_build_filename (root, "a", NULL);
  g_autofree char *missing = g_build_filename (root, "a", "nothing", NULL);
  g_autofree char *through_file = g_build_filename (root, "a", "image", "x", NULL);
  test_scan_write (dir, "a/image", CONTENT, strlen (CONTENT));

  test_scan_assert_not_opened (directory, SC_ERROR_CHANGED);
  test_scan_assert_not_opened (through_file, SC_ERROR_CHANGED);
  test_scan_assert_not_opened (missing, SC_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/file-scan/names", test_names);
  g_test_add_func ("/platform/file-scan/long-paths", test_long_paths);
  g_test_add_func ("/platform/file-scan/info", test_info);
  g_test_add_func ("/platform/file-scan/grows", test_grows);
  g_test_add_func ("/platform/file-scan/holes", test_holes);
  g_test_add_func ("/platform/file-scan/resolve", test_resolve);
  g_test_add_func ("/platform/file-scan/lies-beneath", test_lies_beneath);
  g_test_add_func ("/platform/file-scan/no-file", test_no_file);
  test_scan_add_system ();
  return g_test_run ();
}
