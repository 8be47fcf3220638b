/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-authority.h"

#include "common/sc-error.h"
#include "tests/unit/platform/test-dir.h"
#include "tests/unit/platform/test-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define SEAT "7d1f8ad2-6a0a-4e3f-8f5e-5d0b6a1c2e01"
#define NOW G_GINT64_CONSTANT (1800000000)
#define DAY (24 * 60 * 60)

static char *
path_of (const char *directory, const char *name)
{
  return g_build_filename (directory, SC_AUTHORITY_FOLDER, name, NULL);
}

static GPtrArray *
names_of (const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);
  GPtrArray *array = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; list[i] != NULL; i++)
    g_ptr_array_add (array, g_strdup (list[i]));
  return array;
}

static ScAuthority *
open_with (const char *directory, const char *names, gint64 now)
{
  g_autoptr (GPtrArray) list = names_of (names);
  g_autoptr (GError) error = NULL;
  ScAuthority *authority = sc_authority_open (directory, list, now, &error);
  g_assert_no_error (error);
  g_assert_nonnull (authority);
  return authority;
}

static ScAuthority *
open_authority (const char *directory)
{
  return open_with (directory, "console 10.1.0.5", NOW);
}

static void
assert_refused (const char *directory, ScError code, const char *words)
{
  g_autoptr (GPtrArray) list = names_of ("console");
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_authority_open (directory, list, NOW, &error));
  g_assert_error (error, SC_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static char *
make_request (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  char *request = sc_certificate_request_new (key, &error);
  g_assert_no_error (error);
  return request;
}

static ScCertificate *
issue (ScAuthority *authority, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *request = make_request ();
  guint8 key_id[SC_KEY_ID_SIZE], certificate_id[SC_KEY_ID_SIZE];
  gint64 end = 0;
  g_autofree char *pem = sc_authority_issue_seat (authority, request, SEAT, now, key_id, &end, &error);
  g_assert_no_error (error);
  ScCertificate *certificate = sc_certificate_parse (pem, strlen (pem), &error);
  g_assert_no_error (error);
  sc_certificate_get_key_id (certificate, certificate_id);
  g_assert_cmpmem (key_id, sizeof key_id, certificate_id, sizeof certificate_id);
  g_assert_cmpint (end, ==, sc_certificate_get_end (certificate));
  return certificate;
}

static gboolean
identifies (ScAuthority *authority, const ScCertificate *certificate, gint64 now)
{
  g_autoptr (GError) error = NULL;
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autofree char *seat = sc_authority_identify_seat (authority, certificate, now, key_id, &error);
  if (seat == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
    g_assert_nonnull (strstr (error->message, "enrol again"));
    return FALSE;
  }
  g_assert_cmpstr (seat, ==, SEAT);
  return TRUE;
}

static void
assert_console_is_good (ScAuthority *authority, const char *host, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) shown = sc_certificate_of_tls (sc_authority_get_tls (authority), &error);
  g_assert_no_error (error);
  g_assert_true (sc_certificate_equal (shown, sc_authority_get_console_certificate (authority)));
  g_autoptr (ScCertificate) root =
      sc_certificate_find_authority (sc_authority_get_tls (authority), sc_authority_get_fingerprint (authority));
  g_assert_nonnull (root);
  g_assert_true (sc_certificate_equal (root, sc_authority_get_certificate (authority)));
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();
  g_ptr_array_add (authorities, root);
  sc_certificate_check (shown, authorities, SC_CERTIFICATE_CONSOLE, host, now, &error);
  g_assert_no_error (error);
}

/* ---- opening ---- */

static void
test_first_start (void)
{
  static const char *const secrets[] = { "authority.key", "console.key", "signing.key" };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
  g_autoptr (ScAnchors) anchors = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_autoptr (ScCertificate) console = sc_certificate_copy (sc_authority_get_console_certificate (authority));
  assert_console_is_good (authority, "CONSOLE", NOW);
  assert_console_is_good (authority, "10.1.0.5", NOW);
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autofree char *path = path_of (dir, secrets[i]);
    test_private_assert (path);
  }
  g_assert_cmpuint (anchors->authorities->len, ==, 1);
  g_assert_cmpuint (anchors->n_signing_keys, ==, 1);

  g_clear_pointer (&authority, sc_authority_close);
  authority = open_authority (dir);
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
  g_assert_true (sc_anchors_equal (sc_authority_get_anchors (authority), anchors));
  g_assert_true (sc_certificate_equal (sc_authority_get_console_certificate (authority), console));
}

