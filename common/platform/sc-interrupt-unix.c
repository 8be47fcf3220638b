/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-interrupt.h"

#include <glib-unix.h>
#include <signal.h>

static struct {
  GSourceFunc func;
  gpointer user_data;
  guint sources[2];
} told;

static gboolean
on_signal (gpointer user_data)
{
  told.func (told.user_data);
  return G_SOURCE_CONTINUE;
}

void
sc_interrupt_add (GSourceFunc func, gpointer user_data)
{
  g_return_if_fail (told.func == NULL);
  told.func = func;
  told.user_data = user_data;
  told.sources[0] = g_unix_signal_add (SIGTERM, on_signal, NULL);
  told.sources[1] = g_unix_signal_add (SIGINT, on_signal, NULL);
}

void
sc_interrupt_remove (void)
{
  if (told.func == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (told.sources); i++)
    g_source_remove (told.sources[i]);
  told.func = NULL;
}
