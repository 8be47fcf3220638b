/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-private.h"

G_BEGIN_DECLS

#define GIB (1024ull * 1024 * 1024)
#define NOW G_GINT64_CONSTANT (1790000000123456)

/* A catalog in a directory of its own. */
typedef struct {
  char *directory;
  ScCatalog *catalog;
} CatalogFixture;

void catalog_fixture_set_up (CatalogFixture *fixture, gconstpointer data);
void catalog_fixture_tear_down (CatalogFixture *fixture, gconstpointer data);
void catalog_fixture_reopen (CatalogFixture *fixture);

void catalog_set_text (char **member, const char *text);
/* Of a seat with two templates. */
ScInventory *catalog_make_inventory (const char *seat, const char *name, const char *room);
/* Keeps that inventory. @assigned: 0: no version */
void catalog_save_seat (ScCatalog *catalog, const char *seat, const char *name, const char *room, guint64 assigned);
/* How many rows saving the inventory changes. */
int catalog_changes_of_save (CatalogFixture *fixture, const ScInventory *inventory, gint64 now);
/* A session that is done, with one seat. Returns: its id */
guint64 catalog_add_session (ScCatalog *catalog, guint64 version, const char *room, const char *seat,
                             ScTransferState state);
/* @expected: 0: there is no way back */
void catalog_assert_rollback (ScCatalog *catalog, const char *room, guint64 expected);

G_END_DECLS
