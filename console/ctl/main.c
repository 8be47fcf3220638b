/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-commands.h"
#include "console/ctl/sc-ctl-terminal.h"

#include "common/sc-error.h"

#include <locale.h>
#include <stdio.h>

static ScCtlStatus
report (const ScCtl *ctl, const GError *error, ScCtlStatus status)
{
  sc_ctl_terminal_clear_line ();
  fprintf (stderr, "seatcastctl: %s\n", error->message);
  if (ctl->options.json && status != SC_CTL_USAGE) {
    g_autoptr (ScJson) object =
        json_pack ("{s:{s:s, s:s}}", "error", "code", sc_error_nick_of (error), "message", error->message);
    if (object)
      sc_ctl_print_json (object);
  }
  return status;
}

static ScCtlStatus
run (ScCtl *ctl, const char *const *arguments)
{
  const ScCtlCommand *command;
  g_autofree char *help = NULL;
  g_autoptr (GError) error = NULL;
  if (!sc_ctl_commands_parse (arguments, ctl, &command, &help, &error))
    return report (ctl, error, SC_CTL_USAGE);
  if (help) {
    fputs (help, stdout);
    return SC_CTL_DONE;
  }

  ctl->client = sc_ctl_client_new (ctl->options.connection, &error);
  if (!ctl->client)
    return report (ctl, error, SC_CTL_UNREACHABLE);
  ScCtlStatus status = command->run (ctl, &error);
  return error ? report (ctl, error, status == SC_CTL_USAGE ? status : sc_ctl_status_of_error (error)) : status;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  ScCtl ctl = { 0 };
  ScCtlStatus status = run (&ctl, (const char *const *) argv + MIN (argc, 1));

  sc_ctl_client_free (ctl.client);
  g_strfreev (ctl.arguments);
  g_strfreev (ctl.options.seats);
  g_free (ctl.options.connection);
  g_free (ctl.options.note);
  g_free (ctl.options.author);
  g_free (ctl.options.room);
  return status;
}
