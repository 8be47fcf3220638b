/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScSelection:
 *
 * The ids of the seats that are selected, shared by the map, the table and the panel.
 *
 * Signals: "changed" (): the set differs from before
 */
#define SC_TYPE_SELECTION (sc_selection_get_type ())
G_DECLARE_FINAL_TYPE (ScSelection, sc_selection, SC, SELECTION, GObject)

ScSelection *sc_selection_new (void);
gboolean sc_selection_contains (ScSelection *self, const char *id);
guint sc_selection_get_length (ScSelection *self);
/* Returns: (transfer full) (element-type utf8): the ids in the order in which they were selected */
GPtrArray *sc_selection_dup_ids (ScSelection *self);

/* @ids: (element-type utf8): selected instead of what is */
void sc_selection_set (ScSelection *self, GPtrArray *ids);
/* (nullable): NULL selects nothing */
void sc_selection_set_one (ScSelection *self, const char *id);
void sc_selection_add (ScSelection *self, GPtrArray *ids);
void sc_selection_toggle (ScSelection *self, const char *id);
/* What is no longer there, or no longer seen, is not selected. */
void sc_selection_remove (ScSelection *self, const char *id);

G_END_DECLS
