/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* Of all sessions in one state, dry runs left out. A session that runs is kept every few seconds. */
typedef struct {
  guint64 sessions;
  guint64 wire_bytes, content_bytes, catch_up_bytes;
  guint64 source_packets, parity_packets;
} ScCatalogFigures;

/* @figures: (out): room for one a ScSessionState: SC_CATALOG_N_FIGURES */
#define SC_CATALOG_N_FIGURES (SC_SESSION_PLANNED + 1)
gboolean sc_catalog_get_figures (ScCatalog *self, ScCatalogFigures *figures, GError **error);

/* Whether something can be written durably now: writes what is there already. */
gboolean sc_catalog_try_write (ScCatalog *self, GError **error);

G_END_DECLS
