/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-map-private.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

/* Tiles drawn anew in one frame: a few milliseconds of work, and still a thousand tiles in less than half a second. */
#define MAX_DRAWN_PER_FRAME 48u
#define MAX_UPDATED_PER_FRAME 256u
#define HEADING_SPACING 6

typedef struct {
  PangoLayout *layout;
  int y;
} Heading;

G_DEFINE_FINAL_TYPE (ScSeatMap, sc_seat_map, GTK_TYPE_CONTAINER)

static void
free_heading (Heading *heading)
{
  g_object_unref (heading->layout);
  g_free (heading);
}

static ScSeatTile *
tile_of (ScSeatMap *self, guint position)
{
  return g_ptr_array_index (self->tiles, position);
}

static GdkRectangle *
area_of (ScSeatMap *self, guint position)
{
  return &g_array_index (self->areas, GdkRectangle, position);
}

/* Layout */

void
sc_seat_map_relayout (ScSeatMap *self)
{
  self->laid_out_for = 0;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
measure_cell (ScSeatMap *self)
{
  if (self->least_width > 0 || self->tiles->len == 0)
    return;
  gtk_widget_get_preferred_width (GTK_WIDGET (tile_of (self, 0)), &self->least_width, NULL);
  gtk_widget_get_preferred_height (GTK_WIDGET (tile_of (self, 0)), &self->cell_height, NULL);
}

/* Those that cannot be done without: those of placed seats; while the layout is edited also those of the others, which
 * must not flow then, and a free one to drop things on. */
static guint
get_least_columns (ScSeatMap *self)
{
  guint columns = 1;

  for (guint i = 0; self->room != NULL && i < self->tiles->len; i++) {
    ScSeatSpot spot = sc_seat_map_get_spot (self, sc_seat_tile_get_seat (tile_of (self, i)));

    if (spot.placed)
      columns = MAX (columns, spot.column + 1);
    else if (self->columns_fixed)
      columns = MAX (columns, MIN (self->n_columns, self->tiles->len));
  }
  return columns + (self->editing ? 1 : 0);
}

/* As many columns as there is room for, and tiles a bit wider so that they use it. */
static void
fit_columns (ScSeatMap *self, int width)
{
  guint columns = get_least_columns (self);

  if (self->columns_fixed) {
    self->cell_width = MAX (self->cell_width, self->least_width);
    return;
  }
  self->n_columns = (guint) MAX (width / (self->least_width + SC_SEAT_MAP_SPACING), 1);
  columns = MAX (columns, self->n_columns);
  self->cell_width = CLAMP (width / (int) columns - SC_SEAT_MAP_SPACING, self->least_width, self->least_width * 5 / 4);
}

static int
add_heading (ScSeatMap *self, const char *room, guint n_seats, int y)
{
  Heading *heading = g_new0 (Heading, 1);
  g_autofree char *text =
      g_markup_printf_escaped (g_dngettext (GETTEXT_PACKAGE, "<b>%s</b>   %u seat", "<b>%s</b>   %u seats", n_seats),
                               sc_words_room (room), n_seats);
  int height = 0;

  heading->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  pango_layout_set_markup (heading->layout, text, -1);
  pango_layout_get_pixel_size (heading->layout, NULL, &height);
  heading->y = y;
  g_ptr_array_add (self->headings, heading);
  return y + height + HEADING_SPACING;
}

/* Lays out the seats from @begin on, as far as they belong together. Returns: where the next ones begin */
static guint
lay_out_section (ScSeatMap *self, guint begin, int *y)
{
  const char *room = sc_seat_item_get_info (sc_seat_tile_get_seat (tile_of (self, begin)))->room;
  guint end = begin, rows;

  while (end < self->tiles->len) {
    ScSeatItem *seat = sc_seat_tile_get_seat (tile_of (self, end));

    if (self->room == NULL && !g_str_equal (sc_seat_item_get_info (seat)->room, room))
      break;
    g_array_index (self->spots, ScSeatSpot, end) = sc_seat_map_get_spot (self, seat);
    end++;
  }
  if (self->room == NULL)
    *y = add_heading (self, room, end - begin, *y);
  rows = sc_seat_layout_flow (&g_array_index (self->spots, ScSeatSpot, begin), end - begin, self->n_columns);
  for (guint i = begin; i < end; i++) {
    const ScSeatSpot *spot = &g_array_index (self->spots, ScSeatSpot, i);

    *area_of (self, i) =
        (GdkRectangle){ SC_SEAT_MAP_MARGIN + (int) spot->column * (self->cell_width + SC_SEAT_MAP_SPACING),
                        *y + (int) spot->row * (self->cell_height + SC_SEAT_MAP_SPACING), self->cell_width,
                        self->cell_height };
  }
  *y += (int) rows * (self->cell_height + SC_SEAT_MAP_SPACING);
  return end;
}

static void
lay_out (ScSeatMap *self, int width)
{
  int y = SC_SEAT_MAP_MARGIN;

  measure_cell (self);
  if (self->laid_out_for == width || self->least_width == 0)
    return;
  self->laid_out_for = width;
  fit_columns (self, width - 2 * SC_SEAT_MAP_MARGIN + SC_SEAT_MAP_SPACING);
  g_array_set_size (self->spots, self->tiles->len);
  g_array_set_size (self->areas, self->tiles->len);
  g_ptr_array_set_size (self->headings, 0);
  for (guint i = 0; i < self->tiles->len;) {
    i = lay_out_section (self, i, &y);
    if (i < self->tiles->len)
      y += SC_SEAT_MAP_MARGIN;
  }
  self->height = y - SC_SEAT_MAP_SPACING + SC_SEAT_MAP_MARGIN;
  if (self->editing) /* a free row and column to drop things on */
    self->height += self->cell_height + SC_SEAT_MAP_SPACING;
}

void
sc_seat_map_fix_columns (ScSeatMap *self)
{
  int width = gtk_widget_get_allocated_width (GTK_WIDGET (self));

  if (width <= 1)
    return;              /* it has not been seen yet: they are fixed as soon as it is */
  lay_out (self, width); /* it may have been asked how high it would be at another width */
  self->columns_fixed = self->areas->len > 0;
}

void
sc_seat_map_free_columns (ScSeatMap *self)
{
  self->columns_fixed = FALSE;
}

static GtkSizeRequestMode
sc_seat_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sc_seat_map_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  int columns = (int) get_least_columns (self), width = 0;

  measure_cell (self);
  width = self->columns_fixed ? MAX (self->cell_width, self->least_width) : self->least_width;
  *minimum = *natural = 2 * SC_SEAT_MAP_MARGIN + columns * (width + SC_SEAT_MAP_SPACING) - SC_SEAT_MAP_SPACING;
}

