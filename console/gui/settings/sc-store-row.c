/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-store-row.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-operation-item.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_PROBLEMS 8u /* lines that are shown */

static const struct {
  const char *kind, *path, *title, *text, *start;
} works[] = {
  [SC_STORE_WORK_VERIFY] = { "verify", "/v1/store/verify", N_ ("Verify the store"),
                             N_ ("Reads everything in the store and compares it with its checksums."), N_ ("_Verify") },
  [SC_STORE_WORK_GC] = { "gc", "/v1/store/gc", N_ ("Free up space"),
                         N_ ("Takes away what no version needs, such as what a cancelled publish has left."),
                         N_ ("_Free") },
  [SC_STORE_WORK_REBUILD_INDEX] = { "rebuild-index", "/v1/store/rebuild-index", N_ ("Rebuild the index"),
                                    N_ ("Makes the list of what is in the store anew, after a damage of the disk."),
                                    N_ ("_Rebuild") },
};

struct _ScStoreRow {
  GtkListBoxRow parent;
  ScConsole *console;
  ScStoreWork work;
  GCancellable *cancellable;
  char *error; /* (nullable): why it could not be started or cancelled */
  GtkLabel *title, *text, *amount, *result;
  GtkProgressBar *progress;
  GtkImage *icon;
  GtkWidget *start, *cancel, *progress_box, *result_box;
};

G_DEFINE_FINAL_TYPE (ScStoreRow, sc_store_row, GTK_TYPE_LIST_BOX_ROW)

/* The newest of this kind. (nullable) */
static ScOperationItem *
find_operation (ScStoreRow *self)
{
  ScItemList *operations = sc_console_get_operations (self->console);

  for (guint i = 0; i < sc_item_list_get_length (operations); i++) {
    ScOperationItem *operation = sc_item_list_at (operations, i);

    if (g_str_equal (sc_operation_item_get_info (operation)->kind, works[self->work].kind))
      return operation;
  }
  return NULL;
}

static char *
report_of_gc (ScJson *report)
{
  const guint64 freed = sc_item_number_of (report, "freed_bytes");
  g_autofree char *size = sc_words_size (freed);

  return freed > 0 ? g_strdup_printf (_ ("%s are free again."), size)
                   : g_strdup (_ ("There was nothing that no version needs."));
}

static char *
report_of_check (ScStoreRow *self, ScJson *report)
{
  const gulong entries = (gulong) sc_item_number_of (report, "entries");
  const gulong damaged = (gulong) sc_item_number_of (report, "damaged");
  g_autofree char *size = sc_words_size (sc_item_number_of (report, "bytes"));

  if (damaged > 0)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%lu of %lu entries is damaged:", "%lu of %lu entries are damaged:", damaged),
        damaged, entries);
  if (self->work == SC_STORE_WORK_REBUILD_INDEX)
    return g_strdup_printf (_ ("The index is made anew: %lu entries, %s."), entries, size);
  return g_strdup_printf (_ ("Everything is as it should be: %lu entries, %s read."), entries, size);
}

/* Sets @bad when somebody has to do something. (transfer full) */
static char *
describe_report (ScStoreRow *self, ScJson *report, gboolean *bad)
{
  ScJson *problems = json_object_get (report, "problems");
  const gsize n = json_array_size (problems);
  g_autofree char *head = self->work == SC_STORE_WORK_GC ? report_of_gc (report) : report_of_check (self, report);
  GString *text = g_string_new (head);

  for (gsize i = 0; i < n && i < MAX_PROBLEMS; i++) {
    const char *problem = json_string_value (json_array_get (problems, i));

    g_string_append_printf (text, "\n%s", problem != NULL ? problem : "");
  }
  if (n > MAX_PROBLEMS) {
    g_string_append_c (text, '\n');
    g_string_append_printf (text, _ ("… and %u more"), (guint) (n - MAX_PROBLEMS));
  }
  *bad = n > 0 || sc_item_number_of (report, "damaged") > 0;
  return g_string_free (text, FALSE);
}

static char *
describe_end (ScStoreRow *self, const ScOperationInfo *info, gboolean *bad)
{
  if (g_str_equal (info->state, "done"))
    return describe_report (self, info->result, bad);
  if (g_str_equal (info->state, "cancelled"))
    return g_strdup (_ ("Cancelled before it was done."));
  *bad = TRUE;
  return g_strdup_printf (_ ("Not done: %s"), info->error_message);
}

static void
show_result (ScStoreRow *self, ScOperationItem *operation)
{
  gboolean bad = self->error != NULL;
  g_autofree char *text = NULL;

  if (self->error != NULL)
    text = g_strdup (self->error);
  else if (operation != NULL && !sc_operation_item_is_running (operation))
    text = describe_end (self, sc_operation_item_get_info (operation), &bad);
  gtk_widget_set_visible (self->result_box, text != NULL);
  sc_label_set (self->result, text != NULL ? text : "");
  sc_style_set_class (self->result_box, "error", bad);
  gtk_image_set_from_icon_name (
      self->icon, bad ? sc_words_condition_icon (SC_CONDITION_FAILED) : "object-select-symbolic", GTK_ICON_SIZE_MENU);
}

