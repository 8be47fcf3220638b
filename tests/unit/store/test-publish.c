/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/store/store-fixture.h"

#include <glib/gstdio.h>

#define KIB 1024u

static void
test_new_version (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (ScPublishResult) first = NULL;
  g_autoptr (GPtrArray) versions = NULL;

  store_fixture_write (fixture, "win10/disk.vmdk", 1, 3000 * KIB + 17);
  store_fixture_write (fixture, "win10/sub/disk-s001.vmdk", 2, 64 * KIB);
  store_fixture_write (fixture, "win10/win10.vmx", 3, 900);
  store_fixture_write (fixture, "win10/empty", 4, 0);
  store_fixture_write (fixture, "debian/disk.qcow2", 5, 200 * KIB);
  store_fixture_write (fixture, "loose.iso", 6, 70 * KIB);
  first = store_fixture_publish (fixture);
  g_assert_cmpuint (sc_version_manifest_get_number (first->version), ==, 1);
  g_assert_cmpuint (sc_version_manifest_get_n_templates (first->version), ==, 3);
  g_assert_nonnull (sc_version_manifest_find_template (first->version, "win10"));
  g_assert_nonnull (sc_version_manifest_find_template (first->version, SC_TEMPLATE_ROOT));
  g_assert_cmpstr (sc_version_manifest_get_author (first->version), ==, "staff");
  g_assert_cmpuint (first->bytes, ==, first->read_bytes);
  g_assert_cmpuint (first->stored_bytes, <, first->new_bytes);
  store_fixture_assert_version (fixture, 1, fixture->source);
  store_fixture_assert_sound (fixture, 1);
  versions = sc_store_list_versions (fixture->store, NULL);
  g_assert_cmpuint (versions->len, ==, 1);
}

static void
test_only_changes_are_read_and_stored (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *old = NULL;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 4096 * KIB);
  store_fixture_write (fixture, "b/disk.vmdk", 2, 1024 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  old = store_fixture_copy_source (fixture, "old");

  g_autoptr (ScPublishResult) same = store_fixture_publish (fixture);
  g_assert_cmpuint (same->read_bytes, ==, 0);
  g_assert_cmpuint (same->new_chunks, ==, 0);
  g_assert_cmpuint (same->bytes, ==, 5120 * KIB);

  store_fixture_change (fixture, "a/disk.vmdk", 1000 * KIB, 77, 100 * KIB);
  g_autoptr (ScPublishResult) changed = store_fixture_publish (fixture);
  g_assert_cmpuint (changed->read_bytes, ==, 4096 * KIB);
  g_assert_cmpuint (changed->new_chunks, ==, 3); /* 1,000 … 1,100 KiB touch three chunks */
  store_fixture_assert_version (fixture, 1, old);
  store_fixture_assert_version (fixture, 2, old);
  store_fixture_assert_version (fixture, 3, fixture->source);

  /* the same content again, under other names: nothing to store but manifests */
  store_fixture_write (fixture, "c/copy.vmdk", 2, 1024 * KIB);
  g_autoptr (ScPublishResult) copied = store_fixture_publish (fixture);
  g_assert_cmpuint (copied->read_bytes, ==, 1024 * KIB);
  g_assert_cmpuint (copied->new_chunks, ==, 0);
  store_fixture_assert_sound (fixture, 4);
}

static void
test_file_just_written_is_not_trusted (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 200 * KIB);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (ScPublishResult) result =
        sc_publish (fixture->store, fixture->source, "staff", "", g_get_real_time (), NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (result->read_bytes, ==, 200 * KIB);
    g_assert_cmpuint (result->new_chunks, ==, i == 0 ? 4 : 0);
  }
}

static void
test_holes (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->source, "a", "sparse.img", NULL);
  g_autofree char *nothing = g_build_filename (fixture->source, "a", "nothing.img", NULL);

  store_fixture_change (fixture, "a/sparse.img", 300 * KIB + 5, 1, 70 * KIB);
  store_fixture_change (fixture, "a/sparse.img", 5000 * KIB, 2, 10);
  store_fixture_truncate (path, 9000 * KIB + 3);
  store_fixture_change (fixture, "a/nothing.img", 0, 0, 4);
  store_fixture_truncate (nothing, 0);
  store_fixture_truncate (nothing, 1000 * KIB + 1);

  g_autoptr (ScPublishResult) result = store_fixture_publish (fixture);
  g_assert_cmpuint (result->new_chunks, ==, 3); /* 300 … 370 KiB touch two chunks, 5,000 KiB one */
  store_fixture_assert_version (fixture, 1, fixture->source);
  store_fixture_assert_sound (fixture, 1);
}

static void
test_bad_directories (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *source = g_steal_pointer (&fixture->source);

  fixture->source = g_strdup (source);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "nothing to publish");
  g_free (fixture->source);
  fixture->source = g_build_filename (source, "gone", NULL);
  store_fixture_publish_fails (fixture, SC_ERROR_NOT_FOUND, "gone");
  g_free (fixture->source);
  fixture->source = g_build_filename (fixture->base, "file", NULL);
  store_fixture_write_at (fixture->source, 0, "x", 1);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "is no directory");
  g_free (fixture->source);
  fixture->source = g_strdup (fixture->base);
  store_fixture_publish_fails (fixture, SC_ERROR_INVALID, "lies in the directory");
  g_free (fixture->source);
  fixture->source = g_steal_pointer (&source);
}