/* Keys come before the certificate that makes them count. */
static void
test_broken_first_start (void)
{
  static const char *const order[] = { "console.crt", "console.key", "authority.crt", "signing.key", "authority.key" };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) first = open_authority (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (first));
  ScSigningKey signing_key = sc_authority_get_anchors (first)->signing_keys[0];
  g_clear_pointer (&first, sc_authority_close);

  for (guint n = 1; n <= G_N_ELEMENTS (order); n++) {
    test_auto_dir copy = test_dir_make ();
    g_autofree char *folder = g_build_filename (copy, SC_AUTHORITY_FOLDER, NULL);
    g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
    for (guint i = n; i < G_N_ELEMENTS (order); i++) {
      g_autofree char *from = path_of (dir, order[i]);
      g_autofree char *to = path_of (copy, order[i]);
      g_autofree char *text = NULL;
      gsize length = 0;
      g_assert_true (g_file_get_contents (from, &text, &length, NULL));
      test_dir_write (to, text, length);
    }
    g_autoptr (ScAuthority) authority = open_authority (copy);
    assert_console_is_good (authority, "console", NOW);
    /* what was there is kept */
    if (n <= 2)
      g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
    if (n <= 3)
      g_assert_cmpmem (&sc_authority_get_anchors (authority)->signing_keys[0], sizeof signing_key, &signing_key,
                       sizeof signing_key);
    g_clear_pointer (&authority, sc_authority_close);
    authority = open_authority (copy);
    assert_console_is_good (authority, "console", NOW);
  }
}

static void
assert_damage (const char *name, const char *text, ScError code, const char *words)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = path_of (dir, name);
  sc_authority_close (open_authority (dir));
  if (text == NULL)
    g_assert_cmpint (g_unlink (path), ==, 0);
  else
    test_dir_write (path, text, strlen (text));
  assert_refused (dir, code, words);
}

static void
test_damage (void)
{
  assert_damage ("authority.key", NULL, SC_ERROR_NOT_FOUND, "authority.key");
  assert_damage ("authority.crt", NULL, SC_ERROR_NOT_FOUND, "authority.crt");
  assert_damage ("signing.key", NULL, SC_ERROR_NOT_FOUND, "signing.key");
  assert_damage ("authority.key", "rubbish", SC_ERROR_CORRUPT, "authority.key");
  assert_damage ("authority.crt", "rubbish", SC_ERROR_CORRUPT, "authority.crt");
  assert_damage ("signing.key", "rubbish", SC_ERROR_CORRUPT, "signing.key");
  assert_damage ("order", "rubbish", SC_ERROR_CORRUPT, "order");
  assert_damage ("order", "99999999999999999999", SC_ERROR_CORRUPT, "order");
}

static void
test_mixed_backups (void)
{
  test_auto_dir dir = test_dir_make ();
  test_auto_dir other = test_dir_make ();
  g_autofree char *ours = path_of (dir, "authority.key");
  g_autofree char *theirs = path_of (other, "authority.key");
  sc_authority_close (open_authority (dir));
  sc_authority_close (open_authority (other));
  g_assert_cmpint (g_rename (theirs, ours), ==, 0);
  assert_refused (dir, SC_ERROR_CORRUPT, "one backup");
}

/* It follows from the authority, so it is made anew, and nobody has to do anything. */
static void
test_damaged_console (void)
{
  static const char *const names[] = { "console.key", "console.crt" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    test_auto_dir dir = test_dir_make ();
    g_autofree char *path = path_of (dir, names[i]);
    g_autoptr (ScAuthority) authority = open_authority (dir);
    g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
    g_clear_pointer (&authority, sc_authority_close);
    test_dir_write (path, "rubbish", 7);
    authority = open_authority (dir);
    assert_console_is_good (authority, "console", NOW);
    g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
  }
}

