/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScPrivateKey:
 *
 * A private key: ECDSA on P-256 for TLS and certificates (RFC 5480), Ed25519 for signatures of our own (RFC 8032).
 * Wiped when it is freed. Immutable, so usable by any thread.
 */
typedef struct _ScPrivateKey ScPrivateKey;

#define SC_KEY_ID_SIZE 32u

typedef enum {
  SC_KEY_P256,
  SC_KEY_ED25519,
} ScKeyKind;

/* Errors: %SC_ERROR_SYSTEM */
ScPrivateKey *sc_private_key_new (ScKeyKind kind, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND no such file; %SC_ERROR_CORRUPT not a key of this kind: tells to restore it */
ScPrivateKey *sc_private_key_load (const char *path, ScKeyKind kind, GError **error);
/* Readable by its owner alone, durable when it returns. */
gboolean sc_private_key_save (const ScPrivateKey *self, const char *path, GError **error);
void sc_private_key_free (ScPrivateKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScPrivateKey, sc_private_key_free)

/* (transfer full): PKCS #8; wipe it by sc_secret_free() (sc-token.h) */
char *sc_private_key_to_pem (const ScPrivateKey *self);
/* SHA-256 of the public key's DER (SubjectPublicKeyInfo): what a key is known by. */
void sc_private_key_get_id (const ScPrivateKey *self, guint8 id[SC_KEY_ID_SIZE]);
/* The EVP_PKEY, for the files of this folder. (transfer none) */
gpointer sc_private_key_get_handle (const ScPrivateKey *self);

G_END_DECLS
