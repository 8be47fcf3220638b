/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/deploy/sc-target-chooser.h"

#include "console/gui/model/sc-room-item.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_CHIPS_HEIGHT 130 /* more are scrolled */
#define MAX_NAME_CHARS 24

struct _ScTargetChooser {
  GtkBox parent;
  GtkRadioButton *all, *rooms, *seats;
  GtkLabel *all_count;
  GtkBox *room_list;
  GtkScrolledWindow *seat_scroller;
  GtkFlowBox *seat_list;
  ScConsole *console;
  ScDeployPlan *plan;
  GPtrArray *room_checks; /* GtkToggleButton, one for each room of the console */
  GHashTable *chips;      /* id of a picked seat → its GtkFlowBoxChild */
  guint fit_source;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (ScTargetChooser, sc_target_chooser, GTK_TYPE_BOX)

static void
sc_target_chooser_dispose (GObject *object)
{
  ScTargetChooser *self = SC_TARGET_CHOOSER (object);

  g_clear_handle_id (&self->fit_source, g_source_remove);
  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (sc_console_get_rooms (self->console), self);
  g_clear_object (&self->console);
  g_clear_object (&self->plan);
  G_OBJECT_CLASS (sc_target_chooser_parent_class)->dispose (object);
}

static void
sc_target_chooser_finalize (GObject *object)
{
  ScTargetChooser *self = SC_TARGET_CHOOSER (object);

  g_ptr_array_unref (self->room_checks);
  g_hash_table_unref (self->chips);
  G_OBJECT_CLASS (sc_target_chooser_parent_class)->finalize (object);
}

static void
on_target_toggled (GtkToggleButton *button, ScTargetChooser *self)
{
  if (self->refreshing || !gtk_toggle_button_get_active (button))
    return;
  sc_deploy_plan_set_target (self->plan, GTK_WIDGET (button) == GTK_WIDGET (self->all)     ? SC_DEPLOY_TO_ALL
                                         : GTK_WIDGET (button) == GTK_WIDGET (self->rooms) ? SC_DEPLOY_TO_ROOMS
                                                                                           : SC_DEPLOY_TO_SEATS);
}

static gboolean
on_fit (gpointer data)
{
  ScTargetChooser *self = data;
  GtkWidget *list = GTK_WIDGET (self->seat_list);
  int height = 0;

  self->fit_source = 0;
  gtk_widget_get_preferred_height_for_width (list, gtk_widget_get_allocated_width (list), NULL, &height);
  height = MIN (height, MAX_CHIPS_HEIGHT);
  gtk_scrolled_window_set_min_content_height (self->seat_scroller, -1); /* never above the most, on the way neither */
  gtk_scrolled_window_set_max_content_height (self->seat_scroller, height);
  gtk_scrolled_window_set_min_content_height (self->seat_scroller, height);
  return G_SOURCE_REMOVE;
}

/* A scrolled window asks for the height of its child at its narrowest: it gets what it takes at this width. */
static void
on_seat_list_allocated (GtkWidget *list, GdkRectangle *allocation, ScTargetChooser *self)
{
  if (self->fit_source == 0)
    self->fit_source = g_idle_add_full (GTK_PRIORITY_RESIZE, on_fit, self, NULL);
}

static void
sc_target_chooser_class_init (ScTargetChooserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_target_chooser_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_target_chooser_finalize;
  gtk_widget_class_set_css_name (widget_class, "targetchooser");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-target-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, ScTargetChooser, all);
  gtk_widget_class_bind_template_child (widget_class, ScTargetChooser, rooms);
  gtk_widget_class_bind_template_child (widget_class, ScTargetChooser, seats);
  gtk_widget_class_bind_template_child (widget_class, ScTargetChooser, all_count);
  gtk_widget_class_bind_template_child (widget_class, ScTargetChooser, room_list);
  gtk_widget_class_bind_template_child (widget_class, ScTargetChooser, seat_scroller);
  gtk_widget_class_bind_template_child (widget_class, ScTargetChooser, seat_list);
  gtk_widget_class_bind_template_callback (widget_class, on_target_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_seat_list_allocated);
}

