/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-order-signer.h"

#include "common/sc-error.h"
#include "console/engine/store/sc-store-signatures.h"

gboolean
sc_order_signer_sign (const ScOrderSigner *self, ScStore *store, const ScVersionManifest *version, const char *seat,
                      ScControlMessage *order, GError **error)
{
  const ScChunkId *manifest = sc_version_manifest_get_id (version);
  guint64 number = sc_version_manifest_get_number (version);

  g_return_val_if_fail (order->type == SC_CONTROL_PREPARE || order->type == SC_CONTROL_CATCH_UP, FALSE);
  g_return_val_if_fail (order->version.version == number && sc_chunk_id_equal (&order->version.manifest, manifest),
                        FALSE);

  if (self->sign == NULL) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE, "the console has nobody to sign its orders");
    return FALSE;
  }
  return sc_store_get_signature (store, version, &order->version.signature, error) &&
         self->sign (self->data, seat, number, manifest, &order->version.order, &order->version.order_signature, error);
}