static void
sc_seat_map_get_preferred_height_for_width (GtkWidget *widget, int width, int *minimum, int *natural)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);

  lay_out (self, width);
  *minimum = *natural = self->height;
}

static void
sc_seat_map_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  int width = 0, natural_width = 0;

  sc_seat_map_get_preferred_width (widget, &width, &natural_width);
  sc_seat_map_get_preferred_height_for_width (widget, width, minimum, natural);
}

static void
sc_seat_map_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);

  gtk_widget_set_allocation (widget, allocation);
  if (gtk_widget_get_realized (widget))
    gdk_window_move_resize (gtk_widget_get_window (widget), allocation->x, allocation->y, allocation->width,
                            allocation->height);
  lay_out (self, allocation->width);
  self->columns_fixed = self->editing && self->areas->len > 0;
  for (guint i = 0; i < self->tiles->len; i++)
    gtk_widget_size_allocate (GTK_WIDGET (tile_of (self, i)), area_of (self, i));
}

static void
sc_seat_map_realize (GtkWidget *widget)
{
  GtkAllocation allocation;
  GdkWindowAttr attributes = { .window_type = GDK_WINDOW_CHILD, .wclass = GDK_INPUT_OUTPUT };
  GdkWindow *window = NULL;

  gtk_widget_get_allocation (widget, &allocation);
  attributes.x = allocation.x;
  attributes.y = allocation.y;
  attributes.width = allocation.width;
  attributes.height = allocation.height;
  attributes.visual = gtk_widget_get_visual (widget);
  attributes.event_mask = gtk_widget_get_events (widget) | GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK |
                          GDK_POINTER_MOTION_MASK | GDK_LEAVE_NOTIFY_MASK;
  window = gdk_window_new (gtk_widget_get_parent_window (widget), &attributes, GDK_WA_X | GDK_WA_Y | GDK_WA_VISUAL);
  gtk_widget_set_realized (widget, TRUE);
  gtk_widget_set_window (widget, window);
  gtk_widget_register_window (widget, window);
}

