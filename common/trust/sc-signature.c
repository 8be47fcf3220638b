/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-signature.h"

#include "common/trust/sc-openssl.h"

#include <openssl/err.h>
#include <string.h>

void
sc_signing_key_of (const ScPrivateKey *key, ScSigningKey *public_key)
{
  gsize size = sizeof public_key->bytes;
  if (EVP_PKEY_get_raw_public_key (sc_private_key_get_handle (key), public_key->bytes, &size) != 1 ||
      size != sizeof public_key->bytes)
    g_error ("A signing key is not Ed25519");
}

static char *
make_version_text (guint64 number, const ScChunkId *manifest)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (manifest, hex);
  return g_strdup_printf ("seatcast version 1\n%" G_GUINT64_FORMAT "\n%s\n", number, hex);
}

static char *
make_order_text (const char *seat, guint64 order, guint64 version, const ScChunkId *manifest, const char *hooks)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (manifest, hex);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, hooks != NULL ? hooks : "", -1);
  return g_strdup_printf ("seatcast order 2\n%s\n%" G_GUINT64_FORMAT "\n%" G_GUINT64_FORMAT "\n%s\n%s\n", seat, order,
                          version, hex, hash);
}

static void
sign (const ScPrivateKey *key, const char *text, ScSignature *signature)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  gsize size = sizeof signature->bytes;
  if (context == NULL || EVP_DigestSignInit (context, NULL, NULL, NULL, sc_private_key_get_handle (key)) != 1 ||
      EVP_DigestSign (context, signature->bytes, &size, (const guint8 *) text, strlen (text)) != 1 ||
      size != sizeof signature->bytes)
    g_error ("Nothing can be signed: the key is not Ed25519, or out of memory");
}

static gboolean
is_of_key (const ScSignature *self, const ScSigningKey *key, const char *text)
{
  g_autoptr (EVP_PKEY) handle = EVP_PKEY_new_raw_public_key_ex (NULL, "ED25519", NULL, key->bytes, sizeof key->bytes);
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  gboolean is = handle != NULL && context != NULL && EVP_DigestVerifyInit (context, NULL, NULL, NULL, handle) == 1 &&
                EVP_DigestVerify (context, self->bytes, sizeof self->bytes, (const guint8 *) text, strlen (text)) == 1;
  ERR_clear_error ();
  return is;
}

static gboolean
is_of_any_key (const ScSignature *self, const ScSigningKey *keys, gsize n_keys, const char *text)
{
  for (gsize i = 0; i < n_keys; i++)
    if (is_of_key (self, &keys[i], text))
      return TRUE;
  return FALSE;
}

void
sc_signature_of_version (const ScPrivateKey *key, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  g_autofree char *text = make_version_text (number, manifest);
  sign (key, text, signature);
}

void
sc_signature_of_order (const ScPrivateKey *key, const char *seat, guint64 order, guint64 version,
                       const ScChunkId *manifest, const char *hooks, ScSignature *signature)
{
  /* a line break in it would let one text be read as two different orders */
  g_assert (strchr (seat, '\n') == NULL);
  g_autofree char *text = make_order_text (seat, order, version, manifest, hooks);
  sign (key, text, signature);
}

gboolean
sc_signature_is_of_version (const ScSignature *self, const ScSigningKey *keys, gsize n_keys, guint64 number,
                            const ScChunkId *manifest)
{
  g_autofree char *text = make_version_text (number, manifest);
  return is_of_any_key (self, keys, n_keys, text);
}

gboolean
sc_signature_is_of_order (const ScSignature *self, const ScSigningKey *keys, gsize n_keys, const char *seat,
                          guint64 order, guint64 version, const ScChunkId *manifest, const char *hooks)
{
  g_autofree char *text = make_order_text (seat, order, version, manifest, hooks);
  return strchr (seat, '\n') == NULL && is_of_any_key (self, keys, n_keys, text);
}

static char *
to_hex (const guint8 *bytes, gsize size)
{
  GString *hex = g_string_sized_new (2 * size);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

static gboolean
from_hex (guint8 *bytes, gsize size, const char *hex, const char *what, GError **error)
{
  if (strlen (hex) != 2 * size || strspn (hex, "0123456789abcdef") != 2 * size) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s must be %" G_GSIZE_FORMAT " digits of lower-case hex", what,
                 2 * size);
    return FALSE;
  }
  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return TRUE;
}

char *
sc_signature_to_hex (const ScSignature *self)
{
  return to_hex (self->bytes, sizeof self->bytes);
}

gboolean
sc_signature_from_hex (ScSignature *self, const char *hex, GError **error)
{
  return from_hex (self->bytes, sizeof self->bytes, hex, "A signature", error);
}

char *
sc_signing_key_to_hex (const ScSigningKey *self)
{
  return to_hex (self->bytes, sizeof self->bytes);
}

gboolean
sc_signing_key_from_hex (ScSigningKey *self, const char *hex, GError **error)
{
  return from_hex (self->bytes, sizeof self->bytes, hex, "A signing key", error);
}
