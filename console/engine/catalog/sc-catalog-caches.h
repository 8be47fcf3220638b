/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-private-key.h"
#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* HTTP caches that were given a certificate, by name. Times are s since 1970. None of these functions begins a
 * transaction. */

typedef struct {
  char *name;
  guint8 key_id[SC_KEY_ID_SIZE];
  char *certificate; /* PEM */
  gint64 issued, ends;
  gint64 revoked; /* 0: not */
} ScCatalogCache;
void sc_catalog_cache_free (ScCatalogCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogCache, sc_catalog_cache_free)

/* Of the same name: takes its place. Errors: %SC_ERROR_EXISTS another cache has this key */
gboolean sc_catalog_save_cache (ScCatalog *self, const ScCatalogCache *cache, GError **error);
/* Returns: (transfer full) (nullable): NULL without an error when there is none */
ScCatalogCache *sc_catalog_find_cache (ScCatalog *self, const char *name, GError **error);
/* (transfer full) (element-type ScCatalogCache): by name, those that were revoked too */
GPtrArray *sc_catalog_list_caches (ScCatalog *self, GError **error);

G_END_DECLS
