/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A button that has the engine verify its audit log, and what came of it beside it. Administrators only. */
#define SC_TYPE_AUDIT_CHECK (sc_audit_check_get_type ())
G_DECLARE_FINAL_TYPE (ScAuditCheck, sc_audit_check, SC, AUDIT_CHECK, GtkBox)

void sc_audit_check_set_console (ScAuditCheck *self, ScConsole *console);

G_END_DECLS