static void
count (gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* ---- renewal ---- */

static void
test_refresh (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autoptr (GPtrArray) names = names_of ("10.1.0.5 console console");
  g_autoptr (GPtrArray) moved = names_of ("console 10.1.0.6");
  gint64 due = sc_certificate_get_end (sc_authority_get_console_certificate (authority)) -
               (gint64) SC_CERTIFICATE_RENEW_DAYS * DAY;
  g_autoptr (GError) error = NULL;
  guint n_changed = 0;
  sc_authority_set_changed (authority, count, &n_changed);

  g_assert_true (sc_authority_refresh (authority, names, due - 1, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 0); /* the order of the names, and how often, is none */
  g_assert_true (sc_authority_refresh (authority, names, due, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);
  assert_console_is_good (authority, "10.1.0.5", due + 200 * DAY);
  g_assert_true (sc_authority_refresh (authority, moved, due, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 2);
  assert_console_is_good (authority, "10.1.0.6", due);
}

static void
test_late_start (void)
{
  test_auto_dir dir = test_dir_make ();
  gint64 late = NOW + 5 * 365 * (gint64) DAY;
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
  g_clear_pointer (&authority, sc_authority_close);
  authority = open_with (dir, "console fe80::1%eth0 not/a/name", late);
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
  assert_console_is_good (authority, "fe80::1", late);
}

static void
test_no_names (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (GPtrArray) names = names_of ("a/b");
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_authority_open (dir, names, NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "--name"));
}

/* ---- seats and signatures ---- */

static void
test_seats (void)
{
  test_auto_dir dir = test_dir_make ();
  test_auto_dir other_dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autoptr (ScAuthority) other = open_authority (other_dir);
  g_autoptr (ScCertificate) seat = issue (authority, NOW);
  g_autoptr (ScCertificate) stranger = issue (other, NOW);
  g_autoptr (GError) error = NULL;
  gint64 end = sc_certificate_get_end (seat);

  g_assert_true (identifies (authority, seat, NOW));
  g_assert_true (identifies (authority, seat, end - 1));
  g_assert_false (identifies (authority, seat, end));
  g_assert_false (identifies (authority, stranger, NOW));
  g_assert_false (identifies (authority, sc_authority_get_console_certificate (authority), NOW));
  g_assert_false (identifies (authority, sc_authority_get_certificate (authority), NOW));
  g_assert_null (sc_authority_issue_seat (authority, "rubbish", SEAT, NOW, NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static guint64
sign_order (ScAuthority *authority, const ScChunkId *manifest)
{
  const ScAnchors *anchors = sc_authority_get_anchors (authority);
  g_autoptr (GError) error = NULL;
  ScSignature signature;
  guint64 order = 0;
  g_assert_true (sc_authority_sign_order (authority, SEAT, 3, manifest, &order, &signature, &error));
  g_assert_no_error (error);
  g_assert_true (
      sc_signature_is_of_order (&signature, anchors->signing_keys, anchors->n_signing_keys, SEAT, order, 3, manifest));
  return order;
}

static void
test_orders (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = path_of (dir, "order");
  g_autoptr (ScAuthority) authority = open_authority (dir);
  const ScAnchors *anchors = sc_authority_get_anchors (authority);
  ScChunkId manifest;
  ScSignature signature;
  guint64 last = 0;
  sc_chunk_id_of (&manifest, "a", 1);
  sc_authority_sign_version (authority, 3, &manifest, &signature);
  g_assert_true (sc_signature_is_of_version (&signature, anchors->signing_keys, 1, 3, &manifest));

  for (guint i = 0; i < 1000; i++) {
    guint64 order = sign_order (authority, &manifest);
    g_assert_cmpuint (order, >, last);
    last = order;
  }
  test_private_assert (path);
  /* a restart, as after a crash: nothing is written when it ends */
  g_clear_pointer (&authority, sc_authority_close);
  authority = open_authority (dir);
  g_assert_cmpuint (sign_order (authority, &manifest), >, last);
  g_clear_pointer (&authority, sc_authority_close);

  /* a clock that was set back by a thousand years */
  test_dir_write (path, "33000000000000000\n", 18);
  authority = open_authority (dir);
  g_assert_cmpuint (sign_order (authority, &manifest), ==, 33000000000000001);
  g_assert_cmpuint (sign_order (authority, &manifest), ==, 33000000000000002);
}

static void
test_orders_full_disk (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = path_of (dir, "order");
  g_autofree char *within = g_build_filename (path, "x", NULL);
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autoptr (GError) error = NULL;
  ScChunkId manifest;
  ScSignature signature;
  guint64 order = 0;
  sc_chunk_id_of (&manifest, "a", 1);
  /* a folder that is not empty cannot be replaced by the file */
  g_assert_cmpint (g_mkdir_with_parents (within, 0700), ==, 0);
  g_assert_false (sc_authority_sign_order (authority, SEAT, 3, &manifest, &order, &signature, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (order, ==, 0);
}

/* ---- the change of the authority ---- */

static void
test_rotation (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autofree char *before = g_strdup (sc_authority_get_fingerprint (authority));
  g_autoptr (ScCertificate) old_seat = issue (authority, NOW);
  g_autoptr (ScAnchors) old_anchors = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_autoptr (GError) error = NULL;
  ScChunkId manifest;
  ScSignature version, anew;
  guint n_changed = 0;
  sc_chunk_id_of (&manifest, "a", 1);

  g_assert_false (sc_authority_finish_rotation (authority, NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  sc_authority_set_changed (authority, count, &n_changed);
  g_assert_true (sc_authority_begin_rotation (authority, NOW + DAY, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_false (sc_authority_begin_rotation (authority, NOW + DAY, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);

  /* the old one is shown, both are trusted, seats get certificates of the next: also over a restart */
  g_clear_pointer (&authority, sc_authority_close);
  authority = open_authority (dir);
  g_assert_true (sc_authority_is_rotating (authority));
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, before);
  assert_console_is_good (authority, "console", NOW + DAY);
  g_autoptr (ScAnchors) both = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_assert_cmpuint (both->authorities->len, ==, 2);
  g_assert_cmpuint (both->n_signing_keys, ==, 2);
  g_autoptr (ScCertificate) new_seat = issue (authority, NOW + DAY);
  g_assert_true (identifies (authority, old_seat, NOW + DAY));
  g_assert_true (identifies (authority, new_seat, NOW + DAY));
  g_assert_false (sc_authority_is_from_next (authority, old_seat, NOW + DAY));
  g_assert_true (sc_authority_is_from_next (authority, new_seat, NOW + DAY));
  sc_authority_sign_version (authority, 3, &manifest, &version);
  sc_authority_sign_version_anew (authority, 3, &manifest, &anew);
  g_assert_true (sc_signature_is_of_version (&version, old_anchors->signing_keys, 1, 3, &manifest));
  g_assert_false (sc_signature_is_of_version (&anew, old_anchors->signing_keys, 1, 3, &manifest));
  g_assert_true (sc_signature_is_of_version (&anew, both->signing_keys, 2, 3, &manifest));

  g_assert_true (sc_authority_finish_rotation (authority, NOW + 2 * DAY, &error));
  g_assert_no_error (error);
  g_assert_false (sc_authority_is_rotating (authority));
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), !=, before);
  assert_console_is_good (authority, "console", NOW + 2 * DAY);
  g_assert_false (identifies (authority, old_seat, NOW + 2 * DAY));
  g_assert_true (identifies (authority, new_seat, NOW + 2 * DAY));
  const ScAnchors *now = sc_authority_get_anchors (authority);
  g_assert_true (sc_signature_is_of_version (&anew, now->signing_keys, now->n_signing_keys, 3, &manifest));
  g_assert_false (sc_signature_is_of_version (&version, now->signing_keys, now->n_signing_keys, 3, &manifest));
}

static void
test_cancel (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autoptr (ScAnchors) before = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_autofree char *next_key = path_of (dir, "next.key");
  g_autoptr (GError) error = NULL;
  g_assert_false (sc_authority_cancel_rotation (authority, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
  g_assert_no_error (error);
  test_private_assert (next_key);
  g_autoptr (ScCertificate) seat = issue (authority, NOW);
  g_assert_true (sc_authority_cancel_rotation (authority, &error));
  g_assert_no_error (error);
  g_assert_true (sc_anchors_equal (sc_authority_get_anchors (authority), before));
  g_assert_false (identifies (authority, seat, NOW));
  g_assert_false (g_file_test (next_key, G_FILE_TEST_EXISTS));
  /* and another may begin */
  g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
  g_assert_no_error (error);
}

/* Keys without the certificate that makes them count. */
static void
test_broken_begin (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *next = path_of (dir, "next.crt");
  g_autofree char *next_key = path_of (dir, "next.key");
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
  g_assert_no_error (error);
  g_clear_pointer (&authority, sc_authority_close);
  g_assert_cmpint (g_unlink (next), ==, 0);
  authority = open_authority (dir);
  g_assert_false (sc_authority_is_rotating (authority));
  g_assert_false (g_file_test (next_key, G_FILE_TEST_EXISTS));
}

static void
copy_file (const char *directory, const char *from, const char *to)
{
  g_autofree char *source = path_of (directory, from);
  g_autofree char *target = path_of (directory, to);
  g_autofree char *text = NULL;
  gsize length = 0;
  g_assert_true (g_file_get_contents (source, &text, &length, NULL));
  test_dir_write (target, text, length);
}

static void
drop_file (const char *directory, const char *name)
{
  g_autofree char *path = path_of (directory, name);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* The first @n_steps of what finishing does to the files. */
static void
finish_partly (const char *directory, guint n_steps)
{
  static const struct {
    const char *from; /* NULL: @to is removed */
    const char *to;
  } steps[] = { { "next.key", "authority.key" },
                { "next-signing.key", "signing.key" },
                { "next.crt", "authority.crt" },
                { NULL, "next.crt" },
                { NULL, "next.key" },
                { NULL, "next-signing.key" },
                { NULL, "finish" } };
  g_autofree char *finish = path_of (directory, "finish");
  g_assert_cmpuint (n_steps, <=, G_N_ELEMENTS (steps));
  test_dir_write (finish, "x", 1);
  for (guint i = 0; i < n_steps; i++)
    if (steps[i].from != NULL)
      copy_file (directory, steps[i].from, steps[i].to);
    else
      drop_file (directory, steps[i].to);
}

static void
test_broken_finish (void)
{
  static const char *const gone[] = { "next.crt", "next.key", "next-signing.key", "finish" };
  for (guint n = 0; n <= 7; n++) {
    test_auto_dir dir = test_dir_make ();
    g_autoptr (ScAuthority) authority = open_authority (dir);
    g_autoptr (GError) error = NULL;
    g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
    g_assert_no_error (error);
    g_autofree char *next = sc_certificate_get_fingerprint (sc_authority_get_next (authority));
    g_autoptr (ScCertificate) seat = issue (authority, NOW);
    g_clear_pointer (&authority, sc_authority_close);
    finish_partly (dir, n);

    authority = open_authority (dir);
    g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, next);
    g_assert_false (sc_authority_is_rotating (authority));
    g_assert_true (identifies (authority, seat, NOW));
    assert_console_is_good (authority, "console", NOW);
    for (guint i = 0; i < G_N_ELEMENTS (gone); i++) {
      g_autofree char *path = path_of (dir, gone[i]);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  }
}

/* The power went after the switch, before the removal of the next one's files was on the disk. */
static void
test_leftover_next (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = path_of (dir, "next.key");
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
  g_clear_pointer (&authority, sc_authority_close);
  copy_file (dir, "authority.key", "next.key");
  copy_file (dir, "authority.crt", "next.crt");
  copy_file (dir, "signing.key", "next-signing.key");
  authority = open_authority (dir);
  g_assert_false (sc_authority_is_rotating (authority));
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_lost_next_key (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = open_authority (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
  g_assert_no_error (error);
  g_clear_pointer (&authority, sc_authority_close);
  drop_file (dir, "next.key");
  assert_refused (dir, SC_ERROR_NOT_FOUND, "to give the change up");
  drop_file (dir, "next.crt");
  authority = open_authority (dir);
  g_assert_false (sc_authority_is_rotating (authority));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authority/first-start", test_first_start);
  g_test_add_func ("/authority/broken-first-start", test_broken_first_start);
  g_test_add_func ("/authority/damage", test_damage);
  g_test_add_func ("/authority/mixed-backups", test_mixed_backups);
  g_test_add_func ("/authority/damaged-console", test_damaged_console);
  g_test_add_func ("/authority/refresh", test_refresh);
  g_test_add_func ("/authority/late-start", test_late_start);
  g_test_add_func ("/authority/no-names", test_no_names);
  g_test_add_func ("/authority/seats", test_seats);
  g_test_add_func ("/authority/orders", test_orders);
  g_test_add_func ("/authority/orders-full-disk", test_orders_full_disk);
  g_test_add_func ("/authority/rotation", test_rotation);
  g_test_add_func ("/authority/cancel", test_cancel);
  g_test_add_func ("/authority/broken-begin", test_broken_begin);
  g_test_add_func ("/authority/broken-finish", test_broken_finish);
  g_test_add_func ("/authority/leftover-next", test_leftover_next);
  g_test_add_func ("/authority/lost-next-key", test_lost_next_key);
  return g_test_run ();
}
