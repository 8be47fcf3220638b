/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-hook-row.h"

#include "console/gui/model/sc-item.h"
#include "console/gui/sc-combo.h"
#include "console/gui/words/sc-hook-words.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_SECONDS 60

struct _ScHookRow {
  GtkListBoxRow parent;
  GtkComboBoxText *when, *os;
  GtkEntry *program;
  GtkSpinButton *seconds;
  GtkWidget *unclosed;
};

G_DEFINE_FINAL_TYPE (ScHookRow, sc_hook_row, GTK_TYPE_LIST_BOX_ROW)

static guint signal_changed, signal_removed;

static void
on_changed (ScHookRow *self)
{
  g_autoptr (ScJson) run = sc_hook_words_split (gtk_entry_get_text (self->program));

  gtk_widget_set_visible (self->unclosed, run == NULL);
  g_signal_emit (self, signal_changed, 0);
}

static void
on_remove_clicked (ScHookRow *self)
{
  g_signal_emit (self, signal_removed, 0);
}

static void
sc_hook_row_class_init (ScHookRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  signal_changed =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signal_removed =
      g_signal_new ("removed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-hook-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScHookRow, when);
  gtk_widget_class_bind_template_child (widget_class, ScHookRow, os);
  gtk_widget_class_bind_template_child (widget_class, ScHookRow, program);
  gtk_widget_class_bind_template_child (widget_class, ScHookRow, seconds);
  gtk_widget_class_bind_template_child (widget_class, ScHookRow, unclosed);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
}

static void
sc_hook_row_init (ScHookRow *self)
{
  static const char *const moments[] = { "before-commit", "after-commit" };
  static const char *const systems[] = { "any", "linux", "windows" };

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    gtk_combo_box_text_append (self->when, moments[i], sc_hook_words_when (moments[i]));
  for (guint i = 0; i < G_N_ELEMENTS (systems); i++)
    gtk_combo_box_text_append (self->os, systems[i], sc_hook_words_os (systems[i]));
  sc_combo_set_name (GTK_COMBO_BOX (self->when), _ ("When it is run"));
  sc_combo_set_name (GTK_COMBO_BOX (self->os), _ ("On which system"));
}

GtkWidget *
sc_hook_row_new (ScJson *hook)
{
  ScHookRow *self = g_object_new (SC_TYPE_HOOK_ROW, NULL);
  g_autofree char *line = sc_hook_words_join (json_object_get (hook, "run"));

  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->when),
                               hook != NULL ? sc_item_text_of (hook, "when") : "after-commit");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->os), hook != NULL ? sc_item_text_of (hook, "os") : "linux");
  gtk_entry_set_text (self->program, line);
  gtk_spin_button_set_value (self->seconds,
                             hook != NULL ? (double) sc_item_number_of (hook, "timeout_seconds") : DEFAULT_SECONDS);
  return GTK_WIDGET (self);
}

ScJson *
sc_hook_row_get_hook (ScHookRow *self)
{
  g_autoptr (ScJson) run = sc_hook_words_split (gtk_entry_get_text (self->program));

  gtk_spin_button_update (self->seconds); /* what was typed, too */
  if (json_array_size (run) == 0)
    return NULL;
  return json_pack ("{s:s, s:s, s:O, s:i}", "when", gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->when)), "os",
                    gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->os)), "run", run, "timeout_seconds",
                    gtk_spin_button_get_value_as_int (self->seconds));
}
