/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-move-popover.h"

#include "common/sc-error.h"
#include "console/gui/model/sc-filter-list.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-notice.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScMovePopover {
  GtkPopover parent;
  ScConsole *console;
  ScFilterList *named; /* the rooms that have a name */
  GPtrArray *seats;    /* ScSeatItem */
  GCancellable *cancellable;
  char *target; /* (nullable): the room of the request that runs; NULL: each seat's own one */
  GtkLabel *heading, *error;
  GtkListBox *rooms, *own;
  GtkScrolledWindow *scroller;
  GtkEntry *name;
  GtkWidget *create, *content;
};

G_DEFINE_FINAL_TYPE (ScMovePopover, sc_move_popover, GTK_TYPE_POPOVER)

static gboolean
has_name (ScItem *item, gpointer data)
{
  return *sc_item_get_key (item) != '\0';
}

static char *
name_of_seats (ScMovePopover *self)
{
  if (self->seats->len == 1)
    return g_strdup (sc_seat_item_get_info (self->seats->pdata[0])->name);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", self->seats->len), self->seats->len);
}

static void
show_error (ScMovePopover *self, const GError *error)
{
  gtk_widget_set_sensitive (self->content, TRUE);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_text (self->error, error->message);
  gtk_widget_show (GTK_WIDGET (self->error));
  if (!gtk_widget_get_visible (GTK_WIDGET (self))) {
    g_autofree char *who = name_of_seats (self);
    g_autofree char *what = g_strdup_printf (_ ("Not moved: %s"), who);

    sc_notice_show_error (GTK_WIDGET (self), what, error);
  }
}

static void
on_assigned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScMovePopover) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  g_autofree char *who = name_of_seats (self);
  g_autofree char *text = NULL;

  if (answer == NULL) {
    show_error (self, error);
    return;
  }
  gtk_widget_set_sensitive (self->content, TRUE);
  gtk_popover_popdown (GTK_POPOVER (self));
  text = self->target != NULL ? g_strdup_printf (_ ("Moved to %s: %s"), self->target, who)
                              : g_strdup_printf (_ ("Moved to the room that the service names: %s"), who);
  sc_notice_show (GTK_WIDGET (self), text);
}

static void
assign (ScMovePopover *self)
{
  g_autoptr (ScJson) body = json_object ();
  ScJson *seats = json_array ();

  for (guint i = 0; i < self->seats->len; i++)
    json_array_append_new (seats, json_string (sc_item_get_key (self->seats->pdata[i])));
  json_object_set_new (body, "room", self->target != NULL ? json_string (self->target) : json_null ());
  json_object_set_new (body, "seats", seats);
  sc_console_request_async (self->console, "POST", "/v1/rooms/assign", body, self->cancellable, on_assigned,
                            g_object_ref (self));
}

static void
on_room_created (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScMovePopover) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (answer == NULL && !g_error_matches (error, SC_ERROR, SC_ERROR_EXISTS))
    show_error (self, error);
  else
    assign (self); /* a room that somebody else has just made is as good */
}

/* @room: (nullable) */
static void
begin (ScMovePopover *self, const char *room)
{
  g_free (self->target);
  self->target = g_strdup (room);
  gtk_widget_hide (GTK_WIDGET (self->error));
  gtk_widget_set_sensitive (self->content, FALSE);
}

static void
on_room_activated (ScMovePopover *self, GtkListBoxRow *row)
{
  ScItem *room = sc_filter_list_at (self->named, (guint) gtk_list_box_row_get_index (row));

  begin (self, sc_item_get_key (room));
  assign (self);
}

static void
on_own_activated (ScMovePopover *self)
{
  begin (self, NULL);
  assign (self);
}

static void
on_name_changed (ScMovePopover *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->name)));

  gtk_widget_set_sensitive (self->create, *name != '\0');
}

static void
on_create_clicked (ScMovePopover *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->name)));
  g_autoptr (ScJson) body = NULL;

  if (*name == '\0')
    return;
  begin (self, name);
  body = json_pack ("{s:s}", "name", name);
  sc_console_request_async (self->console, "POST", "/v1/rooms", body, self->cancellable, on_room_created,
                            g_object_ref (self));
}

