/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/store/store-fixture.h"

#include <windows.h>

#include "common/platform/sc-nt.h"

#define KIB 1024u

static HANDLE
open_file (const char *path, DWORD access, DWORD share)
{
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  HANDLE file = CreateFileW (wide, access, share, NULL, OPEN_EXISTING, 0, NULL);

  g_assert_true (file != INVALID_HANDLE_VALUE);
  return file;
}

static void
test_same_size_and_mtime (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->source, "a", "disk.vmdk", NULL);
  FILETIME before;
  HANDLE file;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 200 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  file = open_file (path, GENERIC_READ, FILE_SHARE_READ);
  g_assert_true (GetFileTime (file, NULL, NULL, &before));
  CloseHandle (file);
  store_fixture_change (fixture, "a/disk.vmdk", 0, 9, 10);
  file = open_file (path, FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE);
  g_assert_true (SetFileTime (file, NULL, NULL, &before)); /* as a tool that hides its traces; the change time tells */
  CloseHandle (file);

  g_autoptr (ScPublishResult) second = store_fixture_publish (fixture);
  g_assert_cmpuint (second->new_chunks, ==, 1);
  store_fixture_assert_version (fixture, 2, fixture->source);
}

/* A hypervisor that runs the template: its file may be half of a disk. */
static void
test_open_for_writing (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->source, "a", "disk.vmdk", NULL);
  HANDLE file;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 10);
  file = open_file (path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE);
  store_fixture_publish_fails (fixture, SC_ERROR_BUSY, "disk.vmdk");
  CloseHandle (file);
  sc_publish_result_free (store_fixture_publish (fixture));
}

/* Slashes of either kind, and a directory whose name begins as the store's does. */
static void
test_spelling (StoreFixture *fixture, gconstpointer data)
{
  char *source = fixture->source;

  store_fixture_write (fixture, "a/sub/disk.vmdk", 1, 10);
  fixture->source = g_strdelimit (g_strconcat (source, "\\", NULL), "\\", '/');
  g_autoptr (ScPublishResult) result = store_fixture_publish (fixture);
  store_fixture_assert_version (fixture, 1, source);
  g_free (fixture->source);
  fixture->source = g_strconcat (fixture->where, "-source", NULL);
  store_fixture_write (fixture, "a/disk.vmdk", 1, 10);
  sc_publish_result_free (store_fixture_publish (fixture));
  store_fixture_assert_version (fixture, 2, fixture->source);
  g_free (fixture->source);
  fixture->source = g_ascii_strup (fixture->base, -1);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "lies in the directory");
  g_free (fixture->source);
  fixture->source = source;
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/publish-win32/" name, StoreFixture, GUINT_TO_POINTER (1024 * KIB), store_fixture_set_up, function,     \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("same-size-and-mtime", test_same_size_and_mtime);
  ADD ("open-for-writing", test_open_for_writing);
  ADD ("spelling", test_spelling);
  return g_test_run ();
}
