/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl.h"

G_BEGIN_DECLS

/* Desired state and what comes next, in words: pure functions of the API's JSON; every text is (transfer full). */

/* "12", "12 (Debian, Windows)" for some of its templates, "-" for none. @assignment: (nullable): {"version",
 * "templates"} */
char *sc_ctl_assignment_in_words (ScJson *assignment);
/* "mon-fri 18:00-06:00 Europe/Berlin, closed, opens 2026-12-01 18:00"; "any time" */
char *sc_ctl_window_in_words (ScJson *window);
/* Why a seat is not where it should be: "it was off", "templates are in use"; empty when it is */
char *sc_ctl_behind_in_words (ScJson *seat);
/* What comes next: "session at 2026-12-01 18:00", "catches up when it returns"; empty for nothing */
char *sc_ctl_next_in_words (ScJson *seat);
/* Of a schedule: "at 2026-12-01 22:00", "in the window", "mon, fri 22:00" */
char *sc_ctl_when_in_words (ScJson *when);
/* Of a schedule: "12", "newest", "assigned" */
char *sc_ctl_schedule_what (ScJson *schedule);

/* Puts whom it is for (--room, --seat) and what is done with them (--wake, --power-off) into @body. */
void sc_ctl_add_targets (ScCtl *self, ScJson *body);
/* Puts the options --template into @body, where they are given. */
void sc_ctl_add_templates (ScCtl *self, ScJson *body);
/* Parses an argument VERSION that may be “none”: 0. */
gboolean sc_ctl_parse_version (const char *text, guint64 *version, GError **error);

G_END_DECLS
