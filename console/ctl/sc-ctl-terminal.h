/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a command needs of the terminal that it was started on. Main thread only. */

/* To be called first: output is UTF-8 from then on, to a terminal on Windows as well. Returns: (transfer full): the
 * arguments of this program, its own name first, in UTF-8 on Windows */
char **sc_ctl_terminal_begin (char **argv);

/* Whether progress can be shown in place: standard error is a terminal. */
gboolean sc_ctl_terminal_is_interactive (void);
/* Whether standard output is a terminal. */
gboolean sc_ctl_terminal_output_is_interactive (void);
/* Columns, 80 where that cannot be found out. */
guint sc_ctl_terminal_get_width (void);

/* Whether somebody can be asked: standard input and standard error are a terminal. */
gboolean sc_ctl_terminal_can_ask (void);
/* Asks for one line; with @secret what is typed is not shown. Returns: (transfer full) (nullable): UTF-8, or as it was
 * typed; NULL for Ctrl-C or the input's end */
char *sc_ctl_terminal_read_line (gboolean secret);

/* Asks for a password. Returns: (transfer full), to be wiped by sc_secret_free(). Errors: %SC_ERROR_CANCELLED */
char *sc_ctl_terminal_ask_secret (const char *prompt, GError **error);
/* Asks a question that is answered by “yes”, nothing else. */
gboolean sc_ctl_terminal_confirm (const char *question);

/* Shows @text in place of the line shown before, cut to the width. */
void sc_ctl_terminal_show_line (const char *text);
/* Removes that line, so that something else can be printed. */
void sc_ctl_terminal_clear_line (void);
/* Standard output is emptied and the cursor is at its top. */
void sc_ctl_terminal_clear_screen (void);

/* Runs the default main context for at most @milliseconds. Returns: FALSE when Ctrl-C (or SIGTERM) came meanwhile: from
 * the first call on the process handles them so. */
gboolean sc_ctl_terminal_wait (guint milliseconds);

G_END_DECLS
