/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/activity/sc-activity-page.h"

#include "console/gui/activity/sc-activity-row.h"
#include "console/gui/activity/sc-audit-check.h"
#include "console/gui/model/sc-activity-item.h"
#include "console/gui/model/sc-filter-list.h"
#include "console/gui/words/sc-activity-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PAGE_ENTRIES 200u

struct _ScActivityPage {
  GtkBox parent;
  ScConsole *console;
  ScFilterList *entries; /* those that match */
  char *needle;          /* folded; empty: all match */
  GCancellable *cancellable;
  gboolean complete; /* there is nothing older */
  GtkSearchEntry *search;
  ScAuditCheck *audit;
  GtkStack *stack;
  GtkListBox *list;
  GtkWidget *more_box, *more;
  GtkSpinner *spinner;
  GtkLabel *status, *empty_title, *empty_text;
};

G_DEFINE_FINAL_TYPE (ScActivityPage, sc_activity_page, GTK_TYPE_BOX)

static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : "", -1);
}

static gboolean
contains (const char *text, const char *needle)
{
  g_autofree char *folded = fold (text);

  return strstr (folded, needle) != NULL;
}

static gboolean
matches (ScItem *item, gpointer data)
{
  ScActivityPage *self = data;
  const ScActivityInfo *info = sc_activity_item_get_info (SC_ACTIVITY_ITEM (item));
  g_autofree char *what = NULL;

  if (*self->needle == '\0')
    return TRUE;
  what = sc_activity_words (sc_item_get_json (item));
  if (contains (what, self->needle) || contains (info->who, self->needle) || contains (info->address, self->needle) ||
      contains (info->room, self->needle) || contains (info->detail, self->needle) ||
      contains (info->error, self->needle))
    return TRUE;
  for (gsize i = 0; i < json_array_size (info->seats); i++) {
    const char *name = json_string_value (json_array_get (info->seats, i));

    if (name != NULL && contains (name, self->needle))
      return TRUE;
  }
  return FALSE;
}

static void
show_state (ScActivityPage *self)
{
  const guint n = sc_item_list_get_length (sc_console_get_activity (self->console));
  const gboolean searching = *self->needle != '\0';
  const gboolean empty = sc_filter_list_get_length (self->entries) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
  gtk_label_set_text (self->empty_title, searching ? _ ("Nothing found") : _ ("Nothing was done yet"));
  gtk_label_set_text (self->empty_text, searching ? _ ("No entry that is loaded contains this text.")
                                                  : _ ("Whatever anybody does with this console is listed here."));
  gtk_widget_set_visible (self->more_box, !self->complete && n >= PAGE_ENTRIES);
  gtk_widget_set_sensitive (self->more, sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED &&
                                            !gtk_widget_get_visible (GTK_WIDGET (self->spinner)));
}

/* A connection that begins brings the newest entries only. */
static void
on_state_changed (ScActivityPage *self)
{
  if (sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED)
    self->complete = FALSE;
  show_state (self);
}

static void
on_older (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScActivityPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScJson *entries = json_object_get (answer, "entries");
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_spinner_stop (self->spinner);
  gtk_widget_hide (GTK_WIDGET (self->spinner));
  if (answer == NULL)
    text = g_strdup_printf (_ ("Not loaded: %s"), error->message);
  gtk_label_set_text (self->status, text != NULL ? text : "");
  if (answer != NULL)
    self->complete = json_array_size (entries) < PAGE_ENTRIES;
  for (gsize i = 0; i < json_array_size (entries); i++)
    sc_item_list_put (sc_console_get_activity (self->console), json_array_get (entries, i));
  show_state (self);
}

static void
on_more_clicked (ScActivityPage *self)
{
  ScItemList *all = sc_console_get_activity (self->console);
  ScActivityItem *oldest = sc_item_list_at (all, sc_item_list_get_length (all) - 1);
  g_autofree char *path = g_strdup_printf ("/v1/activity?before=%" G_GUINT64_FORMAT "&max=%u",
                                           sc_activity_item_get_info (oldest)->id, PAGE_ENTRIES);

  gtk_widget_show (GTK_WIDGET (self->spinner));
  gtk_spinner_start (self->spinner);
  gtk_label_set_text (self->status, "");
  show_state (self);
  sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_older, g_object_ref (self));
}

