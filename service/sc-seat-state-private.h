/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-database.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/* What the files of ScSeatState share: sc-seat-state.c (its life, the seat's row, versions, manifests) and
 * sc-seat-state-templates.c. */
struct _ScSeatState {
  GMutex lock;
  ScDisk *disk;     /* rooted at the state's directory */
  ScDiskFile *held; /* open exclusively as long as this service runs */
  ScDatabase *database;
  char *seat;
};

extern const ScChunkId sc_seat_state_nothing; /* in a column: no manifest */

void sc_seat_state_bind_text (ScStatement *statement, int index, const char *text);
void sc_seat_state_bind_number (ScStatement *statement, int index, guint64 number);
/* @id: (nullable): nothing */
void sc_seat_state_bind_id (ScStatement *statement, int index, const ScChunkId *id);
guint64 sc_seat_state_column_number (ScStatement *query, int column);
void sc_seat_state_column_id (ScStatement *query, int column, ScChunkId *id);

/* Returns: FALSE, with @error, ends the walk */
typedef gboolean (*ScSeatRowFunc) (ScStatement *query, gpointer data, GError **error);
/* Calls @func for each row of the query @sql, whose only parameter is @text (nullable: it has none). The lock is held
 * by the caller. */
gboolean sc_seat_state_each_row (ScSeatState *self, const char *sql, const char *text, ScSeatRowFunc func,
                                 gpointer data, GError **error);

G_END_DECLS
