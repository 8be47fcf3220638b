/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-hooks-dialog.h"

#include "common/sc-hooks.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/versions/sc-hook-row.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScHooksDialog {
  GtkWindow parent;
  ScConsole *console;
  guint64 version;
  GCancellable *cancellable;
  gboolean sending;
  GtkHeaderBar *header;
  GtkWidget *save, *add, *frame;
  GtkListBox *hooks;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScHooksDialog, sc_hooks_dialog, GTK_TYPE_WINDOW)

static guint signal_saved;

/* (transfer full) (nullable): NULL: a row is not complete */
static ScJson *
get_hooks (ScHooksDialog *self)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (self->hooks));
  g_autoptr (ScJson) hooks = json_array ();

  for (GList *each = rows; each != NULL; each = each->next) {
    ScJson *hook = sc_hook_row_get_hook (each->data);

    if (hook == NULL)
      return NULL;
    json_array_append_new (hooks, hook);
  }
  return g_steal_pointer (&hooks);
}

static void
update (ScHooksDialog *self)
{
  g_autoptr (ScJson) hooks = get_hooks (self);
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (self->hooks));
  const guint n = g_list_length (rows);

  gtk_widget_set_visible (self->frame, n > 0);
  gtk_widget_set_sensitive (self->add, n < SC_HOOKS_MAX && !self->sending);
  gtk_widget_set_sensitive (GTK_WIDGET (self->hooks), !self->sending);
  gtk_widget_set_sensitive (self->save, hooks != NULL && !self->sending);
  gtk_widget_set_tooltip_text (self->save,
                               hooks == NULL ? _ ("Every row needs a program, with its quotes closed") : NULL);
}

static void
on_row_changed (ScHooksDialog *self)
{
  sc_save_status_clear (self->status);
  update (self);
}

static void
on_row_removed (ScHooksDialog *self, GtkWidget *row)
{
  gtk_widget_destroy (row);
  on_row_changed (self);
}

/* @hook: (nullable) */
static void
add_row (ScHooksDialog *self, ScJson *hook)
{
  GtkWidget *row = sc_hook_row_new (hook);

  g_signal_connect_object (row, "changed", G_CALLBACK (on_row_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "removed", G_CALLBACK (on_row_removed), self, G_CONNECT_SWAPPED);
  gtk_container_add (GTK_CONTAINER (self->hooks), row);
}

static void
on_add_clicked (ScHooksDialog *self)
{
  add_row (self, NULL);
  on_row_changed (self);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScHooksDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->sending = FALSE;
  if (answer != NULL) {
    g_signal_emit (self, signal_saved, 0);
    gtk_widget_destroy (GTK_WIDGET (self));
    return;
  }
  sc_save_status_show_error (self->status, error);
  update (self);
}

static void
on_save_clicked (ScHooksDialog *self)
{
  g_autoptr (ScJson) body = json_pack ("{s:o*}", "hooks", get_hooks (self));
  g_autofree char *path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT "/hooks", self->version);

  self->sending = TRUE;
  sc_save_status_show_saving (self->status);
  update (self);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_saved, g_object_ref (self));
}

static gboolean
on_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_Escape) {
    gtk_window_close (GTK_WINDOW (widget));
    return GDK_EVENT_STOP;
  }
  return GTK_WIDGET_CLASS (sc_hooks_dialog_parent_class)->key_press_event (widget, event);
}

static void
sc_hooks_dialog_dispose (GObject *object)
{
  ScHooksDialog *self = SC_HOOKS_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_hooks_dialog_parent_class)->dispose (object);
}

static void
sc_hooks_dialog_finalize (GObject *object)
{
  g_object_unref (SC_HOOKS_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (sc_hooks_dialog_parent_class)->finalize (object);
}

static void
sc_hooks_dialog_class_init (ScHooksDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_hooks_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_hooks_dialog_finalize;
  widget_class->key_press_event = on_key_press;
  signal_saved =
      g_signal_new ("saved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-hooks-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ScHooksDialog, header);
  gtk_widget_class_bind_template_child (widget_class, ScHooksDialog, save);
  gtk_widget_class_bind_template_child (widget_class, ScHooksDialog, add);
  gtk_widget_class_bind_template_child (widget_class, ScHooksDialog, frame);
  gtk_widget_class_bind_template_child (widget_class, ScHooksDialog, hooks);
  gtk_widget_class_bind_template_child (widget_class, ScHooksDialog, status);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
}

static void
sc_hooks_dialog_init (ScHooksDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_hooks_dialog_new (ScConsole *console, GtkWindow *parent, guint64 version, ScJson *hooks)
{
  ScHooksDialog *self = g_object_new (SC_TYPE_HOOKS_DIALOG, "transient-for", parent, NULL);
  g_autofree char *name = sc_words_version (version);
  /* Translators: a version: "What seats run: Version 4" */
  g_autofree char *title = g_strdup_printf (_ ("What seats run: %s"), name);

  self->console = g_object_ref (console);
  self->version = version;
  gtk_header_bar_set_title (self->header, title);
  gtk_window_set_title (GTK_WINDOW (self), title);
  for (gsize i = 0; i < json_array_size (hooks); i++)
    add_row (self, json_array_get (hooks, i));
  g_signal_connect_object (console, "forgotten", G_CALLBACK (gtk_widget_destroy), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
