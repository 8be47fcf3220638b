/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/store/store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIB 1024u

/* What only a directory on Unix can hold, or a Unix test make: names that Windows refuses, links, a file of 1.2 TB. */

static void
test_same_size_and_mtime (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->source, "a", "disk.vmdk", NULL);
  struct stat st;
  struct timespec times[2];

  store_fixture_write (fixture, "a/disk.vmdk", 1, 200 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  g_assert_cmpint (stat (path, &st), ==, 0);
  store_fixture_change (fixture, "a/disk.vmdk", 0, 9, 10);
  times[0] = st.st_atim;
  times[1] = st.st_mtim;
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0); /* as a tool that hides its traces; the ctime tells */

  g_autoptr (ScPublishResult) second = store_fixture_publish (fixture);
  g_assert_cmpuint (second->new_chunks, ==, 1);
  store_fixture_assert_version (fixture, 2, fixture->source);
}

static void
test_bad_names (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_write (fixture, "a/CON.txt", 1, 10);
  store_fixture_write (fixture, "a/what?.vmdk", 1, 10);
  store_fixture_write (fixture, "a/disk.vmdk.updating", 1, 10);
  store_fixture_write (fixture, "a/Disk.vmdk", 1, 10);
  store_fixture_write (fixture, "a/disk.vmdk", 1, 10);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "CON.txt");
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "what?.vmdk");
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "disk.vmdk.updating");
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "a/Disk.vmdk and a/disk.vmdk differ only in case");
}

static void
test_template_names_differ_in_case (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_write (fixture, "Win10/disk.vmdk", 1, 10);
  store_fixture_write (fixture, "win10/disk.vmdk", 1, 10);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "Win10 and win10 differ only in case");
}

static void
test_problems_are_capped (StoreFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 25; i++) {
    g_autofree char *name = g_strdup_printf ("a/bad:%u", i);

    store_fixture_write (fixture, name, 1, 10);
  }
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "… and 5 more");
}

static void
test_not_utf8 (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_write (fixture, "a/b\xff", 1, 10);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "a/b");
}

static void
link_to (StoreFixture *fixture, const char *path, const char *target)
{
  g_autofree char *full = g_build_filename (fixture->source, path, NULL);

  g_assert_cmpint (symlink (target, full), ==, 0);
}

static void
test_links (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->source, "a", "link.vmdk", NULL);
  g_autoptr (ScPublishResult) result = NULL;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 100 * KIB);
  link_to (fixture, "a/link.vmdk", "disk.vmdk");
  result = store_fixture_publish (fixture);
  store_fixture_assert_version (fixture, 1, fixture->source);
  g_unlink (path);

  link_to (fixture, "a/link.vmdk", "/etc/passwd");
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "a/link.vmdk is a link out of the published directory");
  g_unlink (path);
  link_to (fixture, "a/link.vmdk", "gone");
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "a/link.vmdk is a link that leads nowhere");
  g_unlink (path);
  link_to (fixture, "a/link.vmdk", ".");
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "a/link.vmdk is a link to something that is not");
  g_unlink (path);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "a/link.vmdk is a device, socket or pipe");
  g_unlink (path);
  link_to (fixture, "b", "a");
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "b is a link to something that is not");
}

/* Between the walk and the reading somebody may put a link where a directory was. */
static void
test_directory_becomes_link (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *base = sc_scan_resolve (fixture->base, NULL);
  g_autofree char *sound = g_build_filename (base, "source", "a", "disk.vmdk", NULL);
  g_autofree char *through = g_build_filename (base, "source", "b", "disk.vmdk", NULL);
  g_autoptr (ScScanFile) file = NULL;
  g_autoptr (ScScanFile) other = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 10);
  link_to (fixture, "b", "a");
  file = sc_scan_file_open (sound, &error);
  g_assert_no_error (error);
  other = sc_scan_file_open (through, &error);
  g_assert_null (other);
  g_assert_error (error, SC_ERROR, SC_ERROR_CHANGED);
}

static void
make_hole (StoreFixture *fixture, const char *path, gint64 size)
{
  g_autofree char *full = g_build_filename (fixture->source, path, NULL);

  store_fixture_write (fixture, path, 1, 1);
  store_fixture_truncate (full, (guint64) size);
}

/* Told before anything is read. */
static void
test_template_too_large (StoreFixture *fixture, gconstpointer data)
{
  const gint64 size = G_GINT64_CONSTANT (1200) << 30;

  make_hole (fixture, "a/1.vmdk", size);
  make_hole (fixture, "a/2.vmdk", size);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "a is larger than a template can be (2 TB)");
}

static void
test_may_not_be_read (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->source, "a", "disk.vmdk", NULL);

  if (getuid () == 0) {
    g_test_skip ("root may read everything");
    return;
  }
  store_fixture_write (fixture, "a/disk.vmdk", 1, 10);
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  store_fixture_publish_fails (fixture, SC_ERROR_SYSTEM, "give the console's account the right to read it");
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/publish-unix/" name, StoreFixture, GUINT_TO_POINTER (1024 * KIB), store_fixture_set_up, function,      \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("same-size-and-mtime", test_same_size_and_mtime);
  ADD ("bad-names", test_bad_names);
  ADD ("template-names-differ-in-case", test_template_names_differ_in_case);
  ADD ("problems-are-capped", test_problems_are_capped);
  ADD ("not-utf8", test_not_utf8);
  ADD ("links", test_links);
  ADD ("directory-becomes-link", test_directory_becomes_link);
  ADD ("template-too-large", test_template_too_large);
  ADD ("may-not-be-read", test_may_not_be_read);
  return g_test_run ();
}
