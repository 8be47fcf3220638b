/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-readable.h"

/* GLib waits for each socket by an event of its own, and shares them out among threads when there are many. */
GSource *
sc_readable_new (GSocket *socket)
{
  return NULL;
}

void
sc_readable_set_stream (GSource *source, GObject *stream, void (*gone) (GObject *stream))
{
}

void
sc_readable_note (GSource *source, gboolean more)
{
}

gboolean
sc_readable_is_late (GSource *source)
{
  return FALSE;
}
