/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-rate-drawing.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define GAP 6.0              /* between texts and what they name */
#define LEGEND_GAP 18.0      /* between two entries */
#define SWATCH 12.0          /* of the legend */
#define RATE_PARTS 4u        /* at most so many lines across */
#define LEAST_TICK 72.0      /* between two times */
#define LEAST_SECONDS 10.0   /* the time axis at first */
#define MAX_CAP_FACTOR 3     /* a cap so much higher than what was sent would press that to the ground */
#define LEAST_RATE 1000000ul /* bits/s: the axis of next to nothing */

typedef struct {
  PangoLayout *layout;
  double x, y; /* its upper left corner */
} Label;

struct _ScRateDrawing {
  ScRateLook look;
  ScRateSeries *series;
  double left, top, right, bottom; /* of the plot itself */
  double seconds;
  guint64 rate_step, rate_top;
  guint64 time_step;
  gboolean cap_shown;
  double legend_content, legend_repair, legend_cap; /* x of the swatches; of the cap 0: none */
  double legend_y;
  GArray *points;    /* ScRatePoint */
  GPtrArray *labels; /* Label */
};

static void
label_free (Label *label)
{
  g_object_unref (label->layout);
  g_free (label);
}

/* Returns: (transfer none): at 0, 0 */
static Label *
add_label (ScRateDrawing *self, PangoContext *context, const char *text, double *width, double *height)
{
  Label *label = g_new0 (Label, 1);
  PangoRectangle extents;

  label->layout = pango_layout_new (context);
  pango_layout_set_text (label->layout, text, -1);
  pango_layout_get_extents (label->layout, NULL, &extents);
  *width = (double) extents.width / PANGO_SCALE;
  *height = (double) extents.height / PANGO_SCALE;
  g_ptr_array_add (self->labels, label);
  return label;
}

guint64
sc_rate_drawing_pick_rate_step (guint64 most, guint max_parts)
{
  static const guint factors[] = { 1, 2, 5 };

  for (guint64 power = 1;; power *= 10) {
    for (guint i = 0; i < G_N_ELEMENTS (factors); i++) {
      if (power >= G_MAXUINT64 / 100 || most <= power * factors[i] * max_parts)
        return power * factors[i];
    }
  }
}

guint64
sc_rate_drawing_pick_time_step (double seconds, guint max_parts)
{
  static const guint steps[] = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (seconds <= (double) steps[i] * max_parts)
      return steps[i];
  }
  return 86400 * (guint64) ceil (seconds / 86400 / max_parts);
}

static char *
time_to_text (guint64 seconds)
{
  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GUINT64_FORMAT ":%02u:%02u", seconds / 3600, (guint) (seconds / 60 % 60),
                            (guint) (seconds % 60));
  return g_strdup_printf ("%u:%02u", (guint) (seconds / 60), (guint) (seconds % 60));
}

static double
x_of (const ScRateDrawing *self, double seconds)
{
  return self->left + (self->right - self->left) * seconds / self->seconds;
}

static double
y_of (const ScRateDrawing *self, guint64 rate)
{
  return self->bottom - (self->bottom - self->top) * (double) rate / (double) self->rate_top;
}

/* Returns: where the next entry begins */
static double
add_legend (ScRateDrawing *self, PangoContext *context, const char *text, double x, double *swatch)
{
  double width;
  double height;
  Label *label = add_label (self, context, text, &width, &height);

  *swatch = x;
  label->x = x + SWATCH + GAP;
  self->legend_y = height / 2;
  return label->x + width + LEGEND_GAP;
}

static void
lay_out_legend (ScRateDrawing *self, PangoContext *context)
{
  double x = add_legend (self, context, _ ("Content"), 0, &self->legend_content);

  x = add_legend (self, context, _ ("Repair"), x, &self->legend_repair);
  if (self->look.rate_cap > 0) {
    g_autofree char *rate = sc_words_rate (self->look.rate_cap);
    g_autofree char *text = g_strdup_printf (_ ("Cap %s"), rate);

    add_legend (self, context, text, x, &self->legend_cap);
  }
}