static void
on_search_changed (ScActivityPage *self)
{
  g_free (self->needle);
  self->needle = fold (gtk_entry_get_text (GTK_ENTRY (self->search)));
  sc_filter_list_refilter (self->entries);
  show_state (self);
}

static void
on_stop_search (ScActivityPage *self)
{
  gtk_entry_set_text (GTK_ENTRY (self->search), "");
}

static void
on_row_activated (ScActivityPage *self, GtkListBoxRow *row)
{
  sc_activity_row_open (SC_ACTIVITY_ROW (row));
}

static void
on_search_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_grab_focus (GTK_WIDGET (SC_ACTIVITY_PAGE (data)->search));
}

static void
add_actions (ScActivityPage *self)
{
  static const GActionEntry actions[] = { { "search", on_search_action } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "page", G_ACTION_GROUP (group));
}

static void
sc_activity_page_dispose (GObject *object)
{
  ScActivityPage *self = SC_ACTIVITY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->console != NULL) {
    g_signal_handlers_disconnect_by_data (self->console, self);
    g_signal_handlers_disconnect_by_data (sc_console_get_activity (self->console), self);
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  }
  g_clear_object (&self->entries);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_activity_page_parent_class)->dispose (object);
}

static void
sc_activity_page_finalize (GObject *object)
{
  ScActivityPage *self = SC_ACTIVITY_PAGE (object);

  g_object_unref (self->cancellable);
  g_free (self->needle);
  G_OBJECT_CLASS (sc_activity_page_parent_class)->finalize (object);
}

static void
sc_activity_page_class_init (ScActivityPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_activity_page_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_activity_page_finalize;
  g_type_ensure (SC_TYPE_AUDIT_CHECK);
  gtk_widget_class_set_css_name (widget_class, "activitypage");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-activity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, search);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, audit);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, list);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, more_box);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, more);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, status);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, empty_title);
  gtk_widget_class_bind_template_child (widget_class, ScActivityPage, empty_text);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

/* (nullable) (transfer full): midnight of the day of @row's entry, in local time */
static GDateTime *
day_of (GtkListBoxRow *row)
{
  gint64 time = sc_activity_item_get_info (sc_activity_row_get_entry (SC_ACTIVITY_ROW (row)))->time;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (local == NULL)
    return NULL;
  return g_date_time_new_local (g_date_time_get_year (local), g_date_time_get_month (local),
                                g_date_time_get_day_of_month (local), 0, 0, 0);
}

static char *
words_of_day (GDateTime *day)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  const GTimeSpan ago = g_date_time_difference (now, day);

  if (ago >= 0 && g_date_time_get_day_of_year (now) == g_date_time_get_day_of_year (day) && ago < 2 * G_TIME_SPAN_DAY)
    return g_strdup (_ ("Today"));
  if (ago >= 0 && ago < 2 * G_TIME_SPAN_DAY)
    return g_strdup (_ ("Yesterday"));
  /* Translators: a day, as strftime() */
  return g_date_time_format (day, _ ("%A, %-d %B %Y"));
}

/* The day stands above the first row of each. */
static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  g_autoptr (GDateTime) day = day_of (row);
  g_autoptr (GDateTime) day_before = before != NULL ? day_of (before) : NULL;
  g_autofree char *text = NULL;
  GtkWidget *header = gtk_list_box_row_get_header (row);

  if (day == NULL || (day_before != NULL && g_date_time_equal (day, day_before))) {
    gtk_list_box_row_set_header (row, NULL);
    return;
  }
  text = words_of_day (day);
  if (header != NULL && g_str_equal (gtk_label_get_text (GTK_LABEL (header)), text))
    return;
  header = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (header), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (header), "day");
  gtk_widget_show (header);
  gtk_list_box_row_set_header (row, header);
}

static void
sc_activity_page_init (ScActivityPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->needle = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
  add_actions (self);
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  return sc_activity_row_new (SC_ACTIVITY_PAGE (data)->console, item);
}

GtkWidget *
sc_activity_page_new (ScConsole *console)
{
  ScActivityPage *self = g_object_new (SC_TYPE_ACTIVITY_PAGE, NULL);

  self->console = g_object_ref (console);
  self->entries = sc_filter_list_new (sc_console_get_activity (console), matches, self, NULL);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->entries), create_row, self, NULL);
  g_signal_connect_object (self->entries, "items-changed", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (on_state_changed), self);
  sc_audit_check_set_console (self->audit, console);
  show_state (self);
  return GTK_WIDGET (self);
}
