/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-tile.h"

#include "console/gui/rooms/sc-seat-tile-accessible.h"
#include "console/gui/words/sc-words.h"

#define PADDING 8
#define STRIPE 4 /* the edge in the condition's colour */
#define GAP 6
#define ICON 16
#define BAR 4
#define WIDTH_CHARS 19
#define MAX_SYMBOLS 256u

typedef enum { TEXT_NAME, TEXT_STATE, TEXT_VERSION, N_TEXTS } Text;

typedef enum { SIGN_VOLUME, SIGN_LOW_SPACE, SIGN_DRIFTED, SIGN_BUSY, SIGN_PINNED, N_SIGNS } Sign;

static const struct {
  const char *icon;
  ScSeatCondition condition; /* whose colour it has; it is no sign of a seat that is in it */
} signs[N_SIGNS] = { { "sc-volume-symbolic", SC_CONDITION_FAILED },
                     { "sc-low-space-symbolic", SC_CONDITION_BUSY },
                     { "sc-drifted-symbolic", SC_CONDITION_DRIFTED },
                     { "sc-busy-symbolic", SC_CONDITION_BUSY },
                     { "sc-pinned-symbolic", SC_CONDITION_UNKNOWN } };

struct _ScSeatTile {
  GtkWidget parent_instance;
  ScSeatItem *seat;
  ScSeatCondition condition;
  PangoLayout *texts[N_TEXTS]; /* (nullable): made and filled when it is drawn */
  gboolean outdated;           /* the layouts do not say what the seat is */
  gboolean has_progress;
  double fraction;
  gboolean signs[N_SIGNS];
  GdkRGBA colors[SC_N_CONDITIONS]; /* of the theme */
  gboolean has_colors;
  ScSeatTileFunc func;
  gpointer func_data;
};

G_DEFINE_FINAL_TYPE (ScSeatTile, sc_seat_tile, GTK_TYPE_WIDGET)

/* Symbols in their colours, shared by all tiles: "NAME/COLOUR/SCALE" → cairo_surface_t */
static GHashTable *symbols;

static int
line_height (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics) + pango_font_metrics_get_descent (metrics));

  pango_font_metrics_unref (metrics);
  return MAX (height, ICON);
}

static void
sc_seat_tile_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (widget), NULL, NULL);

  *minimum = *natural =
      WIDTH_CHARS * PANGO_PIXELS_CEIL (pango_font_metrics_get_approximate_char_width (metrics)) + 2 * PADDING;
  pango_font_metrics_unref (metrics);
}

static void
sc_seat_tile_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = *natural = 2 * line_height (widget) + GAP + BAR + 2 * PADDING;
}

static cairo_surface_t *
load_symbol (GtkWidget *widget, const char *icon, const GdkRGBA *color)
{
  int scale = gtk_widget_get_scale_factor (widget);
  g_autoptr (GtkIconInfo) info = gtk_icon_theme_lookup_icon_for_scale (
      gtk_icon_theme_get_for_screen (gtk_widget_get_screen (widget)), icon, ICON, scale, GTK_ICON_LOOKUP_FORCE_SIZE);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GError) error = NULL;

  if (info != NULL)
    pixbuf = gtk_icon_info_load_symbolic (info, color, NULL, NULL, NULL, NULL, &error);
  if (pixbuf == NULL) {
    g_warning ("The icon %s cannot be loaded: %s", icon, error != NULL ? error->message : "the theme does not have it");
    return cairo_image_surface_create (CAIRO_FORMAT_ARGB32, ICON, ICON);
  }
  return gdk_cairo_surface_create_from_pixbuf (pixbuf, scale, NULL);
}

static void
draw_symbol (GtkWidget *widget, cairo_t *cr, const char *icon, const GdkRGBA *color, int x, int y)
{
  char key[128];
  cairo_surface_t *surface = NULL;

  g_snprintf (key, sizeof key, "%s/%02x%02x%02x%02x/%d", icon, (guint) (color->red * 255), (guint) (color->green * 255),
              (guint) (color->blue * 255), (guint) (color->alpha * 255), gtk_widget_get_scale_factor (widget));
  if (symbols == NULL)
    symbols = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cairo_surface_destroy);
  surface = g_hash_table_lookup (symbols, key);
  if (surface == NULL) {
    if (g_hash_table_size (symbols) >= MAX_SYMBOLS) /* themes came and went */
      g_hash_table_remove_all (symbols);
    surface = load_symbol (widget, icon, color);
    g_hash_table_insert (symbols, g_strdup (key), surface);
  }
  cairo_set_source_surface (cr, surface, x, y);
  cairo_paint (cr);
}

