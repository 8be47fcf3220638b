/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/store/store-fixture.h"

#include <gio/gio.h>

#define KIB 1024u
#define PACK_LIMIT (2048 * KIB)
#define FAILED 3 /* exit status of a child; 1 is that of a process that Windows has terminated */

static void
sign (gpointer key, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  sc_signature_of_version (key, number, manifest, signature);
}

/* Signs with the key beside the store, which is made when there is none. Returns: (transfer full): the key */
static ScPrivateKey *
sign_with_key (ScStore *store, const char *where, GError **error)
{
  g_autofree char *path = g_strconcat (where, ".key", NULL);
  g_autoptr (ScPrivateKey) key = NULL;
  ScVersionSigner signer = { .sign = sign };
  ScSigningKey public_key;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    key = sc_private_key_load (path, SC_KEY_ED25519, error);
  else
    key = sc_private_key_new (SC_KEY_ED25519, error);
  if (key == NULL || !sc_private_key_save (key, path, error))
    return NULL;
  sc_signing_key_of (key, &public_key);
  signer.data = key;
  return sc_store_set_signer (store, &signer, &public_key, 1, error) ? g_steal_pointer (&key) : NULL;
}

/* What the child does: publish, and tell when it is done. */
static int
publish_as_child (const char *where, const char *source)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStore) store = sc_store_open_with (where, NULL, PACK_LIMIT, &error);
  g_autoptr (ScPrivateKey) key = store != NULL ? sign_with_key (store, where, &error) : NULL;
  g_autoptr (ScPublishResult) result = NULL;

  if (key != NULL)
    result = sc_publish (store, source, "staff", "killed", g_get_real_time (), NULL, NULL, &error);
  if (result == NULL) {
    g_printerr ("%s\n", error->message);
    return FAILED;
  }
  return 0;
}

static const char *program_path;

static GSubprocess *
start_publish (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT | G_SUBPROCESS_FLAGS_INHERIT_FDS, &error,
                                         program_path, "--publish", fixture->where, fixture->source, NULL);

  g_assert_no_error (error);
  return child;
}

/* Returns: whether it had said that it was done */
static gboolean
wait_for_end (GSubprocess *child)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (child))
    return FALSE;
  g_assert_cmpint (g_subprocess_get_exit_status (child), !=, FAILED);
  return g_subprocess_get_exit_status (child) == 0;
}

/* Starts this program as a child that publishes, and kills it after @delay µs. Returns: whether the child had said that
 * it was done */
static gboolean
publish_and_kill (StoreFixture *fixture, gulong delay)
{
  g_autoptr (GSubprocess) child = start_publish (fixture);

  g_usleep (delay);
  g_subprocess_force_exit (child);
  return wait_for_end (child);
}

/* Publishes without a kill. Returns: how long that took, µs */
static gulong
measure_publish (StoreFixture *fixture)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GSubprocess) child = start_publish (fixture);

  g_assert_true (wait_for_end (child));
  return (gulong) (g_get_monotonic_time () - begin);
}

/* The old versions are sound, and the new one is whole and signed, or not there at all. */
static void
check_after_kill (StoreFixture *fixture, gboolean done, GPtrArray *copies, guint round)
{
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (ScPrivateKey) key = NULL;

  store_fixture_open (fixture, PACK_LIMIT);
  key = sign_with_key (fixture->store, fixture->where, NULL);
  g_assert_nonnull (key);
  versions = sc_store_list_versions (fixture->store, NULL);
  g_assert_nonnull (versions);
  g_assert_cmpuint (versions->len, >=, copies->len + (done ? 1 : 0));
  g_assert_cmpuint (versions->len, <=, copies->len + 1);
  if (versions->len > copies->len) {
    g_autofree char *name = g_strdup_printf ("copy-%u", round);

    g_ptr_array_add (copies, store_fixture_copy_source (fixture, name));
  }
  store_fixture_assert_sound (fixture, copies->len);
  store_fixture_assert_version (fixture, copies->len, g_ptr_array_index (copies, copies->len - 1));
  store_fixture_close (fixture);
}

