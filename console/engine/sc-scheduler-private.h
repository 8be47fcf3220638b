/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/sc-scheduler.h"
#include "console/engine/store/sc-met.h"

G_BEGIN_DECLS

/* What the files of ScScheduler share: sc-scheduler.c (its life, what staff want) and sc-scheduler-schedules.c (what is
 * planned, and what comes of it). */

struct _ScScheduler {
  GObject parent_instance;
  ScStore *store;
  ScCatalog *catalog;
  ScSeatHub *hub;
  ScSessions *sessions;
  ScMet *met;
  ScSchedulerClock real, now;
  gpointer clock_data;
};

gint64 sc_scheduler_get_real (ScScheduler *self); /* µs since 1970 */
/* That the version has all that is selected of it. Errors: %SC_ERROR_NOT_FOUND */
gboolean sc_scheduler_check_selection (ScScheduler *self, ScSelection *selection, GError **error);
void sc_scheduler_tell_schedules (ScScheduler *self); /* emits "schedules-changed" */

G_END_DECLS