static void
set_text (ScSeatTile *self, Text which, const char *text)
{
  if (self->texts[which] == NULL) {
    self->texts[which] = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
    pango_layout_set_single_paragraph_mode (self->texts[which], TRUE);
    pango_layout_set_ellipsize (self->texts[which], which == TEXT_NAME ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
    if (which == TEXT_NAME) {
      g_autoptr (PangoAttrList) bold = pango_attr_list_new ();

      pango_attr_list_insert (bold, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
      pango_layout_set_attributes (self->texts[which], bold);
    }
  } else if (!g_str_equal (pango_layout_get_text (self->texts[which]), text)) {
    pango_layout_set_text (self->texts[which], text, -1);
  }
}

/* Before drawing, not at every update: most tiles are out of sight when there are many. */
static void
bring_up_to_date (ScSeatTile *self)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  g_autofree char *version = NULL;

  if (!self->has_colors) {
    for (guint i = 0; i < SC_N_CONDITIONS; i++) {
      g_autofree char *name = g_strconcat ("sc_", sc_words_condition_class (i), NULL);

      if (!gtk_style_context_lookup_color (style, name, &self->colors[i]))
        gtk_style_context_get_color (style, gtk_style_context_get_state (style), &self->colors[i]);
    }
    self->has_colors = TRUE;
  }
  if (!self->outdated)
    return;
  version = sc_words_seat_version (self->seat);
  set_text (self, TEXT_NAME, sc_seat_item_get_info (self->seat)->name);
  set_text (self, TEXT_STATE, sc_words_seat_state (self->seat));
  set_text (self, TEXT_VERSION, version);
  self->signs[SIGN_VOLUME] = sc_seat_item_has_unsuitable_disk (self->seat);
  self->signs[SIGN_LOW_SPACE] = sc_seat_item_is_low_on_space (self->seat);
  self->signs[SIGN_DRIFTED] = sc_seat_item_is_drifted (self->seat) && self->condition != SC_CONDITION_DRIFTED;
  self->signs[SIGN_PINNED] = sc_seat_item_get_info (self->seat)->pinned;
  self->signs[SIGN_BUSY] = sc_seat_item_is_busy (self->seat) && self->condition != SC_CONDITION_BUSY;
  self->outdated = FALSE;
}

/* Room in a tile: everything is laid out from left to right and mirrored for languages that are not. */
typedef struct {
  GtkWidget *widget;
  cairo_t *cr;
  int width, height;
} Canvas;

static int
mirror (const Canvas *canvas, int x, int width)
{
  return gtk_widget_get_direction (canvas->widget) == GTK_TEXT_DIR_RTL ? canvas->width - x - width : x;
}

static void
draw_text (const Canvas *canvas, PangoLayout *layout, int x, int y, int width)
{
  int text_width = 0, text_height = 0;

  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  cairo_move_to (canvas->cr, mirror (canvas, x, width), y);
  pango_cairo_show_layout (canvas->cr, layout);
}

static void
draw_bar (const Canvas *canvas, const GdkRGBA *fore, const GdkRGBA *color, double fraction)
{
  int x = PADDING + STRIPE, y = canvas->height - PADDING - BAR + 1, width = canvas->width - 2 * PADDING - STRIPE;
  int filled = CLAMP ((int) (fraction * width + 0.5), 0, width);

  cairo_set_source_rgba (canvas->cr, fore->red, fore->green, fore->blue, 0.15 * fore->alpha);
  cairo_rectangle (canvas->cr, mirror (canvas, x, width), y, width, BAR);
  cairo_fill (canvas->cr);
  gdk_cairo_set_source_rgba (canvas->cr, color);
  cairo_rectangle (canvas->cr, mirror (canvas, x, filled), y, filled, BAR);
  cairo_fill (canvas->cr);
}

static void
draw_content (ScSeatTile *self, const Canvas *canvas)
{
  GtkStyleContext *style = gtk_widget_get_style_context (canvas->widget);
  const GdkRGBA *color = &self->colors[self->condition];
  int line = line_height (canvas->widget), x = PADDING + STRIPE, end = canvas->width - PADDING, y = PADDING;
  int version_width = 0;
  GdkRGBA fore, pale;

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &fore);
  pale = fore;
  pale.alpha *= 0.7;
  pango_layout_set_width (self->texts[TEXT_VERSION], -1);
  pango_layout_get_pixel_size (self->texts[TEXT_VERSION], &version_width, NULL);
  version_width = MIN (version_width, (end - x) / 2);
  gdk_cairo_set_source_rgba (canvas->cr, &pale);
  draw_text (canvas, self->texts[TEXT_VERSION], end - version_width, y, version_width);
  gdk_cairo_set_source_rgba (canvas->cr, &fore);
  draw_text (canvas, self->texts[TEXT_NAME], x, y, end - version_width - GAP - x);

  y += line + 2;
  for (guint i = 0; i < N_SIGNS; i++)
    if (self->signs[i]) {
      end -= ICON;
      draw_symbol (canvas->widget, canvas->cr, signs[i].icon, &self->colors[signs[i].condition],
                   mirror (canvas, end, ICON), y + (line - ICON) / 2);
      end -= 2;
    }
  draw_symbol (canvas->widget, canvas->cr, sc_words_condition_icon (self->condition), color, mirror (canvas, x, ICON),
               y + (line - ICON) / 2);
  gdk_cairo_set_source_rgba (canvas->cr, &fore);
  draw_text (canvas, self->texts[TEXT_STATE], x + ICON + GAP, y, end - x - ICON - GAP);
  if (self->has_progress)
    draw_bar (canvas, &fore, color, self->fraction);
}

