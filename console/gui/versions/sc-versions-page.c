/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-versions-page.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-operation-item.h"
#include "console/gui/versions/sc-publish-area.h"
#include "console/gui/versions/sc-publish-dialog.h"
#include "console/gui/versions/sc-version-changes.h"
#include "console/gui/versions/sc-version-details.h"
#include "console/gui/versions/sc-version-diff.h"
#include "console/gui/versions/sc-version-row.h"
#include "console/gui/versions/sc-version-seats.h"

struct _ScVersionsPage {
  GtkBox parent;
  ScConsole *console;
  ScVersionChanges *changes;
  ScVersionSeats *seats;
  GSimpleActionGroup *actions;
  guint64 awaited;     /* a version that is to be selected once it is known; 0: none */
  ScJson *request;     /* (nullable): what this window published last */
  GtkWidget *dialog;   /* (nullable) */
  guint update_source; /* looks at the rows that are visible now */
  ScPublishArea *publishing;
  GtkStack *stack, *pane;
  GtkListBox *history;
  GtkScrolledWindow *scroller;
  ScVersionDetails *details;
  ScVersionDiff *diff;
};

G_DEFINE_FINAL_TYPE (ScVersionsPage, sc_versions_page, GTK_TYPE_BOX)

static void on_selected (ScVersionsPage *self);
static void on_published (ScVersionsPage *self, guint64 version);
static void on_retry (ScVersionsPage *self);
static void schedule_update (ScVersionsPage *self);
static gboolean sc_versions_page_key_press_event (GtkWidget *widget, GdkEventKey *event);

static void
sc_versions_page_dispose (GObject *object)
{
  ScVersionsPage *self = SC_VERSIONS_PAGE (object);

  g_clear_handle_id (&self->update_source, g_source_remove);
  if (self->console != NULL) {
    g_signal_handlers_disconnect_by_data (self->console, self);
    g_signal_handlers_disconnect_by_data (sc_console_get_versions (self->console), self);
    g_signal_handlers_disconnect_by_data (sc_console_get_operations (self->console), self);
    g_signal_handlers_disconnect_by_data (self->changes, self);
    g_signal_handlers_disconnect_by_data (self->seats, self);
    g_object_run_dispose (G_OBJECT (self->changes)); /* its requests hold it */
  }
  g_clear_object (&self->console);
  g_clear_object (&self->changes);
  g_clear_object (&self->seats);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->request, json_decref);
  if (self->dialog != NULL)
    gtk_widget_destroy (self->dialog);
  G_OBJECT_CLASS (sc_versions_page_parent_class)->dispose (object);
}

static void
sc_versions_page_class_init (ScVersionsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (SC_TYPE_PUBLISH_AREA);
  g_type_ensure (SC_TYPE_VERSION_DETAILS);
  g_type_ensure (SC_TYPE_VERSION_DIFF);
  G_OBJECT_CLASS (class)->dispose = sc_versions_page_dispose;
  widget_class->key_press_event = sc_versions_page_key_press_event;
  gtk_widget_class_set_css_name (widget_class, "versionspage");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-versions-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ScVersionsPage, publishing);
  gtk_widget_class_bind_template_child (widget_class, ScVersionsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ScVersionsPage, pane);
  gtk_widget_class_bind_template_child (widget_class, ScVersionsPage, history);
  gtk_widget_class_bind_template_child (widget_class, ScVersionsPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, ScVersionsPage, details);
  gtk_widget_class_bind_template_child (widget_class, ScVersionsPage, diff);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_published);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, schedule_update);
}

static ScVersionItem *
get_selected (ScVersionsPage *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->history);

  return row != NULL ? sc_version_row_get_version (SC_VERSION_ROW (row)) : NULL;
}

static void
on_dialog_destroyed (ScVersionsPage *self)
{
  self->dialog = NULL;
}

static void
on_begun (ScPublishDialog *dialog, ScJson *operation, ScJson *request, gpointer data)
{
  ScVersionsPage *self = data;

  g_clear_pointer (&self->request, json_decref);
  self->request = json_incref (request);
  sc_publish_area_begin (self->publishing, operation);
}

static void
open_dialog (ScVersionsPage *self, ScJson *request)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  if (self->dialog == NULL) {
    self->dialog = sc_publish_dialog_new (self->console, GTK_IS_WINDOW (window) ? GTK_WINDOW (window) : NULL, request);
    g_signal_connect_object (self->dialog, "begun", G_CALLBACK (on_begun), self, 0);
    g_signal_connect_object (self->dialog, "destroy", G_CALLBACK (on_dialog_destroyed), self, G_CONNECT_SWAPPED);
  }
  gtk_window_present (GTK_WINDOW (self->dialog));
}

