/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/trust/sc-signature.h"
#include "common/trust/sc-token.h"
#include "tests/unit/platform/test-dir.h"
#include "tests/unit/platform/test-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define SEAT "7d1f8ad2-6a0a-4e3f-8f5e-5d0b6a1c2e01"
#define OTHER_SEAT "7d1f8ad2-6a0a-4e3f-8f5e-5d0b6a1c2e02"

static ScPrivateKey *
make_key (ScKeyKind kind)
{
  g_autoptr (GError) error = NULL;
  ScPrivateKey *key = sc_private_key_new (kind, &error);
  g_assert_no_error (error);
  return key;
}

static void
test_round_trip (gconstpointer data)
{
  ScKeyKind kind = GPOINTER_TO_UINT (data);
  ScKeyKind other_kind = kind == SC_KEY_P256 ? SC_KEY_ED25519 : SC_KEY_P256;
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "a.key", NULL);
  g_autoptr (ScPrivateKey) key = make_key (kind);
  g_autoptr (ScPrivateKey) second = make_key (kind);
  g_autoptr (GError) error = NULL;
  guint8 id[SC_KEY_ID_SIZE], loaded_id[SC_KEY_ID_SIZE], second_id[SC_KEY_ID_SIZE];

  g_assert_true (sc_private_key_save (key, path, &error));
  g_assert_no_error (error);
  test_private_assert (path);
  g_autoptr (ScPrivateKey) loaded = sc_private_key_load (path, kind, &error);
  g_assert_no_error (error);
  sc_private_key_get_id (key, id);
  sc_private_key_get_id (loaded, loaded_id);
  sc_private_key_get_id (second, second_id);
  g_assert_cmpmem (id, sizeof id, loaded_id, sizeof loaded_id);
  g_assert_cmpint (memcmp (id, second_id, sizeof id), !=, 0);

  g_assert_null (sc_private_key_load (path, other_kind, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_damaged (void)
{
  static const char encrypted[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "a.key", NULL);
  g_autoptr (ScPrivateKey) key = make_key (SC_KEY_P256);
  g_autofree char *pem = sc_private_key_to_pem (key);
  g_autofree char *huge = g_strnfill (17 * 1024, '\n');
  g_autofree char *long_pem = g_strconcat (pem, huge, NULL);
  g_autofree char *twice = g_strconcat (pem, pem, NULL);
  g_autofree char *torn = g_strndup (pem, strlen (pem) / 2);
  const char *const bad[] = { "", "rubbish", encrypted, long_pem, twice, torn };
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_private_key_load (path, SC_KEY_P256, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    test_dir_write (path, bad[i], strlen (bad[i]));
    g_assert_null (sc_private_key_load (path, SC_KEY_P256, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
    g_clear_error (&error);
  }
}

static void
test_signatures (void)
{
  g_autoptr (ScPrivateKey) key = make_key (SC_KEY_ED25519);
  g_autoptr (ScPrivateKey) other = make_key (SC_KEY_ED25519);
  ScSigningKey keys[2];
  ScChunkId manifest, other_manifest;
  ScSignature version, order;
  sc_chunk_id_of (&manifest, "a", 1);
  sc_chunk_id_of (&other_manifest, "b", 1);
  sc_signing_key_of (other, &keys[0]);
  sc_signing_key_of (key, &keys[1]);
  sc_signature_of_version (key, 7, &manifest, &version);
  sc_signature_of_order (key, SEAT, 9, 7, &manifest, "hooks", &order);

  g_assert_true (sc_signature_is_of_version (&version, keys, 2, 7, &manifest));
  g_assert_false (sc_signature_is_of_version (&version, keys, 1, 7, &manifest)); /* another key */
  g_assert_false (sc_signature_is_of_version (&version, keys, 0, 7, &manifest));
  g_assert_false (sc_signature_is_of_version (&version, keys, 2, 8, &manifest));
  g_assert_false (sc_signature_is_of_version (&version, keys, 2, 7, &other_manifest));
  g_assert_false (sc_signature_is_of_version (&order, keys, 2, 7, &manifest));

  g_assert_true (sc_signature_is_of_order (&order, keys, 2, SEAT, 9, 7, &manifest, "hooks"));
  g_assert_false (sc_signature_is_of_order (&order, keys, 1, SEAT, 9, 7, &manifest, "hooks"));
  g_assert_false (sc_signature_is_of_order (&order, keys, 2, OTHER_SEAT, 9, 7, &manifest, "hooks"));
  g_assert_false (sc_signature_is_of_order (&order, keys, 2, SEAT, 10, 7, &manifest, "hooks"));
  g_assert_false (sc_signature_is_of_order (&order, keys, 2, SEAT, 9, 6, &manifest, "hooks"));
  g_assert_false (sc_signature_is_of_order (&order, keys, 2, SEAT, 9, 7, &other_manifest, "hooks"));
  g_assert_false (sc_signature_is_of_order (&order, keys, 2, SEAT, 9, 7, &manifest, "hook"));
  g_assert_false (sc_signature_is_of_order (&order, keys, 2, SEAT, 9, 7, &manifest, NULL));
  g_assert_false (sc_signature_is_of_order (&version, keys, 2, SEAT, 9, 7, &manifest, "hooks"));
  order.bytes[63] ^= 1;
  g_assert_false (sc_signature_is_of_order (&order, keys, 2, SEAT, 9, 7, &manifest, "hooks"));
}

/* RFC 8032, 7.1, TEST 1: a seat of another make must come to the same. */
static void
test_ed25519_vector (void)
{
  static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                            "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                            "-----END PRIVATE KEY-----\n";
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "vector.key", NULL);
  g_autoptr (GError) error = NULL;
  ScSigningKey public_key;

  test_dir_write (path, pem, strlen (pem));
  g_autoptr (ScPrivateKey) key = sc_private_key_load (path, SC_KEY_ED25519, &error);
  g_assert_no_error (error);
  sc_signing_key_of (key, &public_key);
  g_autofree char *hex = sc_signing_key_to_hex (&public_key);
  g_assert_cmpstr (hex, ==, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

static void
test_hex (void)
{
  g_autoptr (ScPrivateKey) key = make_key (SC_KEY_ED25519);
  g_autoptr (GError) error = NULL;
  ScSigningKey public_key, public_again;
  ScChunkId manifest;
  ScSignature signature, again;
  sc_chunk_id_of (&manifest, "a", 1);
  sc_signing_key_of (key, &public_key);
  sc_signature_of_version (key, 1, &manifest, &signature);

  g_autofree char *hex = sc_signature_to_hex (&signature);
  g_assert_cmpuint (strlen (hex), ==, 128);
  g_assert_true (sc_signature_from_hex (&again, hex, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&signature, sizeof signature, &again, sizeof again);
  g_autofree char *key_hex = sc_signing_key_to_hex (&public_key);
  g_assert_true (sc_signing_key_from_hex (&public_again, key_hex, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&public_key, sizeof public_key, &public_again, sizeof public_again);

  g_assert_false (sc_signature_from_hex (&again, key_hex, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  hex[0] = 'G';
  g_assert_false (sc_signature_from_hex (&again, hex, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sc_signing_key_from_hex (&public_again, "", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
test_tokens (void)
{
  g_autofree char *a = sc_token_new ();
  g_autofree char *b = sc_token_new ();
  g_autofree char *hash = sc_token_hash ("abc");
  g_assert_cmpuint (strlen (a), ==, 43);
  g_assert_cmpuint (strspn (a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, 43);
  g_assert_cmpstr (a, !=, b);
  g_assert_true (sc_token_equal (a, a));
  g_assert_false (sc_token_equal (a, b));
  g_assert_false (sc_token_equal ("abc", "ab"));
  g_assert_false (sc_token_equal ("", ""));
  g_assert_false (sc_token_equal (NULL, NULL));
  g_assert_false (sc_token_equal (a, NULL));
  /* FIPS 180-4's example */
  g_assert_cmpstr (hash, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  sc_secret_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/trust/key/p256", GUINT_TO_POINTER (SC_KEY_P256), test_round_trip);
  g_test_add_data_func ("/trust/key/ed25519", GUINT_TO_POINTER (SC_KEY_ED25519), test_round_trip);
  g_test_add_func ("/trust/key/damaged", test_damaged);
  g_test_add_func ("/trust/signature/kinds", test_signatures);
  g_test_add_func ("/trust/signature/vector", test_ed25519_vector);
  g_test_add_func ("/trust/signature/hex", test_hex);
  g_test_add_func ("/trust/token", test_tokens);
  return g_test_run ();
}
