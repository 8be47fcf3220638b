/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-private-key.h"

#include "common/platform/sc-system.h"
#include "common/trust/sc-openssl.h"
#include "common/trust/sc-token.h"

#include <openssl/pem.h>
#include <string.h>

#define MAX_BYTES (16u * 1024)
#define BEGIN "-----BEGIN PRIVATE KEY-----"

struct _ScPrivateKey {
  EVP_PKEY *handle;
};

static ScPrivateKey *
take_handle (EVP_PKEY *handle)
{
  ScPrivateKey *self = g_new0 (ScPrivateKey, 1);
  self->handle = handle;
  return self;
}

ScPrivateKey *
sc_private_key_new (ScKeyKind kind, GError **error)
{
  EVP_PKEY *handle = kind == SC_KEY_P256 ? EVP_EC_gen ("P-256") : EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");
  if (handle != NULL)
    return take_handle (handle);
  sc_openssl_set_error (error, SC_ERROR_SYSTEM, "Cannot make a key");
  return NULL;
}

static gboolean
is_of_kind (const EVP_PKEY *handle, ScKeyKind kind)
{
  return kind == SC_KEY_P256 ? sc_openssl_is_p256 (handle) : EVP_PKEY_is_a (handle, "ED25519") == 1;
}

ScPrivateKey *
sc_private_key_load (const char *path, ScKeyKind kind, GError **error)
{
  char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) failure = NULL;
  if (!g_file_get_contents (path, &text, &length, &failure)) {
    gboolean missing = g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_set_error (error, SC_ERROR, missing ? SC_ERROR_NOT_FOUND : SC_ERROR_SYSTEM, "Cannot read a key: %s",
                 failure->message);
    return NULL;
  }
  g_autoptr (BIO) memory = sc_openssl_open_pem (text, length, MAX_BYTES, BEGIN);
  /* a passphrase is given, an empty one: OpenSSL would ask the terminal for it */
  g_autoptr (EVP_PKEY) handle = memory != NULL ? PEM_read_bio_PrivateKey (memory, NULL, NULL, (char *) "") : NULL;
  OPENSSL_cleanse (text, length);
  g_free (text);
  if (handle != NULL && is_of_kind (handle, kind))
    return take_handle (g_steal_pointer (&handle));
  g_autofree char *what = g_strdup_printf ("“%s” is not a private key of the kind that belongs there (%s); restore it "
                                           "from a backup",
                                           path, kind == SC_KEY_P256 ? "ECDSA P-256" : "Ed25519");
  sc_openssl_set_error (error, SC_ERROR_CORRUPT, what);
  return NULL;
}

char *
sc_private_key_to_pem (const ScPrivateKey *self)
{
  g_autoptr (BIO) memory = BIO_new (BIO_s_secmem ()); /* wiped when it is freed */
  if (memory == NULL || PEM_write_bio_PKCS8PrivateKey (memory, self->handle, NULL, NULL, 0, NULL, NULL) != 1)
    g_error ("A private key cannot be written: out of memory");
  return sc_openssl_take_text (memory);
}

gboolean
sc_private_key_save (const ScPrivateKey *self, const char *path, GError **error)
{
  char *pem = sc_private_key_to_pem (self);
  gboolean written = sc_system_write_secret (path, pem, error);
  sc_secret_free (pem);
  return written;
}

void
sc_private_key_free (ScPrivateKey *self)
{
  if (self == NULL)
    return;
  EVP_PKEY_free (self->handle);
  g_free (self);
}

void
sc_private_key_get_id (const ScPrivateKey *self, guint8 id[SC_KEY_ID_SIZE])
{
  sc_openssl_get_key_id (self->handle, id);
}

gpointer
sc_private_key_get_handle (const ScPrivateKey *self)
{
  return self->handle;
}
