/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSpaceBar:
 *
 * What a seat's volume is full of, as a bar: everything else, the undo store, what is free, and of that the reserve
 * that updates leave. Its colours are the style classes other, undo, free and reserve; words belong beside it.
 */
#define SC_TYPE_SPACE_BAR (sc_space_bar_get_type ())
G_DECLARE_FINAL_TYPE (ScSpaceBar, sc_space_bar, SC, SPACE_BAR, GtkDrawingArea)

/* Bytes. @reserve is part of @free_space; @undo of what is not free. */
void sc_space_bar_set (ScSpaceBar *self, guint64 total, guint64 free_space, guint64 reserve, guint64 undo);

G_END_DECLS
