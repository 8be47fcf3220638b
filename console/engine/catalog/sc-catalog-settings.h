/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* What staff set; it overrides the command line. A plain struct; strings are owned. */
typedef struct {
  gboolean rate_cap_set;
  guint64 rate_cap;        /* bits/s on the wire of all sessions together; 0: as fast as the seats take it */
  char *publish_directory; /* what is offered when a version is published; empty: none was */
  guint64 catch_up_rate;   /* bits/s of all catch-up together; 0: not set */
  guint catch_up_seats;    /* that catch up at once by themselves; 0: not set */
} ScCatalogSettings;
void sc_catalog_settings_clear (ScCatalogSettings *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScCatalogSettings, sc_catalog_settings_clear)

/* @settings: (out): to be cleared, also after an error */
gboolean sc_catalog_get_settings (ScCatalog *self, ScCatalogSettings *settings, GError **error);
/* Durable when it returns. */
gboolean sc_catalog_save_settings (ScCatalog *self, const ScCatalogSettings *settings, GError **error);

G_END_DECLS