/* Drawing */

static void
draw_headings (ScSeatMap *self, cairo_t *cr)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));

  for (guint i = 0; i < self->headings->len; i++) {
    Heading *heading = g_ptr_array_index (self->headings, i);

    gtk_render_layout (style, cr, SC_SEAT_MAP_MARGIN, heading->y, heading->layout);
  }
}

static gboolean
sc_seat_map_draw (GtkWidget *widget, cairo_t *cr)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  GdkRectangle clip;

  if (!gdk_cairo_get_clip_rectangle (cr, &clip))
    return GDK_EVENT_PROPAGATE;
  gtk_render_background (gtk_widget_get_style_context (widget), cr, 0, 0, gtk_widget_get_allocated_width (widget),
                         gtk_widget_get_allocated_height (widget));
  draw_headings (self, cr);
  for (guint i = 0; i < MIN (self->tiles->len, self->areas->len); i++)
    if (gdk_rectangle_intersect (area_of (self, i), &clip, NULL))
      gtk_container_propagate_draw (GTK_CONTAINER (self), GTK_WIDGET (tile_of (self, i)), cr);
  sc_seat_map_draw_drag (self, cr);
  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  cairo_region_t *visible = gdk_window_get_visible_region (gtk_widget_get_window (widget));
  guint n_drawn = 0;

  for (guint i = 0; i < MAX_UPDATED_PER_FRAME && n_drawn < MAX_DRAWN_PER_FRAME; i++) {
    ScSeatTile *tile = g_queue_pop_head (&self->dirty);
    GdkRectangle area;

    if (tile == NULL)
      break;
    g_hash_table_remove (self->is_dirty, tile);
    gtk_widget_get_allocation (GTK_WIDGET (tile), &area);
    n_drawn += cairo_region_contains_rectangle (visible, &area) != CAIRO_REGION_OVERLAP_OUT ? 1 : 0;
    sc_seat_tile_update (tile);
  }
  cairo_region_destroy (visible);
  if (!g_queue_is_empty (&self->dirty))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
on_item_changed (ScFilterList *seats, guint position, ScItem *item, ScSeatMap *self)
{
  ScSeatTile *tile = tile_of (self, position);

  sc_seat_map_check_place (self, SC_SEAT_ITEM (item));
  if (!g_hash_table_add (self->is_dirty, tile))
    return;
  g_queue_push_tail (&self->dirty, tile);
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/* Children */

static void
add_tile (ScSeatMap *self, guint position)
{
  ScSeatItem *seat = sc_filter_list_at (self->seats, position);
  GtkWidget *tile = sc_seat_tile_new (seat);
  const char *id = sc_item_get_key (SC_ITEM (seat));

  g_ptr_array_insert (self->tiles, (int) position, tile);
  g_hash_table_insert (self->by_id, (gpointer) id, tile);
  sc_seat_tile_set_func (SC_SEAT_TILE (tile), sc_seat_map_do_tile, self);
  sc_seat_tile_set_selected (SC_SEAT_TILE (tile), sc_selection_contains (self->selection, id));
  gtk_widget_set_parent (tile, GTK_WIDGET (self));
  /* without the child itself: those who listen ask for it, and where nobody does none is made */
  g_signal_emit_by_name (gtk_widget_get_accessible (GTK_WIDGET (self)), "children-changed::add", position, NULL, NULL);
}

static void
sc_seat_map_remove (GtkContainer *container, GtkWidget *child)
{
  ScSeatMap *self = SC_SEAT_MAP (container);
  ScSeatTile *tile = SC_SEAT_TILE (child);
  guint position = 0;

  if (!g_ptr_array_find (self->tiles, tile, &position))
    return;
  if (g_hash_table_remove (self->is_dirty, tile))
    g_queue_remove (&self->dirty, tile);
  sc_seat_map_forget_tile (self, tile);
  g_hash_table_remove (self->by_id, sc_seat_tile_get_id (tile));
  g_ptr_array_remove_index (self->tiles, position);
  g_array_set_size (self->areas, 0); /* they are not those of the tiles any longer */
  sc_seat_map_relayout (self);
  g_signal_emit_by_name (gtk_widget_get_accessible (GTK_WIDGET (self)), "children-changed::remove", position,
                         gtk_widget_get_accessible (child), NULL);
  gtk_widget_unparent (child);
}

static void
on_items_changed (GListModel *seats, guint position, guint removed, guint added, ScSeatMap *self)
{
  for (guint i = 0; i < removed; i++)
    sc_seat_map_remove (GTK_CONTAINER (self), GTK_WIDGET (tile_of (self, position)));
  for (guint i = 0; i < added; i++)
    add_tile (self, position + i);
  g_array_set_size (self->areas, 0);
  sc_seat_map_relayout (self);
}

static void
sc_seat_map_forall (GtkContainer *container, gboolean internals, GtkCallback callback, gpointer data)
{
  g_autoptr (GPtrArray) tiles = g_ptr_array_copy (SC_SEAT_MAP (container)->tiles, NULL, NULL);

  for (guint i = 0; i < tiles->len; i++)
    callback (g_ptr_array_index (tiles, i), data);
}

static GType
sc_seat_map_child_type (GtkContainer *container)
{
  return G_TYPE_NONE; /* tiles come from the list */
}

/* The map is one stop of the Tab key: inside, arrows lead. */
static gboolean
sc_seat_map_focus (GtkWidget *widget, GtkDirectionType direction)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);
  ScSeatTile *tile = self->cursor != NULL ? self->cursor : self->tiles->len > 0 ? tile_of (self, 0) : NULL;

  if (tile == NULL || gtk_container_get_focus_child (GTK_CONTAINER (self)) != NULL)
    return FALSE;
  sc_seat_map_move_cursor_to (self, tile);
  return TRUE;
}

