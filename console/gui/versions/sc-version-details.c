/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-details.h"

#include "console/gui/versions/sc-version-hooks.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_ROOMS 6u

struct _ScVersionDetails {
  GtkBox parent;
  ScConsole *console;
  ScVersionChanges *changes;
  ScVersionSeats *seats;
  ScVersionItem *version;    /* (nullable) */
  GCancellable *cancellable; /* of loading the files; NULL: they are not being loaded */
  gboolean has_files;
  GtkLabel *title, *note, *published, *size, *brought, *rooms, *manifest;
  GtkWidget *deploy, *roll_back;
  ScVersionHooks *hooks;
  GtkTreeView *tree;
  GtkTreeStore *store;
};

/* A template's only child is one without a size that says why there are no files yet. */
enum { COLUMN_NAME, COLUMN_SIZE, COLUMN_TIME, COLUMN_TEMPLATE, N_COLUMNS };

G_DEFINE_FINAL_TYPE (ScVersionDetails, sc_version_details, GTK_TYPE_BOX)

static void on_row_expanded (GtkTreeView *tree, GtkTreeIter *parent, GtkTreePath *path, gpointer data);

static void
stop_loading (ScVersionDetails *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
forget_version (ScVersionDetails *self)
{
  stop_loading (self);
  if (self->version != NULL)
    g_signal_handlers_disconnect_by_data (self->version, self);
  g_clear_object (&self->version);
}

static void
sc_version_details_dispose (GObject *object)
{
  ScVersionDetails *self = SC_VERSION_DETAILS (object);

  forget_version (self);
  if (self->console != NULL) {
    g_signal_handlers_disconnect_by_data (sc_console_get_versions (self->console), self);
    g_signal_handlers_disconnect_by_data (self->changes, self);
    g_signal_handlers_disconnect_by_data (self->seats, self);
  }
  g_clear_object (&self->console);
  g_clear_object (&self->changes);
  g_clear_object (&self->seats);
  G_OBJECT_CLASS (sc_version_details_parent_class)->dispose (object);
}

static void
sc_version_details_class_init (ScVersionDetailsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_version_details_dispose;
  g_type_ensure (SC_TYPE_VERSION_HOOKS);
  gtk_widget_class_set_css_name (widget_class, "versiondetails");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-version-details.ui");
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, title);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, note);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, published);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, size);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, brought);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, rooms);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, manifest);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, deploy);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, roll_back);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, hooks);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, tree);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDetails, store);
  gtk_widget_class_bind_template_callback (widget_class, on_row_expanded);
}

static void
sc_version_details_init (ScVersionDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_label (GtkLabel *label, const char *text)
{
  if (!g_str_equal (gtk_label_get_text (label), text))
    gtk_label_set_text (label, text); /* else what is selected in it stays so */
}

static void
update_rooms (ScVersionDetails *self)
{
  g_autoptr (GArray) rooms =
      sc_version_seats_list_rooms (self->seats, sc_version_item_get_info (self->version)->number);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < rooms->len && i < MAX_ROOMS; i++) {
    const ScVersionRoom *room = &g_array_index (rooms, ScVersionRoom, i);
    g_autofree char *seats = sc_version_words_seats (room->seats, room->total);

    /* Translators: a room, and how many of its seats: "Lab 1: 20 of 24 seats" */
    g_string_append_printf (text, _ ("%s: %s"), sc_words_room (room->room), seats);
    g_string_append (text, i + 1 < rooms->len ? "\n" : "");
  }
  if (rooms->len > MAX_ROOMS)
    g_string_append_printf (
        text, g_dngettext (GETTEXT_PACKAGE, "and %u more room", "and %u more rooms", rooms->len - MAX_ROOMS),
        rooms->len - MAX_ROOMS);
  set_label (self->rooms, rooms->len > 0 ? text->str : _ ("No seats"));
}

static void
on_seats_changed (ScVersionDetails *self)
{
  if (self->version != NULL)
    update_rooms (self);
}

static void
update_brought (ScVersionDetails *self)
{
  const ScVersionChange *change = self->version != NULL ? sc_version_changes_get (self->changes, self->version) : NULL;
  g_autofree char *text = change != NULL ? sc_version_words_changes (change) : g_strdup ("…");

  set_label (self->brought, text);
}

static void
update_actions (ScVersionDetails *self)
{
  guint64 number = self->version != NULL ? sc_version_item_get_info (self->version)->number : 0;
  ScVersionItem *newest = sc_item_list_at (sc_console_get_versions (self->console), 0);

  gtk_widget_set_visible (self->roll_back, self->version != newest);
  /* GTK loses the layout of what was shown and hidden again before it was drawn, as when a newer version is selected:
   * an ancestor for which it waits already does not tell the next one */
  for (GtkWidget *widget = self->roll_back; widget != NULL; widget = gtk_widget_get_parent (widget))
    gtk_widget_queue_resize (widget);
  for (guint i = 0; i < 2; i++)
    gtk_actionable_set_action_target_value (GTK_ACTIONABLE (i == 0 ? self->deploy : self->roll_back),
                                            g_variant_new ("(ts@as)", number, "", g_variant_new_strv (NULL, 0)));
}

static void
on_versions_changed (ScVersionDetails *self)
{
  if (self->version != NULL)
    update_actions (self);
}

static void
append_note (ScVersionDetails *self, GtkTreeIter *parent, const char *text)
{
  gtk_tree_store_insert_with_values (self->store, NULL, parent, -1, COLUMN_NAME, text, COLUMN_SIZE, "", COLUMN_TIME, "",
                                     -1);
}

