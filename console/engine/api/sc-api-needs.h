/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * ScApiNeeds:
 *
 * What a version would send to each room: what its seats lack by the manifests in their last inventories, whatever
 * state the templates are in. Seats with the same manifests are looked at once. The memory is bounded: three bits a
 * chunk of the version, four bytes a chunk for the lengths of frames, and a cache of CACHE_BYTES of what manifests have
 * of it.
 */
typedef struct _ScApiNeeds ScApiNeeds;

/* @seats: (element-type ScCatalogSeat) */
ScApiNeeds *sc_api_needs_new (guint64 version, GPtrArray *seats);
void sc_api_needs_free (gpointer self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiNeeds, sc_api_needs_free)

/* The API's answer. Reads the disk: for a worker thread. A manifest that the store does not have counts as nothing.
 * Errors: %SC_ERROR_NOT_FOUND without that version */
ScJson *sc_api_needs_measure (ScApiNeeds *self, ScStore *store, GError **error);

G_END_DECLS
