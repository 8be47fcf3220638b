/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-map-private.h"

#include "console/gui/rooms/sc-seat-menu.h"

#include <math.h>

#define SCROLL_INTERVAL_MS 40
#define SCROLL_EDGE 24 /* pixels */

static void
select_all_in (ScSeatMap *self, const GdkRectangle *area, GPtrArray *and_these)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; and_these != NULL && i < and_these->len; i++)
    g_ptr_array_add (ids, g_ptr_array_index (and_these, i));
  for (guint i = 0; i < MIN (self->tiles->len, self->areas->len); i++)
    if (gdk_rectangle_intersect (&g_array_index (self->areas, GdkRectangle, i), area, NULL))
      g_ptr_array_add (ids, (gpointer) sc_seat_tile_get_id (g_ptr_array_index (self->tiles, i)));
  sc_selection_set (self->selection, ids);
}

static GdkRectangle
area_of_tile (ScSeatTile *tile)
{
  GdkRectangle area;

  gtk_widget_get_allocation (GTK_WIDGET (tile), &area);
  return area;
}

void
sc_seat_map_move_cursor_to (ScSeatMap *self, ScSeatTile *tile)
{
  GdkRectangle area = area_of_tile (tile);

  self->cursor = tile;
  gtk_widget_grab_focus (GTK_WIDGET (tile));
  sc_seat_map_scroll_to (self, &area);
}

/* All that stand between the two: on a map that is what "from here to there" means. */
static void
select_range (ScSeatMap *self, ScSeatTile *from, ScSeatTile *to)
{
  GdkRectangle a = area_of_tile (from), b = area_of_tile (to), both;

  gdk_rectangle_union (&a, &b, &both);
  select_all_in (self, &both, NULL);
}

/* The selection when the cursor has come to @tile, by mouse or keys. */
static void
select_tile (ScSeatMap *self, ScSeatTile *tile, GdkModifierType modifiers)
{
  if ((modifiers & GDK_SHIFT_MASK) != 0 && self->anchor != NULL) {
    select_range (self, self->anchor, tile);
    return;
  }
  if ((modifiers & GDK_CONTROL_MASK) != 0)
    sc_selection_toggle (self->selection, sc_seat_tile_get_id (tile));
  else
    sc_selection_set_one (self->selection, sc_seat_tile_get_id (tile));
  self->anchor = tile;
}

static void
activate_tile (ScSeatMap *self, ScSeatTile *tile)
{
  g_signal_emit_by_name (self, "seat-activated", sc_seat_tile_get_id (tile));
}

void
sc_seat_map_do_tile (ScSeatTile *tile, gboolean activate, gpointer data)
{
  ScSeatMap *self = data;

  sc_seat_map_move_cursor_to (self, tile);
  select_tile (self, tile, 0);
  if (activate)
    activate_tile (self, tile);
}

void
sc_seat_map_forget_tile (ScSeatMap *self, ScSeatTile *tile)
{
  if (self->cursor == tile)
    self->cursor = NULL;
  if (self->anchor == tile)
    self->anchor = NULL;
  if (self->pressed == tile)
    sc_seat_map_end_drag (self);
}

gboolean
sc_seat_map_show_seat (ScSeatMap *self, const char *id)
{
  GtkWidget *tile = sc_seat_map_get_tile (self, id);

  if (tile == NULL)
    return FALSE;
  sc_seat_map_do_tile (SC_SEAT_TILE (tile), FALSE, self);
  return TRUE;
}

/* Dragging */

GdkRectangle
sc_seat_map_get_band (ScSeatMap *self)
{
  double x = MIN (self->press_x, self->pointer_x), y = MIN (self->press_y, self->pointer_y);

  return (GdkRectangle){ (int) x, (int) y, (int) fabs (self->pointer_x - self->press_x) + 1,
                         (int) fabs (self->pointer_y - self->press_y) + 1 };
}

