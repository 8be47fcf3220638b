/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/gui/sessions/sc-session-report-private.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>

/* All lengths are points; the page is A4. */
#define PAGE_WIDTH 595.0
#define PAGE_HEIGHT 842.0
#define MARGIN 48.0
#define FOOTER 20.0
#define INNER_WIDTH (PAGE_WIDTH - 2 * MARGIN)
#define PLOT_HEIGHT 150.0
#define LABEL_WIDTH 110.0 /* of the facts */
#define CELL_GAP 6.0
#define ROW_GAP 2.5

static const double column_widths[SC_N_REPORT_COLUMNS] = { 76, 54, 58, 48, 40, 46, 48, 129 };

typedef struct {
  const ScSessionReport *report;
  cairo_t *cr;
  PangoContext *context;
  PangoFontDescription *title_font, *heading_font, *text_font, *small_font, *bold_font;
  double y;
  guint page;
} Paper;

static PangoLayout *
make_layout (Paper *paper, const PangoFontDescription *font, const char *text, double width)
{
  PangoLayout *layout = pango_layout_new (paper->context);

  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static double
height_of (PangoLayout *layout)
{
  PangoRectangle extents;

  pango_layout_get_extents (layout, NULL, &extents);
  return (double) extents.height / PANGO_SCALE;
}

static void
show (Paper *paper, PangoLayout *layout, double x, double y)
{
  cairo_move_to (paper->cr, x, y);
  pango_cairo_show_layout (paper->cr, layout);
}

static void
draw_line (Paper *paper, double y)
{
  cairo_save (paper->cr);
  cairo_set_source_rgb (paper->cr, 0.85, 0.85, 0.85);
  cairo_set_line_width (paper->cr, 0.5);
  cairo_move_to (paper->cr, MARGIN, y);
  cairo_line_to (paper->cr, PAGE_WIDTH - MARGIN, y);
  cairo_stroke (paper->cr);
  cairo_restore (paper->cr);
}

static void
end_page (Paper *paper)
{
  g_autofree char *number = g_strdup_printf (_ ("Page %u"), paper->page);
  g_autoptr (PangoLayout) made = make_layout (paper, paper->small_font, paper->report->made, INNER_WIDTH);
  g_autoptr (PangoLayout) page = make_layout (paper, paper->small_font, number, INNER_WIDTH);

  pango_layout_set_alignment (page, PANGO_ALIGN_RIGHT);
  cairo_set_source_rgb (paper->cr, 0.4, 0.4, 0.4);
  show (paper, made, MARGIN, PAGE_HEIGHT - MARGIN);
  show (paper, page, MARGIN, PAGE_HEIGHT - MARGIN);
  cairo_show_page (paper->cr);
}

static void
begin_page (Paper *paper)
{
  paper->page++;
  paper->y = MARGIN;
  cairo_set_source_rgb (paper->cr, 0, 0, 0);
}

/* Returns: whether a new page had to begin */
static gboolean
make_room (Paper *paper, double height)
{
  if (paper->y + height <= PAGE_HEIGHT - MARGIN - FOOTER || paper->y <= MARGIN)
    return FALSE;
  end_page (paper);
  begin_page (paper);
  return TRUE;
}

static void
add_text (Paper *paper, const PangoFontDescription *font, const char *text, double space_above)
{
  g_autoptr (PangoLayout) layout = make_layout (paper, font, text, INNER_WIDTH);

  make_room (paper, height_of (layout) + space_above);
  paper->y += paper->y > MARGIN ? space_above : 0;
  show (paper, layout, MARGIN, paper->y);
  paper->y += height_of (layout);
}

static void
add_facts (Paper *paper)
{
  paper->y += 10;
  for (guint i = 0; i < paper->report->facts->len; i++) {
    const ScReportFact *fact = g_ptr_array_index (paper->report->facts, i);
    g_autoptr (PangoLayout) label = make_layout (paper, paper->text_font, fact->label, LABEL_WIDTH - CELL_GAP);
    g_autoptr (PangoLayout) value = make_layout (paper, paper->text_font, fact->value, INNER_WIDTH - LABEL_WIDTH);
    double height = MAX (height_of (label), height_of (value));

    make_room (paper, height);
    cairo_set_source_rgb (paper->cr, 0.4, 0.4, 0.4);
    show (paper, label, MARGIN, paper->y);
    cairo_set_source_rgb (paper->cr, 0, 0, 0);
    show (paper, value, MARGIN + LABEL_WIDTH, paper->y);
    paper->y += height + 1;
  }
}

static void
add_plot (Paper *paper)
{
  ScRateLook look = sc_report_rate_look (paper->report, INNER_WIDTH, PLOT_HEIGHT);
  g_autoptr (ScRateDrawing) drawing = NULL;

  if (paper->report->rates == NULL || sc_rate_series_get_length (paper->report->rates) == 0)
    return;
  add_text (paper, paper->heading_font, _ ("Rate"), 14);
  make_room (paper, PLOT_HEIGHT + 4);
  pango_context_set_font_description (paper->context, paper->small_font);
  drawing = sc_rate_drawing_new (paper->context, &look, paper->report->rates);
  cairo_save (paper->cr);
  cairo_translate (paper->cr, MARGIN, paper->y + 4);
  sc_rate_drawing_draw (drawing, paper->cr);
  cairo_restore (paper->cr);
  paper->y += PLOT_HEIGHT + 4;
}

/* @cells: of each column; a row is as high as its highest cell. */
static void
add_row (Paper *paper, const PangoFontDescription *font, const char *const *cells, gboolean failed)
{
  PangoLayout *layouts[SC_N_REPORT_COLUMNS];
  double height = 0;
  double x = MARGIN;

  for (guint i = 0; i < SC_N_REPORT_COLUMNS; i++) {
    layouts[i] = make_layout (paper, font, cells[i], column_widths[i] - CELL_GAP);
    if (sc_report_column_is_number (i))
      pango_layout_set_alignment (layouts[i], PANGO_ALIGN_RIGHT);
    height = MAX (height, height_of (layouts[i]));
  }
  if (failed) {
    cairo_set_source_rgb (paper->cr, 0.992, 0.925, 0.92);
    cairo_rectangle (paper->cr, MARGIN, paper->y, INNER_WIDTH, height + 2 * ROW_GAP);
    cairo_fill (paper->cr);
    cairo_set_source_rgb (paper->cr, 0, 0, 0);
  }
  for (guint i = 0; i < SC_N_REPORT_COLUMNS; i++) {
    show (paper, layouts[i], x + CELL_GAP / 2, paper->y + ROW_GAP);
    x += column_widths[i];
    g_object_unref (layouts[i]);
  }
  paper->y += height + 2 * ROW_GAP;
  draw_line (paper, paper->y);
}

static double
measure_row (Paper *paper, const char *const *cells)
{
  double height = 0;

  for (guint i = 0; i < SC_N_REPORT_COLUMNS; i++) {
    g_autoptr (PangoLayout) layout = make_layout (paper, paper->small_font, cells[i], column_widths[i] - CELL_GAP);

    height = MAX (height, height_of (layout));
  }
  return height + 2 * ROW_GAP;
}

static void
add_seats (Paper *paper)
{
  const char *titles[SC_N_REPORT_COLUMNS];

  if (paper->report->rows->len == 0)
    return;
  for (guint i = 0; i < SC_N_REPORT_COLUMNS; i++)
    titles[i] = sc_report_column_title (i);
  make_room (paper, 80); /* a heading does not stand alone at the end of a page */
  add_text (paper, paper->heading_font, _ ("Seats"), 14);
  paper->y += 4;
  add_row (paper, paper->bold_font, titles, FALSE);
  for (guint i = 0; i < paper->report->rows->len; i++) {
    const ScReportRow *row = g_ptr_array_index (paper->report->rows, i);

    if (make_room (paper, measure_row (paper, (const char *const *) row->cells)))
      add_row (paper, paper->bold_font, titles, FALSE);
    add_row (paper, paper->small_font, (const char *const *) row->cells, row->failed);
  }
}

static void
add_all (Paper *paper)
{
  const ScSessionReport *report = paper->report;

  begin_page (paper);
  add_text (paper, paper->title_font, report->title, 0);
  if (*report->result != '\0')
    add_text (paper, paper->text_font, report->result, 8);
  add_facts (paper);
  for (guint i = 0; i < report->advice->len; i++) {
    if (i == 0)
      add_text (paper, paper->heading_font, _ ("What to do"), 14);
    add_text (paper, paper->text_font, g_ptr_array_index (report->advice, i), 4);
  }
  add_plot (paper);
  add_seats (paper);
  end_page (paper);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
open_paper (Paper *paper, const ScSessionReport *report, cairo_t *cr)
{
  *paper = (Paper){ .report = report, .cr = cr, .context = pango_cairo_create_context (cr) };
  pango_cairo_context_set_resolution (paper->context, 72); /* a point is a unit */
  paper->title_font = pango_font_description_from_string ("Cantarell, Segoe UI, sans-serif Bold 18");
  paper->heading_font = pango_font_description_from_string ("Cantarell, Segoe UI, sans-serif Bold 12");
  paper->text_font = pango_font_description_from_string ("Cantarell, Segoe UI, sans-serif 10");
  paper->bold_font = pango_font_description_from_string ("Cantarell, Segoe UI, sans-serif Bold 8");
  paper->small_font = pango_font_description_from_string ("Cantarell, Segoe UI, sans-serif 8");
}

static void
close_paper (Paper *paper)
{
  g_object_unref (paper->context);
  pango_font_description_free (paper->title_font);
  pango_font_description_free (paper->heading_font);
  pango_font_description_free (paper->text_font);
  pango_font_description_free (paper->bold_font);
  pango_font_description_free (paper->small_font);
}

GBytes *
sc_session_report_to_pdf (const ScSessionReport *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, PAGE_WIDTH, PAGE_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;
  Paper paper;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->title);
  open_paper (&paper, self, cr);
  add_all (&paper);
  close_paper (&paper);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "the report cannot be made as PDF (%s): save it as HTML",
               cairo_status_to_string (status));
  return NULL;
}
