/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-anchors.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/*
 * What versions are signed with: DIR/signatures/NUMBER, 128 digits of hex and a line's end (docs/store.md). A seat
 * takes no version without one. Written, durably, before the version comes into being, so there is none that a crash
 * left unsigned. Thread-safe.
 */

/* Who signs versions. */
typedef struct {
  void (*sign) (gpointer data, guint64 number, const ScChunkId *manifest, ScSignature *signature); /* on any thread */
  gpointer data;
} ScVersionSigner;

/**
 * sc_store_set_signer:
 * @signer: signs what is published from now on; outlives the store
 * @keys: whose signatures are good: what seats trust
 *
 * To be called again whenever the keys change. A store from before there were signatures (without DIR/signatures) has
 * all of its versions signed, once. Until this is called versions are published unsigned, and none is good.
 * Errors: %SC_ERROR_BUSY, %SC_ERROR_NO_SPACE, %SC_ERROR_SYSTEM
 */
gboolean sc_store_set_signer (ScStore *self, const ScVersionSigner *signer, const ScSigningKey *keys, gsize n_keys,
                              GError **error);

/* Errors: %SC_ERROR_STATE when the version is not signed, or by none of the keys: says how to sign it */
gboolean sc_store_get_signature (ScStore *self, const ScVersionManifest *version, ScSignature *signature,
                                 GError **error);
/* Whether sc_store_get_signature() would find one; what cannot be read counts as none. */
gboolean sc_store_is_signed (ScStore *self, const ScVersionManifest *version);

/* Signs a version, whether it was signed or not, once all it consists of has been read and is sound. Runs on the
 * calling thread until done. Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_CORRUPT (what of it is damaged, and that publishing
 * it again heals it), %SC_ERROR_BUSY, %SC_ERROR_CANCELLED, %SC_ERROR_STATE before sc_store_set_signer() */
gboolean sc_store_sign_version (ScStore *self, guint64 number, ScProgress *progress, GCancellable *cancellable,
                                GError **error);

/**
 * sc_store_sign_all:
 * @signer: the next key's
 *
 * Signs anew what is signed well, and nothing else: a version that is not signed stays so. For the change of an
 * authority, while seats trust both keys. Each signature is replaced at once, and signing is deterministic:
 * interrupted, by an error or a crash, it is only to be called again. All are durable when it returns. Errors:
 * %SC_ERROR_BUSY, %SC_ERROR_NO_SPACE, %SC_ERROR_SYSTEM
 */
gboolean sc_store_sign_all (ScStore *self, const ScVersionSigner *signer, GError **error);

G_END_DECLS
