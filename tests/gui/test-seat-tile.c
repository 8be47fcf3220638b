/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-tile.h"
#include "console/gui/words/sc-words.h"
#include "tests/gui/gui-fixture.h"

/*
 * Tiles in every condition against pictures in tests/gui/references, light and dark. To make the pictures anew, and
 * then look at them: SEATCAST_MAKE_REFERENCES=1 tests/gui/with-display …/test-seat-tile
 */

#define WIDTH 180
#define HEIGHT 66
#define SCALE 2
/* Another FreeType or Pango draws an edge a little otherwise: a channel may differ by so much … */
#define MAX_DIFFERENCE 48
/* … and more in this share of the pixels. */
#define MAX_SHARE 0.01

typedef struct {
  gboolean dark, selected;
  const char *name; /* (nullable): of the seat */
  const char *condition;
} Look;

static cairo_surface_t *
draw (GtkWidget *tile)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH * SCALE, HEIGHT * SCALE);
  cairo_t *context = NULL;

  cairo_surface_set_device_scale (surface, SCALE, SCALE);
  context = cairo_create (surface);
  gtk_widget_draw (tile, context);
  cairo_destroy (context);
  cairo_surface_flush (surface);
  return surface;
}

/* The share of pixels that differ. */
static double
compare (cairo_surface_t *a, cairo_surface_t *b)
{
  int stride = cairo_image_surface_get_stride (a), different = 0;
  const guchar *a_data = cairo_image_surface_get_data (a), *b_data = cairo_image_surface_get_data (b);

  g_assert_cmpint (cairo_image_surface_get_width (b), ==, WIDTH * SCALE);
  g_assert_cmpint (cairo_image_surface_get_height (b), ==, HEIGHT * SCALE);
  g_assert_cmpint (cairo_image_surface_get_stride (b), ==, stride);
  for (int y = 0; y < HEIGHT * SCALE; y++)
    for (int x = 0; x < WIDTH * SCALE; x++) {
      const guchar *a_pixel = a_data + y * stride + 4 * x, *b_pixel = b_data + y * stride + 4 * x;

      different += ABS (a_pixel[0] - b_pixel[0]) > MAX_DIFFERENCE || ABS (a_pixel[1] - b_pixel[1]) > MAX_DIFFERENCE ||
                   ABS (a_pixel[2] - b_pixel[2]) > MAX_DIFFERENCE;
    }
  return (double) different / (WIDTH * SCALE * HEIGHT * SCALE);
}

static GtkWidget *
show_tile (const Look *look, GtkWidget **window)
{
  /* of the fixture's seats number 22 is low on space, and what is running has a bar */
  g_autoptr (ScJson) json = gui_fixture_seat (look->name != NULL ? 22 : 7, "Lab 1", look->condition);
  g_autoptr (ScItem) seat = NULL;
  g_autoptr (GError) error = NULL;
  GtkWidget *fixed = gtk_fixed_new (), *tile = NULL;

  if (look->name != NULL)
    json_object_set_new (json, "name", json_string (look->name));
  seat = sc_item_new (SC_TYPE_SEAT_ITEM, json, &error);
  g_assert_no_error (error);
  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", look->dark, NULL);
  tile = sc_seat_tile_new (SC_SEAT_ITEM (seat));
  gtk_widget_set_size_request (tile, WIDTH, HEIGHT);
  sc_seat_tile_set_selected (SC_SEAT_TILE (tile), look->selected);
  gtk_container_add (GTK_CONTAINER (fixed), tile);
  *window = gui_fixture_show (fixed, 300, 200);
  gtk_widget_size_allocate (tile, &(GtkAllocation){ 0, 0, WIDTH, HEIGHT });
  return tile;
}

