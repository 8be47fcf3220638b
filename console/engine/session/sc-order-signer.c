/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-order-signer.h"

#include "common/sc-error.h"
#include "console/engine/store/sc-store-signatures.h"

static gboolean
sign_version (const ScOrderSigner *self, ScStore *store, const ScVersionManifest *version, ScSignature *signature,
              GError **error)
{
  const ScChunkId *manifest = sc_version_manifest_get_id (version);
  guint64 number = sc_version_manifest_get_number (version);
  g_autoptr (ScVersionManifest) whole = sc_store_get_version (store, number, error);

  /* a part is as good as the whole it is of */
  if (whole == NULL || !sc_store_get_signature (store, whole, signature, error))
    return FALSE;
  if (!sc_chunk_id_equal (sc_version_manifest_get_id (whole), manifest))
    self->sign_part (self->data, number, manifest, signature);
  return TRUE;
}

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
  g_clear_pointer (&order->version.hooks, g_free);
  if (order->type == SC_CONTROL_CATCH_UP && order->version.local) /* what was there comes back; its hooks have run */
    order->version.hooks = g_strdup ("");
  return sign_version (self, store, version, &order->version.signature, error) &&
         (order->version.hooks != NULL || self->dup_hooks (self->data, number, &order->version.hooks, error)) &&
         self->sign (self->data, seat, number, manifest, order->version.hooks, &order->version.order,
                     &order->version.order_signature, error);
}
