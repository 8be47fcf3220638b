/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-database.h"
#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

struct _ScCatalog {
  ScCatalogIsOnline is_online; /* (nullable) */
  gpointer is_online_data;
  ScDatabase *database;
  ScStatement *list_templates; /* (nullable) */
};

/* The scripts for sc_database_open(): script i brings schema i to i + 1. Never change one that was released: add the
 * next, and check in a database of the schema before it (tests/fixtures). */
extern const char *const sc_catalog_migrations[];

void sc_catalog_bind_text (ScStatement *statement, int index, const char *text);
void sc_catalog_bind_uint (ScStatement *statement, int index, guint64 value);
/* (transfer full): never NULL */
char *sc_catalog_column_text (ScStatement *statement, int column);
guint64 sc_catalog_column_uint (ScStatement *statement, int column);

/* The room that the seat's service names comes to be by itself, unless staff assigned the seat another one. */
gboolean sc_catalog_add_own_room (ScCatalog *self, const char *seat, GError **error);
/* (transfer full) (nullable): the one that the seat is in; NULL: there is no such seat, or an error, which is logged */
char *sc_catalog_dup_room_of (ScCatalog *self, const char *seat);
/* The seat is new, or has come to another room: it takes what that is assigned, unless it is pinned, and is due where
 * that is something else than it had. @now: µs since 1970 */
gboolean sc_catalog_follow_room (ScCatalog *self, const char *seat, gint64 now, GError **error);
/* What the seat has wholly is what it had wholly last (sc_catalog_find_whole()); or it has left that. */
gboolean sc_catalog_note_whole (ScCatalog *self, const ScInventory *inventory, GError **error);

G_END_DECLS
