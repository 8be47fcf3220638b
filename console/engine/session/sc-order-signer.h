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
  gboolean (*sign) (gpointer data, const char *seat, guint64 version, const ScChunkId *manifest, guint64 *order,
                    ScSignature *signature, GError **error);
  /* (transfer none) (nullable). @renew: (out): whether the seat needs a new certificate for it at once */
  const ScAnchors *(*get_anchors) (gpointer data, const char *seat, gboolean *renew);
  gpointer data;
} ScOrderSigner;

/* Puts the version's signature, the order's number and its signature into @order, which is PREPARE or CATCH_UP to
 * @seat. Errors: %SC_ERROR_STATE as sc_store_get_signature(); as sign() */
gboolean sc_order_signer_sign (const ScOrderSigner *self, ScStore *store, const ScVersionManifest *version,
                               const char *seat, ScControlMessage *order, GError **error);

G_END_DECLS