static void
on_selection_changed (ScSelection *selection, ScSeatMap *self)
{
  for (guint i = 0; i < self->tiles->len; i++)
    sc_seat_tile_set_selected (tile_of (self, i),
                               sc_selection_contains (selection, sc_seat_tile_get_id (tile_of (self, i))));
}

static void
sc_seat_map_style_updated (GtkWidget *widget)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);

  GTK_WIDGET_CLASS (sc_seat_map_parent_class)->style_updated (widget);
  self->least_width = 0;
  sc_seat_map_relayout (self);
}

static void
sc_seat_map_destroy (GtkWidget *widget)
{
  ScSeatMap *self = SC_SEAT_MAP (widget);

  if (self->seats != NULL)
    g_signal_handlers_disconnect_by_data (self->seats, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_cancellable_cancel (self->cancellable);
  sc_seat_map_end_drag (self);
  GTK_WIDGET_CLASS (sc_seat_map_parent_class)->destroy (widget);
}

static void
sc_seat_map_finalize (GObject *object)
{
  ScSeatMap *self = SC_SEAT_MAP (object);

  g_clear_object (&self->console);
  g_clear_object (&self->seats);
  g_clear_object (&self->selection);
  g_clear_object (&self->cancellable);
  sc_seat_map_forget_saves (self);
  g_clear_pointer (&self->undo, g_array_unref);
  g_clear_pointer (&self->undo_ids, g_ptr_array_unref);
  g_clear_pointer (&self->selected_before, g_ptr_array_unref);
  g_ptr_array_unref (self->tiles);
  g_ptr_array_unref (self->headings);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->is_dirty);
  g_hash_table_unref (self->places);
  g_queue_clear (&self->dirty);
  g_array_unref (self->spots);
  g_array_unref (self->areas);
  g_free (self->room);
  G_OBJECT_CLASS (sc_seat_map_parent_class)->finalize (object);
}