static void
lay_out_rates (ScRateDrawing *self, PangoContext *context)
{
  guint first = self->labels->len;
  double widest = 0;
  double height = 0;

  for (guint64 rate = 0; rate <= self->rate_top; rate += self->rate_step) {
    g_autofree char *text = rate > 0 ? sc_words_rate (rate) : g_strdup ("0");
    double width;
    Label *label = add_label (self, context, text, &width, &height);

    label->x = width;
    widest = MAX (widest, width);
  }
  self->left = ceil (widest + GAP);
  self->top = ceil (1.5 * height + 4); /* the legend, and half a label */
  self->right = self->look.width - ceil (height);
  self->bottom = floor (self->look.height - height - GAP);
  for (guint i = first; i < self->labels->len; i++) {
    Label *label = g_ptr_array_index (self->labels, i);

    label->x = self->left - GAP - label->x;
    label->y = y_of (self, (i - first) * self->rate_step) - height / 2;
  }
}

static void
lay_out_times (ScRateDrawing *self, PangoContext *context)
{
  guint parts = (guint) MAX ((self->right - self->left) / LEAST_TICK, 1);

  self->time_step = sc_rate_drawing_pick_time_step (self->seconds, parts);
  for (guint64 time = 0; (double) time <= self->seconds; time += self->time_step) {
    g_autofree char *text = time_to_text (time);
    double width;
    double height;
    Label *label = add_label (self, context, text, &width, &height);

    label->x = MIN (x_of (self, (double) time) - width / 2, self->look.width - width);
    label->y = self->bottom + GAP;
  }
}

ScRateDrawing *
sc_rate_drawing_new (PangoContext *context, const ScRateLook *look, ScRateSeries *series)
{
  ScRateDrawing *self = g_new0 (ScRateDrawing, 1);
  guint64 most = series != NULL ? sc_rate_series_get_max (series) : 0;

  self->look = *look;
  self->series = series != NULL ? sc_rate_series_ref (series) : NULL;
  self->labels = g_ptr_array_new_with_free_func ((GDestroyNotify) label_free);
  self->seconds = MAX (series != NULL ? sc_rate_series_get_seconds (series) : 0, LEAST_SECONDS);
  self->cap_shown = look->rate_cap > 0 && (most == 0 || look->rate_cap / MAX_CAP_FACTOR <= most);
  if (self->cap_shown)
    most = MAX (most, look->rate_cap);
  most = MAX (most, LEAST_RATE);
  self->rate_step = sc_rate_drawing_pick_rate_step (most, RATE_PARTS);
  self->rate_top = (most + self->rate_step - 1) / self->rate_step * self->rate_step;
  lay_out_rates (self, context);
  lay_out_times (self, context);
  lay_out_legend (self, context);
  self->points = series != NULL ? sc_rate_series_get_points (series, (guint) CLAMP (self->right - self->left, 2, 16384))
                                : g_array_new (FALSE, FALSE, sizeof (ScRatePoint));
  return self;
}

void
sc_rate_drawing_free (ScRateDrawing *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->series, sc_rate_series_unref);
  g_array_unref (self->points);
  g_ptr_array_unref (self->labels);
  g_free (self);
}

static void
set_color (cairo_t *cr, const ScRateColor *color, double opacity)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * opacity);
}

static void
draw_grid (ScRateDrawing *self, cairo_t *cr)
{
  set_color (cr, &self->look.grid, 1);
  cairo_set_line_width (cr, 1);
  for (guint64 rate = 0; rate <= self->rate_top; rate += self->rate_step) {
    cairo_move_to (cr, self->left, floor (y_of (self, rate)) + 0.5);
    cairo_line_to (cr, self->right, floor (y_of (self, rate)) + 0.5);
  }
  for (guint64 time = 0; (double) time <= self->seconds; time += self->time_step) {
    double x = floor (x_of (self, (double) time)) + 0.5;

    cairo_move_to (cr, x, self->bottom);
    cairo_line_to (cr, x, self->bottom + GAP / 2);
  }
  cairo_stroke (cr);
}

static const ScRatePoint *
point_at (const ScRateDrawing *self, guint i)
{
  return &g_array_index (self->points, ScRatePoint, i);
}

