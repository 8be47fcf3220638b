/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * ScOrderSigner:
 *
 * Who signs the orders that bring seats to a version, and says what seats are to trust: the console's authority. Main
 * thread only.
 */
typedef struct {
  /* Signs with the next number, which is in *@order: higher than any before. Errors: %SC_ERROR_SYSTEM: that could not
   * be kept */
  gboolean (*sign) (gpointer data, const char *seat, guint64 version, const ScChunkId *manifest, const char *hooks,
                    guint64 *order, ScSignature *signature, GError **error);
  /* Signs a part of a version (sc_selection_apply()), of which the whole is signed. */
  void (*sign_part) (gpointer data, guint64 version, const ScChunkId *manifest, ScSignature *signature);
  /* @hooks: (out): (transfer full): what seats run before and after they commit the version; empty: nothing. An order
   * without what staff want run must not go out, so that it cannot be read is an error. */
  gboolean (*dup_hooks) (gpointer data, guint64 version, char **hooks, GError **error);
  /* (transfer none) (nullable). @renew: (out): whether the seat needs a new certificate for it at once */
  const ScAnchors *(*get_anchors) (gpointer data, const char *seat, gboolean *renew);
  gpointer data;
} ScOrderSigner;

/* Puts the version's signature, its hooks, the order's number and its signature into @order, which is PREPARE or
 * CATCH_UP to @seat; one that is local has no hooks. @version: of the store, or a part of such a one. Errors:
 * %SC_ERROR_STATE as sc_store_get_signature(), of the whole version; as sign(), dup_hooks() */
gboolean sc_order_signer_sign (const ScOrderSigner *self, ScStore *store, const ScVersionManifest *version,
                               const char *seat, ScControlMessage *order, GError **error);

G_END_DECLS
