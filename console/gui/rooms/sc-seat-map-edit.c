/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-map-private.h"

#include "console/client/sc-client.h"
#include "console/gui/sc-notice.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void send_next (ScSeatMap *self);

ScSeatSpot
sc_seat_map_get_spot (ScSeatMap *self, ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  const ScSeatSpot *moved = g_hash_table_lookup (self->places, info->id);
  ScSeatSpot spot = { info->id };

  if (self->room == NULL)
    return spot; /* there is no grid that all rooms share */
  if (moved != NULL)
    spot.placed = moved->placed;
  else
    spot.placed = info->placed && MAX (info->column, info->row) <= SC_SEAT_LAYOUT_MAX_CELL;
  if (spot.placed) {
    spot.column = moved != NULL ? moved->column : info->column;
    spot.row = moved != NULL ? moved->row : info->row;
  }
  return spot;
}

static gboolean
is_where_the_engine_says (const ScSeatSpot *moved, const ScSeatInfo *info)
{
  return moved->placed == info->placed && (!info->placed || (moved->column == info->column && moved->row == info->row));
}

void
sc_seat_map_check_place (ScSeatMap *self, ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  const ScSeatSpot *moved = g_hash_table_lookup (self->places, info->id);
  const ScSeatSpot *shown = NULL;
  guint position = 0;

  /* what is said while a move is under way is older than the move */
  if (moved != NULL && (!self->saving || is_where_the_engine_says (moved, info)))
    g_hash_table_remove (self->places, info->id);
  if (self->room == NULL || self->areas->len != self->tiles->len ||
      !g_ptr_array_find (self->tiles, sc_seat_map_get_tile (self, info->id), &position))
    return;
  shown = &g_array_index (self->spots, ScSeatSpot, position);
  moved = g_hash_table_lookup (self->places, info->id);
  if (moved == NULL && !is_where_the_engine_says (shown, info))
    sc_seat_map_relayout (self);
}

/* What the engine is asked to save: the places in a room, all of those that the user sees. */
typedef struct {
  ScSeatMap *self; /* (owned) while it is under way */
  char *room;
  ScJson *request;
} Save;

static void
save_free (Save *save)
{
  g_clear_object (&save->self);
  g_free (save->room);
  json_decref (save->request);
  g_free (save);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Save, save_free)

void
sc_seat_map_forget_saves (ScSeatMap *self)
{
  g_queue_clear_full (&self->saves, (GDestroyNotify) save_free);
}

static void
tell_failure (Save *save, const GError *error)
{
  ScSeatMap *self = save->self;
  g_autofree char *what = g_strdup_printf (_ ("The places in %s could not be saved"), save->room);

  if (g_strcmp0 (save->room, self->room) == 0) { /* back to what the engine says */
    g_hash_table_remove_all (self->places);
    g_clear_pointer (&self->undo, g_array_unref);
    sc_seat_map_relayout (self);
    g_signal_emit_by_name (self, "places-changed");
  }
  sc_notice_show_error (GTK_WIDGET (self), what, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Save) save = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  const Save *next = g_queue_peek_head (&save->self->saves);

  save->self->saving = FALSE;
  if (g_cancellable_is_cancelled (save->self->cancellable))
    return;
  if (answer == NULL && (next == NULL || !g_str_equal (next->room, save->room)))
    tell_failure (save, error); /* otherwise the next one says it all again */
  send_next (save->self);
}

static void
send_next (ScSeatMap *self)
{
  Save *save = g_queue_pop_head (&self->saves);
  g_autofree char *path = NULL;

  if (save == NULL)
    return;
  self->saving = TRUE;
  save->self = g_object_ref (self);
  path = sc_client_path ("/v1/rooms/", save->room, "/places", NULL);
  sc_console_request_async (self->console, "POST", path, save->request, self->cancellable, on_saved, save);
}

/* One request at a time, so that they arrive in order; of those of a room that wait the last one says it all. @request:
 * (transfer full) */
static void
save_places (ScSeatMap *self, ScJson *request)
{
  Save *last = g_queue_peek_tail (&self->saves);

  if (last != NULL && g_str_equal (last->room, self->room)) {
    if (json_is_true (json_object_get (last->request, "clear")))
      json_object_set_new (request, "clear", json_true ());
    json_decref (last->request);
    last->request = request;
    return;
  }
  last = g_new0 (Save, 1);
  last->room = g_strdup (self->room);
  last->request = request;
  g_queue_push_tail (&self->saves, last);
  if (!self->saving)
    send_next (self);
}

static void
set_place (ScSeatMap *self, const ScSeatSpot *spot)
{
  ScSeatSpot *copy = g_memdup2 (spot, sizeof *spot);
  char *id = g_strdup (spot->id);

  copy->id = id;
  g_hash_table_replace (self->places, id, copy);
}

/* What undo goes back to: all that are placed now. */
static void
remember (ScSeatMap *self)
{
  g_clear_pointer (&self->undo, g_array_unref);
  g_clear_pointer (&self->undo_ids, g_ptr_array_unref);
  self->undo = g_array_new (FALSE, FALSE, sizeof (ScSeatSpot));
  self->undo_ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->tiles->len; i++) {
    ScSeatSpot spot = sc_seat_map_get_spot (self, sc_seat_tile_get_seat (g_ptr_array_index (self->tiles, i)));

    if (spot.placed) {
      char *id = g_strdup (spot.id);

      g_ptr_array_add (self->undo_ids, id);
      spot.id = id;
      g_array_append_val (self->undo, spot);
    }
  }
}