static void
test_killed_at_any_point (StoreFixture *fixture, gconstpointer data)
{
  guint rounds = g_getenv ("SEATCAST_TEST_LONG") != NULL ? 200 : 20;
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (g_free);
  guint n_killed = 0;
  gulong whole;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 8 * 1024 * KIB);
  store_fixture_write (fixture, "b/disk.vmdk", 2, 300 * KIB);
  store_fixture_close (fixture);
  whole = measure_publish (fixture);
  g_ptr_array_add (copies, store_fixture_copy_source (fixture, "copy-first"));
  for (guint i = 0; i < rounds; i++) {
    gboolean done;

    store_fixture_change (fixture, "a/disk.vmdk", i % 8 * 512 * KIB, 1000 + i, 4 * 1024 * KIB);
    done = publish_and_kill (fixture, whole / rounds * (i + 1));
    n_killed += done ? 0 : 1;
    check_after_kill (fixture, done, copies, i);
  }
  g_test_message ("%u of %u publishes were killed", n_killed, rounds);
  g_assert_cmpuint (n_killed, >, 0);

  store_fixture_open (fixture, PACK_LIMIT);
  sc_publish_result_free (store_fixture_publish (fixture));
  store_fixture_assert_version (fixture, copies->len + 1, fixture->source);
  for (guint i = 0; i < copies->len; i++)
    store_fixture_assert_version (fixture, i + 1, g_ptr_array_index (copies, i));

  /* the packs alone tell the same */
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStoreReport) report = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->versions, ==, copies->len + 1);
  g_assert_cmpuint (report->damaged, ==, 0);
}

/* Cuts the last pack at every kind of place, as a power cut may: beyond what the index knows only. */
static void
test_torn_tail (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *index = g_build_filename (fixture->where, "index.db", NULL);
  g_autofree char *pack = store_fixture_pack_path (fixture, 1);
  g_autofree char *old_index = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *old = NULL;
  gsize index_length, old_length = 0, whole_length;
  guint64 size;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 300 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  old = store_fixture_copy_source (fixture, "old");
  g_assert_true (sc_store_get_pack_size (fixture->store, 1, &size, NULL));
  old_length = size;
  store_fixture_close (fixture);
  g_assert_true (g_file_get_contents (index, &old_index, &index_length, NULL));
  store_fixture_open (fixture, PACK_LIMIT);
  store_fixture_change (fixture, "a/disk.vmdk", 0, 2, 200 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  store_fixture_close (fixture);
  g_assert_true (g_file_get_contents (pack, &whole, &whole_length, NULL));

  for (gsize cut = old_length; cut <= whole_length; cut += cut == whole_length ? 1 : MIN (7001, whole_length - cut)) {
    /* the second publish's pack bytes up to @cut, and the index from before it */
    g_assert_true (g_file_set_contents (pack, whole, (gssize) cut, NULL));
    g_assert_true (g_file_set_contents (index, old_index, (gssize) index_length, NULL));
    store_fixture_open (fixture, PACK_LIMIT);
    g_assert_true (sc_store_get_pack_size (fixture->store, 1, &size, NULL));
    g_assert_cmpuint (size, <=, cut);
    store_fixture_assert_version (fixture, 1, old);
    /* the version exists exactly when its entry, the last one, is whole */
    store_fixture_assert_sound (fixture, cut == whole_length ? 2 : 1);
    if (cut == whole_length)
      store_fixture_assert_version (fixture, 2, fixture->source);
    g_autoptr (ScPublishResult) next = store_fixture_publish (fixture);
    g_assert_cmpuint (sc_version_manifest_get_number (next->version), ==, cut == whole_length ? 3 : 2);
    store_fixture_close (fixture);
  }
  store_fixture_open (fixture, PACK_LIMIT);
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/store-crash/" name, StoreFixture, GUINT_TO_POINTER (PACK_LIMIT), store_fixture_set_up, function,       \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_autofree char *program = g_canonicalize_filename (argv[0], NULL);

  if (argc == 4 && g_str_equal (argv[1], "--publish"))
    return publish_as_child (argv[2], argv[3]);
  program_path = program;
  g_test_init (&argc, &argv, NULL);
  ADD ("killed-at-any-point", test_killed_at_any_point);
  ADD ("torn-tail", test_torn_tail);
  return g_test_run ();
}