void
sc_seat_map_end_drag (ScSeatMap *self)
{
  g_clear_handle_id (&self->scroll_source, g_source_remove);
  g_clear_pointer (&self->selected_before, g_ptr_array_unref);
  self->pressed = NULL;
  self->drag = SC_DRAG_NONE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_to (ScSeatMap *self, double x, double y)
{
  self->pointer_x = x;
  self->pointer_y = y;
  if (self->drag == SC_DRAG_BAND) {
    GdkRectangle band = sc_seat_map_get_band (self);

    select_all_in (self, &band, self->selected_before);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* How far to scroll when the pointer is at, or beyond, an edge of what is seen. Returns: what was scrolled */
static double
scroll_axis (GtkAdjustment *adjustment, double at)
{
  double before, value, page;

  if (adjustment == NULL)
    return 0;
  before = value = gtk_adjustment_get_value (adjustment);
  page = gtk_adjustment_get_page_size (adjustment);
  if (at < value + SCROLL_EDGE)
    value -= SCROLL_EDGE;
  else if (at > value + page - SCROLL_EDGE)
    value += SCROLL_EDGE;
  gtk_adjustment_set_value (adjustment, value);
  return gtk_adjustment_get_value (adjustment) - before;
}

static gboolean
on_scroll_due (gpointer data)
{
  ScSeatMap *self = data;
  double x = scroll_axis (sc_seat_map_get_adjustment (self, GTK_ORIENTATION_HORIZONTAL), self->pointer_x);
  double y = scroll_axis (sc_seat_map_get_adjustment (self, GTK_ORIENTATION_VERTICAL), self->pointer_y);

  if (x != 0 || y != 0)
    drag_to (self, self->pointer_x + x, self->pointer_y + y);
  return G_SOURCE_CONTINUE;
}

static void
begin_drag (ScSeatMap *self)
{
  if (self->pressed != NULL && self->editing)
    self->drag = SC_DRAG_TILES;
  else if (self->pressed == NULL)
    self->drag = SC_DRAG_BAND;
  else
    return;
  if (self->drag == SC_DRAG_BAND && self->drag_adds)
    self->selected_before = sc_selection_dup_ids (self->selection);
  if (self->scroll_source == 0)
    self->scroll_source = g_timeout_add (SCROLL_INTERVAL_MS, on_scroll_due, self);
}

static gboolean
sc_seat_map_motion_notify_event (GtkWidget *widget, GdkEventMotion *event)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);

  if (self->drag == SC_DRAG_NONE)
    return GDK_EVENT_PROPAGATE;
  if (self->drag == SC_DRAG_PRESSED &&
      gtk_drag_check_threshold (widget, (int) self->press_x, (int) self->press_y, (int) event->x, (int) event->y))
    begin_drag (self);
  if (self->drag != SC_DRAG_PRESSED)
    drag_to (self, event->x, event->y);
  return GDK_EVENT_STOP;
}

static void
press_tile (ScSeatMap *self, ScSeatTile *tile, const GdkEventButton *event)
{
  gboolean selected = sc_selection_contains (self->selection, sc_seat_tile_get_id (tile));
  GdkModifierType modifiers = event->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK);

  sc_seat_map_move_cursor_to (self, tile);
  /* one of several that are selected may begin to drag them, or open their menu: then they stay selected */
  if (!selected || modifiers != 0 || (event->button == GDK_BUTTON_PRIMARY && !self->editing))
    select_tile (self, tile, modifiers);
}

static gboolean
sc_seat_map_button_press_event (GtkWidget *widget, GdkEventButton *event)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  ScSeatTile *tile = sc_seat_map_tile_at (self, event->x, event->y);

  if (event->type == GDK_2BUTTON_PRESS && event->button == GDK_BUTTON_PRIMARY && tile != NULL && !self->editing) {
    activate_tile (self, tile);
    return GDK_EVENT_STOP;
  }
  if (event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_PROPAGATE;
  if (tile != NULL)
    press_tile (self, tile, event);
  if (gdk_event_triggers_context_menu ((GdkEvent *) event)) {
    if (tile != NULL)
      sc_seat_menu_popup (widget, (GdkEvent *) event, NULL);
    return GDK_EVENT_STOP;
  }
  if (event->button != GDK_BUTTON_PRIMARY)
    return GDK_EVENT_PROPAGATE;
  self->drag_adds = (event->state & GDK_CONTROL_MASK) != 0;
  if (tile == NULL && !self->drag_adds)
    sc_selection_set_one (self->selection, NULL);
  self->drag = SC_DRAG_PRESSED;
  self->pressed = tile;
  self->press_x = self->pointer_x = event->x;
  self->press_y = self->pointer_y = event->y;
  return GDK_EVENT_STOP;
}

