/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-report-private.h"

#include <cairo-svg.h>
#include <glib/gi18n-lib.h>

#define PLOT_WIDTH 760.0
#define PLOT_HEIGHT 220.0
#define PLOT_FONT "Cantarell, Segoe UI, sans-serif 9"

static const char style[] =
    "body{font:15px/1.45 Cantarell,'Segoe UI',sans-serif;color:#222;background:#fff;max-width:60em;"
    "margin:2em auto;padding:0 1.5em}"
    "h1{font-size:1.7em;margin:0}h2{font-size:1.15em;margin:1.6em 0 .4em}"
    ".made{color:#666;margin:.2em 0 1.2em}.result{font-size:1.1em;margin:.6em 0}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.25em .6em;border-bottom:1px solid #ddd;"
    "overflow-wrap:anywhere}"
    "thead th{border-bottom:2px solid #999;white-space:nowrap}"
    ".facts{width:auto}.facts th{font-weight:normal;color:#666;padding-left:0;white-space:nowrap}"
    ".facts th,.facts td{border:0;padding-top:.1em;padding-bottom:.1em}"
    "td.number,th.number{text-align:right;white-space:nowrap}"
    "tr.failed td{background:#fdeceb}tr.failed td:nth-child(3){color:#a40000;font-weight:bold}"
    "img{max-width:100%}"
    "@media print{body{margin:0;max-width:none;font-size:10pt}thead{display:table-header-group}"
    "tr,img{break-inside:avoid}tr.failed td{print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}}";

/* Everything that is not markup of ours goes through here. */
static void
append_text (GString *html, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *escaped = g_markup_escape_text (valid, -1);

  g_string_append (html, escaped);
}

static void
append_element (GString *html, const char *open, const char *text, const char *close)
{
  g_string_append (html, open);
  append_text (html, text);
  g_string_append (html, close);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* An image of its own, so that nothing in it can meet the page. */
static void
append_plot (GString *html, const ScSessionReport *self)
{
  g_autoptr (GByteArray) svg = g_byte_array_new ();
  ScRateLook look = sc_report_rate_look (self, PLOT_WIDTH, PLOT_HEIGHT);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append_bytes, svg, PLOT_WIDTH, PLOT_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (PangoContext) context = pango_cairo_create_context (cr);
  PangoFontDescription *font = pango_font_description_from_string (PLOT_FONT);
  ScRateDrawing *drawing;
  g_autofree char *text = NULL;

  pango_context_set_font_description (context, font);
  drawing = sc_rate_drawing_new (context, &look, self->rates);
  sc_rate_drawing_draw (drawing, cr);
  sc_rate_drawing_free (drawing);
  pango_font_description_free (font);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  text = g_base64_encode (svg->data, svg->len);
  append_element (html, "<h2>", _ ("Rate"), "</h2>\n");
  g_string_append (html, "<img src=\"data:image/svg+xml;base64,");
  g_string_append (html, text);
  append_element (html, "\" alt=\"", _ ("How fast content and repair were sent, over time"), "\">\n");
}

static void
append_facts (GString *html, const ScSessionReport *self)
{
  g_string_append (html, "<table class=\"facts\">\n");
  for (guint i = 0; i < self->facts->len; i++) {
    const ScReportFact *fact = g_ptr_array_index (self->facts, i);

    append_element (html, "<tr><th scope=\"row\">", fact->label, "</th>");
    append_element (html, "<td>", fact->value, "</td></tr>\n");
  }
  g_string_append (html, "</table>\n");
}

static void
append_advice (GString *html, const ScSessionReport *self)
{
  if (self->advice->len == 0)
    return;
  append_element (html, "<h2>", _ ("What to do"), "</h2>\n<ul>\n");
  for (guint i = 0; i < self->advice->len; i++)
    append_element (html, "<li>", g_ptr_array_index (self->advice, i), "</li>\n");
  g_string_append (html, "</ul>\n");
}

static void
append_seats (GString *html, const ScSessionReport *self)
{
  append_element (html, "<h2>", _ ("Seats"), "</h2>\n<table>\n<thead><tr>");
  for (guint column = 0; column < SC_N_REPORT_COLUMNS; column++)
    append_element (html,
                    sc_report_column_is_number (column) ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">",
                    sc_report_column_title (column), "</th>");
  g_string_append (html, "</tr></thead>\n<tbody>\n");
  for (guint i = 0; i < self->rows->len; i++) {
    const ScReportRow *row = g_ptr_array_index (self->rows, i);

    g_string_append (html, row->failed ? "<tr class=\"failed\">" : "<tr>");
    for (guint column = 0; column < SC_N_REPORT_COLUMNS; column++)
      append_element (html, sc_report_column_is_number (column) ? "<td class=\"number\">" : "<td>", row->cells[column],
                      "</td>");
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</tbody>\n</table>\n");
}

static char *
dup_language (void)
{
  const char *name = g_get_language_names ()[0];
  gsize length = strspn (name, "abcdefghijklmnopqrstuvwxyz");

  return length >= 2 ? g_strndup (name, length) : g_strdup ("en");
}

GBytes *
sc_session_report_to_html (const ScSessionReport *self)
{
  GString *html = g_string_new ("<!DOCTYPE html>\n");
  g_autofree char *language = dup_language ();

  g_string_append_printf (html, "<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", language);
  append_element (html, "<title>", self->title, "</title>\n");
  g_string_append_printf (html, "<style>%s</style>\n</head>\n<body>\n", style);
  append_element (html, "<h1>", self->title, "</h1>\n");
  append_element (html, "<p class=\"made\">", self->made, "</p>\n");
  if (*self->result != '\0')
    append_element (html, "<p class=\"result\">", self->result, "</p>\n");
  append_facts (html, self);
  append_advice (html, self);
  if (self->rates != NULL && sc_rate_series_get_length (self->rates) > 0)
    append_plot (html, self);
  if (self->rows->len > 0)
    append_seats (html, self);
  g_string_append (html, "</body>\n</html>\n");
  return g_string_free_to_bytes (html);
}
