/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-diff.h"

#include "console/gui/model/sc-version-item.h"
#include "console/gui/versions/sc-version-picker.h"
#include "console/gui/words/sc-version-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScVersionDiff {
  GtkBox parent;
  ScConsole *console;
  GCancellable *cancellable;     /* of both requests for the pair that is shown; NULL: none was begun */
  gboolean failed, needs_failed; /* asked again when the connection is back */
  ScVersionPicker *from, *to;
  GtkStack *stack;
  GtkLabel *summary, *message, *needs_title, *needs_message;
  GtkWidget *swap, *needs_box, *needs_scroller;
  GtkSpinner *needs_spinner;
  GtkTreeView *tree, *needs_tree;
  GtkTreeStore *store;
  GtkListStore *needs_store;
  GSimpleActionGroup *actions;
};

enum { COLUMN_NAME, COLUMN_CHANGE, COLUMN_ICON, COLUMN_SIZE };
enum { COLUMN_ROOM, COLUMN_SEATS, COLUMN_SEND, COLUMN_LARGEST, COLUMN_WEIGHT };

G_DEFINE_FINAL_TYPE (ScVersionDiff, sc_version_diff, GTK_TYPE_BOX)

static void load (ScVersionDiff *self);
static void on_picked (ScVersionDiff *self);

static void
stop_loading (ScVersionDiff *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
sc_version_diff_dispose (GObject *object)
{
  ScVersionDiff *self = SC_VERSION_DIFF (object);

  stop_loading (self);
  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (self->console, self);
  g_clear_object (&self->console);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sc_version_diff_parent_class)->dispose (object);
}

static void
sc_version_diff_class_init (ScVersionDiffClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (SC_TYPE_VERSION_PICKER);
  G_OBJECT_CLASS (class)->dispose = sc_version_diff_dispose;
  gtk_widget_class_set_css_name (widget_class, "versiondiff");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-version-diff.ui");
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, from);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, to);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, stack);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, summary);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, message);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, swap);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, tree);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, store);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, needs_box);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, needs_title);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, needs_message);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, needs_spinner);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, needs_scroller);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, needs_tree);
  gtk_widget_class_bind_template_child (widget_class, ScVersionDiff, needs_store);
  gtk_widget_class_bind_template_callback (widget_class, on_picked);
}

static void
set_pair (ScVersionDiff *self, guint64 from, guint64 to)
{
  g_signal_handlers_block_by_func (self->from, on_picked, self);
  g_signal_handlers_block_by_func (self->to, on_picked, self);
  sc_version_picker_set_number (self->from, from);
  sc_version_picker_set_number (self->to, to);
  g_signal_handlers_unblock_by_func (self->from, on_picked, self);
  g_signal_handlers_unblock_by_func (self->to, on_picked, self);
  load (self);
}

static void
swap (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScVersionDiff *self = data;

  set_pair (self, sc_version_picker_get_number (self->to), sc_version_picker_get_number (self->from));
}

static void
retry (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  load (data);
}

static void
sc_version_diff_init (ScVersionDiff *self)
{
  static const GActionEntry entries[] = { { "swap", swap }, { "retry", retry } };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "diff", G_ACTION_GROUP (self->actions));
}

static void
show_message (ScVersionDiff *self, const char *page, const char *text)
{
  gtk_label_set_text (self->summary, "");
  gtk_label_set_text (self->message, text);
  gtk_stack_set_visible_child_name (self->stack, page);
}

static const char *
change_icon (const char *change)
{
  if (g_str_equal (change, "added"))
    return "list-add-symbolic";
  return g_str_equal (change, "removed") ? "list-remove-symbolic" : "document-edit-symbolic";
}

static void
add_change (ScVersionDiff *self, GtkTreeIter *iter, GtkTreeIter *parent, const char *name, ScJson *json)
{
  const char *change = sc_item_text_of (json, "change");
  guint64 after = sc_item_number_of (json, "size_bytes");
  gboolean has_before = json_object_get (json, "old_size_bytes") != NULL;
  g_autofree char *size =
      sc_version_words_sizes (change, has_before ? sc_item_number_of (json, "old_size_bytes") : after, after);

  gtk_tree_store_insert_with_values (self->store, iter, parent, -1, COLUMN_NAME, name, COLUMN_CHANGE,
                                     sc_version_words_change (change), COLUMN_ICON, change_icon (change), COLUMN_SIZE,
                                     size, -1);
}

/* The model is filled before the view sees it: hundreds of rows are one layout. */
static void
show_differences (ScVersionDiff *self, ScJson *templates)
{
  gsize t = 0, f = 0;
  ScJson *template = NULL, *file = NULL;

  gtk_tree_view_set_model (self->tree, NULL);
  gtk_tree_store_clear (self->store);
  json_array_foreach (templates, t, template)
  {
    GtkTreeIter iter;

    add_change (self, &iter, NULL, sc_words_template (sc_item_text_of (template, "name")), template);
    json_array_foreach (json_object_get (template, "files"), f, file)
        add_change (self, NULL, &iter, sc_item_text_of (file, "path"), file);
  }
  gtk_tree_view_set_model (self->tree, GTK_TREE_MODEL (self->store));
  if (json_array_size (templates) == 1)
    gtk_tree_view_expand_all (self->tree);
  gtk_stack_set_visible_child_name (self->stack, "differences");
}

