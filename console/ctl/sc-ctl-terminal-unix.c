/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-terminal.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define DEFAULT_WIDTH 80u
#define MAX_LINE 1024u /* bytes */

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

gboolean
sc_ctl_terminal_can_ask (void)
{
  return isatty (STDIN_FILENO) == 1 && isatty (STDERR_FILENO) == 1;
}

static void
remove_last (char *line, gsize *length)
{
  if (*length > 0)
    *length = (gsize) (g_utf8_find_prev_char (line, line + *length) ?: line) - (gsize) line;
  line[*length] = '\0';
}

/* Returns: whether @line is there when the byte was taken; *@over: nothing more is read */
static gboolean
take_byte (char *line, gsize *length, char byte, gboolean *over)
{
  switch (byte) {
  case '\003': /* Ctrl-C; at the beginning Ctrl-D, too */
    *over = TRUE;
    return FALSE;
  case '\004':
    *over = TRUE;
    return *length > 0;
  case '\r':
  case '\n':
    *over = TRUE;
    return TRUE;
  case '\b':
  case '\177':
    remove_last (line, length);
    return TRUE;
  case '\025': /* Ctrl-U */
    *length = 0;
    break;
  default:
    if (*length < MAX_LINE)
      line[(*length)++] = byte;
  }
  line[*length] = '\0';
  return TRUE;
}

/* Whatever the terminal's mode is. Returns: (transfer full) (nullable) */
static char *
read_bytes (void)
{
  char *line = g_malloc0 (MAX_LINE + 1);
  gsize length = 0;
  gboolean over = FALSE, taken = FALSE;
  while (!over) {
    char byte;
    gssize n = read (STDIN_FILENO, &byte, 1);
    if (n == 1)
      taken = take_byte (line, &length, byte, &over);
    else if (n == 0 || errno != EINTR) {
      over = TRUE;
      taken = FALSE;
    }
  }
  if (taken)
    return line;
  memset (line, 0, MAX_LINE);
  g_free (line);
  return NULL;
}

/* A secret byte by byte, with Ctrl-C as a byte: so the terminal is always as before when this ends. */
char *
sc_ctl_terminal_read_line (gboolean secret)
{
  struct termios before;
  if (!secret)
    return read_bytes ();
  if (tcgetattr (STDIN_FILENO, &before) != 0)
    return NULL;
  struct termios now = before;
  now.c_lflag &= ~(tcflag_t) (ICANON | ISIG | ECHO);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  /* what was typed before was to be seen, so it is no password */
  if (tcsetattr (STDIN_FILENO, TCSAFLUSH, &now) != 0)
    return NULL;
  char *line = read_bytes ();
  tcsetattr (STDIN_FILENO, TCSADRAIN, &before);
  return line;
}