static void
sc_move_popover_dispose (GObject *object)
{
  ScMovePopover *self = SC_MOVE_POPOVER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->named);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_move_popover_parent_class)->dispose (object);
}

static void
sc_move_popover_finalize (GObject *object)
{
  ScMovePopover *self = SC_MOVE_POPOVER (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->seats);
  g_free (self->target);
  G_OBJECT_CLASS (sc_move_popover_parent_class)->finalize (object);
}

static void
sc_move_popover_class_init (ScMovePopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_move_popover_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_move_popover_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-move-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, content);
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, heading);
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, error);
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, rooms);
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, scroller);
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, own);
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, name);
  gtk_widget_class_bind_template_child (widget_class, ScMovePopover, create);
  gtk_widget_class_bind_template_callback (widget_class, on_room_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_own_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_create_clicked);
}

static void
sc_move_popover_init (ScMovePopover *self)
{
  self->cancellable = g_cancellable_new ();
  self->seats = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The one room that all seats are in. (nullable) */
static const char *
common_room (GPtrArray *seats, gboolean own)
{
  const char *room = NULL;

  for (guint i = 0; i < seats->len; i++) {
    const ScSeatInfo *info = sc_seat_item_get_info (seats->pdata[i]);
    const char *of_seat = own ? info->own_room : info->room;

    if (room != NULL && !g_str_equal (room, of_seat))
      return NULL;
    room = of_seat;
  }
  return room;
}

static GtkWidget *
create_room_row (gpointer item, gpointer data)
{
  ScMovePopover *self = data;
  GtkWidget *row = sc_fact_row_new ();
  const char *room = sc_item_get_key (item), *now = common_room (self->seats, FALSE);

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  sc_fact_row_set_texts (SC_FACT_ROW (row), room, "", g_strcmp0 (room, now) == 0 ? _ ("Here now") : "");
  return row;
}

GtkWidget *
sc_move_popover_new (ScConsole *console)
{
  ScMovePopover *self = g_object_new (SC_TYPE_MOVE_POPOVER, NULL);

  self->console = g_object_ref (console);
  self->named = sc_filter_list_new (sc_console_get_rooms (console), has_name, NULL, NULL);
  gtk_list_box_bind_model (self->rooms, G_LIST_MODEL (self->named), create_room_row, self, NULL);
  return GTK_WIDGET (self);
}

static void
show_current_room (ScMovePopover *self)
{
  const char *now = common_room (self->seats, FALSE);

  for (guint i = 0; i < sc_filter_list_get_length (self->named); i++) {
    const char *room = sc_item_get_key (sc_filter_list_at (self->named, i));

    sc_fact_row_set_texts (sc_fact_rows_at (self->rooms, i), room, "",
                           g_strcmp0 (room, now) == 0 ? _ ("Here now") : "");
  }
}

void
sc_move_popover_set_seats (ScMovePopover *self, GPtrArray *seats)
{
  g_autofree char *who = NULL, *heading = NULL;
  const char *own = common_room (seats, TRUE);
  ScFactRow *row = NULL;

  g_ptr_array_set_size (self->seats, 0);
  for (guint i = 0; i < seats->len; i++)
    g_ptr_array_add (self->seats, g_object_ref (seats->pdata[i]));
  who = name_of_seats (self);
  heading = g_strdup_printf (_ ("Move %s to"), who);
  gtk_label_set_text (self->heading, heading);
  show_current_room (self);
  sc_fact_rows_resize (self->own, 1);
  row = sc_fact_rows_at (self->own, 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  sc_fact_row_set_texts (row, seats->len > 1 ? _ ("The rooms their services name") : _ ("The room its service names"),
                         own == NULL ? "" : sc_words_room (own), "");
  gtk_widget_set_visible (GTK_WIDGET (self->scroller), sc_filter_list_get_length (self->named) > 0);
  gtk_entry_set_text (self->name, "");
  gtk_widget_hide (GTK_WIDGET (self->error));
}