/* @spots: all that shall be placed */
static void
replace_places (ScSeatMap *self, const ScSeatSpot *spots, guint n_spots)
{
  for (guint i = 0; i < self->tiles->len; i++) {
    ScSeatSpot nowhere = { sc_seat_tile_get_id (g_ptr_array_index (self->tiles, i)) };

    set_place (self, &nowhere);
  }
  for (guint i = 0; i < n_spots; i++)
    set_place (self, &spots[i]);
  save_places (self, sc_seat_layout_to_json (spots, n_spots, TRUE));
  sc_seat_map_relayout (self);
  g_signal_emit_by_name (self, "places-changed");
}

gboolean
sc_seat_map_move_selected (ScSeatMap *self, int columns, int rows)
{
  guint n = self->tiles->len;
  g_autofree ScSeatSpot *spots = NULL;
  g_autofree gboolean *moves = g_new0 (gboolean, n);

  if (!self->editing || self->room == NULL || self->areas->len != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    moves[i] = sc_selection_contains (self->selection, sc_seat_tile_get_id (g_ptr_array_index (self->tiles, i)));
  spots = g_memdup2 (self->spots->data, n * sizeof *spots);
  if (!sc_seat_layout_move (spots, n, moves, columns, rows))
    return FALSE;
  remember (self);
  for (guint i = 0; i < n; i++)
    if (MAX (spots[i].column, spots[i].row) <= SC_SEAT_LAYOUT_MAX_CELL)
      set_place (self, &spots[i]);
  save_places (self, sc_seat_layout_to_json (spots, n, FALSE));
  /* the next key may come before the next frame: it moves on from here */
  memcpy (self->spots->data, spots, n * sizeof *spots);
  sc_seat_map_relayout (self);
  g_signal_emit_by_name (self, "places-changed");
  return TRUE;
}

gboolean
sc_seat_map_can_undo (ScSeatMap *self)
{
  return self->editing && self->undo != NULL;
}

void
sc_seat_map_undo (ScSeatMap *self)
{
  g_autoptr (GArray) undo = g_steal_pointer (&self->undo);

  if (undo != NULL && self->editing)
    replace_places (self, (const ScSeatSpot *) undo->data, undo->len);
}

void
sc_seat_map_clear_places (ScSeatMap *self)
{
  if (self->room == NULL)
    return;
  remember (self);
  replace_places (self, NULL, 0);
}

void
sc_seat_map_set_editing (ScSeatMap *self, gboolean editing)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));

  editing = editing && self->room != NULL;
  if (editing == self->editing)
    return;
  if (editing)
    sc_seat_map_fix_columns (self);
  else
    sc_seat_map_free_columns (self);
  self->editing = editing;
  sc_seat_map_end_drag (self);
  g_clear_pointer (&self->undo, g_array_unref);
  if (editing)
    gtk_style_context_add_class (style, "editing");
  else
    gtk_style_context_remove_class (style, "editing");
  sc_seat_map_relayout (self);
}

gboolean
sc_seat_map_get_editing (ScSeatMap *self)
{
  return self->editing;
}

/* Drawing */

void
sc_seat_map_get_drag_step (ScSeatMap *self, int *columns, int *rows)
{
  *columns = (int) round ((self->pointer_x - self->press_x) / (self->cell_width + SC_SEAT_MAP_SPACING));
  *rows = (int) round ((self->pointer_y - self->press_y) / (self->cell_height + SC_SEAT_MAP_SPACING));
}

static void
draw_dragged (ScSeatMap *self, cairo_t *cr)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  int columns = 0, rows = 0;

  sc_seat_map_get_drag_step (self, &columns, &rows);
  for (guint i = 0; i < self->areas->len; i++) {
    const GdkRectangle *area = &g_array_index (self->areas, GdkRectangle, i);
    GtkWidget *tile = g_ptr_array_index (self->tiles, i);
    int x = area->x + columns * (self->cell_width + SC_SEAT_MAP_SPACING);
    int y = area->y + rows * (self->cell_height + SC_SEAT_MAP_SPACING);

    if (!sc_selection_contains (self->selection, sc_seat_tile_get_id (SC_SEAT_TILE (tile))))
      continue;
    gtk_style_context_save (style);
    gtk_style_context_add_class (style, "target");
    gtk_render_background (style, cr, x, y, area->width, area->height);
    gtk_render_frame (style, cr, x, y, area->width, area->height);
    gtk_style_context_restore (style);
    cairo_save (cr);
    cairo_translate (cr, area->x + self->pointer_x - self->press_x, area->y + self->pointer_y - self->press_y);
    cairo_push_group (cr);
    gtk_widget_draw (tile, cr);
    cairo_pop_group_to_source (cr);
    cairo_paint_with_alpha (cr, 0.85);
    cairo_restore (cr);
  }
}

void
sc_seat_map_draw_drag (ScSeatMap *self, cairo_t *cr)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));

  if (self->drag == SC_DRAG_TILES) {
    draw_dragged (self, cr);
  } else if (self->drag == SC_DRAG_BAND) {
    GdkRectangle band = sc_seat_map_get_band (self);

    gtk_style_context_save (style);
    gtk_style_context_add_class (style, GTK_STYLE_CLASS_RUBBERBAND);
    gtk_render_background (style, cr, band.x, band.y, band.width, band.height);
    gtk_render_frame (style, cr, band.x, band.y, band.width, band.height);
    gtk_style_context_restore (style);
  }
}
