/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "common/trust/sc-certificate.h"
#include "common/trust/sc-signature.h"

G_BEGIN_DECLS

#define SC_ANCHORS_MAX 4u /* of each kind: one, and two while the authority is being changed */

/**
 * ScAnchors:
 *
 * What a seat trusts: the console's authorities and the keys that its versions and orders are signed by. The seat gets
 * them when it enrols and by TRUST on its connection, and keeps them. A plain struct.
 */
typedef struct {
  GPtrArray *authorities; /* (owned) (element-type ScCertificate): 1 … SC_ANCHORS_MAX */
  ScSigningKey signing_keys[SC_ANCHORS_MAX];
  gsize n_signing_keys; /* 1 … SC_ANCHORS_MAX */
} ScAnchors;

ScAnchors *sc_anchors_new (void); /* without any */
ScAnchors *sc_anchors_copy (const ScAnchors *self);
void sc_anchors_free (ScAnchors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScAnchors, sc_anchors_free)
gboolean sc_anchors_equal (const ScAnchors *a, const ScAnchors *b);

/* {"authorities":[PEM,…],"signing_keys":[HEX,…]}. (transfer full) */
ScJson *sc_anchors_to_json (const ScAnchors *self);
/* Errors: %SC_ERROR_INVALID, naming the member */
ScAnchors *sc_anchors_from_json (const ScJson *json, GError **error);

G_END_DECLS
