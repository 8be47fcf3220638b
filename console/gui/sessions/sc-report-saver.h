/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sessions/sc-session-report.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks where to, saves there in the background, and tells how that went in the window of @from. Takes @report. */
void sc_report_saver_ask (GtkWidget *from, ScSessionReport *report, GCancellable *cancellable);
/* The same, to @file. */
void sc_report_saver_save (GtkWidget *from, ScSessionReport *report, GFile *file, ScSessionReportFormat format,
                           GCancellable *cancellable);

G_END_DECLS