static void
sc_target_chooser_init (ScTargetChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->room_checks = g_ptr_array_new ();
  self->chips = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* rooms */

static const char *
room_of (gpointer check)
{
  return g_object_get_data (G_OBJECT (check), "room");
}

/* To choose a room is to choose rooms. */
static void
on_room_toggled (GtkToggleButton *check, ScTargetChooser *self)
{
  if (self->refreshing)
    return;
  sc_deploy_plan_set_room (self->plan, room_of (check), gtk_toggle_button_get_active (check));
  if (gtk_toggle_button_get_active (check))
    sc_deploy_plan_set_target (self->plan, SC_DEPLOY_TO_ROOMS);
}

static GtkWidget *
add_room (ScTargetChooser *self, const char *room, guint position)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *name = gtk_label_new (sc_words_room (room));
  GtkWidget *count = gtk_label_new ("");

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_container_add (GTK_CONTAINER (check), name);
  gtk_widget_set_hexpand (check, TRUE);
  gtk_widget_set_tooltip_text (check, sc_words_room (room));
  gtk_style_context_add_class (gtk_widget_get_style_context (count), "dim-label");
  gtk_container_add (GTK_CONTAINER (line), check);
  gtk_container_add (GTK_CONTAINER (line), count);
  g_object_set_data_full (G_OBJECT (check), "room", g_strdup (room), g_free);
  g_object_set_data (G_OBJECT (check), "count", count);
  g_signal_connect (check, "toggled", G_CALLBACK (on_room_toggled), self);
  gtk_container_add (GTK_CONTAINER (self->room_list), line);
  gtk_box_reorder_child (self->room_list, line, (int) position);
  gtk_widget_show_all (line);
  return check;
}

static void
on_rooms_changed (GListModel *rooms, guint position, guint removed, guint added, gpointer user_data)
{
  ScTargetChooser *self = user_data;

  for (; removed > 0; removed--) {
    gpointer check = g_ptr_array_steal_index (self->room_checks, position);

    sc_deploy_plan_set_room (self->plan, room_of (check), FALSE);
    gtk_widget_destroy (gtk_widget_get_parent (check));
  }
  for (guint i = position; i < position + added; i++) {
    ScRoomItem *room = sc_item_list_at (SC_ITEM_LIST (rooms), i);

    g_ptr_array_insert (self->room_checks, (int) i, add_room (self, sc_room_item_get_name (room), i));
  }
  sc_target_chooser_refresh (self);
}

/* "26 seats", "26 seats, 3 have it" */
static char *
count_text (guint n_seats, guint n_have)
{
  g_autofree char *seats = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", n_seats), n_seats);

  if (n_have == 0)
    return g_steal_pointer (&seats);
  /* Translators: "26 seats, 3 have it": the version that is chosen */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %u has it", "%s, %u have it", n_have), seats, n_have);
}

typedef struct {
  guint n_seats, n_have;
} Count;

/* (element-type utf8 Count): by room */
static GHashTable *
count_seats (ScTargetChooser *self, Count *all)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  ScItemList *seats = sc_console_get_seats (self->console);
  guint64 version = sc_deploy_plan_get_version (self->plan);

  for (guint i = 0; i < sc_item_list_get_length (seats); i++) {
    ScSeatItem *seat = sc_item_list_at (seats, i);
    const ScSeatInfo *info = sc_seat_item_get_info (seat);
    Count *count = g_hash_table_lookup (counts, info->room);
    gboolean has = version != 0 && info->version == version && !sc_seat_item_is_drifted (seat);

    if (count == NULL)
      g_hash_table_insert (counts, (gpointer) info->room, count = g_new0 (Count, 1));
    count->n_seats++;
    count->n_have += has;
    all->n_seats++;
    all->n_have += has;
  }
  return counts;
}

static void
set_count (GtkLabel *label, const Count *count)
{
  g_autofree char *text = count_text (count->n_seats, count->n_have);

  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
refresh_rooms (ScTargetChooser *self)
{
  static const Count none = { 0 };
  Count all = none;
  g_autoptr (GHashTable) counts = count_seats (self, &all);

  for (guint i = 0; i < self->room_checks->len; i++) {
    GtkToggleButton *check = g_ptr_array_index (self->room_checks, i);
    const char *room = room_of (check);
    const Count *count = g_hash_table_lookup (counts, room);
    GtkLabel *label = g_object_get_data (G_OBJECT (check), "count");
    g_autofree char *name = NULL;

    set_count (label, count != NULL ? count : &none);
    name = g_strdup_printf ("%s, %s", sc_words_room (room), gtk_label_get_text (label));
    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (check)), name);
    gtk_toggle_button_set_active (check, sc_deploy_plan_has_room (self->plan, room));
    gtk_widget_set_sensitive (GTK_WIDGET (check), count != NULL);
  }
  set_count (self->all_count, &all);
}

