/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"

G_BEGIN_DECLS

/*
 * Every datagram: a header of 12 bytes in the clear (associated data), the sealed payload, a 16-byte tag.
 * AES-128-GCM (NIST SP 800-38D); the nonce is the key's 8-byte salt and the header's 4-byte counter, which never
 * repeats under a key: a session that is started again gets a new key, and one that goes on under a new key counts
 * from 0 again.
 *
 *   u8 type | u8 symbol | u16 session tag | u32 block (or window) | u32 counter      (big endian)
 */
typedef enum {
  SC_CAST_PACKET_SYMBOL = 0x51, /* block, symbol index 0 … 254 (from the block's source symbols on parity) */
  SC_CAST_PACKET_MARK = 0x52,   /* a round of a window has been sent; block = window; payload: u32 round */
  SC_CAST_PACKET_PROBE = 0x53,  /* sent before the first window: who hears us? payload: u32 number */
  SC_CAST_PACKET_END = 0x54,    /* the stream is over; empty payload */
} ScCastPacketType;

typedef struct {
  ScCastPacketType type;
  guint8 symbol;
  guint32 block;
  guint32 counter;
} ScCastHeader;

/* The secret of one session, given to each seat over TLS; another one once a seat is shut out. */
typedef struct {
  guint8 key[16];
  guint8 salt[8];
  guint16 tag; /* in every header: foreign datagrams are told apart without decrypting */
} ScCastKey;

void sc_cast_key_generate (ScCastKey *key); /* from the system's random source; aborts when there is none */
/* For a session that goes on under a new key: with another tag than @before, so that a datagram is of one or the other.
 * @key may be @before. */
void sc_cast_key_generate_next (ScCastKey *key, const ScCastKey *before);
void sc_cast_key_wipe (ScCastKey *key);

/* Holds the cipher's context: one per thread. */
typedef struct _ScCastSealer ScCastSealer;
ScCastSealer *sc_cast_sealer_new (const ScCastKey *key);
void sc_cast_sealer_free (ScCastSealer *self); /* wipes the key */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastSealer, sc_cast_sealer_free)
guint16 sc_cast_sealer_get_tag (ScCastSealer *self);
/* @out: room for header + @length + tag. Returns: the datagram's length */
gsize sc_cast_sealer_seal (ScCastSealer *self, const ScCastHeader *header, const guint8 *payload, gsize length,
                           guint8 *out);
/* What a datagram says of itself, which only sc_cast_sealer_open() makes sure of. Returns: FALSE for what is foreign by
 * its looks or too short */
gboolean sc_cast_sealer_peek (ScCastSealer *self, const guint8 *datagram, gsize length, ScCastHeader *header);
/* @payload: room for @length − header − tag bytes, which are written to even when the answer is FALSE. Returns: FALSE
 * for anything foreign, short, or altered: such a datagram counts as not received, so there is no GError */
gboolean sc_cast_sealer_open (ScCastSealer *self, const guint8 *datagram, gsize length, ScCastHeader *header,
                              guint8 *payload, gsize *payload_length);

G_END_DECLS
