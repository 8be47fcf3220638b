/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

#define SC_ACTIVITY_MAX_SEATS 8u /* names kept of an entry */

/* One act: what somebody asked of the engine, or what came of it. A plain struct; strings are owned, %NULL is empty. */
typedef struct {
  guint64 id;
  gint64 time; /* µs since 1970 */
  char *who;   /* a user, SC_PRINCIPAL_LOCAL, a seat's id; empty: the engine itself */
  char *role;  /* nick (ScRole) that they had; empty: the engine itself, or an entry from before there were roles */
  char *address;
  char *action; /* a nick of the API */
  guint64 version;
  char *room;
  GPtrArray *seats; /* (owned) (element-type utf8): names, at most SC_ACTIVITY_MAX_SEATS */
  guint64 n_seats;  /* all of them */
  guint64 session;
  char *detail;
  gboolean done;
  char *error; /* why it was not done */
  char *hash;  /* hex: sc-catalog-audit.h; empty: from before there was a chain */
} ScActivityEntry;

ScActivityEntry *sc_activity_entry_new (const char *action);
void sc_activity_entry_free (ScActivityEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScActivityEntry, sc_activity_entry_free)
/* Counts the seat, and keeps its name as long as there is room. */
void sc_activity_entry_add_seat (ScActivityEntry *self, const char *name);
void sc_activity_entry_set_text (char **member, const char *text);

/* Sets @entry->id and its hash. Durable when it returns; entries stay for ever. */
gboolean sc_catalog_add_activity (ScCatalog *self, ScActivityEntry *entry, GError **error);
/* @before: only entries with a smaller id; 0: from the newest on
 * Returns: (transfer full) (element-type ScActivityEntry): newest first */
GPtrArray *sc_catalog_list_activity (ScCatalog *self, guint64 before, guint max, GError **error);
/* Returns: (transfer full) (element-type guint64): sessions that are over, without an entry that says so, oldest first
 */
GArray *sc_catalog_list_ends_to_tell (ScCatalog *self, GError **error);

G_END_DECLS