static gboolean
sc_seat_tile_draw (GtkWidget *widget, cairo_t *cr)
{
  ScSeatTile *self = SC_SEAT_TILE (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  Canvas canvas = { widget, cr, gtk_widget_get_allocated_width (widget), gtk_widget_get_allocated_height (widget) };

  bring_up_to_date (self);
  gtk_render_background (style, cr, 0, 0, canvas.width, canvas.height);
  gtk_render_frame (style, cr, 0, 0, canvas.width, canvas.height);
  gdk_cairo_set_source_rgba (cr, &self->colors[self->condition]);
  cairo_rectangle (cr, mirror (&canvas, 1, STRIPE), 5, STRIPE, canvas.height - 10);
  cairo_fill (cr);
  draw_content (self, &canvas);
  if (gtk_widget_has_visible_focus (widget))
    gtk_render_focus (style, cr, 0, 0, canvas.width, canvas.height);
  return GDK_EVENT_PROPAGATE;
}

static void
forget_texts (ScSeatTile *self)
{
  for (guint i = 0; i < N_TEXTS; i++)
    g_clear_object (&self->texts[i]);
  self->outdated = TRUE;
}

static void
sc_seat_tile_style_updated (GtkWidget *widget)
{
  ScSeatTile *self = SC_SEAT_TILE (widget);

  GTK_WIDGET_CLASS (sc_seat_tile_parent_class)->style_updated (widget);
  self->has_colors = FALSE;
  forget_texts (self); /* the font may be another one */
}

static gboolean
sc_seat_tile_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  ScSeatTile *self = SC_SEAT_TILE (widget);
  g_autofree char *detail = sc_words_seat_detail (self->seat);
  g_autofree char *text = g_strdup_printf ("%s\n%s", sc_seat_item_get_info (self->seat)->name, detail);

  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
sc_seat_tile_finalize (GObject *object)
{
  ScSeatTile *self = SC_SEAT_TILE (object);

  forget_texts (self);
  g_clear_object (&self->seat);
  G_OBJECT_CLASS (sc_seat_tile_parent_class)->finalize (object);
}

static void
sc_seat_tile_class_init (ScSeatTileClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_seat_tile_finalize;
  widget_class->get_preferred_width = sc_seat_tile_get_preferred_width;
  widget_class->get_preferred_height = sc_seat_tile_get_preferred_height;
  widget_class->draw = sc_seat_tile_draw;
  widget_class->style_updated = sc_seat_tile_style_updated;
  widget_class->query_tooltip = sc_seat_tile_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "seattile");
  gtk_widget_class_set_accessible_type (widget_class, SC_TYPE_SEAT_TILE_ACCESSIBLE);
  gtk_widget_class_set_accessible_role (widget_class, ATK_ROLE_LIST_ITEM);
}

static void
sc_seat_tile_init (ScSeatTile *self)
{
  gtk_widget_set_has_window (GTK_WIDGET (self), FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

static void
set_condition (ScSeatTile *self, ScSeatCondition condition)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));

  gtk_style_context_remove_class (style, sc_words_condition_class (self->condition));
  gtk_style_context_add_class (style, sc_words_condition_class (condition));
  self->condition = condition;
}

GtkWidget *
sc_seat_tile_new (ScSeatItem *seat)
{
  ScSeatTile *self = g_object_new (SC_TYPE_SEAT_TILE, NULL);

  self->seat = g_object_ref (seat);
  set_condition (self, sc_seat_item_get_condition (seat));
  sc_seat_tile_update (self);
  gtk_widget_show (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

ScSeatItem *
sc_seat_tile_get_seat (ScSeatTile *self)
{
  return self->seat;
}

const char *
sc_seat_tile_get_id (ScSeatTile *self)
{
  return sc_item_get_key (SC_ITEM (self->seat));
}

void
sc_seat_tile_update (ScSeatTile *self)
{
  ScSeatCondition condition = sc_seat_item_get_condition (self->seat);

  self->outdated = TRUE;
  self->has_progress = sc_seat_item_get_progress (self->seat, &self->fraction);
  if (condition != self->condition) {
    set_condition (self, condition);
    /* one's progress is not told again and again to those who listen */
    g_object_notify (G_OBJECT (gtk_widget_get_accessible (GTK_WIDGET (self))), "accessible-name");
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sc_seat_tile_set_selected (ScSeatTile *self, gboolean selected)
{
  gboolean was = (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_SELECTED) != 0;

  if (selected == was)
    return;
  if (selected)
    gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
  atk_object_notify_state_change (gtk_widget_get_accessible (GTK_WIDGET (self)), ATK_STATE_SELECTED, selected);
}

void
sc_seat_tile_set_func (ScSeatTile *self, ScSeatTileFunc func, gpointer data)
{
  self->func = func;
  self->func_data = data;
}

void
sc_seat_tile_do (ScSeatTile *self, gboolean activate)
{
  if (self->func != NULL)
    self->func (self, activate, self->func_data);
}
