/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/authority-fixture.h"
#include "tests/unit/platform/test-dir.h"
#include "tests/unit/platform/test-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- the change of the authority ---- */

static void
test_rotation (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autofree char *before = g_strdup (sc_authority_get_fingerprint (authority));
  g_autoptr (ScCertificate) old_seat = authority_issue (authority, NOW);
  g_autoptr (ScAnchors) old_anchors = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_autoptr (GError) error = NULL;
  ScChunkId manifest;
  ScSignature version, anew;
  guint n_changed = 0;
  sc_chunk_id_of (&manifest, "a", 1);

  g_assert_false (sc_authority_finish_rotation (authority, NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  sc_authority_set_changed (authority, authority_count, &n_changed);
  g_assert_true (sc_authority_begin_rotation (authority, NOW + DAY, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_false (sc_authority_begin_rotation (authority, NOW + DAY, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);

  /* the old one is shown, both are trusted, seats get certificates of the next: also over a restart */
  g_clear_pointer (&authority, sc_authority_close);
  authority = authority_open (dir);
  g_assert_true (sc_authority_is_rotating (authority));
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, before);
  authority_assert_console (authority, "console", NOW + DAY);
  g_autoptr (ScAnchors) both = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_assert_cmpuint (both->authorities->len, ==, 2);
  g_assert_cmpuint (both->n_signing_keys, ==, 2);
  g_autoptr (ScCertificate) new_seat = authority_issue (authority, NOW + DAY);
  g_assert_true (authority_identifies (authority, old_seat, NOW + DAY));
  g_assert_true (authority_identifies (authority, new_seat, NOW + DAY));
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
  authority_assert_console (authority, "console", NOW + 2 * DAY);
  g_assert_false (authority_identifies (authority, old_seat, NOW + 2 * DAY));
  g_assert_true (authority_identifies (authority, new_seat, NOW + 2 * DAY));
  const ScAnchors *now = sc_authority_get_anchors (authority);
  g_assert_true (sc_signature_is_of_version (&anew, now->signing_keys, now->n_signing_keys, 3, &manifest));
  g_assert_false (sc_signature_is_of_version (&version, now->signing_keys, now->n_signing_keys, 3, &manifest));
}

static void
test_cancel (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autoptr (ScAnchors) before = sc_anchors_copy (sc_authority_get_anchors (authority));
  g_autofree char *next_key = authority_path (dir, "next.key");
  g_autoptr (GError) error = NULL;
  g_assert_false (sc_authority_cancel_rotation (authority, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
  g_assert_no_error (error);
  test_private_assert (next_key);
  g_autoptr (ScCertificate) seat = authority_issue (authority, NOW);
  g_assert_true (sc_authority_cancel_rotation (authority, &error));
  g_assert_no_error (error);
  g_assert_true (sc_anchors_equal (sc_authority_get_anchors (authority), before));
  g_assert_false (authority_identifies (authority, seat, NOW));
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
  g_autofree char *next = authority_path (dir, "next.crt");
  g_autofree char *next_key = authority_path (dir, "next.key");
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
  g_assert_no_error (error);
  g_clear_pointer (&authority, sc_authority_close);
  g_assert_cmpint (g_unlink (next), ==, 0);
  authority = authority_open (dir);
  g_assert_false (sc_authority_is_rotating (authority));
  g_assert_false (g_file_test (next_key, G_FILE_TEST_EXISTS));
}

static void
copy_file (const char *directory, const char *from, const char *to)
{
  g_autofree char *source = authority_path (directory, from);
  g_autofree char *target = authority_path (directory, to);
  g_autofree char *text = NULL;
  gsize length = 0;
  g_assert_true (g_file_get_contents (source, &text, &length, NULL));
  test_dir_write (target, text, length);
}

static void
drop_file (const char *directory, const char *name)
{
  g_autofree char *path = authority_path (directory, name);
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
  g_autofree char *finish = authority_path (directory, "finish");
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
    g_autoptr (ScAuthority) authority = authority_open (dir);
    g_autoptr (GError) error = NULL;
    g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
    g_assert_no_error (error);
    g_autofree char *next = sc_certificate_get_fingerprint (sc_authority_get_next (authority));
    g_autoptr (ScCertificate) seat = authority_issue (authority, NOW);
    g_clear_pointer (&authority, sc_authority_close);
    finish_partly (dir, n);

    authority = authority_open (dir);
    g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, next);
    g_assert_false (sc_authority_is_rotating (authority));
    g_assert_true (authority_identifies (authority, seat, NOW));
    authority_assert_console (authority, "console", NOW);
    for (guint i = 0; i < G_N_ELEMENTS (gone); i++) {
      g_autofree char *path = authority_path (dir, gone[i]);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  }
}

/* The power went after the switch, before the removal of the next one's files was on the disk. */
static void
test_leftover_next (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = authority_path (dir, "next.key");
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autofree char *fingerprint = g_strdup (sc_authority_get_fingerprint (authority));
  g_clear_pointer (&authority, sc_authority_close);
  copy_file (dir, "authority.key", "next.key");
  copy_file (dir, "authority.crt", "next.crt");
  copy_file (dir, "signing.key", "next-signing.key");
  authority = authority_open (dir);
  g_assert_false (sc_authority_is_rotating (authority));
  g_assert_cmpstr (sc_authority_get_fingerprint (authority), ==, fingerprint);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_lost_next_key (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScAuthority) authority = authority_open (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sc_authority_begin_rotation (authority, NOW, &error));
  g_assert_no_error (error);
  g_clear_pointer (&authority, sc_authority_close);
  drop_file (dir, "next.key");
  authority_assert_refused (dir, SC_ERROR_NOT_FOUND, "to give the change up");
  drop_file (dir, "next.crt");
  authority = authority_open (dir);
  g_assert_false (sc_authority_is_rotating (authority));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authority/change/rotation", test_rotation);
  g_test_add_func ("/authority/change/cancel", test_cancel);
  g_test_add_func ("/authority/change/broken-begin", test_broken_begin);
  g_test_add_func ("/authority/change/broken-finish", test_broken_finish);
  g_test_add_func ("/authority/change/leftover-next", test_leftover_next);
  g_test_add_func ("/authority/change/lost-next-key", test_lost_next_key);
  return g_test_run ();
}
