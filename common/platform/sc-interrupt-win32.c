/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-interrupt.h"

#include <windows.h>

#define CLOSE_TIME 20000u /* ms: longer than Windows waits for us */

static struct {
  GSourceFunc func;
  gpointer user_data;
  HANDLE ended;
} told;

static gboolean
tell (gpointer user_data)
{
  if (told.func != NULL)
    told.func (told.user_data);
  return G_SOURCE_REMOVE;
}

/* In a thread that Windows makes for it. */
static BOOL WINAPI
on_event (DWORD event)
{
  g_idle_add_full (G_PRIORITY_HIGH, tell, NULL, NULL);
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
    WaitForSingleObject (told.ended, CLOSE_TIME);
  return TRUE;
}

void
sc_interrupt_add (GSourceFunc func, gpointer user_data)
{
  g_return_if_fail (told.func == NULL);
  if (told.ended == NULL)
    told.ended = CreateEventW (NULL, TRUE, FALSE, NULL);
  ResetEvent (told.ended);
  told.func = func;
  told.user_data = user_data;
  /* A parent that started us in a process group of our own has switched Ctrl-C off, which is inherited. */
  SetConsoleCtrlHandler (NULL, FALSE);
  if (!SetConsoleCtrlHandler (on_event, TRUE))
    g_warning ("Ctrl-C will end the program at once: %lu", GetLastError ());
}

void
sc_interrupt_remove (void)
{
  if (told.func == NULL)
    return;
  SetConsoleCtrlHandler (on_event, FALSE);
  told.func = NULL;
  SetEvent (told.ended);
}
