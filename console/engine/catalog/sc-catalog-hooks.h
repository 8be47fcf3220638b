/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* What seats run before and after they commit a version. A plain struct; strings are owned and never NULL. */
typedef struct {
  guint64 version;
  char *text;     /* as sc_hooks_parse() takes it; empty: nothing */
  char *author;   /* who set it last */
  gint64 changed; /* µs since 1970; 0: never */
} ScCatalogHooks;
void sc_catalog_hooks_free (ScCatalogHooks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogHooks, sc_catalog_hooks_free)

/* Of a version that has none: with an empty text. (transfer full) */
ScCatalogHooks *sc_catalog_get_hooks (ScCatalog *self, guint64 version, GError **error);
/* Orders that are given from now on carry them. Errors: %SC_ERROR_INVALID: as sc_hooks_parse() */
gboolean sc_catalog_set_hooks (ScCatalog *self, const ScCatalogHooks *hooks, GError **error);

G_END_DECLS