static void
publish (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  open_dialog (data, NULL);
}

static void
on_retry (ScVersionsPage *self)
{
  open_dialog (self, self->request);
}

/* The focus goes along: what had it is not seen any more. */
static void
show_pane (ScVersionsPage *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->pane, name);
  gtk_widget_child_focus (gtk_stack_get_visible_child (self->pane), GTK_DIR_TAB_FORWARD);
}

static void
compare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScVersionsPage *self = data;
  ScVersionItem *selected = get_selected (self);
  ScItemList *versions = sc_console_get_versions (self->console);
  guint64 to = selected != NULL ? sc_version_item_get_info (selected)->number : 0, from = 0;

  for (guint i = sc_item_list_get_length (versions); i > 0; i--) {
    guint64 number = sc_version_item_get_info (sc_item_list_at (versions, i - 1))->number;

    from = number < to ? number : from;
  }
  sc_version_diff_set_pair (self->diff, from, to);
  show_pane (self, "diff");
}

static void
close_diff (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_pane (data, "details");
}

static gboolean
is_diff_shown (ScVersionsPage *self)
{
  return gtk_stack_get_visible_child (self->pane) == GTK_WIDGET (self->diff);
}

static gboolean
sc_versions_page_key_press_event (GtkWidget *widget, GdkEventKey *event)
{
  ScVersionsPage *self = SC_VERSIONS_PAGE (widget);

  if (event->keyval == GDK_KEY_Escape && is_diff_shown (self)) {
    show_pane (self, "details");
    return GDK_EVENT_STOP;
  }
  return GTK_WIDGET_CLASS (sc_versions_page_parent_class)->key_press_event (widget, event);
}

static void
sc_versions_page_init (ScVersionsPage *self)
{
  static const GActionEntry entries[] = { { "publish", publish },
                                          { "compare", compare },
                                          { "close-diff", close_diff } };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "versions", G_ACTION_GROUP (self->actions));
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "value-changed",
                           G_CALLBACK (schedule_update), self, G_CONNECT_SWAPPED);
}

/* What the details and the rows in view need to know. */
static GPtrArray *
list_looked_at (ScVersionsPage *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  int top = (int) gtk_adjustment_get_value (adjustment);
  int bottom = top + (int) gtk_adjustment_get_page_size (adjustment);
  GPtrArray *looked_at = g_ptr_array_new ();
  ScVersionItem *selected = get_selected (self);
  GtkListBoxRow *row = NULL;

  if (selected != NULL)
    g_ptr_array_add (looked_at, selected);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self->history)))
    return looked_at;
  row = gtk_list_box_get_row_at_y (self->history, top);
  for (int i = row != NULL ? gtk_list_box_row_get_index (row) : 0; row != NULL;
       row = gtk_list_box_get_row_at_index (self->history, ++i)) {
    GtkAllocation place;

    gtk_widget_get_allocation (GTK_WIDGET (row), &place);
    if (place.y >= bottom)
      break;
    g_ptr_array_add (looked_at, sc_version_row_get_version (SC_VERSION_ROW (row)));
  }
  return looked_at;
}

static gboolean
on_update (gpointer data)
{
  ScVersionsPage *self = data;
  g_autoptr (GPtrArray) looked_at = NULL;

  if (get_selected (self) == NULL) /* the newest, now that all have come */
    gtk_list_box_select_row (self->history, gtk_list_box_get_row_at_index (self->history, 0));
  self->update_source = 0;
  looked_at = list_looked_at (self);
  sc_version_changes_want (self->changes, looked_at);
  return G_SOURCE_REMOVE;
}

/* After the layout, which says what is visible. */
static void
schedule_update (ScVersionsPage *self)
{
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, on_update, self, NULL);
}

static void
show_change (ScVersionsPage *self, ScVersionRow *row)
{
  sc_version_row_set_change (row, sc_version_changes_get (self->changes, sc_version_row_get_version (row)));
}

static void
show_seats (ScVersionsPage *self, ScVersionRow *row)
{
  guint64 number = sc_version_item_get_info (sc_version_row_get_version (row))->number;

  sc_version_row_set_seats (row, sc_version_seats_count (self->seats, number),
                            sc_version_seats_get_total (self->seats));
}