/* The points that are seen between @x1 and @x2, and one more on each side. */
static void
find_seen (const ScRateDrawing *self, double x1, double x2, guint *first, guint *end)
{
  *first = 0;
  *end = self->points->len;
  while (*first + 1 < *end && x_of (self, point_at (self, *first + 1)->time) < x1)
    (*first)++;
  while (*end > *first + 2 && x_of (self, point_at (self, *end - 2)->time) > x2)
    (*end)--;
}

/* The upper edge of content, or of content and repair, from left to right or back. */
static void
add_edge (const ScRateDrawing *self, cairo_t *cr, guint first, guint end, gboolean repair, gboolean back)
{
  for (guint i = 0; i < end - first; i++) {
    const ScRatePoint *point = point_at (self, back ? end - 1 - i : first + i);

    cairo_line_to (cr, x_of (self, point->time), y_of (self, point->content + (repair ? point->repair : 0)));
  }
}

static void
draw_rates (ScRateDrawing *self, cairo_t *cr, guint first, guint end)
{
  if (end <= first)
    return;
  cairo_move_to (cr, x_of (self, point_at (self, first)->time), self->bottom);
  add_edge (self, cr, first, end, FALSE, FALSE);
  cairo_line_to (cr, x_of (self, point_at (self, end - 1)->time), self->bottom);
  cairo_close_path (cr);
  set_color (cr, &self->look.content, 0.35);
  cairo_fill (cr);

  add_edge (self, cr, first, end, TRUE, FALSE);
  add_edge (self, cr, first, end, FALSE, TRUE);
  cairo_close_path (cr);
  set_color (cr, &self->look.repair, 0.8);
  cairo_fill (cr);

  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  add_edge (self, cr, first, end, FALSE, FALSE);
  set_color (cr, &self->look.content, 1);
  cairo_stroke (cr);
}

static void
set_dashes (cairo_t *cr, gboolean dashed)
{
  static const double dashes[] = { 5, 3 };

  cairo_set_dash (cr, dashes, dashed ? G_N_ELEMENTS (dashes) : 0, 0);
}

static void
draw_cap (ScRateDrawing *self, cairo_t *cr, double x1, double x2, double y)
{
  set_color (cr, &self->look.cap, 1);
  cairo_set_line_width (cr, 1.5);
  set_dashes (cr, TRUE);
  cairo_move_to (cr, x1, y);
  cairo_line_to (cr, x2, y);
  cairo_stroke (cr);
  set_dashes (cr, FALSE);
}

static void
draw_swatch (cairo_t *cr, const ScRateColor *color, double opacity, double x, double y)
{
  set_color (cr, color, opacity);
  cairo_rectangle (cr, x, y - SWATCH / 2, SWATCH, SWATCH);
  cairo_fill (cr);
}

static void
draw_legend (ScRateDrawing *self, cairo_t *cr)
{
  draw_swatch (cr, &self->look.content, 0.6, self->legend_content, self->legend_y);
  draw_swatch (cr, &self->look.repair, 0.8, self->legend_repair, self->legend_y);
  if (self->legend_cap > 0)
    draw_cap (self, cr, self->legend_cap, self->legend_cap + SWATCH, self->legend_y);
}

void
sc_rate_drawing_draw (ScRateDrawing *self, cairo_t *cr)
{
  double x1;
  double y1;
  double x2;
  double y2;
  guint first;
  guint end;

  cairo_clip_extents (cr, &x1, &y1, &x2, &y2);
  if (x1 >= x2 || y1 >= y2)
    return;
  draw_grid (self, cr);
  find_seen (self, x1, x2, &first, &end);
  draw_rates (self, cr, first, end);
  if (self->cap_shown)
    draw_cap (self, cr, self->left, self->right, floor (y_of (self, self->look.rate_cap)) + 0.5);
  draw_legend (self, cr);
  set_color (cr, &self->look.text, 1);
  for (guint i = 0; i < self->labels->len; i++) {
    Label *label = g_ptr_array_index (self->labels, i);

    cairo_move_to (cr, label->x, label->y);
    pango_cairo_show_layout (cr, label->layout);
  }
}