static gboolean
sc_seat_map_button_release_event (GtkWidget *widget, GdkEventButton *event)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  ScSeatMapDrag drag = self->drag;
  ScSeatTile *pressed = self->pressed;
  int columns = 0, rows = 0;

  if (event->button != GDK_BUTTON_PRIMARY || drag == SC_DRAG_NONE)
    return GDK_EVENT_PROPAGATE;
  if (drag == SC_DRAG_TILES)
    sc_seat_map_get_drag_step (self, &columns, &rows);
  sc_seat_map_end_drag (self);
  if (drag == SC_DRAG_TILES)
    sc_seat_map_move_selected (self, columns, rows);
  else if (drag == SC_DRAG_PRESSED && self->editing && pressed != NULL &&
           (event->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) == 0)
    sc_selection_set_one (self->selection, sc_seat_tile_get_id (pressed)); /* a click, after all */
  return GDK_EVENT_STOP;
}

/* Keys */

static ScSeatTile *
find_next (ScSeatMap *self, guint key)
{
  g_autofree ScSeatPoint *points = g_new (ScSeatPoint, self->areas->len);
  static const guint keys[][2] = { { GDK_KEY_Left, SC_DIRECTION_LEFT },
                                   { GDK_KEY_Right, SC_DIRECTION_RIGHT },
                                   { GDK_KEY_Up, SC_DIRECTION_UP },
                                   { GDK_KEY_Down, SC_DIRECTION_DOWN } };
  guint from = 0, next;

  if (!g_ptr_array_find (self->tiles, self->cursor, &from))
    return g_ptr_array_index (self->tiles, 0);
  next = from;
  for (guint i = 0; i < self->areas->len; i++)
    points[i] =
        (ScSeatPoint){ g_array_index (self->areas, GdkRectangle, i).x, g_array_index (self->areas, GdkRectangle, i).y };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i][0] == key)
      next = sc_seat_layout_next (points, self->areas->len, from, keys[i][1]);
  return g_ptr_array_index (self->tiles, next);
}

/* One page further: the tile nearest to where the cursor would be. */
static ScSeatTile *
find_page (ScSeatMap *self, int sign)
{
  GtkAdjustment *adjustment = sc_seat_map_get_adjustment (self, GTK_ORIENTATION_VERTICAL);
  double page = adjustment != NULL ? gtk_adjustment_get_page_size (adjustment) : 0;
  ScSeatTile *tile = self->cursor, *best = tile;

  for (guint key = sign < 0 ? GDK_KEY_Up : GDK_KEY_Down; tile != NULL;) {
    ScSeatTile *before = tile;

    self->cursor = tile;
    tile = find_next (self, key);
    if (tile == before || abs (area_of_tile (tile).y - area_of_tile (best).y) > page)
      break;
  }
  self->cursor = best;
  return tile != NULL ? tile : best;
}

static gboolean
move_selected_by_key (ScSeatMap *self, guint key)
{
  sc_seat_map_move_selected (self, (key == GDK_KEY_Right) - (key == GDK_KEY_Left),
                             (key == GDK_KEY_Down) - (key == GDK_KEY_Up));
  return TRUE; /* at the edge, too */
}

static gboolean
move_by_key (ScSeatMap *self, const GdkEventKey *event, guint key)
{
  gboolean control = (event->state & GDK_CONTROL_MASK) != 0, shift = (event->state & GDK_SHIFT_MASK) != 0;
  ScSeatTile *tile = NULL;

  if (control && self->editing && key != GDK_KEY_Home && key != GDK_KEY_End)
    return move_selected_by_key (self, key);
  if (key == GDK_KEY_Home || key == GDK_KEY_End)
    tile = g_ptr_array_index (self->tiles, key == GDK_KEY_Home ? 0 : self->tiles->len - 1);
  else if (key == GDK_KEY_Page_Up || key == GDK_KEY_Page_Down)
    tile = find_page (self, key == GDK_KEY_Page_Up ? -1 : 1);
  else
    tile = find_next (self, key);
  if (tile == NULL)
    return FALSE;
  if (shift && self->anchor == NULL)
    self->anchor = self->cursor;
  sc_seat_map_move_cursor_to (self, tile);
  if (!control)
    select_tile (self, tile, shift ? GDK_SHIFT_MASK : 0);
  return TRUE;
}

