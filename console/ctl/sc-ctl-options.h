/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl-commands.h"

G_BEGIN_DECLS

/* All options there are. @command: (nullable): NULL: those of the program itself. Returns: (transfer full)
 * (element-type GOptionEntry), ending with an empty one: those that it takes; parsing fills what is pointed at */
GArray *sc_ctl_options_for (const ScCtlCommand *command, ScCtlOptions *options, gboolean *help, gboolean *version);
/* @message of the console, where it begins with a member of the API's that is an option of @command: with the option's
 * name. (transfer full) */
char *sc_ctl_options_in_words (const ScCtlCommand *command, const char *message);
/* Frees what it holds. */
void sc_ctl_options_clear (ScCtlOptions *self);
/* Checks what was given to @command, and parses its numbers. Errors: %SC_ERROR_INVALID saying what is wanted */
gboolean sc_ctl_options_check (const ScCtlCommand *command, ScCtlOptions *options, char **arguments, GError **error);

G_END_DECLS
