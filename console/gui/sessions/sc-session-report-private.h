/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sessions/sc-rate-drawing.h"
#include "console/gui/sessions/sc-session-report.h"

G_BEGIN_DECLS

typedef enum {
  SC_REPORT_SEAT,
  SC_REPORT_ROOM,
  SC_REPORT_STATE,
  SC_REPORT_LACKED,
  SC_REPORT_LOSS,
  SC_REPORT_REPAIRS,
  SC_REPORT_CATCH_UP,
  SC_REPORT_REASON,
  SC_N_REPORT_COLUMNS
} ScReportColumn;

typedef struct {
  char *cells[SC_N_REPORT_COLUMNS];
  gboolean failed;
} ScReportRow;

typedef struct {
  char *label, *value;
} ScReportFact;

/* All of it is plain text, translated, still to be escaped. */
struct _ScSessionReport {
  guint64 session, version;
  char *title, *result;
  GPtrArray *facts;  /* ScReportFact */
  GPtrArray *advice; /* utf8: what to do, a paragraph each */
  GPtrArray *rows;   /* ScReportRow: those that failed first */
  ScRateSeries *rates;
  guint64 rate_cap;
  char *made; /* where and when the report was made */
};

/* Of a column: its heading, and whether it is a number. */
const char *sc_report_column_title (ScReportColumn column);
gboolean sc_report_column_is_number (ScReportColumn column);
/* How rates look on paper. */
ScRateLook sc_report_rate_look (const ScSessionReport *self, double width, double height);

G_END_DECLS