static void
on_changes_known (ScVersionsPage *self)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->history, i)) != NULL; i++)
    show_change (self, SC_VERSION_ROW (row));
}

static void
on_seats_counted (ScVersionsPage *self)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->history, i)) != NULL; i++)
    show_seats (self, SC_VERSION_ROW (row));
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  GtkWidget *row = sc_version_row_new (item);

  show_change (data, SC_VERSION_ROW (row));
  show_seats (data, SC_VERSION_ROW (row));
  return row;
}

static void
on_selected (ScVersionsPage *self)
{
  self->awaited = 0; /* something else is looked at now */
  sc_version_details_set_version (self->details, get_selected (self));
  gtk_stack_set_visible_child_name (self->pane, "details");
  schedule_update (self);
}

/* Returns: whether it is there */
static gboolean
select_version (ScVersionsPage *self, guint64 number)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->history, i)) != NULL; i++)
    if (sc_version_item_get_info (sc_version_row_get_version (SC_VERSION_ROW (row)))->number == number) {
      gtk_list_box_select_row (self->history, row);
      gtk_stack_set_visible_child_name (self->pane, "details");
      gtk_widget_grab_focus (GTK_WIDGET (row)); /* which scrolls it into view */
      return TRUE;
    }
  return FALSE;
}

/* The engine publishes one at a time. */
static gboolean
is_publishing (ScVersionsPage *self)
{
  ScItemList *operations = sc_console_get_operations (self->console);
  guint n = sc_item_list_get_length (operations);

  for (guint i = 0; i < n; i++) {
    ScOperationItem *operation = sc_item_list_at (operations, i);

    if (sc_operation_item_is_running (operation) &&
        g_str_equal (sc_operation_item_get_info (operation)->kind, "publish"))
      return TRUE;
  }
  return FALSE;
}

static void
set_enabled (ScVersionsPage *self, const char *action, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), action)),
                               enabled);
}

static void
update_page (ScVersionsPage *self)
{
  ScConsoleState state = sc_console_get_state (self->console);
  const char *page = "offline";

  if (sc_item_list_get_length (sc_console_get_versions (self->console)) > 0)
    page = "history";
  else if (state == SC_CONSOLE_CONNECTED)
    page = "empty";
  else if (state == SC_CONSOLE_CONNECTING)
    page = "loading";
  gtk_stack_set_visible_child_name (self->stack, page);
  set_enabled (self, "publish", sc_me_may (self->console, SC_MAY_OPERATE) && !is_publishing (self));
  set_enabled (self, "compare", sc_item_list_get_length (sc_console_get_versions (self->console)) > 1);
}

static void
on_versions_changed (ScVersionsPage *self)
{
  update_page (self);
  if (self->awaited != 0 && select_version (self, self->awaited))
    self->awaited = 0;
  schedule_update (self);
}

static void
on_published (ScVersionsPage *self, guint64 version)
{
  sc_versions_page_show_version (self, version);
}

GtkWidget *
sc_versions_page_new (ScConsole *console)
{
  ScVersionsPage *self = g_object_new (SC_TYPE_VERSIONS_PAGE, NULL);
  ScItemList *versions = sc_console_get_versions (console);

  self->console = g_object_ref (console);
  self->changes = sc_version_changes_new (console);
  self->seats = sc_version_seats_new (sc_console_get_seats (console));
  sc_version_details_set_up (self->details, console, self->changes, self->seats);
  sc_version_diff_set_up (self->diff, console);
  sc_publish_area_set_up (self->publishing, console);
  gtk_list_box_bind_model (self->history, G_LIST_MODEL (versions), create_row, self, NULL);
  g_signal_connect_swapped (self->changes, "changed", G_CALLBACK (on_changes_known), self);
  g_signal_connect_swapped (self->seats, "changed", G_CALLBACK (on_seats_counted), self);
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (sc_console_get_operations (console), "items-changed", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (sc_console_get_operations (console), "item-changed", G_CALLBACK (update_page), self);
  /* after the rows have come and gone */
  g_signal_connect_object (versions, "items-changed", G_CALLBACK (on_versions_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  on_versions_changed (self);
  return GTK_WIDGET (self);
}

void
sc_versions_page_show_version (ScVersionsPage *self, guint64 number)
{
  self->awaited = select_version (self, number) ? 0 : number;
}
