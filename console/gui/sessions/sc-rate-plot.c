/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-rate-plot.h"

#include "console/gui/sessions/sc-rate-drawing.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScRatePlot {
  GtkDrawingArea parent;
  ScRateSeries *series;
  guint64 rate_cap;
  ScRateDrawing *drawing; /* (nullable): made when it is drawn next */
};

G_DEFINE_FINAL_TYPE (ScRatePlot, sc_rate_plot, GTK_TYPE_DRAWING_AREA)

static ScRateColor
color_of (GtkStyleContext *style, const char *name)
{
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (style, name, &color))
    gtk_style_context_get_color (style, gtk_style_context_get_state (style), &color);
  return (ScRateColor){ color.red, color.green, color.blue, color.alpha };
}

static ScRateDrawing *
make_drawing (ScRatePlot *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  ScRateLook look = { .width = gtk_widget_get_allocated_width (widget),
                      .height = gtk_widget_get_allocated_height (widget),
                      .rate_cap = self->rate_cap,
                      .text = color_of (style, "sc_plot_text"),
                      .grid = color_of (style, "sc_plot_grid"),
                      .content = color_of (style, "sc_plot_content"),
                      .repair = color_of (style, "sc_plot_repair"),
                      .cap = color_of (style, "sc_plot_cap") };

  return sc_rate_drawing_new (gtk_widget_get_pango_context (widget), &look, self->series);
}

static gboolean
sc_rate_plot_draw (GtkWidget *widget, cairo_t *cr)
{
  ScRatePlot *self = SC_RATE_PLOT (widget);

  if (self->drawing == NULL)
    self->drawing = make_drawing (self);
  sc_rate_drawing_draw (self->drawing, cr);
  return GDK_EVENT_PROPAGATE;
}

static void
forget_drawing (ScRatePlot *self)
{
  g_clear_pointer (&self->drawing, sc_rate_drawing_free);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
sc_rate_plot_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  GTK_WIDGET_CLASS (sc_rate_plot_parent_class)->size_allocate (widget, allocation);
  forget_drawing (SC_RATE_PLOT (widget));
}

static void
sc_rate_plot_style_updated (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sc_rate_plot_parent_class)->style_updated (widget);
  forget_drawing (SC_RATE_PLOT (widget));
}

static char *
describe (ScRatePlot *self)
{
  ScRatePoint last;
  g_autofree char *content = NULL;
  g_autofree char *repair = NULL;
  g_autofree char *highest = NULL;
  g_autofree char *cap = NULL;

  if (self->series == NULL || !sc_rate_series_get_last (self->series, &last))
    return g_strdup (_ ("Nothing was sent yet."));
  content = sc_words_rate (last.content);
  repair = sc_words_rate (last.repair);
  highest = sc_words_rate (sc_rate_series_get_max (self->series));
  cap = sc_words_rate (self->rate_cap);
  return self->rate_cap > 0
             ? g_strdup_printf (_ ("Content %s, repair %s; at most %s, the cap is %s."), content, repair, highest, cap)
             : g_strdup_printf (_ ("Content %s, repair %s; at most %s."), content, repair, highest);
}

void
sc_rate_plot_set (ScRatePlot *self, ScRateSeries *series, guint64 rate_cap)
{
  g_autofree char *description = NULL;

  if (series != NULL)
    sc_rate_series_ref (series);
  g_clear_pointer (&self->series, sc_rate_series_unref);
  self->series = series;
  self->rate_cap = rate_cap;
  forget_drawing (self);
  description = describe (self);
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self)), description);
}

ScRateSeries *
sc_rate_plot_get_series (ScRatePlot *self)
{
  return self->series;
}

static void
sc_rate_plot_finalize (GObject *object)
{
  ScRatePlot *self = SC_RATE_PLOT (object);

  g_clear_pointer (&self->drawing, sc_rate_drawing_free);
  g_clear_pointer (&self->series, sc_rate_series_unref);
  G_OBJECT_CLASS (sc_rate_plot_parent_class)->finalize (object);
}

static void
sc_rate_plot_class_init (ScRatePlotClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_rate_plot_finalize;
  widget_class->draw = sc_rate_plot_draw;
  widget_class->size_allocate = sc_rate_plot_size_allocate;
  widget_class->style_updated = sc_rate_plot_style_updated;
  gtk_widget_class_set_css_name (widget_class, "rateplot");
}

static void
sc_rate_plot_init (ScRatePlot *self)
{
  AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (self));

  atk_object_set_role (accessible, ATK_ROLE_CHART);
  atk_object_set_name (accessible, _ ("Rate over time"));
  sc_rate_plot_set (self, NULL, 0);
}
