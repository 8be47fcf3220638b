/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/store/full-disk.h"
#include "tests/unit/store/store-fixture.h"

#define KIB 1024u
#define PACK_LIMIT (1024 * KIB)

static ScPrivateKey *first_key, *second_key;

static void
sign (gpointer data, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  sc_signature_of_version (data, number, manifest, signature);
}

/* Versions are signed by @signing from now on; good is what is signed by one of @keys, which ends with NULL. */
static void
set_signer (StoreFixture *fixture, ScPrivateKey *signing, ScPrivateKey *const *keys)
{
  const ScVersionSigner signer = { sign, signing };
  ScSigningKey public_keys[SC_ANCHORS_MAX];
  gsize n = 0;
  g_autoptr (GError) error = NULL;

  for (; keys[n] != NULL; n++)
    sc_signing_key_of (keys[n], &public_keys[n]);
  sc_store_set_signer (fixture->store, &signer, public_keys, n, &error);
  g_assert_no_error (error);
}

static void
set_first_signer (StoreFixture *fixture)
{
  set_signer (fixture, first_key, (ScPrivateKey *[]){ first_key, NULL });
}

static void
publish (StoreFixture *fixture, guint32 seed)
{
  store_fixture_write (fixture, "a/disk.vmdk", seed, 200 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
}

static char *
signature_path (StoreFixture *fixture, const char *name)
{
  return g_build_filename (fixture->where, "signatures", name, NULL);
}

/* Whether version @number is signed well by one of the keys; if not, @says (nullable) is part of why. */
static gboolean
is_good (StoreFixture *fixture, guint64 number, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->store, number, &error);
  ScSignature signature;
  gboolean good;

  g_assert_no_error (error);
  good = sc_store_get_signature (fixture->store, version, &signature, &error);
  g_assert_cmpint (good, ==, sc_store_is_signed (fixture->store, version));
  if (!good) {
    g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
    if (says != NULL && strstr (error->message, says) == NULL)
      g_error ("“%s” does not say “%s”", error->message, says);
    return FALSE;
  }
  g_assert_true (sc_signature_is_of_version (&signature, fixture->store->keys, fixture->store->n_keys, number,
                                             sc_version_manifest_get_id (version)));
  return TRUE;
}

/* How many problems verify tells; all of them name a signature. */
static guint
count_problems (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStoreReport) report = sc_store_verify (fixture->store, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < report->problems->len; i++)
    g_assert_nonnull (strstr (g_ptr_array_index (report->problems, i), "seatcastctl version sign"));
  g_assert_cmpuint (report->damaged, ==, report->problems->len);
  return report->problems->len;
}

