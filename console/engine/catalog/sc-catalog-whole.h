/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* What a seat had wholly last: to that it goes back from an update that it has not come to the end of. Kept with its
 * inventory (sc_catalog_save_inventory()). */

/**
 * sc_catalog_find_whole:
 * @seat: an id
 * @version: (out): 0: it had none, or that is not known
 * @templates: (out) (transfer full): the names of those it consisted of, a JSON array; empty: not known
 * @left: (out) (optional): whether since then it has been on its way to another version: one that is being mended, or
 * gets more of the same, has not
 */
gboolean sc_catalog_find_whole (ScCatalog *self, const char *seat, guint64 *version, char **templates, gboolean *left,
                                GError **error);

G_END_DECLS