static void
sc_seat_map_class_init (ScSeatMapClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GtkContainerClass *container_class = GTK_CONTAINER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_seat_map_finalize;
  widget_class->destroy = sc_seat_map_destroy;
  widget_class->get_request_mode = sc_seat_map_get_request_mode;
  widget_class->get_preferred_width = sc_seat_map_get_preferred_width;
  widget_class->get_preferred_height = sc_seat_map_get_preferred_height;
  widget_class->get_preferred_height_for_width = sc_seat_map_get_preferred_height_for_width;
  widget_class->size_allocate = sc_seat_map_size_allocate;
  widget_class->realize = sc_seat_map_realize;
  widget_class->draw = sc_seat_map_draw;
  widget_class->focus = sc_seat_map_focus;
  widget_class->style_updated = sc_seat_map_style_updated;
  container_class->forall = sc_seat_map_forall;
  container_class->remove = sc_seat_map_remove;
  container_class->child_type = sc_seat_map_child_type;
  sc_seat_map_class_init_input (widget_class);
  g_signal_new ("seat-activated", SC_TYPE_SEAT_MAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  g_signal_new ("places-changed", SC_TYPE_SEAT_MAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "seatmap");
  gtk_widget_class_set_accessible_role (widget_class, ATK_ROLE_LIST);
}

static void
sc_seat_map_init (ScSeatMap *self)
{
  self->tiles = g_ptr_array_new ();
  self->headings = g_ptr_array_new_with_free_func ((GDestroyNotify) free_heading);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->is_dirty = g_hash_table_new (NULL, NULL);
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->spots = g_array_new (FALSE, TRUE, sizeof (ScSeatSpot));
  self->areas = g_array_new (FALSE, TRUE, sizeof (GdkRectangle));
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->dirty);
  g_queue_init (&self->saves);
  gtk_widget_set_has_window (GTK_WIDGET (self), TRUE);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), _ ("Seats"));
}

GtkWidget *
sc_seat_map_new (ScConsole *console, ScFilterList *seats, ScSelection *selection)
{
  ScSeatMap *self = g_object_new (SC_TYPE_SEAT_MAP, NULL);

  self->console = g_object_ref (console);
  self->seats = g_object_ref (seats);
  self->selection = g_object_ref (selection);
  g_signal_connect (seats, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (seats, "item-changed", G_CALLBACK (on_item_changed), self);
  g_signal_connect (selection, "changed", G_CALLBACK (on_selection_changed), self);
  g_signal_connect_object (console, "forgotten", G_CALLBACK (sc_seat_map_forget_saves), self, G_CONNECT_SWAPPED);
  on_items_changed (G_LIST_MODEL (seats), 0, 0, sc_filter_list_get_length (seats), self);
  return GTK_WIDGET (self);
}

void
sc_seat_map_set_room (ScSeatMap *self, const char *room)
{
  if (g_strcmp0 (room, self->room) == 0)
    return;
  sc_seat_map_set_editing (self, FALSE);
  g_hash_table_remove_all (self->places);
  g_free (self->room);
  self->room = g_strdup (room);
  sc_seat_map_relayout (self);
}

GtkWidget *
sc_seat_map_get_tile (ScSeatMap *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

ScSeatTile *
sc_seat_map_tile_at (ScSeatMap *self, double x, double y)
{
  for (guint i = 0; i < MIN (self->tiles->len, self->areas->len); i++) {
    const GdkRectangle *area = area_of (self, i);

    if (x >= area->x && x < area->x + area->width && y >= area->y && y < area->y + area->height)
      return tile_of (self, i);
  }
  return NULL;
}

GtkAdjustment *
sc_seat_map_get_adjustment (ScSeatMap *self, GtkOrientation orientation)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (parent == NULL || !GTK_IS_SCROLLABLE (parent))
    return NULL;
  return orientation == GTK_ORIENTATION_HORIZONTAL ? gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (parent))
                                                   : gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (parent));
}

void
sc_seat_map_scroll_to (ScSeatMap *self, const GdkRectangle *area)
{
  GtkAdjustment *horizontal = sc_seat_map_get_adjustment (self, GTK_ORIENTATION_HORIZONTAL);
  GtkAdjustment *vertical = sc_seat_map_get_adjustment (self, GTK_ORIENTATION_VERTICAL);

  if (horizontal != NULL)
    gtk_adjustment_clamp_page (horizontal, area->x - SC_SEAT_MAP_MARGIN, area->x + area->width + SC_SEAT_MAP_MARGIN);
  if (vertical != NULL)
    gtk_adjustment_clamp_page (vertical, area->y - SC_SEAT_MAP_MARGIN, area->y + area->height + SC_SEAT_MAP_MARGIN);
}
