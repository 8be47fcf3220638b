/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-commands.h"
#include "console/ctl/sc-ctl-options.h"
#include "console/ctl/sc-ctl-terminal.h"

#include "common/sc-error.h"

#include <locale.h>
#include <stdio.h>

/* Messages of the console are sentences; here they follow a colon. Abbreviations stay: "TLS", "I/O". */
static char *
as_continued (const char *message)
{
  gboolean is_word = g_ascii_isupper (message[0]) && (g_ascii_islower (message[1]) || message[1] == ' ');
  return g_strdup_printf ("%c%s", is_word ? g_ascii_tolower (message[0]) : message[0], *message ? message + 1 : "");
}

static ScCtlStatus
report (const ScCtl *ctl, const GError *error, ScCtlStatus status)
{
  sc_ctl_terminal_clear_line ();
  g_autofree char *printable = sc_ctl_text_cut (error->message, G_MAXUINT);
  g_autofree char *message = as_continued (printable);
  fprintf (stderr, "seatcastctl: %s\n", message);
  if (ctl->options.json) {
    const char *code = status == SC_CTL_USAGE ? "usage" : sc_error_nick_of (error);
    g_autoptr (ScJson) object = json_pack ("{s:{s:s, s:s}}", "error", "code", code, "message", error->message);
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
  if (!sc_ctl_commands_parse (arguments, ctl, &command, &help, &error)) {
    /* what comes behind the mistake was not parsed */
    ctl->options.json = ctl->options.json || g_strv_contains (arguments, "--json");
    return report (ctl, error, SC_CTL_USAGE);
  }
  if (help) {
    fputs (help, stdout);
    return SC_CTL_DONE;
  }

  if (!command->alone)
    ctl->client = sc_ctl_client_new (ctl->options.connection, &error);
  if (error)
    return report (ctl, error, SC_CTL_UNREACHABLE);
  ScCtlStatus status = command->run (ctl, &error);
  if (error) {
    char *message = sc_ctl_options_in_words (command, error->message);
    g_free (error->message);
    error->message = message;
  }
  return error ? report (ctl, error, status == SC_CTL_USAGE ? status : sc_ctl_status_of_error (error)) : status;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_auto (GStrv) arguments = sc_ctl_terminal_begin (argv);
  ScCtl ctl = { 0 };
  ScCtlStatus status = run (&ctl, (const char *const *) arguments + (arguments[0] != NULL ? 1 : 0));
  sc_ctl_clear (&ctl);
  return status;
}
