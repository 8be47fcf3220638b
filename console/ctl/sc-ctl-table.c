/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-table.h"

#include "common/sc-text.h"

#include <stdarg.h>
#include <string.h>

#define GAP 2u

struct _ScCtlTable {
  guint n_columns;
  gboolean *right, *hidden;
  guint *widths;
  GPtrArray *rows; /* char ** */
};

/* What comes from the network must not drive the terminal. */
static char *
make_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *result = g_string_new (NULL);
  for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);
    g_string_append_unichar (result, sc_text_breaks_line (character) ? '?' : character);
  }
  return g_string_free (result, FALSE);
}

static guint
character_width (gunichar character)
{
  if (g_unichar_iszerowidth (character))
    return 0;
  return g_unichar_iswide (character) ? 2 : 1;
}

guint
sc_ctl_text_width (const char *text)
{
  guint width = 0;
  for (const char *at = text; *at; at = g_utf8_next_char (at))
    width += character_width (g_utf8_get_char (at));
  return width;
}

char *
sc_ctl_text_cut (const char *text, guint width)
{
  g_autofree char *printable = make_printable (text);
  guint used = 0;
  const char *at = printable;
  for (; *at; at = g_utf8_next_char (at)) {
    guint needed = character_width (g_utf8_get_char (at));
    if (used + needed > width)
      break;
    used += needed;
  }
  return g_strndup (printable, at - printable);
}

static void
add_row (ScCtlTable *self, char **row)
{
  for (guint i = 0; i < self->n_columns; i++)
    self->widths[i] = MAX (self->widths[i], sc_ctl_text_width (row[i]));
  g_ptr_array_add (self->rows, row);
}

ScCtlTable *
sc_ctl_table_new (const char *const *headings)
{
  ScCtlTable *self = g_new0 (ScCtlTable, 1);
  self->n_columns = g_strv_length ((char **) headings);
  self->right = g_new0 (gboolean, self->n_columns);
  self->hidden = g_new0 (gboolean, self->n_columns);
  self->widths = g_new0 (guint, self->n_columns);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  char **row = g_new0 (char *, self->n_columns + 1);
  for (guint i = 0; i < self->n_columns; i++) {
    const char *heading = headings[i];
    self->hidden[i] = *heading == '?';
    heading += self->hidden[i] ? 1 : 0;
    self->right[i] = *heading == '>';
    row[i] = g_strdup (heading + (self->right[i] ? 1 : 0));
  }
  add_row (self, row);
  return self;
}

void
sc_ctl_table_free (ScCtlTable *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self->right);
  g_free (self->hidden);
  g_free (self->widths);
  g_free (self);
}

void
sc_ctl_table_add (ScCtlTable *self, ...)
{
  char **row = g_new0 (char *, self->n_columns + 1);
  va_list cells;
  va_start (cells, self);
  for (guint i = 0; i < self->n_columns; i++) {
    g_autofree char *cell = va_arg (cells, char *);
    row[i] = make_printable (cell ? cell : "");
    self->hidden[i] = self->hidden[i] && *row[i] == '\0';
  }
  va_end (cells);
  add_row (self, row);
}

guint
sc_ctl_table_get_n_rows (ScCtlTable *self)
{
  return self->rows->len - 1;
}

static void
append_spaces (GString *text, guint count)
{
  for (guint i = 0; i < count; i++)
    g_string_append_c (text, ' ');
}

char *
sc_ctl_table_to_text (ScCtlTable *self)
{
  GString *text = g_string_new (NULL);
  for (guint r = 0; r < self->rows->len; r++) {
    char **row = self->rows->pdata[r];
    for (guint i = 0; i < self->n_columns; i++) {
      if (self->hidden[i])
        continue;
      guint padding = self->widths[i] - sc_ctl_text_width (row[i]);
      if (self->right[i])
        append_spaces (text, padding);
      g_string_append (text, row[i]);
      if (!self->right[i])
        append_spaces (text, padding);
      append_spaces (text, GAP);
    }
    while (text->len > 0 && text->str[text->len - 1] == ' ')
      g_string_truncate (text, text->len - 1);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };

static guint
unit_for (guint64 bytes)
{
  guint unit = 0;
  for (guint64 rest = bytes; rest >= 1000 && unit + 1 < G_N_ELEMENTS (units); rest /= 1000)
    unit++;
  return unit;
}

static char *
in_unit (guint64 bytes, guint unit)
{
  double value = bytes;
  for (guint i = 0; i < unit; i++)
    value /= 1000;
  return unit == 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, bytes) : g_strdup_printf ("%.1f", value);
}

char *
sc_ctl_format_size (guint64 bytes)
{
  guint unit = unit_for (bytes);
  g_autofree char *number = in_unit (bytes, unit);
  return g_strdup_printf ("%s %s", number, units[unit]);
}

char *
sc_ctl_format_amount (guint64 done, guint64 total)
{
  if (total == 0)
    return sc_ctl_format_size (done);
  guint unit = unit_for (total);
  g_autofree char *part = in_unit (done, unit);
  g_autofree char *whole = in_unit (total, unit);
  return g_strdup_printf ("%s of %s %s", part, whole, units[unit]);
}

char *
sc_ctl_format_rate (guint64 bytes_per_second)
{
  if (bytes_per_second == 0)
    return g_strdup ("");
  if (bytes_per_second >= 10 * 1000 * 1000)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " MB/s", (bytes_per_second + 500 * 1000) / (1000 * 1000));
  g_autofree char *size = sc_ctl_format_size (bytes_per_second);
  return g_strconcat (size, "/s", NULL);
}

char *
sc_ctl_format_cap (guint64 bits_per_second)
{
  if (bits_per_second == 0)
    return g_strdup ("as fast as the seats take it");
  return g_strdup_printf ("%g Mbit/s", (double) bits_per_second / 1e6);
}

char *
sc_ctl_format_ppm (guint64 ppm)
{
  /* a little is not nothing */
  if (ppm > 0 && ppm < 100)
    return g_strdup ("<0.01 %");
  return g_strdup_printf ("%.2f %%", (double) ppm / 1e4);
}

char *
sc_ctl_format_percent (guint64 done, guint64 total)
{
  if (total == 0)
    return g_strdup ("");
  guint percent = done >= total ? 100 : (guint) ((double) done / (double) total * 100);
  return g_strdup_printf ("%u %%", MIN (percent, done >= total ? 100u : 99u));
}

char *
sc_ctl_format_duration (gint64 microseconds)
{
  double seconds = microseconds / (double) G_USEC_PER_SEC;
  if (seconds < 60)
    return g_strdup_printf ("%.1f s", seconds);
  gint64 whole = microseconds / G_USEC_PER_SEC;
  if (whole < 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min %02d s", whole / 60, (int) (whole % 60));
  return g_strdup_printf ("%" G_GINT64_FORMAT " h %02d min", whole / 3600, (int) (whole % 3600 / 60));
}

static char *
format_local (const char *time, const char *format)
{
  g_autoptr (GDateTime) parsed = g_date_time_new_from_iso8601 (time, NULL);
  g_autoptr (GDateTime) local = parsed ? g_date_time_to_local (parsed) : NULL;
  return local ? g_date_time_format (local, format) : g_strdup ("-");
}

char *
sc_ctl_format_time (const char *time)
{
  return format_local (time, "%Y-%m-%d %H:%M");
}

char *
sc_ctl_format_second (const char *time)
{
  return format_local (time, "%Y-%m-%d %H:%M:%S");
}
