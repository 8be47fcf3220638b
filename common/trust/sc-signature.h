/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"
#include "common/trust/sc-private-key.h"

G_BEGIN_DECLS

/*
 * The console's Ed25519 signatures (RFC 8032). What is signed is a short text that begins with what it is for, so that
 * a signature of one kind never serves as one of another:
 *
 *   seatcast version 1\n NUMBER\n MANIFEST\n                        a version: made when it is published
 *   seatcast order 2\n SEAT\n ORDER\n VERSION\n MANIFEST\n HOOKS\n   an order to one seat, used once; HOOKS is the
 * SHA-256 of the text of what it is to run (may be empty)
 *
 * (numbers in decimal, hashes in lower-case hex, no blanks). A seat takes an order only if its number is higher than
 * any that it has taken before: so an old one, sent again, brings no old version back.
 */
#define SC_SIGNATURE_SIZE 64u
#define SC_SIGNING_KEY_SIZE 32u /* public */

typedef struct {
  guint8 bytes[SC_SIGNATURE_SIZE];
} ScSignature;

typedef struct {
  guint8 bytes[SC_SIGNING_KEY_SIZE];
} ScSigningKey;

/* The public half. @key: Ed25519 */
void sc_signing_key_of (const ScPrivateKey *key, ScSigningKey *public_key);

void sc_signature_of_version (const ScPrivateKey *key, guint64 number, const ScChunkId *manifest,
                              ScSignature *signature);
/* @hooks: (nullable): as it is sent; NULL is the empty text */
void sc_signature_of_order (const ScPrivateKey *key, const char *seat, guint64 order, guint64 version,
                            const ScChunkId *manifest, const char *hooks, ScSignature *signature);

/* @keys: that are trusted; any of them will do. Returns: FALSE for none, or another key's, or of something else */
gboolean sc_signature_is_of_version (const ScSignature *self, const ScSigningKey *keys, gsize n_keys, guint64 number,
                                     const ScChunkId *manifest);
gboolean sc_signature_is_of_order (const ScSignature *self, const ScSigningKey *keys, gsize n_keys, const char *seat,
                                   guint64 order, guint64 version, const ScChunkId *manifest, const char *hooks);

/* 128 digits of lower-case hex. */
char *sc_signature_to_hex (const ScSignature *self);
gboolean sc_signature_from_hex (ScSignature *self, const char *hex, GError **error); /* %SC_ERROR_INVALID */
char *sc_signing_key_to_hex (const ScSigningKey *self);
gboolean sc_signing_key_from_hex (ScSigningKey *self, const char *hex, GError **error);

G_END_DECLS
