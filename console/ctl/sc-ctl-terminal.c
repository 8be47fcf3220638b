/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-interrupt.h"
#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-terminal.h"

#include <stdio.h>

static gboolean interrupted = FALSE;
static gboolean line_shown = FALSE;

void
sc_ctl_terminal_show_line (const char *text)
{
  g_autofree char *cut = sc_ctl_text_cut (text, sc_ctl_terminal_get_width () - 1);
  fprintf (stderr, "\r%s\033[K", cut);
  fflush (stderr);
  line_shown = TRUE;
}

void
sc_ctl_terminal_clear_line (void)
{
  if (!line_shown)
    return;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
  line_shown = FALSE;
}

void
sc_ctl_terminal_clear_screen (void)
{
  fputs ("\033[H\033[J", stdout);
}

static gboolean
on_interrupted (gpointer data)
{
  interrupted = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_time_is_up (gpointer data)
{
  gboolean *up = data;
  *up = TRUE;
  return G_SOURCE_REMOVE;
}

gboolean
sc_ctl_terminal_wait (guint milliseconds)
{
  static gboolean prepared = FALSE;
  if (!prepared) {
    sc_interrupt_add (on_interrupted, NULL);
    prepared = TRUE;
  }

  gboolean up = FALSE;
  guint source = g_timeout_add (milliseconds, on_time_is_up, &up);
  while (!up && !interrupted)
    g_main_context_iteration (NULL, TRUE);
  if (!up)
    g_source_remove (source);

  gboolean result = !interrupted;
  interrupted = FALSE;
  return result;
}

char *
sc_ctl_terminal_ask_secret (const char *prompt, GError **error)
{
  fprintf (stderr, "%s: ", prompt);
  fflush (stderr);
  char *line = sc_ctl_terminal_read_line (TRUE);
  fputs ("\n", stderr);
  if (!line)
    g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED, "cancelled: nothing was done");
  return line;
}

gboolean
sc_ctl_terminal_confirm (const char *question)
{
  fprintf (stderr, "%s [yes/no] ", question);
  fflush (stderr);
  char *line = sc_ctl_terminal_read_line (FALSE);
  gboolean yes = line && g_ascii_strcasecmp (g_strstrip (line), "yes") == 0;
  sc_secret_free (line);
  return yes;
}
