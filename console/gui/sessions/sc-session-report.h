/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-session-item.h"
#include "console/gui/sessions/sc-rate-series.h"

G_BEGIN_DECLS

/* What the report says besides what the session itself knows. */
typedef struct {
  const char *console;      /* its name; may be empty */
  const char *who;          /* who deployed; empty: not known */
  const char *version_note; /* may be empty */
  const char *version_author;
  ScItemList *seats;   /* ScSeatItem: tells who was left half updated */
  ScRateSeries *rates; /* (nullable) */
  gint64 now;          /* µs since 1970 */
} ScSessionReportContext;

typedef enum {
  SC_SESSION_REPORT_HTML, /* one file, with all that it shows */
  SC_SESSION_REPORT_PDF,  /* A4 */
} ScSessionReportFormat;

/**
 * ScSessionReport:
 *
 * A session in one document: what was deployed, by whom, when, what it took, each seat, what failed and what to do. It
 * is a copy of what was known when it was made, and may be read in any thread.
 */
typedef struct _ScSessionReport ScSessionReport;

ScSessionReport *sc_session_report_new (ScSessionItem *session, const ScSessionReportContext *context);
void sc_session_report_free (ScSessionReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionReport, sc_session_report_free)

/* "Seatcast session 12, version 4": without an ending, fit for a file's name */
char *sc_session_report_dup_file_name (const ScSessionReport *self);
/* Of a path: PDF when it ends so, else HTML. */
ScSessionReportFormat sc_session_report_pick_format (const char *path);

GBytes *sc_session_report_to_html (const ScSessionReport *self);
/* Errors: %SC_ERROR_SYSTEM */
GBytes *sc_session_report_to_pdf (const ScSessionReport *self, GError **error);

/* Makes and writes it in a thread; the file is there as a whole or as it was. Takes @self. Errors: GIO's */
void sc_session_report_save_async (ScSessionReport *self, GFile *file, ScSessionReportFormat format,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean sc_session_report_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
