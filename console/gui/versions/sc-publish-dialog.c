/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-publish-dialog.h"

#include <glib/gi18n-lib.h>

struct _ScPublishDialog {
  GtkDialog parent;
  ScConsole *console;
  GCancellable *cancellable;
  ScJson *request; /* (nullable): that was sent */
  GtkEntry *directory, *author;
  GtkTextBuffer *note;
  GtkWidget *choose, *publish, *form, *note_view;
  GtkLabel *place, *error;
  GtkRevealer *error_revealer;
};

G_DEFINE_FINAL_TYPE (ScPublishDialog, sc_publish_dialog, GTK_TYPE_DIALOG)

static guint signal_begun;

static void update (ScPublishDialog *self);
static void on_choose (ScPublishDialog *self);

static void
sc_publish_dialog_dispose (GObject *object)
{
  ScPublishDialog *self = SC_PUBLISH_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (self->console, self);
  g_clear_object (&self->console);
  g_clear_pointer (&self->request, json_decref);
  G_OBJECT_CLASS (sc_publish_dialog_parent_class)->dispose (object);
}

static char *
dup_note (ScPublishDialog *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->note, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (self->note, &start, &end, FALSE));
}

static void
show_error (ScPublishDialog *self, const char *text)
{
  gtk_label_set_text (self->error, text);
  gtk_revealer_set_reveal_child (self->error_revealer, *text != '\0');
}

static void
set_sending (ScPublishDialog *self, gboolean sending)
{
  gtk_widget_set_sensitive (self->form, !sending);
  update (self);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) operation = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScPublishDialog *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it may be gone */
  g_clear_object (&self->cancellable);
  set_sending (self, FALSE);
  if (operation == NULL) {
    show_error (self, error->message);
    return;
  }
  g_signal_emit (self, signal_begun, 0, operation, self->request);
  gtk_widget_destroy (GTK_WIDGET (self));
}

static void
publish (ScPublishDialog *self)
{
  g_autofree char *note = dup_note (self);
  const char *author = gtk_entry_get_text (self->author);

  g_clear_pointer (&self->request, json_decref);
  self->request = json_pack ("{s:s, s:s, s:s*}", "directory", gtk_entry_get_text (self->directory), "note", note,
                             "author", *author != '\0' ? author : NULL);
  show_error (self, "");
  self->cancellable = g_cancellable_new ();
  set_sending (self, TRUE);
  sc_console_request_async (self->console, "POST", "/v1/versions", self->request, self->cancellable, on_begun, self);
}

static void
sc_publish_dialog_response (GtkDialog *dialog, int response)
{
  ScPublishDialog *self = SC_PUBLISH_DIALOG (dialog);

  if (response != GTK_RESPONSE_OK)
    gtk_widget_destroy (GTK_WIDGET (self));
  else if (gtk_widget_get_sensitive (self->publish)) /* Return in an entry comes here, too */
    publish (self);
}

static void
sc_publish_dialog_class_init (ScPublishDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_publish_dialog_dispose;
  GTK_DIALOG_CLASS (class)->response = sc_publish_dialog_response;
  signal_begun = g_signal_new ("begun", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               2, G_TYPE_POINTER, G_TYPE_POINTER);
  gtk_widget_class_set_css_name (widget_class, "publishdialog");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-publish-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, directory);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, author);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, note);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, choose);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, publish);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, form);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, note_view);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, place);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, error);
  gtk_widget_class_bind_template_child (widget_class, ScPublishDialog, error_revealer);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
}

static void
sc_publish_dialog_init (ScPublishDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
is_blank (const char *text)
{
  return *text == '\0' || text[strspn (text, " \t")] == '\0';
}

static void
update (ScPublishDialog *self)
{
  g_autofree char *note = dup_note (self);

  gtk_widget_set_sensitive (self->publish, *note != '\0' && !is_blank (gtk_entry_get_text (self->directory)) &&
                                               self->cancellable == NULL &&
                                               sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED);
}

/* Whether what the file chooser shows is what the engine sees. */
static gboolean
is_on_this_machine (ScConsole *console)
{
  return g_ascii_strcasecmp (sc_console_get_name (console), g_get_host_name ()) == 0;
}

static void
on_chosen (GtkNativeDialog *chooser, int response, gpointer data)
{
  ScPublishDialog *self = data;
  g_autofree char *path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));

  if (response == GTK_RESPONSE_ACCEPT && path != NULL && g_utf8_validate (path, -1, NULL))
    gtk_entry_set_text (self->directory, path);
  else if (response == GTK_RESPONSE_ACCEPT)
    show_error (self, _ ("The directory’s name is not UTF-8: rename it, or choose another one."));
  gtk_native_dialog_destroy (chooser);
}

static void
on_choose (ScPublishDialog *self)
{
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (_ ("Directory with the templates"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), gtk_entry_get_text (self->directory));
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, 0);
  g_object_set_data_full (G_OBJECT (self), "chooser", chooser, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static char *
dup_default_author (void)
{
  const char *name = g_get_real_name ();

  return g_utf8_make_valid (g_str_equal (name, "Unknown") || is_blank (name) ? g_get_user_name () : name, -1);
}

static void
fill (ScPublishDialog *self, ScJson *request)
{
  ScJson *settings = sc_console_get_settings (self->console);
  g_autofree char *author = dup_default_author ();
  const char *name = sc_console_get_name (self->console);
  g_autofree char *place =
      *name != '\0'
          ? g_strdup_printf (_ ("The path on %s, where the engine runs. Each directory in it is a template."), name)
          : g_strdup (_ ("The path on the engine’s machine. Each directory in it is a template."));

  gtk_label_set_text (self->place, place);
  gtk_widget_set_visible (self->choose, is_on_this_machine (self->console));
  gtk_entry_set_text (self->author, author);
  if (settings != NULL)
    gtk_entry_set_text (self->directory, sc_item_text_of (settings, "publish_directory"));
  if (request == NULL) {
    if (*gtk_entry_get_text (self->directory) != '\0')
      gtk_widget_grab_focus (self->note_view); /* what is left to say */
    return;
  }
  gtk_entry_set_text (self->directory, sc_item_text_of (request, "directory"));
  gtk_entry_set_text (self->author, sc_item_text_of (request, "author"));
  gtk_text_buffer_set_text (self->note, sc_item_text_of (request, "note"), -1);
}

GtkWidget *
sc_publish_dialog_new (ScConsole *console, GtkWindow *parent, ScJson *request)
{
  ScPublishDialog *self =
      g_object_new (SC_TYPE_PUBLISH_DIALOG, "use-header-bar", TRUE, "transient-for", parent, "modal", TRUE, NULL);

  self->console = g_object_ref (console);
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (console, "forgotten", G_CALLBACK (gtk_widget_destroy), self);
  fill (self, request);
  update (self);
  return GTK_WIDGET (self);
}
