/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-session-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The parts of the list of sessions, in their order. */
typedef enum {
  SC_SESSION_ROW_RUNNING,
  SC_SESSION_ROW_PAST,
} ScSessionRowPart;

/**
 * ScSessionRow:
 *
 * A session in the list: what, for whom, how it stands, when; a bar while it runs. It follows its session by itself,
 * and tells a change of the part it belongs to by "changed" of GtkListBoxRow.
 */
#define SC_TYPE_SESSION_ROW (sc_session_row_get_type ())
G_DECLARE_FINAL_TYPE (ScSessionRow, sc_session_row, SC, SESSION_ROW, GtkListBoxRow)

GtkWidget *sc_session_row_new (ScSessionItem *session);
ScSessionItem *sc_session_row_get_session (ScSessionRow *self); /* (transfer none) */
ScSessionRowPart sc_session_row_get_part (ScSessionRow *self);

G_END_DECLS