static void
test_look (gconstpointer data)
{
  const Look *look = data;
  g_autofree char *name = g_strdup_printf ("tile-%s%s%s-%s.png", look->condition, look->name != NULL ? "-long" : "",
                                           look->selected ? "-selected" : "", look->dark ? "dark" : "light");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "references", name, NULL);
  GtkWidget *window = NULL, *tile = show_tile (look, &window);
  cairo_surface_t *surface = draw (tile), *reference = NULL;

  g_assert_true (gtk_style_context_has_class (gtk_widget_get_style_context (tile), look->condition));
  if (g_getenv ("SEATCAST_MAKE_REFERENCES") != NULL)
    g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  reference = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_surface_status (reference), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpfloat (compare (surface, reference), <=, MAX_SHARE);
  cairo_surface_destroy (surface);
  cairo_surface_destroy (reference);
  gtk_widget_destroy (window);
}

/* Two conditions that look alike would make the comparison worthless. */
static void
test_distinct (void)
{
  cairo_surface_t *surfaces[SC_N_CONDITIONS];

  for (guint i = 0; i < SC_N_CONDITIONS; i++) {
    Look look = { .condition = sc_words_condition_class (i) };
    GtkWidget *window = NULL, *tile = show_tile (&look, &window);

    surfaces[i] = draw (tile);
    gtk_widget_destroy (window);
    for (guint k = 0; k < i; k++)
      g_assert_cmpfloat (compare (surfaces[i], surfaces[k]), >, MAX_SHARE);
  }
  for (guint i = 0; i < SC_N_CONDITIONS; i++)
    cairo_surface_destroy (surfaces[i]);
}

static void
note_do (ScSeatTile *tile, gboolean activate, gpointer data)
{
  int *done = data;

  *done += activate ? 10 : 1;
}

static void
test_accessible (void)
{
  Look look = { .condition = "running" };
  GtkWidget *window = NULL, *tile = show_tile (&look, &window);
  AtkObject *accessible = gtk_widget_get_accessible (tile);
  g_autofree char *sentence = sc_words_seat_sentence (sc_seat_tile_get_seat (SC_SEAT_TILE (tile)));
  AtkStateSet *states = NULL;
  int done = 0;

  g_assert_cmpint (atk_object_get_role (accessible), ==, ATK_ROLE_LIST_ITEM);
  g_assert_cmpstr (atk_object_get_name (accessible), ==, sentence);
  sc_seat_tile_set_func (SC_SEAT_TILE (tile), note_do, &done);
  g_assert_cmpint (atk_action_get_n_actions (ATK_ACTION (accessible)), ==, 2);
  g_assert_true (atk_action_do_action (ATK_ACTION (accessible), 0));
  g_assert_true (atk_action_do_action (ATK_ACTION (accessible), 1));
  g_assert_cmpint (done, ==, 11);
  sc_seat_tile_set_selected (SC_SEAT_TILE (tile), TRUE);
  states = atk_object_ref_state_set (accessible);
  g_assert_true (atk_state_set_contains_state (states, ATK_STATE_SELECTED));
  g_object_unref (states);
  gtk_widget_destroy (window);
}

static void
add_look (gboolean dark, gboolean selected, const char *name, const char *condition)
{
  Look *look = g_new0 (Look, 1);
  g_autofree char *path = g_strdup_printf ("/seat-tile/%s/%s%s%s", dark ? "dark" : "light", condition,
                                           selected ? "/selected" : "", name != NULL ? "/long" : "");

  *look = (Look){ dark, selected, name, condition };
  g_test_add_data_func_full (path, look, test_look, g_free);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  for (guint dark = 0; dark < 2; dark++) {
    for (guint i = 0; i < SC_N_CONDITIONS; i++)
      add_look (dark != 0, FALSE, NULL, sc_words_condition_class (i));
    add_look (dark != 0, TRUE, NULL, "running");
    add_look (dark != 0, FALSE, "workstation-of-the-second-floor-22", "running");
  }
  g_test_add_func ("/seat-tile/distinct", test_distinct);
  g_test_add_func ("/seat-tile/accessible", test_accessible);
  return g_test_run ();
}
