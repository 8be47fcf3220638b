/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScFactRow:
 *
 * A row of a list of facts: an icon, a title, a dim line below it, and a short value at the end. Each part is hidden
 * while it is empty, and touched only when it differs, so that what somebody has selected stays selected.
 */
#define SC_TYPE_FACT_ROW (sc_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (ScFactRow, sc_fact_row, SC, FACT_ROW, GtkListBoxRow)

GtkWidget *sc_fact_row_new (void);
/* @style_class: (nullable): of the icon and the title, as of sc_words_condition_class() */
void sc_fact_row_set_icon (ScFactRow *self, const char *icon_name, const char *style_class);
void sc_fact_row_set_texts (ScFactRow *self, const char *title, const char *subtitle, const char *value);

/* Makes @list have @n rows: new ones are added, superfluous ones go from the end; the others stay as they are. */
void sc_fact_rows_resize (GtkListBox *list, guint n);
/* (transfer none) */
ScFactRow *sc_fact_rows_at (GtkListBox *list, guint index);

/* As gtk_label_set_text(), unless it is the same: then what is selected stays selected. No word is hyphenated. */
void sc_label_set (GtkLabel *label, const char *text);

G_END_DECLS