static guint
plain_key (guint key)
{
  static const guint keypad[][2] = {
    { GDK_KEY_KP_Left, GDK_KEY_Left },       { GDK_KEY_KP_Right, GDK_KEY_Right },
    { GDK_KEY_KP_Up, GDK_KEY_Up },           { GDK_KEY_KP_Down, GDK_KEY_Down },
    { GDK_KEY_KP_Home, GDK_KEY_Home },       { GDK_KEY_KP_End, GDK_KEY_End },
    { GDK_KEY_KP_Page_Up, GDK_KEY_Page_Up }, { GDK_KEY_KP_Page_Down, GDK_KEY_Page_Down },
    { GDK_KEY_KP_Enter, GDK_KEY_Return },    { GDK_KEY_KP_Space, GDK_KEY_space },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keypad); i++)
    if (keypad[i][0] == key)
      return keypad[i][1];
  return key;
}

static gboolean
press_escape (ScSeatMap *self)
{
  if (self->drag == SC_DRAG_TILES || self->drag == SC_DRAG_BAND)
    sc_seat_map_end_drag (self); /* nothing has moved yet */
  else if (sc_selection_get_length (self->selection) > 0)
    sc_selection_set_one (self->selection, NULL);
  else
    return FALSE;
  return TRUE;
}

static gboolean
press_letter (ScSeatMap *self, guint key)
{
  GdkRectangle all = { 0, 0, G_MAXINT / 2, G_MAXINT / 2 };

  if (key == GDK_KEY_a || key == GDK_KEY_A)
    select_all_in (self, &all, NULL);
  else if ((key == GDK_KEY_z || key == GDK_KEY_Z) && sc_seat_map_can_undo (self))
    sc_seat_map_undo (self);
  else
    return FALSE;
  return TRUE;
}

static gboolean
sc_seat_map_key_press_event (GtkWidget *widget, GdkEventKey *event)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  guint key = plain_key (event->keyval);
  gboolean done = FALSE;

  if (self->tiles->len == 0 || self->areas->len != self->tiles->len || (event->state & GDK_MOD1_MASK) != 0)
    key = GDK_KEY_VoidSymbol;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_Right:
  case GDK_KEY_Up:
  case GDK_KEY_Down:
  case GDK_KEY_Home:
  case GDK_KEY_End:
  case GDK_KEY_Page_Up:
  case GDK_KEY_Page_Down:
    done = move_by_key (self, event, key);
    break;
  case GDK_KEY_space:
    if (self->cursor != NULL)
      select_tile (self, self->cursor, event->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK));
    done = self->cursor != NULL;
    break;
  case GDK_KEY_Return:
    if (self->cursor != NULL)
      sc_seat_map_do_tile (self->cursor, TRUE, self);
    done = self->cursor != NULL;
    break;
  case GDK_KEY_Escape:
    done = press_escape (self);
    break;
  default:
    done = (event->state & GDK_CONTROL_MASK) != 0 && press_letter (self, key);
    break;
  }
  if (done)
    return GDK_EVENT_STOP;
  return GTK_WIDGET_CLASS (g_type_class_peek_parent (GTK_WIDGET_GET_CLASS (widget)))->key_press_event (widget, event);
}

static gboolean
sc_seat_map_popup_menu (GtkWidget *widget)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  GdkRectangle at;

  if (self->cursor == NULL)
    return FALSE;
  if (!sc_selection_contains (self->selection, sc_seat_tile_get_id (self->cursor)))
    select_tile (self, self->cursor, 0);
  at = area_of_tile (self->cursor);
  sc_seat_menu_popup (widget, NULL, &at);
  return TRUE;
}

void
sc_seat_map_class_init_input (GtkWidgetClass *class)
{
  class->motion_notify_event = sc_seat_map_motion_notify_event;
  class->button_press_event = sc_seat_map_button_press_event;
  class->button_release_event = sc_seat_map_button_release_event;
  class->key_press_event = sc_seat_map_key_press_event;
  class->popup_menu = sc_seat_map_popup_menu;
}
