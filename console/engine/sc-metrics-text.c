/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-metrics-text.h"

#include <math.h>

struct _ScMetricsText {
  GString *text;
  const char *name;
};

ScMetricsText *
sc_metrics_text_new (void)
{
  ScMetricsText *self = g_new0 (ScMetricsText, 1);

  self->text = g_string_new (NULL);
  return self;
}

char *
sc_metrics_text_end (ScMetricsText *self)
{
  char *text = g_string_free (self->text, FALSE);

  g_free (self);
  return text;
}

/* @quoted: a label's value, where quotes are escaped, too */
static void
append_escaped (GString *text, const char *value, gboolean quoted)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '\n')
      g_string_append (text, "\\n");
    else if (*c == '\\' || (*c == '"' && quoted))
      g_string_append_printf (text, "\\%c", *c);
    else
      g_string_append_c (text, *c);
  }
}

void
sc_metrics_text_begin (ScMetricsText *self, const char *name, const char *type, const char *help)
{
  self->name = name;
  g_string_append_printf (self->text, "# HELP %s ", name);
  append_escaped (self->text, help, FALSE);
  g_string_append_printf (self->text, "\n# TYPE %s %s\n", name, type);
}

static void
append_labels (GString *text, const char *const *labels)
{
  for (guint i = 0; labels[i] != NULL; i += 2) {
    g_string_append_printf (text, "%s%s=\"", i == 0 ? "{" : ",", labels[i]);
    append_escaped (text, labels[i + 1], TRUE);
    g_string_append_c (text, '"');
  }
  if (labels[0] != NULL)
    g_string_append_c (text, '}');
}

void
sc_metrics_text_add (ScMetricsText *self, double value, const char *const *labels)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (self->text, self->name);
  if (labels != NULL)
    append_labels (self->text, labels);
  if (isnan (value))
    g_string_append (self->text, " NaN\n");
  else
    g_string_append_printf (self->text, " %s\n", g_ascii_formatd (buffer, sizeof buffer, "%.17g", value));
}

void
sc_metrics_text_single (ScMetricsText *self, const char *name, const char *type, const char *help, double value)
{
  sc_metrics_text_begin (self, name, type, help);
  sc_metrics_text_add (self, value, NULL);
}
