/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_WIDTH 80u

char **
sc_ctl_terminal_begin (char **argv)
{
  return g_strdupv (argv);
}

gboolean
sc_ctl_terminal_is_interactive (void)
{
  return isatty (STDERR_FILENO) == 1;
}

gboolean
sc_ctl_terminal_output_is_interactive (void)
{
  return isatty (STDOUT_FILENO) == 1;
}

guint
sc_ctl_terminal_get_width (void)
{
  struct winsize size = { 0 };
  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return DEFAULT_WIDTH;
}
