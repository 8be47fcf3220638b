/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

#define SC_SEAT_LOG_MAX_ROWS 500u /* kept of each seat */

/* A change of a seat's state. A plain struct; strings are owned. */
typedef struct {
  char *seat;               /* id */
  gint64 time;              /* µs since 1970 */
  const char *event;        /* (unowned): a nick of the API */
  guint64 session, version; /* 0: none */
  char *text;               /* for people: why, which; may be empty */
} ScSeatLogEntry;

ScSeatLogEntry *sc_seat_log_entry_new (const char *seat, const char *event, gint64 time);
void sc_seat_log_entry_free (ScSeatLogEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatLogEntry, sc_seat_log_entry_free)

/* @entries: (element-type ScSeatLogEntry), oldest first: all are kept or none, without a flush of the disk: a power cut
 * may lose the last ones. What makes more than SC_SEAT_LOG_MAX_ROWS of a seat goes. */
gboolean sc_catalog_add_seat_log (ScCatalog *self, GPtrArray *entries, GError **error);
/* @seat: an id. Returns: (transfer full) (element-type ScSeatLogEntry): newest first */
GPtrArray *sc_catalog_list_seat_log (ScCatalog *self, const char *seat, guint max, GError **error);

/* @since: (out): when it first said that its templates are in use, since it was done last; µs since 1970, 0: never */
gboolean sc_catalog_find_busy_since (ScCatalog *self, const char *seat, gint64 *since, GError **error);

G_END_DECLS
