/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-terminal.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#define DEFAULT_WIDTH 80u
#define MAX_LINE 1024u /* characters */

/* wincon.h of old toolchains lacks it. */
#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004
#endif

static UINT code_page_before;

/* The code page is the terminal's, which the shell goes on with. */
static void
restore_code_page (void)
{
  SetConsoleOutputCP (code_page_before);
}

/* Returns: whether @handle is a terminal, which understands escape sequences from now on (Windows 10 and later) */
static gboolean
prepare (DWORD handle)
{
  HANDLE terminal = GetStdHandle (handle);
  DWORD mode = 0;

  return GetConsoleMode (terminal, &mode) && SetConsoleMode (terminal, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

/* A file or a pipe gets the same bytes as on Unix. */
char **
sc_ctl_terminal_begin (char **argv)
{
  gboolean output = prepare (STD_OUTPUT_HANDLE);
  gboolean errors = prepare (STD_ERROR_HANDLE);

  _setmode (_fileno (stdout), _O_BINARY);
  _setmode (_fileno (stderr), _O_BINARY);
  if (output || errors) {
    code_page_before = GetConsoleOutputCP ();
    if (code_page_before != CP_UTF8 && SetConsoleOutputCP (CP_UTF8))
      atexit (restore_code_page);
  }
  return g_win32_get_command_line ();
}

static gboolean
is_terminal (DWORD handle)
{
  DWORD mode;

  return GetConsoleMode (GetStdHandle (handle), &mode) && (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

gboolean
sc_ctl_terminal_is_interactive (void)
{
  return is_terminal (STD_ERROR_HANDLE);
}

gboolean
sc_ctl_terminal_output_is_interactive (void)
{
  return is_terminal (STD_OUTPUT_HANDLE);
}

guint
sc_ctl_terminal_get_width (void)
{
  CONSOLE_SCREEN_BUFFER_INFO info;

  if (GetConsoleScreenBufferInfo (GetStdHandle (STD_ERROR_HANDLE), &info) && info.srWindow.Right > info.srWindow.Left)
    return (guint) (info.srWindow.Right - info.srWindow.Left) + 1;
  return DEFAULT_WIDTH;
}

gboolean
sc_ctl_terminal_can_ask (void)
{
  DWORD mode;

  return GetConsoleMode (GetStdHandle (STD_INPUT_HANDLE), &mode) && is_terminal (STD_ERROR_HANDLE);
}

/* Without ENABLE_PROCESSED_INPUT Ctrl-C is a character: so the terminal is always as before when this ends. */
char *
sc_ctl_terminal_read_line (gboolean secret)
{
  HANDLE terminal = GetStdHandle (STD_INPUT_HANDLE);
  wchar_t line[MAX_LINE];
  DWORD before = 0, length = 0;
  char *text = NULL;

  if (!GetConsoleMode (terminal, &before) ||
      !SetConsoleMode (terminal, ENABLE_LINE_INPUT | (secret ? 0 : ENABLE_ECHO_INPUT)))
    return NULL;
  if (ReadConsoleW (terminal, line, MAX_LINE, &length, NULL)) {
    gboolean cancelled = FALSE;

    for (DWORD i = 0; i < length; i++)
      cancelled = cancelled || line[i] == 3 || line[i] == 26;
    while (length > 0 && (line[length - 1] == L'\n' || line[length - 1] == L'\r'))
      length--;
    if (!cancelled)
      text = g_utf16_to_utf8 (line, length, NULL, NULL, NULL);
  }
  SetConsoleMode (terminal, before);
  SecureZeroMemory (line, sizeof line);
  return text;
}