static void
test_published_is_signed (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = signature_path (fixture, "2");
  g_autofree char *text = NULL;

  set_first_signer (fixture);
  publish (fixture, 1);
  publish (fixture, 2);
  g_assert_true (is_good (fixture, 1, NULL));
  g_assert_true (is_good (fixture, 2, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpuint (strlen (text), ==, 2 * SC_SIGNATURE_SIZE + 1);
  store_fixture_close (fixture);
  store_fixture_open (fixture, PACK_LIMIT);
  set_first_signer (fixture);
  g_assert_true (is_good (fixture, 1, NULL));
  g_assert_true (is_good (fixture, 2, NULL));
  g_assert_cmpuint (count_problems (fixture), ==, 0);
}

/* A store from before has its versions signed once; what comes to be without a signature later stays without. */
static void
test_store_from_before (StoreFixture *fixture, gconstpointer data)
{
  publish (fixture, 1);
  publish (fixture, 2);
  g_assert_false (is_good (fixture, 1, "is not signed"));
  set_first_signer (fixture);
  g_assert_true (is_good (fixture, 1, NULL));
  g_assert_true (is_good (fixture, 2, NULL));
  store_fixture_close (fixture);
  store_fixture_open (fixture, PACK_LIMIT);
  publish (fixture, 3); /* by a program that does not sign */
  set_first_signer (fixture);
  g_assert_true (is_good (fixture, 2, NULL));
  g_assert_false (is_good (fixture, 3, "seatcastctl version sign 3"));
  g_assert_cmpuint (count_problems (fixture), ==, 1);
}

/* The disk fails at every change on the way: all of them are signed afterwards, or the next start does it. */
static void
test_store_from_before_crashes (StoreFixture *fixture, gconstpointer data)
{
  const ScVersionSigner signer = { sign, first_key };
  ScSigningKey key;
  guint n_failed = 0;

  sc_signing_key_of (first_key, &key);
  publish (fixture, 1);
  publish (fixture, 2);
  publish (fixture, 3);
  for (gboolean signed_all = FALSE; !signed_all; n_failed += !signed_all) {
    FullDisk *disk = full_disk_new (fixture->where);
    g_autoptr (GError) error = NULL;

    store_fixture_close (fixture);
    fixture->store = sc_store_open_with (fixture->where, &disk->base, PACK_LIMIT, &error);
    g_assert_no_error (error);
    disk->fail_at = n_failed + 1;
    signed_all = sc_store_set_signer (fixture->store, &signer, &key, 1, &error);
    g_assert_true (signed_all == (error == NULL));
    store_fixture_close (fixture);
    /* a crash right after the failure: what is there is all, or nothing */
    store_fixture_open (fixture, PACK_LIMIT);
    g_autofree char *directory = signature_path (fixture, NULL);
    if (g_file_test (directory, G_FILE_TEST_EXISTS)) {
      set_first_signer (fixture);
      for (guint64 i = 1; i <= 3; i++)
        g_assert_true (is_good (fixture, i, NULL));
    }
  }
  g_assert_cmpuint (n_failed, >=, 3 * 4);
}

static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return FALSE;
}

static void
count_warning (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  ++*(guint *) data;
}

/* How many warnings will come is not known beforehand: counts them. Ended by end_warnings(). */
static guint
begin_warnings (guint *n_warnings)
{
  g_test_log_set_fatal_handler (is_fatal, NULL);
  return g_log_set_handler ("Seatcast", G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL, count_warning, n_warnings);
}

static void
end_warnings (guint handler)
{
  g_log_remove_handler ("Seatcast", handler);
  g_test_log_set_fatal_handler (NULL, NULL);
}

/* Whatever fails on the way, and whenever: a version that exists is signed. */
static void
test_publish_fails_anywhere (StoreFixture *fixture, gconstpointer data)
{
  guint n_failed = 0, n_versions = 0, n_warnings = 0, handler;
  gboolean published = FALSE;

  set_first_signer (fixture);
  publish (fixture, 1);
  handler = begin_warnings (&n_warnings); /* what the failed publish stored cannot be cut off */
  while (!published) {
    FullDisk *disk = full_disk_new (fixture->where);
    g_autoptr (GError) error = NULL;
    g_autoptr (ScPublishResult) result = NULL;
    g_autoptr (GPtrArray) versions = NULL;

    store_fixture_close (fixture);
    fixture->store = sc_store_open_with (fixture->where, &disk->base, PACK_LIMIT, &error);
    g_assert_no_error (error);
    set_first_signer (fixture);
    store_fixture_write (fixture, "a/disk.vmdk", 100 + n_failed, 200 * KIB);
    disk->fail_at = n_failed + 1;
    result = sc_publish (fixture->store, fixture->source, "staff", "", 1, NULL, NULL, &error);
    published = result != NULL;
    g_assert_true (published == (error == NULL));
    n_failed += !published;
    store_fixture_close (fixture);
    store_fixture_open (fixture, PACK_LIMIT);
    set_first_signer (fixture);
    versions = sc_store_list_versions (fixture->store, NULL);
    for (guint i = 0; i < versions->len; i++)
      g_assert_true (is_good (fixture, sc_version_manifest_get_number (g_ptr_array_index (versions, i)), NULL));
    n_versions = versions->len;
  }
  end_warnings (handler);
  g_test_message ("%u places, %u versions", n_failed, n_versions);
  g_assert_cmpuint (n_failed, >=, 8);
  g_assert_cmpuint (count_problems (fixture), ==, 0);
}

static guint
find_in (GPtrArray *journal, const char *what, guint from)
{
  for (guint i = from; i < journal->len; i++) {
    if (g_str_equal (g_ptr_array_index (journal, i), what))
      return i;
  }
  g_error ("“%s” is not in the journal", what);
}

/* A power cut keeps only what was flushed: the signature is, before a byte of the version's entry is written. */
static void
test_signature_is_durable_first (StoreFixture *fixture, gconstpointer data)
{
  FullDisk *disk = full_disk_new (fixture->where);
  g_autoptr (GError) error = NULL;
  guint written, synced, renamed, listed, last_write = 0;

  store_fixture_close (fixture);
  fixture->store = sc_store_open_with (fixture->where, &disk->base, PACK_LIMIT, &error);
  g_assert_no_error (error);
  set_first_signer (fixture);
  disk->journal = g_ptr_array_new_with_free_func (g_free);
  publish (fixture, 1);
  written = find_in (disk->journal, "write signatures/1.new", 0);
  synced = find_in (disk->journal, "sync signatures/1.new", written);
  renamed = find_in (disk->journal, "rename signatures/1.new signatures/1", synced);
  listed = find_in (disk->journal, "sync signatures", renamed);
  for (guint i = 0; i < disk->journal->len; i++) {
    if (g_str_has_prefix (g_ptr_array_index (disk->journal, i), "write packs/"))
      last_write = i;
  }
  g_assert_cmpuint (last_write, >, listed);
  /* and it is that of the entry: everything else was flushed before the signature was made */
  g_assert_cmpuint (find_in (disk->journal, "sync packs/00000001.pack", 0), <, written);
}

/* Each of them is a good signature, or none, of something else. */
static void
test_wrong_signatures (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = signature_path (fixture, "1");
  g_autofree char *other_path = signature_path (fixture, "2");
  g_autofree char *right = NULL;
  g_autofree char *others = NULL;
  g_autofree char *upper = NULL;
  g_autofree char *longer = NULL;

  set_first_signer (fixture);
  publish (fixture, 1);
  publish (fixture, 2);
  g_assert_true (g_file_get_contents (path, &right, NULL, NULL));
  g_assert_true (g_file_get_contents (other_path, &others, NULL, NULL));
  upper = g_ascii_strup (right, -1);
  longer = g_strconcat (right, "0", NULL);
  for (const char *const *text = (const char *const[]){ others, upper, longer, "", "0\n", NULL }; *text != NULL;
       text++) {
    g_assert_true (g_file_set_contents (path, *text, -1, NULL));
    g_assert_cmpuint (count_problems (fixture), ==, 1); /* verify reads it anew */
    g_assert_false (is_good (fixture, 1, "seatcastctl version sign 1"));
    g_assert_true (is_good (fixture, 2, NULL));
  }
  g_assert_true (g_file_set_contents (path, right, -1, NULL));
  g_assert_cmpuint (count_problems (fixture), ==, 0);
  set_signer (fixture, second_key, (ScPrivateKey *[]){ second_key, NULL });
  g_assert_false (is_good (fixture, 1, "not this console's"));
  g_assert_cmpuint (count_problems (fixture), ==, 2);
}

static void
test_sign_by_hand (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  publish (fixture, 1);
  g_assert_false (sc_store_sign_version (fixture->store, 1, NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE); /* nobody to sign */
  g_clear_error (&error);
  set_signer (fixture, first_key, (ScPrivateKey *[]){ second_key, NULL });
  g_assert_false (is_good (fixture, 1, NULL));
  set_first_signer (fixture);
  g_assert_false (sc_store_sign_version (fixture->store, 2, NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_autofree char *path = signature_path (fixture, "1");
  g_assert_cmpint (remove (path), ==, 0);
  sc_store_forget_signatures (fixture->store);
  g_assert_false (is_good (fixture, 1, "is not signed"));
  g_assert_true (sc_store_sign_version (fixture->store, 1, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (is_good (fixture, 1, NULL));
}

/* What is not what staff published is not signed, wherever it is damaged. */
static void
test_damaged_is_not_signed (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *pack = NULL;
  g_autofree char *whole = NULL;
  gsize length, signed_damaged = 0;

  set_first_signer (fixture);
  publish (fixture, 1);
  pack = store_fixture_pack_path (fixture, 1);
  g_assert_true (g_file_get_contents (pack, &whole, &length, NULL));
  for (gsize at = 100; at + 1000 < length; at += 20 * KIB) {
    const guint8 wrong = (guint8) (whole[at] ^ 1);
    g_autoptr (GError) error = NULL;

    store_fixture_write_at (pack, at, &wrong, 1);
    if (sc_store_sign_version (fixture->store, 1, NULL, NULL, &error)) {
      signed_damaged++;
    } else {
      g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "version 1 is damaged and was not signed"));
    }
    store_fixture_write_at (pack, at, whole + at, 1);
  }
  g_assert_cmpuint (signed_damaged, ==, 0);
  g_assert_true (sc_store_sign_version (fixture->store, 1, NULL, NULL, NULL));
}

/* The authority is changed: what was signed well is signed by the next key, the rest stays what it was; interrupted at
 * any place, good is what is signed by one key or the other, and the next attempt finishes it. */
static void
test_change_of_key (StoreFixture *fixture, gconstpointer data)
{
  const ScVersionSigner next = { sign, second_key };
  ScPrivateKey *const both[] = { first_key, second_key, NULL };
  gboolean done = FALSE;
  guint n_failed = 0, n_warnings = 0, handler;

  for (guint i = 1; i <= 3; i++)
    publish (fixture, i);
  set_first_signer (fixture);
  g_autofree char *unsigned_path = signature_path (fixture, "2");
  g_assert_cmpint (remove (unsigned_path), ==, 0);
  handler = begin_warnings (&n_warnings); /* that version 2 is not signed */
  while (!done) {
    FullDisk *disk = full_disk_new (fixture->where);
    g_autoptr (GError) error = NULL;

    store_fixture_close (fixture);
    fixture->store = sc_store_open_with (fixture->where, &disk->base, PACK_LIMIT, &error);
    g_assert_no_error (error);
    set_signer (fixture, first_key, both);
    disk->fail_at = n_failed + 1;
    done = sc_store_sign_all (fixture->store, &next, &error);
    n_failed += !done;
    g_assert_true (is_good (fixture, 1, NULL));
    g_assert_false (is_good (fixture, 2, "is not signed"));
    g_assert_true (is_good (fixture, 3, NULL));
  }
  end_warnings (handler);
  g_assert_cmpuint (n_failed, >, 4);
  g_assert_cmpuint (n_warnings, >, 0);
  set_signer (fixture, second_key, (ScPrivateKey *[]){ second_key, NULL });
  g_assert_true (is_good (fixture, 1, NULL));
  g_assert_false (is_good (fixture, 2, "is not signed"));
  g_assert_true (is_good (fixture, 3, NULL));
}

static void
test_gc_drops_what_is_of_nothing (StoreFixture *fixture, gconstpointer data)
{
  static const char *const others[] = { "77", "1.new", "01", "x" };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStoreReport) report = NULL;

  set_first_signer (fixture);
  publish (fixture, 1);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *path = signature_path (fixture, others[i]);

    g_assert_true (g_file_set_contents (path, "0\n", -1, NULL));
  }
  report = sc_store_gc (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *path = signature_path (fixture, others[i]);

    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  }
  g_assert_true (is_good (fixture, 1, NULL));
  g_assert_cmpuint (count_problems (fixture), ==, 0);
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/store-signatures/" name, StoreFixture, GUINT_TO_POINTER (PACK_LIMIT), store_fixture_set_up, function,  \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  first_key = sc_private_key_new (SC_KEY_ED25519, NULL);
  second_key = sc_private_key_new (SC_KEY_ED25519, NULL);
  ADD ("published-is-signed", test_published_is_signed);
  ADD ("store-from-before", test_store_from_before);
  ADD ("store-from-before-crashes", test_store_from_before_crashes);
  ADD ("publish-fails-anywhere", test_publish_fails_anywhere);
  ADD ("signature-is-durable-first", test_signature_is_durable_first);
  ADD ("wrong-signatures", test_wrong_signatures);
  ADD ("sign-by-hand", test_sign_by_hand);
  ADD ("damaged-is-not-signed", test_damaged_is_not_signed);
  ADD ("change-of-key", test_change_of_key);
  ADD ("gc-drops-what-is-of-nothing", test_gc_drops_what_is_of_nothing);
  status = g_test_run ();
  sc_private_key_free (first_key);
  sc_private_key_free (second_key);
  return status;
}
