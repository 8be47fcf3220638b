/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-window.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/sc-account-menu.h"
#include "console/gui/sc-connect-dialog.h"
#include "console/gui/sc-connection-bar.h"
#include "console/gui/sc-notice-area.h"
#include "console/gui/sc-notice.h"
#include "console/gui/sc-pages.h"
#include "console/gui/sc-style.h"
#include "console/gui/sc-window-state.h"

#include <glib/gi18n-lib.h>

struct _ScWindow {
  GtkApplicationWindow parent;
  GtkStack *content;
  GtkStack *pages;
  GtkWidget *switcher;
  GtkLabel *name;
  GtkMenuButton *menu;
  GMenu *account; /* of the menu */
  ScConnectionBar *connection_bar;
  ScConsole *console;
  ScConnector *connector;
  ScWindowState state;
  GtkWidget *connect_dialog; /* (nullable): it is open */
};

G_DEFINE_FINAL_TYPE (ScWindow, sc_window, GTK_TYPE_APPLICATION_WINDOW)

static const ScPage *
find_page (const char *name)
{
  for (guint i = 0; i < sc_n_pages; i++)
    if (g_strcmp0 (sc_pages[i].name, name) == 0)
      return &sc_pages[i];
  return NULL;
}

static void
on_show_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;
  const char *name = g_variant_get_string (parameter, NULL);

  if (find_page (name) != NULL)
    gtk_stack_set_visible_child_name (self->pages, name);
}

/* show-seat, show-session, show-version: of the page that has this action. */
static void
on_show_item (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;
  const char *name = g_action_get_name (G_ACTION (action));

  for (guint i = 0; i < sc_n_pages; i++)
    if (g_strcmp0 (sc_pages[i].show_action, name) == 0) {
      gtk_stack_set_visible_child_name (self->pages, sc_pages[i].name);
      sc_pages[i].show (gtk_stack_get_visible_child (self->pages), parameter);
    }
}

static void
on_show_waiting (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;

  gtk_stack_set_visible_child_name (self->pages, "rooms");
  sc_pages_show_waiting (gtk_stack_get_visible_child (self->pages));
}

static void
on_deploy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;

  sc_pages_deploy (GTK_WINDOW (self), self->console, gtk_stack_get_visible_child (self->pages), parameter, FALSE);
}

static void
on_roll_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;

  sc_pages_deploy (GTK_WINDOW (self), self->console, gtk_stack_get_visible_child (self->pages), parameter, TRUE);
}

/* search, side-panel: the page's own, if it has one. */
static void
on_page_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;
  const char *name = g_action_get_name (G_ACTION (action));
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);
  GActionGroup *group = page != NULL ? gtk_widget_get_action_group (page, "page") : NULL;

  if (group != NULL && g_action_group_has_action (group, name))
    g_action_group_activate_action (group, name, NULL);
}

static void
on_retry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;

  if (sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED)
    return;
  if (self->connector != NULL)
    sc_connector_start (self->connector);
  else
    sc_console_retry (self->console);
}

static void
on_start_engine (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;

  if (self->connector != NULL)
    sc_connector_start_engine (self->connector);
}

static void
on_connection_chosen (ScWindow *self, const ScConnection *connection)
{
  sc_connector_connect (self->connector, connection);
}

/* Again what the window is connected to, when that is why it is asked for: its certificate or its token are new. */
static const char *
url_to_connect (ScWindow *self)
{
  const ScConnection *connection = sc_console_get_connection (self->console);

  if (sc_connector_get_state (self->connector) == SC_CONNECTOR_UNKNOWN)
    return sc_connector_get_url (self->connector);
  if (sc_console_get_state (self->console) == SC_CONSOLE_REFUSED)
    return connection->url;
  return NULL;
}

