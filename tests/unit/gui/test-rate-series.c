/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/gui/sessions/sc-rate-drawing.h"
#include "console/gui/sessions/sc-rate-series.h"

#include <pango/pangocairo.h>

#define WIDTH 400
#define HEIGHT 160

static ScRateSeries *
parse (const char *text, GError **error)
{
  g_autoptr (ScJson) json = sc_json_parse_object (text, strlen (text), 1 << 20, error);

  g_assert_nonnull (json);
  return sc_rate_series_parse (json, error);
}

/* @n samples of 100 ms at 400 Mbit/s, 10 of them repair, but nothing at @stall and a peak at @peak. */
static ScRateSeries *
make_series (guint n, guint stall, guint peak)
{
  ScJson *content = json_array ();
  ScJson *repair = json_array ();
  g_autoptr (ScJson) json = json_pack ("{s:s, s:i, s:o, s:o}", "start", "2026-11-22T12:00:00Z", "interval_ms", 100,
                                       "content_bits_per_second", content, "repair_bits_per_second", repair);
  g_autoptr (GError) error = NULL;
  ScRateSeries *series;

  for (guint i = 0; i < n; i++) {
    json_array_append_new (content, json_integer (i == stall ? 0 : i == peak ? 800000000 : 390000000));
    json_array_append_new (repair, json_integer (i == stall ? 0 : 10000000));
  }
  series = sc_rate_series_parse (json, &error);
  g_assert_no_error (error);
  return series;
}

static void
test_figures (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScRateSeries) series =
      parse ("{\"start\": \"2026-11-22T12:00:00Z\", \"interval_ms\": 500, \"content_bits_per_second\": [100, 0, 200], "
             "\"repair_bits_per_second\": [0, 0, 100]}",
             &error);
  ScRatePoint last;

  g_assert_no_error (error);
  g_assert_cmpuint (sc_rate_series_get_length (series), ==, 3);
  g_assert_cmpfloat (sc_rate_series_get_seconds (series), ==, 1.5);
  g_assert_cmpuint (sc_rate_series_get_max (series), ==, 300);
  g_assert_cmpuint (sc_rate_series_get_mean (series), ==, 200);
  g_assert_cmpfloat (sc_rate_series_get_repair_share (series), ==, 0.25);
  g_assert_true (sc_rate_series_get_last (series, &last));
  g_assert_cmpuint (last.content, ==, 200);
  g_assert_cmpuint (last.repair, ==, 100);
  g_assert_cmpfloat (last.time, ==, 1.25);
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScRateSeries) series =
      parse ("{\"interval_ms\": 250, \"content_bits_per_second\": [], \"repair_bits_per_second\": []}", &error);
  g_autoptr (GArray) points = NULL;
  ScRatePoint last;

  g_assert_no_error (error);
  g_assert_cmpuint (sc_rate_series_get_length (series), ==, 0);
  g_assert_cmpuint (sc_rate_series_get_max (series), ==, 0);
  g_assert_cmpuint (sc_rate_series_get_mean (series), ==, 0);
  g_assert_cmpfloat (sc_rate_series_get_repair_share (series), ==, 0);
  g_assert_false (sc_rate_series_get_last (series, &last));
  points = sc_rate_series_get_points (series, 100);
  g_assert_cmpuint (points->len, ==, 0);
}

static void
test_refuses (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"interval_ms\": 0, \"content_bits_per_second\": [], \"repair_bits_per_second\": []}",
    "{\"interval_ms\": -1, \"content_bits_per_second\": [], \"repair_bits_per_second\": []}",
    "{\"interval_ms\": 250, \"content_bits_per_second\": [1], \"repair_bits_per_second\": []}",
    "{\"interval_ms\": 250, \"content_bits_per_second\": [-1], \"repair_bits_per_second\": [0]}",
    "{\"interval_ms\": 250, \"content_bits_per_second\": [\"9\"], \"repair_bits_per_second\": [0]}",
    "{\"interval_ms\": 250, \"content_bits_per_second\": [9223372036854775807], \"repair_bits_per_second\": [0]}",
    "{\"interval_ms\": 250, \"content_bits_per_second\": {}, \"repair_bits_per_second\": []}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (texts[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static void
test_points (void)
{
  g_autoptr (ScRateSeries) series = make_series (600, 301, 402);
  g_autoptr (GArray) all = sc_rate_series_get_points (series, 600);
  g_autoptr (GArray) few = sc_rate_series_get_points (series, 100);
  guint n_stalls = 0;
  guint n_peaks = 0;

  g_assert_cmpuint (all->len, ==, 600);
  g_assert_cmpuint (few->len, <=, 100);
  for (guint i = 0; i < few->len; i++) {
    const ScRatePoint *point = &g_array_index (few, ScRatePoint, i);

    n_stalls += point->content == 0;
    n_peaks += point->content == 800000000;
    if (i > 0)
      g_assert_cmpfloat (point->time, >, g_array_index (few, ScRatePoint, i - 1).time);
  }
  g_assert_cmpuint (n_stalls, ==, 1);
  g_assert_cmpuint (n_peaks, ==, 1);
}

static void
test_steps (void)
{
  g_assert_cmpuint (sc_rate_drawing_pick_rate_step (480000000, 4), ==, 200000000);
  g_assert_cmpuint (sc_rate_drawing_pick_rate_step (400000000, 4), ==, 100000000);
  g_assert_cmpuint (sc_rate_drawing_pick_rate_step (0, 4), ==, 1);
  g_assert_cmpuint (sc_rate_drawing_pick_rate_step (G_MAXUINT64, 4), >, 0);
  g_assert_cmpuint (sc_rate_drawing_pick_time_step (10, 5), ==, 2);
  g_assert_cmpuint (sc_rate_drawing_pick_time_step (301, 5), ==, 120);
  g_assert_cmpuint (sc_rate_drawing_pick_time_step (10 * 86400.0, 5), ==, 2 * 86400);
}

static cairo_surface_t *
draw (ScRateSeries *series, guint64 rate_cap, const cairo_rectangle_int_t *clip)
{
  ScRateLook look = { .width = WIDTH,
                      .height = HEIGHT,
                      .rate_cap = rate_cap,
                      .text = { 0, 0, 0, 1 },
                      .grid = { 0.8, 0.8, 0.8, 1 },
                      .content = { 0, 0, 1, 1 },
                      .repair = { 1, 0, 0, 1 },
                      .cap = { 0, 1, 0, 1 } };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (PangoContext) context = pango_cairo_create_context (cr);
  g_autoptr (ScRateDrawing) drawing = sc_rate_drawing_new (context, &look, series);

  if (clip != NULL) {
    cairo_rectangle (cr, clip->x, clip->y, clip->width, clip->height);
    cairo_clip (cr);
  }
  sc_rate_drawing_draw (drawing, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  return *(guint32 *) (void *) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) +
                                4 * x);
}

