/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-gcm.h"

#include "common/sc-multi-buffer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

struct _ScGcm {
  ScMultiBufferKey *fast; /* (nullable): then the others are not used */
  EVP_CIPHER_CTX *seal;   /* both hold the key's schedule; only the nonce changes from message to message */
  EVP_CIPHER_CTX *open;
};

static EVP_CIPHER_CTX *
context_new (const guint8 *key, int encrypt)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();

  /* fails only where OpenSSL lacks AES-GCM: nothing can be sent at all */
  if (context == NULL || EVP_CipherInit_ex (context, EVP_aes_128_gcm (), NULL, key, NULL, encrypt) != 1)
    g_error ("OpenSSL cannot do AES-128-GCM");
  return context;
}

ScGcm *
sc_gcm_new_openssl (const guint8 key[SC_GCM_KEY_SIZE])
{
  ScGcm *self = g_new0 (ScGcm, 1);

  self->seal = context_new (key, 1);
  self->open = context_new (key, 0);
  return self;
}

ScGcm *
sc_gcm_new (const guint8 key[SC_GCM_KEY_SIZE])
{
  ScGcm *self;

  if (!sc_multi_buffer_is_usable ())
    return sc_gcm_new_openssl (key);
  self = g_new0 (ScGcm, 1);
  self->fast = sc_multi_buffer_key_new (key);
  return self;
}

void
sc_gcm_free (ScGcm *self)
{
  if (self == NULL)
    return;
  sc_multi_buffer_key_free (self->fast);
  EVP_CIPHER_CTX_free (self->seal); /* wipes the key's schedule */
  EVP_CIPHER_CTX_free (self->open);
  g_free (self);
}

void
sc_gcm_seal (ScGcm *self, const guint8 nonce[SC_GCM_NONCE_SIZE], const guint8 *header, gsize header_length,
             const guint8 *data, gsize length, guint8 *out)
{
  int n;

  if (self->fast != NULL) {
    sc_multi_buffer_seal (self->fast, nonce, header, header_length, data, length, out, out + length);
    return;
  }
  if (EVP_EncryptInit_ex (self->seal, NULL, NULL, NULL, nonce) != 1 ||
      EVP_EncryptUpdate (self->seal, NULL, &n, header, (int) header_length) != 1 ||
      (length > 0 && EVP_EncryptUpdate (self->seal, out, &n, data, (int) length) != 1) ||
      EVP_EncryptFinal_ex (self->seal, out + length, &n) != 1 ||
      EVP_CIPHER_CTX_ctrl (self->seal, EVP_CTRL_GCM_GET_TAG, SC_GCM_TAG_SIZE, out + length) != 1)
    g_error ("OpenSSL failed to seal a message"); /* nothing may leave unsealed, and no input can cause this */
}

static gboolean
open_by_openssl (ScGcm *self, const guint8 *nonce, const guint8 *header, gsize header_length, const guint8 *data,
                 gsize length, guint8 *out)
{
  guint8 tag[SC_GCM_TAG_SIZE], last[SC_GCM_TAG_SIZE];
  int n;

  memcpy (tag, data + length, sizeof tag);
  return EVP_DecryptInit_ex (self->open, NULL, NULL, NULL, nonce) == 1 &&
         EVP_DecryptUpdate (self->open, NULL, &n, header, (int) header_length) == 1 &&
         (length == 0 || EVP_DecryptUpdate (self->open, out, &n, data, (int) length) == 1) &&
         EVP_CIPHER_CTX_ctrl (self->open, EVP_CTRL_GCM_SET_TAG, sizeof tag, tag) == 1 &&
         EVP_DecryptFinal_ex (self->open, last, &n) == 1;
}

gboolean
sc_gcm_open (ScGcm *self, const guint8 nonce[SC_GCM_NONCE_SIZE], const guint8 *header, gsize header_length,
             const guint8 *data, gsize length, guint8 *out)
{
  guint8 tag[SC_GCM_TAG_SIZE];

  if (self->fast == NULL)
    return open_by_openssl (self, nonce, header, header_length, data, length, out);
  sc_multi_buffer_open (self->fast, nonce, header, header_length, data, length, out, tag);
  return CRYPTO_memcmp (tag, data + length, sizeof tag) == 0;
}