static void
on_connect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ScWindow *self = user_data;

  if (self->connector == NULL)
    return;
  if (self->connect_dialog == NULL) {
    self->connect_dialog =
        sc_connect_dialog_new (GTK_WINDOW (self), url_to_connect (self), sc_console_get_connection (self->console));
    g_object_add_weak_pointer (G_OBJECT (self->connect_dialog), (gpointer *) &self->connect_dialog);
    g_signal_connect_object (self->connect_dialog, "chosen", G_CALLBACK (on_connection_chosen), self,
                             G_CONNECT_SWAPPED);
  }
  gtk_window_present (GTK_WINDOW (self->connect_dialog));
}

static void
on_close (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_close (user_data);
}

static const GActionEntry actions[] = {
  { "show-page", on_show_page, "s" },
  { "show-seat", on_show_item, "s" },
  { "show-session", on_show_item, "t" },
  { "show-version", on_show_item, "t" },
  { "deploy", on_deploy, "(tsas)" },
  { "roll-back", on_roll_back, "(tsas)" },
  { "search", on_page_action },
  { "side-panel", on_page_action },
  { "retry", on_retry },
  { "show-waiting", on_show_waiting },
  { "start-engine", on_start_engine },
  { "connect", on_connect },
  { "close", on_close },
};

static void
enable (ScWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update_name (ScWindow *self)
{
  const ScConnection *connection = sc_console_get_connection (self->console);
  const char *name = sc_console_get_name (self->console);
  g_autofree char *title = NULL;

  if (*name != '\0')
    title = g_strdup_printf (_ ("%s – Seatcast"), name);
  gtk_window_set_title (GTK_WINDOW (self), title != NULL ? title : _ ("Seatcast"));
  gtk_label_set_text (self->name, name);
  gtk_widget_set_visible (GTK_WIDGET (self->name), *name != '\0');
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), connection != NULL ? connection->url : NULL);
}

static void
on_state_changed (ScWindow *self)
{
  gboolean connected = sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED;
  gboolean known = sc_console_get_last_contact (self->console) != 0;

  gtk_stack_set_visible_child_name (self->content, known ? "pages" : "nothing");
  sc_style_set_class (GTK_WIDGET (self->pages), "stale", known && !connected);
  gtk_widget_set_sensitive (self->switcher, known);
  enable (self, "deploy", sc_me_may (self->console, SC_MAY_OPERATE));
  enable (self, "roll-back", sc_me_may (self->console, SC_MAY_OPERATE));
  enable (self, "retry", !connected);
  update_name (self);
}

static void
on_connector_changed (ScWindow *self)
{
  if (sc_connector_get_state (self->connector) == SC_CONNECTOR_UNKNOWN)
    g_action_group_activate_action (G_ACTION_GROUP (self), "connect", NULL);
}

static void
on_engine_started (ScWindow *self)
{
  sc_notice_show (GTK_WIDGET (self),
                  _ ("Started the engine on this machine; it keeps running when this window is closed"));
}

static void
on_page_changed (ScWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  if (page != NULL && self->console != NULL)
    gtk_container_child_set (GTK_CONTAINER (self->pages), page, "needs-attention", FALSE, NULL);
}

/* GTK 3 takes a container that a widget below wants to have measured while it is being given its room for measured
 * never more: it would pass on no change after this. Asking for its size ends that. */
static void
measure_containers (ScWindow *self)
{
  int least = 0;

  for (GtkWidget *widget = GTK_WIDGET (self->pages); !gtk_widget_is_toplevel (widget);
       widget = gtk_widget_get_parent (widget))
    gtk_widget_get_preferred_width (widget, &least, NULL);
}

static void
sc_window_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  ScWindow *self = SC_WINDOW (widget);

  GTK_WIDGET_CLASS (sc_window_parent_class)->size_allocate (widget, allocation);
  measure_containers (self);
  if (!gtk_window_is_maximized (GTK_WINDOW (self)))
    gtk_window_get_size (GTK_WINDOW (self), &self->state.width, &self->state.height);
}

