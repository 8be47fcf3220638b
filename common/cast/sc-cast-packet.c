/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-packet.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#define NONCE_SIZE 12

struct _ScCastSealer {
  EVP_CIPHER_CTX *seal; /* both hold the key's schedule; only the nonce changes from packet to packet */
  EVP_CIPHER_CTX *open;
  guint8 nonce[NONCE_SIZE];
  guint16 tag;
};

void
sc_cast_key_generate (ScCastKey *key)
{
  guint8 tag[2];

  if (RAND_bytes (key->key, sizeof key->key) != 1 || RAND_bytes (key->salt, sizeof key->salt) != 1 ||
      RAND_bytes (tag, sizeof tag) != 1)
    g_error ("the system's random source does not work: no session key can be made");
  key->tag = (guint16) (tag[0] << 8 | tag[1]);
}

void
sc_cast_key_generate_next (ScCastKey *key, const ScCastKey *before)
{
  guint16 tag = before->tag;

  do
    sc_cast_key_generate (key);
  while (key->tag == tag);
}

void
sc_cast_key_wipe (ScCastKey *key)
{
  OPENSSL_cleanse (key, sizeof *key);
}

static EVP_CIPHER_CTX *
context_new (const ScCastKey *key, int encrypt)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();

  /* fails only where OpenSSL lacks AES-GCM: no session is possible at all */
  if (context == NULL || EVP_CipherInit_ex (context, EVP_aes_128_gcm (), NULL, key->key, NULL, encrypt) != 1)
    g_error ("OpenSSL cannot do AES-128-GCM");
  return context;
}

ScCastSealer *
sc_cast_sealer_new (const ScCastKey *key)
{
  ScCastSealer *self = g_new0 (ScCastSealer, 1);

  self->seal = context_new (key, 1);
  self->open = context_new (key, 0);
  memcpy (self->nonce, key->salt, sizeof key->salt);
  self->tag = key->tag;
  return self;
}

void
sc_cast_sealer_free (ScCastSealer *self)
{
  if (self == NULL)
    return;
  EVP_CIPHER_CTX_free (self->seal); /* wipes the key's schedule */
  EVP_CIPHER_CTX_free (self->open);
  OPENSSL_cleanse (self, sizeof *self);
  g_free (self);
}

guint16
sc_cast_sealer_get_tag (ScCastSealer *self)
{
  return self->tag;
}

static void
write_u32 (guint8 *p, guint32 value)
{
  p[0] = (guint8) (value >> 24);
  p[1] = (guint8) (value >> 16);
  p[2] = (guint8) (value >> 8);
  p[3] = (guint8) value;
}

static guint32
read_u32 (const guint8 *p)
{
  return (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | p[3];
}

gsize
sc_cast_sealer_seal (ScCastSealer *self, const ScCastHeader *header, const guint8 *payload, gsize length, guint8 *out)
{
  int n;
  gboolean ok;

  out[0] = (guint8) header->type;
  out[1] = header->symbol;
  out[2] = (guint8) (self->tag >> 8);
  out[3] = (guint8) self->tag;
  write_u32 (out + 4, header->block);
  write_u32 (out + 8, header->counter);
  memcpy (self->nonce + 8, out + 8, 4);

  ok =
      EVP_EncryptInit_ex (self->seal, NULL, NULL, NULL, self->nonce) == 1 &&
      EVP_EncryptUpdate (self->seal, NULL, &n, out, SC_CAST_HEADER_SIZE) == 1 &&
      (length == 0 || EVP_EncryptUpdate (self->seal, out + SC_CAST_HEADER_SIZE, &n, payload, (int) length) == 1) &&
      EVP_EncryptFinal_ex (self->seal, out + SC_CAST_HEADER_SIZE + length, &n) == 1 &&
      EVP_CIPHER_CTX_ctrl (self->seal, EVP_CTRL_GCM_GET_TAG, SC_CAST_TAG_SIZE, out + SC_CAST_HEADER_SIZE + length) == 1;
  if (!ok)
    g_error ("OpenSSL failed to seal a packet"); /* nothing may leave unsealed, and no input can cause this */
  return SC_CAST_HEADER_SIZE + length + SC_CAST_TAG_SIZE;
}

gboolean
sc_cast_sealer_peek (ScCastSealer *self, const guint8 *datagram, gsize length, ScCastHeader *header)
{
  if (length < SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE ||
      length > SC_CAST_HEADER_SIZE + SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_TAG_SIZE)
    return FALSE;
  if (datagram[0] < SC_CAST_PACKET_SYMBOL || datagram[0] > SC_CAST_PACKET_END ||
      (guint16) (datagram[2] << 8 | datagram[3]) != self->tag)
    return FALSE;
  header->type = (ScCastPacketType) datagram[0];
  header->symbol = datagram[1];
  header->block = read_u32 (datagram + 4);
  header->counter = read_u32 (datagram + 8);
  return TRUE;
}

gboolean
sc_cast_sealer_open (ScCastSealer *self, const guint8 *datagram, gsize length, ScCastHeader *header, guint8 *payload,
                     gsize *payload_length)
{
  guint8 tag[SC_CAST_TAG_SIZE], last[16];
  gsize body;
  int n;

  if (!sc_cast_sealer_peek (self, datagram, length, header))
    return FALSE;
  body = length - SC_CAST_HEADER_SIZE - SC_CAST_TAG_SIZE;
  memcpy (self->nonce + 8, datagram + 8, 4);
  memcpy (tag, datagram + SC_CAST_HEADER_SIZE + body, sizeof tag);
  if (EVP_DecryptInit_ex (self->open, NULL, NULL, NULL, self->nonce) != 1 ||
      EVP_DecryptUpdate (self->open, NULL, &n, datagram, SC_CAST_HEADER_SIZE) != 1 ||
      (body > 0 && EVP_DecryptUpdate (self->open, payload, &n, datagram + SC_CAST_HEADER_SIZE, (int) body) != 1) ||
      EVP_CIPHER_CTX_ctrl (self->open, EVP_CTRL_GCM_SET_TAG, sizeof tag, tag) != 1 ||
      EVP_DecryptFinal_ex (self->open, last, &n) != 1)
    return FALSE;
  *payload_length = body;
  return TRUE;
}
