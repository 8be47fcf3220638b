/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/authority-fixture.h"
#include "tests/unit/platform/test-dir.h"
#include "tests/unit/platform/test-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- opening ---- */

static void
test_first_start (void)
{
  static const char *const secrets[] = { "authority.key", "console.key", "signing.key" };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
  g_autoptr (ScAnchors) anchors = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_autoptr (ScCertificate) console = sc_certificate_copy (sc_authority_get_console_certificate (authority));
  authority_assert_console (authority, "CONSOLE", NOW);
  authority_assert_console (authority, "10.1.0.5", NOW);
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autofree char *path = authority_path (dir, secrets[i]);
    test_private_assert (path);
  }
  g_assert_cmpuint (anchors->authorities->len, ==, 1);
  g_assert_cmpuint (anchors->n_signing_keys, ==, 1);

  g_clear_pointer (&authority, sc_authority_close);
  authority = authority_open (dir);
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
  g_autoptr (ScAuthority) first = authority_open (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (first));
  ScSigningKey signing_key = sc_authority_get_anchors (first)->signing_keys[0];
  g_clear_pointer (&first, sc_authority_close);

  for (guint n = 1; n <= G_N_ELEMENTS (order); n++) {
    test_auto_dir copy = test_dir_make ();
    g_autofree char *folder = g_build_filename (copy, SC_AUTHORITY_FOLDER, NULL);
    g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
    for (guint i = n; i < G_N_ELEMENTS (order); i++) {
      g_autofree char *from = authority_path (dir, order[i]);
      g_autofree char *to = authority_path (copy, order[i]);
      g_autofree char *text = NULL;
      gsize length = 0;
      g_assert_true (g_file_get_contents (from, &text, &length, NULL));
      test_dir_write (to, text, length);
    }
    g_autoptr (ScAuthority) authority = authority_open (copy);
    authority_assert_console (authority, "console", NOW);
    /* what was there is kept */
    if (n <= 2)
      g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
    if (n <= 3)
      g_assert_cmpmem (&sc_authority_get_anchors (authority)->signing_keys[0], sizeof signing_key, &signing_key,
                       sizeof signing_key);
    g_clear_pointer (&authority, sc_authority_close);
    authority = authority_open (copy);
    authority_assert_console (authority, "console", NOW);
  }
}

static void
assert_damage (const char *name, const char *text, ScError code, const char *words)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = authority_path (dir, name);
  sc_authority_close (authority_open (dir));
  if (text == NULL)
    g_assert_cmpint (g_unlink (path), ==, 0);
  else
    test_dir_write (path, text, strlen (text));
  authority_assert_refused (dir, code, words);
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
  g_autofree char *ours = authority_path (dir, "authority.key");
  g_autofree char *theirs = authority_path (other, "authority.key");
  sc_authority_close (authority_open (dir));
  sc_authority_close (authority_open (other));
  g_assert_cmpint (g_rename (theirs, ours), ==, 0);
  authority_assert_refused (dir, SC_ERROR_CORRUPT, "one backup");
}

/* It follows from the authority, so it is made anew, and nobody has to do anything. */
static void
test_damaged_console (void)
{
  static const char *const names[] = { "console.key", "console.crt" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    test_auto_dir dir = test_dir_make ();
    g_autofree char *path = authority_path (dir, names[i]);
    g_autoptr (ScAuthority) authority = authority_open (dir);
    g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
    g_clear_pointer (&authority, sc_authority_close);
    test_dir_write (path, "rubbish", 7);
    authority = authority_open (dir);
    authority_assert_console (authority, "console", NOW);
    g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
  }
}

/* ---- renewal ---- */

