/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-publish-row.h"

#include "console/gui/model/sc-version-item.h"
#include "console/gui/sc-notice.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-version-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScPublishRow {
  GtkBox parent;
  ScConsole *console;
  ScOperationItem *operation;
  GCancellable *cancellable;
  gboolean own, cancelling, lost;
  GtkImage *icon;
  GtkLabel *title, *detail;
  GtkProgressBar *progress;
  GtkWidget *cancel, *retry, *close;
};

G_DEFINE_FINAL_TYPE (ScPublishRow, sc_publish_row, GTK_TYPE_BOX)

enum { SIGNAL_CLOSED, SIGNAL_RETRY, N_SIGNALS };
static guint signals[N_SIGNALS];

static void on_cancel (ScPublishRow *self);
static void on_retry (ScPublishRow *self);
static void on_close (ScPublishRow *self);

static void
sc_publish_row_dispose (GObject *object)
{
  ScPublishRow *self = SC_PUBLISH_ROW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->operation != NULL)
    g_signal_handlers_disconnect_by_data (self->operation, self);
  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (sc_console_get_versions (self->console), self);
  g_clear_object (&self->operation);
  g_clear_object (&self->console);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (sc_publish_row_parent_class)->dispose (object);
}

static void
sc_publish_row_class_init (ScPublishRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_publish_row_dispose;
  signals[SIGNAL_CLOSED] =
      g_signal_new ("closed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_RETRY] =
      g_signal_new ("retry", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "publishrow");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-publish-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScPublishRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ScPublishRow, title);
  gtk_widget_class_bind_template_child (widget_class, ScPublishRow, detail);
  gtk_widget_class_bind_template_child (widget_class, ScPublishRow, progress);
  gtk_widget_class_bind_template_child (widget_class, ScPublishRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, ScPublishRow, retry);
  gtk_widget_class_bind_template_child (widget_class, ScPublishRow, close);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
sc_publish_row_init (ScPublishRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_running (ScPublishRow *self, const ScOperationInfo *info)
{
  g_autofree char *detail = sc_version_words_progress (info);

  gtk_label_set_text (self->title, self->cancelling ? _ ("Cancelling…") : _ ("Publishing a new version"));
  gtk_label_set_text (self->detail, detail);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->detail), info->item);
  if (info->total > 0)
    gtk_progress_bar_set_fraction (self->progress, CLAMP ((double) info->done / (double) info->total, 0, 1));
  else
    gtk_progress_bar_pulse (self->progress);
}

static void
show_outcome (ScPublishRow *self, ScSeatCondition condition)
{
  gtk_image_set_from_icon_name (self->icon, sc_words_condition_icon (condition), GTK_ICON_SIZE_MENU);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->icon)),
                               sc_words_condition_class (condition));
}

static guint
count_templates (ScPublishRow *self, ScJson *result)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (result, "version"));
  ScVersionItem *version = sc_item_list_find (sc_console_get_versions (self->console), key);

  return version != NULL ? sc_version_item_get_info (version)->n_templates : 0;
}

static void
show_ended (ScPublishRow *self, const ScOperationInfo *info)
{
  g_autofree char *text = NULL;

  if (g_str_equal (info->state, "done") && info->result != NULL) {
    text = sc_version_words_result (info->result, count_templates (self, info->result));
    gtk_label_set_text (self->title, text);
    gtk_label_set_text (self->detail, "");
    show_outcome (self, SC_CONDITION_CURRENT);
    return;
  }
  if (g_str_equal (info->state, "cancelled")) {
    gtk_label_set_text (self->title, _ ("Publishing was cancelled"));
    gtk_label_set_text (self->detail,
                        _ ("No version was made. What was stored already is used when you publish again."));
    gtk_image_set_from_icon_name (self->icon, "dialog-information-symbolic", GTK_ICON_SIZE_MENU);
    return;
  }
  gtk_label_set_text (self->title, _ ("No version was published"));
  gtk_label_set_text (self->detail,
                      self->lost
                          ? _ ("The engine was started anew meanwhile. Publish again: what was stored already is used.")
                          : info->error_message);
  show_outcome (self, SC_CONDITION_FAILED);
}

/* How far it is, is read in passing; why it ended must be read. */
static void
style_detail (ScPublishRow *self, gboolean running)
{
  gtk_widget_set_visible (GTK_WIDGET (self->detail), *gtk_label_get_text (self->detail) != '\0');
  gtk_label_set_ellipsize (self->detail, running ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_line_wrap (self->detail, !running);
  gtk_label_set_selectable (self->detail, !running);
  sc_style_set_class (GTK_WIDGET (self->detail), "dim-label", running);
}

static void
update (ScPublishRow *self)
{
  const ScOperationInfo *info = sc_operation_item_get_info (self->operation);
  gboolean running = !self->lost && sc_operation_item_is_running (self->operation);
  gboolean done = g_str_equal (info->state, "done");

  if (running)
    show_running (self, info);
  else {
    show_ended (self, info);
    gtk_progress_bar_set_fraction (self->progress, 1); /* a bar that pulses would wake us for ever, even unseen */
  }
  style_detail (self, running);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_widget_set_visible (self->cancel, running);
  gtk_widget_set_sensitive (self->cancel, !self->cancelling);
  gtk_widget_set_visible (self->retry, !running && !done && self->own);
  gtk_widget_set_visible (self->close, !running);
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) operation = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScPublishRow *self = data;

  if (operation != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* events tell that it has ended */
  self->cancelling = FALSE;
  update (self);
  sc_notice_show_error (GTK_WIDGET (self), _ ("Publishing cannot be cancelled"), error);
}

static void
on_cancel (ScPublishRow *self)
{
  g_autoptr (ScJson) body = json_object ();
  g_autofree char *path =
      g_strdup_printf ("/v1/operations/%" G_GUINT64_FORMAT "/cancel", sc_operation_item_get_info (self->operation)->id);

  self->cancelling = TRUE;
  update (self);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_cancelled, self);
}

static void
on_retry (ScPublishRow *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

static void
on_close (ScPublishRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

GtkWidget *
sc_publish_row_new (ScConsole *console, ScOperationItem *operation, gboolean own)
{
  ScPublishRow *self = g_object_new (SC_TYPE_PUBLISH_ROW, "visible", TRUE, NULL);

  self->console = g_object_ref (console);
  self->operation = g_object_ref (operation);
  self->own = own;
  g_signal_connect_swapped (operation, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (sc_console_get_versions (console), "items-changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

ScOperationItem *
sc_publish_row_get_operation (ScPublishRow *self)
{
  return self->operation;
}

gboolean
sc_publish_row_is_own (ScPublishRow *self)
{
  return self->own;
}

void
sc_publish_row_set_lost (ScPublishRow *self)
{
  self->lost = sc_operation_item_is_running (self->operation);
  update (self);
}