static void
sc_window_unmap (GtkWidget *widget)
{
  ScWindow *self = SC_WINDOW (widget);

  self->state.maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  g_free (self->state.page);
  self->state.page = g_strdup (gtk_stack_get_visible_child_name (self->pages));
  sc_window_state_save (&self->state);
  GTK_WIDGET_CLASS (sc_window_parent_class)->unmap (widget);
}

static void
sc_window_dispose (GObject *object)
{
  ScWindow *self = SC_WINDOW (object);

  g_clear_pointer (&self->connect_dialog, gtk_widget_destroy);
  g_clear_object (&self->connector);
  G_OBJECT_CLASS (sc_window_parent_class)->dispose (object);
}

static void
sc_window_finalize (GObject *object)
{
  ScWindow *self = SC_WINDOW (object);

  g_clear_object (&self->console);
  sc_window_state_clear (&self->state);
  G_OBJECT_CLASS (sc_window_parent_class)->finalize (object);
}

static void
sc_window_class_init (ScWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_window_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_window_finalize;
  widget_class->size_allocate = sc_window_size_allocate;
  widget_class->unmap = sc_window_unmap;
  g_type_ensure (SC_TYPE_CONNECTION_BAR);
  g_type_ensure (SC_TYPE_NOTICE_AREA);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ScWindow, connection_bar);
  gtk_widget_class_bind_template_child (widget_class, ScWindow, content);
  gtk_widget_class_bind_template_child (widget_class, ScWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, ScWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, ScWindow, name);
  gtk_widget_class_bind_template_child (widget_class, ScWindow, menu);
  gtk_widget_class_bind_template_child (widget_class, ScWindow, account);
  gtk_widget_class_bind_template_callback (widget_class, on_page_changed);
}

static void
sc_window_init (ScWindow *self)
{
  g_autoptr (GPropertyAction) menu = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  menu = g_property_action_new ("menu", self->menu, "active");
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (menu));
}

static void
add_pages (ScWindow *self)
{
  for (guint i = 0; i < sc_n_pages; i++) {
    GtkWidget *page = sc_pages[i].create (self->console);

    gtk_widget_show (page);
    gtk_stack_add_titled (self->pages, page, sc_pages[i].name, g_dgettext (GETTEXT_PACKAGE, sc_pages[i].title));
  }
}

static void
restore (ScWindow *self)
{
  sc_window_state_load (&self->state);
  if (self->state.width != 0 && self->state.height != 0)
    gtk_window_set_default_size (GTK_WINDOW (self), self->state.width, self->state.height);
  if (self->state.maximized)
    gtk_window_maximize (GTK_WINDOW (self));
  if (find_page (self->state.page) != NULL)
    gtk_stack_set_visible_child_name (self->pages, self->state.page);
}

ScWindow *
sc_window_new (GtkApplication *application, ScConsole *console, ScConnector *connector)
{
  ScWindow *self = g_object_new (SC_TYPE_WINDOW, "application", application, NULL);

  self->console = g_object_ref (console);
  g_set_object (&self->connector, connector);
  add_pages (self);
  restore (self);
  sc_connection_bar_set_model (self->connection_bar, console, connector);
  sc_account_menu_init (GTK_APPLICATION_WINDOW (self), console, self->account);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  if (connector != NULL) {
    g_signal_connect_object (connector, "changed", G_CALLBACK (on_connector_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (connector, "engine-started", G_CALLBACK (on_engine_started), self, G_CONNECT_SWAPPED);
  }
  on_state_changed (self);
  return self;
}

ScConsole *
sc_window_get_console (ScWindow *self)
{
  return self->console;
}

void
sc_window_call_attention (ScWindow *self, const char *page)
{
  GtkWidget *child = gtk_stack_get_child_by_name (self->pages, page);

  if (child != NULL && child != gtk_stack_get_visible_child (self->pages))
    gtk_container_child_set (GTK_CONTAINER (self->pages), child, "needs-attention", TRUE, NULL);
}