static void
update_templates (ScVersionDetails *self)
{
  ScJson *templates = json_object_get (sc_item_get_json (SC_ITEM (self->version)), "templates");
  gsize i = 0;
  ScJson *json = NULL;

  gtk_tree_store_clear (self->store);
  self->has_files = FALSE;
  json_array_foreach (templates, i, json)
  {
    const char *name = sc_item_text_of (json, "name");
    g_autofree char *size = sc_words_size (sc_item_number_of (json, "size_bytes"));
    GtkTreeIter iter;

    gtk_tree_store_insert_with_values (self->store, &iter, NULL, -1, COLUMN_NAME, sc_words_template (name), COLUMN_SIZE,
                                       size, COLUMN_TIME, "", COLUMN_TEMPLATE, name, -1);
    append_note (self, &iter, _ ("Loading…"));
  }
}

static void
add_files (ScVersionDetails *self, GtkTreeIter *parent, ScJson *files)
{
  gsize i = 0;
  ScJson *file = NULL;

  json_array_foreach (files, i, file)
  {
    g_autofree char *size = sc_words_size (sc_item_number_of (file, "size_bytes"));
    g_autofree char *time = sc_words_time (sc_item_time_of (file, "mtime"));

    gtk_tree_store_insert_with_values (self->store, NULL, parent, -1, COLUMN_NAME, sc_item_text_of (file, "path"),
                                       COLUMN_SIZE, size, COLUMN_TIME, time, -1);
  }
}

/* @json: a Version, or NULL with the reason in @why. The note goes last, so that a template that is open stays open. */
static void
fill_templates (ScVersionDetails *self, ScJson *json, const char *why)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->store);
  ScJson *templates = json != NULL ? json_object_get (json, "templates") : NULL;
  GtkTreeIter parent, note;

  for (gboolean more = gtk_tree_model_get_iter_first (model, &parent); more;
       more = gtk_tree_model_iter_next (model, &parent)) {
    g_autofree char *name = NULL;
    gboolean has_note = gtk_tree_model_iter_children (model, &note, &parent);
    gsize i = 0;
    ScJson *template = NULL;

    gtk_tree_model_get (model, &parent, COLUMN_TEMPLATE, &name, -1);
    json_array_foreach (templates, i, template)
    {
      if (g_str_equal (sc_item_text_of (template, "name"), name))
        add_files (self, &parent, json_object_get (template, "files"));
    }
    if (has_note && json == NULL)
      gtk_tree_store_set (self->store, &note, COLUMN_NAME, why, -1);
    else if (has_note)
      gtk_tree_store_remove (self->store, &note);
  }
}

static void
on_files_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScVersionDetails *self = data;
  g_autofree char *why = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it may be gone */
  g_clear_object (&self->cancellable);
  self->has_files = json != NULL;
  if (json == NULL)
    why = g_strdup_printf (_ ("The files cannot be listed: %s"), error->message);
  fill_templates (self, json, why);
}

static void
on_row_expanded (GtkTreeView *tree, GtkTreeIter *parent, GtkTreePath *tree_path, gpointer data)
{
  ScVersionDetails *self = data;
  g_autofree char *path = NULL;

  if (self->has_files || self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT, sc_version_item_get_info (self->version)->number);
  sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_files_loaded, self);
}

static void
update_facts (ScVersionDetails *self)
{
  const ScVersionInfo *info = sc_version_item_get_info (self->version);
  g_autofree char *title = sc_words_version (info->number);
  g_autofree char *note = g_strstrip (g_strdup (info->note));
  g_autofree char *time = sc_words_time (info->created);
  /* Translators: when and by whom: "Today 14:05, Anna Weber" */
  g_autofree char *published = *info->author ? g_strdup_printf (_ ("%s, %s"), time, info->author) : g_strdup (time);
  g_autofree char *bytes = sc_words_size (info->size);
  g_autofree char *size =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s in %u template", "%s in %u templates", info->n_templates),
                       bytes, info->n_templates);

  set_label (self->title, title);
  set_label (self->note, note);
  gtk_widget_set_visible (gtk_widget_get_ancestor (GTK_WIDGET (self->note), GTK_TYPE_SCROLLED_WINDOW), *note != '\0');
  set_label (self->published, published);
  set_label (self->size, size);
  set_label (self->manifest, info->id);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->manifest), info->id);
}

void
sc_version_details_set_up (ScVersionDetails *self, ScConsole *console, ScVersionChanges *changes, ScVersionSeats *seats)
{
  self->console = g_object_ref (console);
  self->changes = g_object_ref (changes);
  self->seats = g_object_ref (seats);
  sc_version_hooks_set_console (self->hooks, console);
  g_signal_connect_swapped (changes, "changed", G_CALLBACK (update_brought), self);
  g_signal_connect_swapped (seats, "changed", G_CALLBACK (on_seats_changed), self);
  g_signal_connect_swapped (sc_console_get_versions (console), "items-changed", G_CALLBACK (on_versions_changed), self);
}

void
sc_version_details_set_version (ScVersionDetails *self, ScVersionItem *version)
{
  if (version == self->version)
    return;
  forget_version (self);
  if (version == NULL)
    return;
  self->version = g_object_ref (version);
  g_signal_connect_swapped (version, "changed", G_CALLBACK (update_facts), self);
  update_facts (self);
  update_brought (self);
  update_rooms (self);
  update_actions (self);
  update_templates (self);
  sc_version_hooks_set_version (self->hooks, sc_version_item_get_info (version)->number);
}
