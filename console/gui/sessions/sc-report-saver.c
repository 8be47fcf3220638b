/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-report-saver.h"

#include "console/gui/sc-notice.h"

#include <glib/gi18n-lib.h>

typedef struct {
  GtkWidget *from;
  GFile *file;
} Save;

static void
save_free (Save *save)
{
  g_object_unref (save->from);
  g_object_unref (save->file);
  g_free (save);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Save *save = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_parse_name (save->file);
  g_autofree char *text = NULL;

  if (sc_session_report_save_finish (result, &error)) {
    text = g_strdup_printf (_ ("The report is saved: %s"), path);
    sc_notice_show (save->from, text);
  } else {
    text = g_strdup_printf (_ ("The report cannot be saved as “%s”"), path);
    sc_notice_show_error (save->from, text, error);
  }
  save_free (save);
}

void
sc_report_saver_save (GtkWidget *from, ScSessionReport *report, GFile *file, ScSessionReportFormat format,
                      GCancellable *cancellable)
{
  Save *save = g_new0 (Save, 1);

  save->from = g_object_ref (from);
  save->file = g_object_ref (file);
  sc_session_report_save_async (report, file, format, cancellable, on_saved, save);
}

/* asking */

typedef struct {
  GtkFileFilter *pdf; /* (unowned): the dialog's */
  GtkWidget *from;
  GCancellable *cancellable;
  ScSessionReport *report; /* (nullable): taken */
} Ask;

static void
ask_free (Ask *ask)
{
  g_clear_pointer (&ask->report, sc_session_report_free);
  g_object_unref (ask->from);
  g_object_unref (ask->cancellable);
  g_free (ask);
}

static void
free_with_dialog (gpointer ask, GClosure *closure)
{
  ask_free (ask);
}

static gboolean
wants_pdf (Ask *ask, GtkFileChooser *chooser)
{
  return gtk_file_chooser_get_filter (chooser) == ask->pdf;
}

/* The name's ending says what it will be. */
static void
on_filter (GtkFileChooser *chooser, GParamSpec *property, gpointer data)
{
  Ask *ask = data;
  g_autofree char *name = gtk_file_chooser_get_current_name (chooser);
  g_autofree char *changed = NULL;
  char *dot = name != NULL ? strrchr (name, '.') : NULL;

  if (dot == NULL || (g_ascii_strcasecmp (dot, ".html") != 0 && g_ascii_strcasecmp (dot, ".pdf") != 0))
    return;
  *dot = '\0';
  changed = g_strconcat (name, wants_pdf (ask, chooser) ? ".pdf" : ".html", NULL);
  gtk_file_chooser_set_current_name (chooser, changed);
}

static void
on_response (GtkDialog *dialog, int response, gpointer data)
{
  Ask *ask = data;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *name = file != NULL ? g_file_get_basename (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && name != NULL) {
    /* a name without an ending is what the user wants: what it holds is then up to the filter */
    ScSessionReportFormat format = strchr (name, '.') == NULL && wants_pdf (ask, GTK_FILE_CHOOSER (dialog))
                                       ? SC_SESSION_REPORT_PDF
                                       : sc_session_report_pick_format (name);

    sc_report_saver_save (ask->from, g_steal_pointer (&ask->report), file, format, ask->cancellable);
  }
  gtk_widget_destroy (GTK_WIDGET (dialog)); /* and what was asked with it */
}

static GtkFileFilter *
add_filter (GtkFileChooser *chooser, const char *name, const char *pattern)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (chooser, filter);
  return filter;
}

void
sc_report_saver_ask (GtkWidget *from, ScSessionReport *report, GCancellable *cancellable)
{
  GtkWidget *window = gtk_widget_get_toplevel (from);
  /* not the native one: it does not tell that the filter has changed */
  GtkWidget *dialog = gtk_file_chooser_dialog_new (
      _ ("Save report"), GTK_IS_WINDOW (window) ? GTK_WINDOW (window) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE,
      _ ("_Cancel"), GTK_RESPONSE_CANCEL, _ ("_Save"), GTK_RESPONSE_ACCEPT, NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  Ask *ask = g_new0 (Ask, 1);
  g_autofree char *base = sc_session_report_dup_file_name (report);
  g_autofree char *name = g_strconcat (base, ".html", NULL);

  ask->from = g_object_ref (from);
  ask->cancellable = g_object_ref (cancellable);
  ask->report = report;
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_file_chooser_set_do_overwrite_confirmation (chooser, TRUE);
  gtk_file_chooser_set_filter (chooser, add_filter (chooser, _ ("Web page (HTML)"), "*.html"));
  ask->pdf = add_filter (chooser, _ ("PDF"), "*.pdf");
  gtk_file_chooser_set_current_name (chooser, name);
  g_signal_connect (dialog, "notify::filter", G_CALLBACK (on_filter), ask);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), ask, free_with_dialog, 0);
  gtk_widget_show (dialog);
}