static void
test_texts (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *note = g_strnfill (SC_MANIFEST_NOTE_MAX + 1, 'n');
  g_autoptr (GError) error = NULL;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 10);
  g_assert_null (sc_publish (fixture->store, fixture->source, "staff", note, 1, NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* Changes the file while it is read. */
typedef struct {
  StoreFixture *fixture;
  const char *path;
  gint stop;
} Changer;

static gpointer
change_again_and_again (gpointer data)
{
  Changer *changer = data;

  for (guint32 i = 0; !g_atomic_int_get (&changer->stop); i++) {
    store_fixture_change (changer->fixture, changer->path, 0, i, 8);
    g_usleep (200);
  }
  return NULL;
}

static void
test_file_changes_meanwhile (StoreFixture *fixture, gconstpointer data)
{
  Changer changer = { .fixture = fixture, .path = "b/disk.vmdk" };
  g_autoptr (GError) error = NULL;
  g_autofree char *old = NULL;
  GThread *thread;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 100 * KIB);
  store_fixture_write (fixture, "b/disk.vmdk", 1, 8192 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  old = store_fixture_copy_source (fixture, "old");
  store_fixture_change (fixture, "b/disk.vmdk", 5, 1, 8);
  thread = g_thread_new ("changer", change_again_and_again, &changer);
  g_assert_null (
      sc_publish (fixture->store, fixture->source, "staff", "a note", g_get_real_time (), NULL, NULL, &error));
  /* on Windows it may be that the file is open for writing at that moment */
  g_assert_true (g_error_matches (error, SC_ERROR, SC_ERROR_CHANGED) ||
                 g_error_matches (error, SC_ERROR, SC_ERROR_BUSY));
  g_assert_nonnull (strstr (error->message, "disk.vmdk"));
  g_atomic_int_set (&changer.stop, TRUE);
  g_thread_join (thread);
  store_fixture_assert_sound (fixture, 1);
  store_fixture_assert_version (fixture, 1, old);

  g_autoptr (ScPublishResult) again = store_fixture_publish (fixture);
  g_assert_cmpuint (sc_version_manifest_get_number (again->version), ==, 2);
  store_fixture_assert_version (fixture, 2, fixture->source);
}

/* Cancels when so much has been read. */
typedef struct {
  ScProgress *progress;
  GCancellable *cancellable;
} Canceller;

static gpointer
cancel_in_the_middle (gpointer data)
{
  Canceller *canceller = data;
  guint64 done = 0;

  while (done < 1024 * KIB) {
    g_auto (ScProgressState) state = { 0 };

    sc_progress_get (canceller->progress, &state);
    done = g_strcmp0 (state.phase, "finishing") == 0 ? G_MAXUINT64 : state.done;
  }
  g_cancellable_cancel (canceller->cancellable);
  return NULL;
}

static void
test_cancel_and_resume (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (ScProgress) progress = sc_progress_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Canceller canceller = { progress, cancellable };
  const guint64 size = 65536 * KIB;
  GThread *thread;

  store_fixture_write (fixture, "a/disk.vmdk", 1, size);
  thread = g_thread_new ("canceller", cancel_in_the_middle, &canceller);
  g_assert_null (sc_publish (fixture->store, fixture->source, "staff", "", 1, progress, cancellable, &error));
  g_thread_join (thread);
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
  store_fixture_assert_sound (fixture, 0);

  g_autoptr (ScPublishResult) again = store_fixture_publish (fixture);
  g_assert_cmpuint (again->new_chunks, <, size / SC_CHUNK_SIZE); /* what was stored before counts */
  g_assert_cmpuint (again->new_chunks, >, 0);
  store_fixture_assert_version (fixture, 1, fixture->source);
}

static void
test_one_publish_at_a_time (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_write (fixture, "a/disk.vmdk", 1, 10);
  g_assert_true (sc_store_begin_writing (fixture->store, NULL));
  store_fixture_publish_fails (fixture, SC_ERROR_BUSY, "try again");
  sc_store_end_writing (fixture->store);
  sc_publish_result_free (store_fixture_publish (fixture));
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/publish/" name, StoreFixture, GUINT_TO_POINTER (1024 * KIB), store_fixture_set_up, function,           \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("new-version", test_new_version);
  ADD ("only-changes-are-read-and-stored", test_only_changes_are_read_and_stored);
  ADD ("file-just-written-is-not-trusted", test_file_just_written_is_not_trusted);
  ADD ("holes", test_holes);
  ADD ("bad-directories", test_bad_directories);
  ADD ("texts", test_texts);
  ADD ("file-changes-meanwhile", test_file_changes_meanwhile);
  ADD ("cancel-and-resume", test_cancel_and_resume);
  ADD ("one-publish-at-a-time", test_one_publish_at_a_time);
  return g_test_run ();
}
