/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-packet.h"

#include "common/sc-gcm.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

G_STATIC_ASSERT (SC_CAST_TAG_SIZE == SC_GCM_TAG_SIZE);

struct _ScCastSealer {
  ScGcm *gcm;
  guint8 nonce[SC_GCM_NONCE_SIZE];
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

ScCastSealer *
sc_cast_sealer_new (const ScCastKey *key)
{
  ScCastSealer *self = g_new0 (ScCastSealer, 1);

  self->gcm = sc_gcm_new (key->key);
  memcpy (self->nonce, key->salt, sizeof key->salt);
  self->tag = key->tag;
  return self;
}

void
sc_cast_sealer_free (ScCastSealer *self)
{
  if (self == NULL)
    return;
  sc_gcm_free (self->gcm);
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
  out[0] = (guint8) header->type;
  out[1] = header->symbol;
  out[2] = (guint8) (self->tag >> 8);
  out[3] = (guint8) self->tag;
  write_u32 (out + 4, header->block);
  write_u32 (out + 8, header->counter);
  memcpy (self->nonce + 8, out + 8, 4);

  sc_gcm_seal (self->gcm, self->nonce, out, SC_CAST_HEADER_SIZE, payload, length, out + SC_CAST_HEADER_SIZE);
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
  gsize body;

  if (!sc_cast_sealer_peek (self, datagram, length, header))
    return FALSE;
  body = length - SC_CAST_HEADER_SIZE - SC_CAST_TAG_SIZE;
  memcpy (self->nonce + 8, datagram + 8, 4);
  if (!sc_gcm_open (self->gcm, self->nonce, datagram, SC_CAST_HEADER_SIZE, datagram + SC_CAST_HEADER_SIZE, body,
                    payload))
    return FALSE;
  *payload_length = body;
  return TRUE;
}
