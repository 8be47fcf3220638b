/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

G_BEGIN_DECLS

typedef enum {
  SC_MAY_VIEW,
  SC_MAY_OPERATE,
  SC_MAY_ADMINISTER,
} ScMay;

/*
 * Who the engine takes the user for, and what it lets him do. What he may not do is shown as such beforehand, so that
 * nobody fills in a form for nothing; whether he may is the engine's to say, and it is asked each time.
 */

/* The console is connected and lets the user do what needs @may. */
gboolean sc_me_may (ScConsole *console, ScMay may);
/* Why not, for a tooltip. Returns: (transfer none) (nullable): NULL when he may, or when it is not known yet */
const char *sc_me_why_not (ScConsole *console, ScMay may);
/* The user is on the engine's own machine and has not signed in. */
gboolean sc_me_is_local (ScConsole *console);
/* Of a user who has signed in; empty otherwise. (transfer none) */
const char *sc_me_get_user (ScConsole *console);
const char *sc_me_role_of (ScMay may); /* the API's nick of the role that may just that */
/* For people: "operator"; @role: the API's nick. (transfer none) */
const char *sc_me_role_words (const char *role);
const char *sc_me_get_role (ScConsole *console); /* the API's nick; empty when it is not known */

G_END_DECLS
