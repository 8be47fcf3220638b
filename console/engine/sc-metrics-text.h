/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScMetricsText:
 *
 * Writes Prometheus' text exposition format, version 0.0.4: each metric with HELP and TYPE, its samples together, label
 * values escaped. Names and labels' names are the caller's literals.
 */
typedef struct _ScMetricsText ScMetricsText;

#define SC_METRICS_TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

ScMetricsText *sc_metrics_text_new (void);
/* (transfer full): the whole text; frees @self */
char *sc_metrics_text_end (ScMetricsText *self);
/* Whose samples follow. @type: "gauge", or "counter", whose @name ends with _total */
void sc_metrics_text_begin (ScMetricsText *self, const char *name, const char *type, const char *help);
/* @labels: (nullable): names and values by turns, %NULL-terminated. Integers up to 2⁵³ are exact. */
void sc_metrics_text_add (ScMetricsText *self, double value, const char *const *labels);
/* begin and add of the only one, which has no labels. */
void sc_metrics_text_single (ScMetricsText *self, const char *name, const char *type, const char *help, double value);

G_END_DECLS