/* seats */

static void
on_chip_clicked (GtkButton *button, ScTargetChooser *self)
{
  g_autofree char *id = g_strdup (g_object_get_data (G_OBJECT (button), "id"));

  sc_deploy_plan_set_seat (self->plan, id, FALSE);
}

static void
add_chip (ScTargetChooser *self, const ScSeatInfo *info)
{
  GtkWidget *child = gtk_flow_box_child_new ();
  GtkWidget *button = gtk_button_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *label = gtk_label_new (info->name);
  g_autofree char *name = g_strdup_printf (_ ("Leave out %s"), info->name);

  /* the end of a machine's name tells it from its neighbours */
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_NAME_CHARS);
  gtk_container_add (GTK_CONTAINER (line), label);
  gtk_container_add (GTK_CONTAINER (line), gtk_image_new_from_icon_name ("window-close-symbolic", GTK_ICON_SIZE_MENU));
  gtk_container_add (GTK_CONTAINER (button), line);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "chip");
  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (info->id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_chip_clicked), self);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_can_focus (child, FALSE);
  gtk_container_add (GTK_CONTAINER (child), button);
  gtk_widget_show_all (child);
  gtk_container_add (GTK_CONTAINER (self->seat_list), child);
  g_hash_table_insert (self->chips, g_strdup (info->id), child);
}

/* A seat that is not picked any more, or is gone. */
static gboolean
drop_chip (gpointer id, gpointer chip, gpointer user_data)
{
  ScTargetChooser *self = user_data;
  gboolean there = sc_item_list_find (sc_console_get_seats (self->console), id) != NULL;

  if (there && sc_deploy_plan_has_seat (self->plan, id))
    return FALSE;
  gtk_widget_destroy (chip);
  return TRUE;
}

/* All seats are looked at, so that the picked ones stand in their order. */
static void
refresh_seats (ScTargetChooser *self)
{
  ScItemList *seats = sc_console_get_seats (self->console);
  g_autofree char *label = NULL;
  guint n = 0;

  g_hash_table_foreach_remove (self->chips, drop_chip, self);
  for (guint i = 0; i < sc_item_list_get_length (seats); i++) {
    const ScSeatInfo *info = sc_seat_item_get_info (sc_item_list_at (seats, i));
    gboolean picked = sc_deploy_plan_has_seat (self->plan, info->id);

    n += picked;
    if (picked && !g_hash_table_contains (self->chips, info->id))
      add_chip (self, info);
  }
  label = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u _seat picked:", "%u _seats picked:", n), n);
  gtk_button_set_label (GTK_BUTTON (self->seats), label);
  /* once there were some, it stays, so that what is below does not jump */
  if (n > 0)
    gtk_widget_show (GTK_WIDGET (self->seats));
  gtk_widget_set_visible (GTK_WIDGET (self->seat_scroller), n > 0);
}

static void
refresh_target (ScTargetChooser *self)
{
  GtkRadioButton *const buttons[] = {
    [SC_DEPLOY_TO_ALL] = self->all,
    [SC_DEPLOY_TO_ROOMS] = self->rooms,
    [SC_DEPLOY_TO_SEATS] = self->seats,
  };

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (buttons[sc_deploy_plan_get_target (self->plan)]), TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->rooms), self->room_checks->len > 0);
}

void
sc_target_chooser_refresh (ScTargetChooser *self)
{
  if (self->plan == NULL)
    return;
  self->refreshing = TRUE;
  refresh_rooms (self);
  refresh_seats (self);
  refresh_target (self);
  self->refreshing = FALSE;
}

void
sc_target_chooser_bind (ScTargetChooser *self, ScConsole *console, ScDeployPlan *plan)
{
  ScItemList *rooms = sc_console_get_rooms (console);

  self->console = g_object_ref (console);
  self->plan = g_object_ref (plan);
  g_signal_connect (rooms, "items-changed", G_CALLBACK (on_rooms_changed), self);
  on_rooms_changed (G_LIST_MODEL (rooms), 0, 0, sc_item_list_get_length (rooms), self);
}