static void
show_progress (ScStoreRow *self, ScOperationItem *operation)
{
  const ScOperationInfo *info = sc_operation_item_get_info (operation);
  g_autofree char *amount = sc_words_size_of (info->done, info->total);

  if (info->total > 0)
    gtk_progress_bar_set_fraction (self->progress, (double) info->done / (double) info->total);
  else
    gtk_progress_bar_pulse (self->progress);
  sc_label_set (self->amount, info->total > 0 ? amount : _ ("Working…"));
}

static void
update (ScStoreRow *self)
{
  ScOperationItem *operation = find_operation (self);
  const gboolean running = operation != NULL && sc_operation_item_is_running (operation);
  const gboolean may = sc_me_may (self->console, SC_MAY_ADMINISTER);
  const gboolean focus = gtk_widget_has_focus (running ? self->start : self->cancel);

  gtk_widget_set_visible (self->progress_box, running);
  gtk_widget_set_visible (self->cancel, running);
  gtk_widget_set_visible (self->start, !running);
  gtk_widget_set_sensitive (self->start, may);
  gtk_widget_set_sensitive (self->cancel, sc_me_may (self->console, SC_MAY_OPERATE));
  gtk_widget_set_tooltip_text (self->start, sc_me_why_not (self->console, SC_MAY_ADMINISTER));
  if (focus)
    gtk_widget_grab_focus (running ? self->cancel : self->start);
  if (running)
    show_progress (self, operation);
  else
    gtk_progress_bar_set_fraction (self->progress, 0); /* a bar that pulses would wake us for ever, even unseen */
  show_result (self, operation);
}

static void
set_error (ScStoreRow *self, const char *format, const GError *error)
{
  g_clear_pointer (&self->error, g_free);
  if (error != NULL) {
    g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

    self->error = g_strjoinv (error->message, parts);
  }
}

static void
take_answer (ScStoreRow *self, GAsyncResult *result, const char *format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = NULL;

  if (self->console == NULL)
    return;
  answer = sc_console_request_finish (self->console, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_error (self, format, error);
  if (answer != NULL)
    sc_item_list_put (sc_console_get_operations (self->console), answer);
  update (self);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScStoreRow) self = data;

  take_answer (self, result, _ ("Not started: %s"));
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScStoreRow) self = data;

  take_answer (self, result, _ ("Not cancelled: %s"));
}

static void
on_start_clicked (ScStoreRow *self)
{
  sc_console_request_async (self->console, "POST", works[self->work].path, NULL, self->cancellable, on_started,
                            g_object_ref (self));
}

static void
on_cancel_clicked (ScStoreRow *self)
{
  ScOperationItem *operation = find_operation (self);
  g_autofree char *path =
      g_strdup_printf ("/v1/operations/%" G_GUINT64_FORMAT "/cancel", sc_operation_item_get_info (operation)->id);

  sc_console_request_async (self->console, "POST", path, NULL, self->cancellable, on_cancelled, g_object_ref (self));
}

static void
sc_store_row_dispose (GObject *object)
{
  ScStoreRow *self = SC_STORE_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_store_row_parent_class)->dispose (object);
}

static void
sc_store_row_finalize (GObject *object)
{
  ScStoreRow *self = SC_STORE_ROW (object);

  g_object_unref (self->cancellable);
  g_free (self->error);
  G_OBJECT_CLASS (sc_store_row_parent_class)->finalize (object);
}

static void
sc_store_row_class_init (ScStoreRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_store_row_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_store_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-store-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, title);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, text);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, start);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, progress_box);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, progress);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, amount);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, result_box);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ScStoreRow, result);
  gtk_widget_class_bind_template_callback (widget_class, on_start_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
sc_store_row_init (ScStoreRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_store_row_new (ScConsole *console, ScStoreWork work)
{
  ScStoreRow *self = g_object_new (SC_TYPE_STORE_ROW, NULL);
  const char *title = _ (works[work].title);
  g_autofree char *cancel = g_strdup_printf (_ ("Cancel: %s"), title);
  ScItemList *operations = sc_console_get_operations (console);

  self->console = g_object_ref (console);
  self->work = work;
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->text, _ (works[work].text));
  gtk_button_set_label (GTK_BUTTON (self->start), _ (works[work].start));
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), title);
  atk_object_set_name (gtk_widget_get_accessible (self->start), title);
  atk_object_set_name (gtk_widget_get_accessible (self->cancel), cancel);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->progress)), title);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (operations, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (operations, "item-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