static void
test_refresh (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autoptr (GPtrArray) names = authority_names ("10.1.0.5 console console");
  g_autoptr (GPtrArray) moved = authority_names ("console 10.1.0.6");
  gint64 due = sc_certificate_get_end (sc_authority_get_console_certificate (authority)) -
               (gint64) SC_CERTIFICATE_RENEW_DAYS * DAY;
  g_autoptr (GError) error = NULL;
  guint n_changed = 0;
  sc_authority_set_changed (authority, authority_count, &n_changed);

  g_assert_true (sc_authority_refresh (authority, names, due - 1, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 0); /* the order of the names, and how often, is none */
  g_assert_true (sc_authority_refresh (authority, names, due, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);
  authority_assert_console (authority, "10.1.0.5", due + 200 * DAY);
  g_assert_true (sc_authority_refresh (authority, moved, due, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 2);
  authority_assert_console (authority, "10.1.0.6", due);
}

static void
test_late_start (void)
{
  test_auto_dir dir = test_dir_make ();
  gint64 late = NOW + 5 * 365 * (gint64) DAY;
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
  g_clear_pointer (&authority, sc_authority_close);
  authority = authority_open_with (dir, "console fe80::1%eth0 not/a/name", late);
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
  authority_assert_console (authority, "fe80::1", late);
}

/* A clock that the network has not set yet, or somebody has: what was there is good again once it is right. */
static void
test_wrong_clock (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autoptr (ScCertificate) before = sc_certificate_copy (sc_authority_get_console_certificate (authority));
  gint64 begin = sc_certificate_get_begin (sc_authority_get_certificate (authority));
  gint64 end = sc_certificate_get_end (sc_authority_get_certificate (authority));
  gint64 wrong[] = { 0, begin - 1, end, end + 80 * 365 * (gint64) DAY };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_clear_pointer (&authority, sc_authority_close);
    authority = authority_open_with (dir, "console 10.1.0.5", wrong[i]);
    g_assert_true (sc_certificate_equal (sc_authority_get_console_certificate (authority), before));
    authority_assert_console (authority, "console", NOW);
  }
}

static void
test_no_names (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (GPtrArray) names = authority_names ("a/b");
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
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autoptr (ScAuthority) other = authority_open (other_dir);
  g_autoptr (ScCertificate) seat = authority_issue (authority, NOW);
  g_autoptr (ScCertificate) stranger = authority_issue (other, NOW);
  g_autoptr (GError) error = NULL;
  gint64 end = sc_certificate_get_end (seat);

  g_assert_true (authority_identifies (authority, seat, NOW));
  g_assert_true (authority_identifies (authority, seat, end - 1));
  g_assert_false (authority_identifies (authority, seat, end));
  g_assert_false (authority_identifies (authority, stranger, NOW));
  g_assert_false (authority_identifies (authority, sc_authority_get_console_certificate (authority), NOW));
  g_assert_false (authority_identifies (authority, sc_authority_get_certificate (authority), NOW));
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
  g_assert_true (sc_authority_sign_order (authority, SEAT, 3, manifest, NULL, &order, &signature, &error));
  g_assert_no_error (error);
  g_assert_true (sc_signature_is_of_order (&signature, anchors->signing_keys, anchors->n_signing_keys, SEAT, order, 3,
                                           manifest, NULL));
  return order;
}

static void
test_orders (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = authority_path (dir, "order");
  g_autoptr (ScAuthority) authority = authority_open (dir);
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
  authority = authority_open (dir);
  g_assert_cmpuint (sign_order (authority, &manifest), >, last);
  g_clear_pointer (&authority, sc_authority_close);

  /* a clock that was set back by a thousand years */
  test_dir_write (path, "33000000000000000\n", 18);
  authority = authority_open (dir);
  g_assert_cmpuint (sign_order (authority, &manifest), ==, 33000000000000001);
  g_assert_cmpuint (sign_order (authority, &manifest), ==, 33000000000000002);
}

static void
test_orders_full_disk (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = authority_path (dir, "order");
  g_autofree char *within = g_build_filename (path, "x", NULL);
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autoptr (GError) error = NULL;
  ScChunkId manifest;
  ScSignature signature;
  guint64 order = 0;
  sc_chunk_id_of (&manifest, "a", 1);
  /* a folder that is not empty cannot be replaced by the file */
  g_assert_cmpint (g_mkdir_with_parents (within, 0700), ==, 0);
  g_assert_false (sc_authority_sign_order (authority, SEAT, 3, &manifest, NULL, &order, &signature, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (order, ==, 0);
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
  g_test_add_func ("/authority/wrong-clock", test_wrong_clock);
  g_test_add_func ("/authority/no-names", test_no_names);
  g_test_add_func ("/authority/seats", test_seats);
  g_test_add_func ("/authority/orders", test_orders);
  g_test_add_func ("/authority/orders-full-disk", test_orders_full_disk);
  return g_test_run ();
}
