/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-space-bar.h"

#define HEIGHT 12

typedef enum { PART_OTHER, PART_UNDO, PART_FREE, PART_RESERVE, N_PARTS } Part;

static const char *const part_classes[N_PARTS] = { "other", "undo", "free", "reserve" };

struct _ScSpaceBar {
  GtkDrawingArea parent;
  guint64 parts[N_PARTS];
};

G_DEFINE_FINAL_TYPE (ScSpaceBar, sc_space_bar, GTK_TYPE_DRAWING_AREA)

/* What is there at all is at least three pixels wide. */
static gboolean
sc_space_bar_draw (GtkWidget *widget, cairo_t *cr)
{
  ScSpaceBar *self = SC_SPACE_BAR (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  const double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double total = 0, x = 0;

  for (Part part = 0; part < N_PARTS; part++)
    total += (double) self->parts[part];
  gtk_render_background (context, cr, 0, 0, width, height);
  for (Part part = 0; part < N_PARTS && total > 0; part++) {
    double share = part + 1 == N_PARTS ? width - x : (double) self->parts[part] / total * width;

    if (self->parts[part] == 0)
      continue;
    share = MIN (MAX (share, 3.0), width - x);
    gtk_style_context_save (context);
    gtk_style_context_add_class (context, part_classes[part]);
    gtk_render_background (context, cr, rtl ? width - x - share : x, 0, share, height);
    gtk_style_context_restore (context);
    x += share;
  }
  gtk_render_frame (context, cr, 0, 0, width, height);
  return FALSE;
}

static void
sc_space_bar_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = *natural = HEIGHT;
}

static void
sc_space_bar_class_init (ScSpaceBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->draw = sc_space_bar_draw;
  widget_class->get_preferred_height = sc_space_bar_get_preferred_height;
  gtk_widget_class_set_css_name (widget_class, "spacebar");
  gtk_widget_class_set_accessible_role (widget_class, ATK_ROLE_LEVEL_BAR);
}

static void
sc_space_bar_init (ScSpaceBar *self)
{
}

void
sc_space_bar_set (ScSpaceBar *self, guint64 total, guint64 free_space, guint64 reserve, guint64 undo)
{
  guint64 parts[N_PARTS];

  /* a seat's figures may be from different moments */
  free_space = MIN (free_space, total);
  undo = MIN (undo, total - free_space);
  reserve = MIN (reserve, free_space);
  parts[PART_OTHER] = total - free_space - undo;
  parts[PART_UNDO] = undo;
  parts[PART_FREE] = free_space - reserve;
  parts[PART_RESERVE] = reserve;
  if (memcmp (parts, self->parts, sizeof parts) == 0)
    return;
  memcpy (self->parts, parts, sizeof parts);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