static void
on_diff (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) diff = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScVersionDiff *self = data;
  ScJson *templates = diff != NULL ? json_object_get (diff, "templates") : NULL;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it may be gone */
  self->failed = diff == NULL;
  if (diff == NULL) {
    text = g_strdup_printf (_ ("The versions cannot be compared: %s"), error->message);
    show_message (self, "error", text);
  } else if (json_array_size (templates) == 0)
    show_message (self, "message", _ ("Both versions have the same content."));
  else {
    ScVersionChange change = sc_version_change_of (diff);
    g_autofree char *changes = sc_version_words_changes (&change);

    show_differences (self, templates);
    gtk_label_set_text (self->summary, changes);
  }
}

static void
add_need (ScVersionDiff *self, const char *room, ScJson *need, int weight)
{
  guint seats = (guint) sc_item_number_of (need, "seats"), lacking = (guint) sc_item_number_of (need, "seats_lacking");
  g_autofree char *n = sc_version_words_seats (lacking, seats);
  g_autofree char *send = sc_words_size (sc_item_number_of (need, "bytes_to_send"));
  g_autofree char *largest = sc_words_size (sc_item_number_of (need, "largest_seat_bytes"));

  gtk_list_store_insert_with_values (self->needs_store, NULL, -1, COLUMN_ROOM, room, COLUMN_SEATS, n, COLUMN_SEND,
                                     lacking > 0 ? send : "–", COLUMN_LARGEST, lacking > 0 ? largest : "–",
                                     COLUMN_WEIGHT, weight, -1);
}

static void
set_needs_loading (ScVersionDiff *self, gboolean loading)
{
  g_object_set (self->needs_spinner, "active", loading, "visible", loading, NULL);
}

static void
show_needs_message (ScVersionDiff *self, const char *text)
{
  gtk_label_set_text (self->needs_message, text);
  gtk_widget_set_visible (GTK_WIDGET (self->needs_message), *text != '\0');
  gtk_widget_set_visible (self->needs_scroller, *text == '\0');
}

static void
on_needs (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) needs = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScVersionDiff *self = data;
  ScJson *rooms = needs != NULL ? json_object_get (needs, "rooms") : NULL;
  ScJson *room = NULL;
  gsize i = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it may be gone */
  set_needs_loading (self, FALSE);
  self->needs_failed = needs == NULL;
  if (needs == NULL) {
    g_autofree char *text = g_strdup_printf (_ ("What the rooms lack cannot be told: %s"), error->message);

    show_needs_message (self, text);
    return;
  }
  json_array_foreach (rooms, i, room)
      add_need (self, sc_words_room (sc_item_text_of (room, "room")), room, PANGO_WEIGHT_NORMAL);
  if (json_array_size (rooms) > 1)
    add_need (self, _ ("All rooms"), json_object_get (needs, "all"), PANGO_WEIGHT_BOLD);
  show_needs_message (self, json_array_size (rooms) == 0 ? _ ("There are no seats yet.") : "");
}

static void
load_needs (ScVersionDiff *self, guint64 to)
{
  g_autofree char *path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT "/needs", to);
  g_autofree char *version = sc_words_version (to);
  /* Translators: %s is "Version 5" */
  g_autofree char *title = g_strdup_printf (_ ("To bring the rooms to %s"), version);

  gtk_label_set_text (self->needs_title, title);
  gtk_list_store_clear (self->needs_store);
  show_needs_message (self, _ ("Asking what each room lacks…"));
  set_needs_loading (self, TRUE);
  sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_needs, self);
}

static void
load (ScVersionDiff *self)
{
  guint64 from = sc_version_picker_get_number (self->from), to = sc_version_picker_get_number (self->to);
  g_autofree char *path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT "/diff/%" G_GUINT64_FORMAT, from, to);

  stop_loading (self);
  self->failed = self->needs_failed = FALSE;
  gtk_widget_set_visible (self->needs_box, to != 0);
  self->cancellable = g_cancellable_new ();
  if (from == 0 || to == 0 || from == to)
    show_message (self, "message", _ ("Pick two versions to compare."));
  else {
    show_message (self, "loading", "");
    sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_diff, self);
  }
  if (to != 0)
    load_needs (self, to);
}

static void
on_picked (ScVersionDiff *self)
{
  load (self);
}

static void
on_state_changed (ScVersionDiff *self)
{
  if (sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED && (self->failed || self->needs_failed))
    load (self);
}

void
sc_version_diff_set_up (ScVersionDiff *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  sc_version_picker_set_versions (self->from, sc_console_get_versions (console));
  sc_version_picker_set_versions (self->to, sc_console_get_versions (console));
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (on_state_changed), self);
}

void
sc_version_diff_set_pair (ScVersionDiff *self, guint64 from, guint64 to)
{
  set_pair (self, from, to);
}