/* Pixels of pure @color. */
static guint
count_color (cairo_surface_t *surface, guint32 color)
{
  guint n = 0;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      n += pixel (surface, x, y) == color;
  return n;
}

/* What is drawn within a clip is what would be there without: leaving points out is not seen. */
static void
test_clip (void)
{
  g_autoptr (ScRateSeries) series = make_series (600, 301, 402);
  cairo_rectangle_int_t clip = { 200, 20, 60, 120 };
  cairo_surface_t *whole = draw (series, 500000000, NULL);
  cairo_surface_t *part = draw (series, 500000000, &clip);
  guint n_drawn = 0;

  for (int y = 0; y < HEIGHT; y++) {
    for (int x = 0; x < WIDTH; x++) {
      gboolean inside = x >= clip.x && x < clip.x + clip.width && y >= clip.y && y < clip.y + clip.height;

      g_assert_cmphex (pixel (part, x, y), ==, inside ? pixel (whole, x, y) : 0);
      n_drawn += pixel (part, x, y) != 0;
    }
  }
  g_assert_cmpuint (n_drawn, >, 1000);
  cairo_surface_destroy (whole);
  cairo_surface_destroy (part);
}

static void
test_cap (void)
{
  g_autoptr (ScRateSeries) series = make_series (100, 200, 200);
  cairo_surface_t *near = draw (series, 500000000, NULL);
  cairo_surface_t *far = draw (series, 10000000000, NULL);
  cairo_surface_t *none = draw (series, 0, NULL);
  cairo_surface_t *nothing = draw (NULL, 0, NULL);

  g_assert_cmpuint (count_color (near, 0xff00ff00), >, 100);
  /* one that is out of reach has its place in the legend only */
  g_assert_cmpuint (count_color (far, 0xff00ff00), <, 30);
  g_assert_cmpuint (count_color (none, 0xff00ff00), ==, 0);
  g_assert_cmpuint (count_color (nothing, 0xff0000ff), ==, 0);
  cairo_surface_destroy (near);
  cairo_surface_destroy (far);
  cairo_surface_destroy (none);
  cairo_surface_destroy (nothing);
}

/* Not a limit that a slow machine could break: only told. */
static void
test_cost (void)
{
  g_autoptr (ScRateSeries) series = make_series (600, 301, 402);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < 20; i++)
    cairo_surface_destroy (draw (series, 500000000, NULL));
  g_test_message ("preparing and drawing 600 samples: %.2f ms", (double) (g_get_monotonic_time () - start) / 20 / 1000);
}

/* Pango complains of fonts of this machine that it cannot use, when it lists them: Wine has such. No test is to fail
 * for that. */
static void
list_fonts (void)
{
  g_autofree PangoFontFamily **families = NULL;
  int n = 0;

  pango_font_map_list_families (pango_cairo_font_map_get_default (), &families, &n);
}

int
main (int argc, char **argv)
{
  list_fonts ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-series/figures", test_figures);
  g_test_add_func ("/rate-series/empty", test_empty);
  g_test_add_func ("/rate-series/refuses", test_refuses);
  g_test_add_func ("/rate-series/points", test_points);
  g_test_add_func ("/rate-drawing/steps", test_steps);
  g_test_add_func ("/rate-drawing/clip", test_clip);
  g_test_add_func ("/rate-drawing/cap", test_cap);
  g_test_add_func ("/rate-drawing/cost", test_cost);
  return g_test_run ();
}
