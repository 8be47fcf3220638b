/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl.h"

G_BEGIN_DECLS

#define SC_CTL_MAX_OPTIONS 12

/* The one table of commands: parsing, --help and the test of the man page are driven by it. */
typedef struct {
  const char *name;      /* "store verify" */
  const char *arguments; /* as --help shows them, "" for none */
  guint n_arguments;     /* exactly so many; at least, when @arguments has a “…”; “[…]”: one more may be */
  const char *options[SC_CTL_MAX_OPTIONS + 1]; /* long names, without those that every command has; behind
                                                    a “:” which of several of one name */
  const char *summary;                         /* one line */
  const char *details;                         /* what --help says besides */
  const char *examples;                        /* one a line, without the program's name */
  ScCtlFunc run;
  gboolean alone; /* makes its connection itself: ScCtl's client is NULL */
} ScCtlCommand;

/* Ends with an entry without a name. */
const ScCtlCommand *sc_ctl_get_commands (void);

/**
 * sc_ctl_commands_parse:
 * @arguments: all of the process's, without its name
 * @command: (out) (nullable): NULL when the list of commands was asked for
 * @help: (out) (nullable) (transfer full): what was asked for by --help or --version, to be printed instead of running
 * the command
 *
 * Errors: %SC_ERROR_INVALID, with the usage
 */
gboolean sc_ctl_commands_parse (const char *const *arguments, ScCtl *ctl, const ScCtlCommand **command, char **help,
                                GError **error);

G_END_DECLS
