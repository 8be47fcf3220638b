/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A seat is a connection or two, and the system's defaults end at some hundred: makes the process ready for thousands.
 * On Unix the number of open files; on Windows how the default main context waits, which takes 64 handles at once and
 * which GLib does by threads that may notice an event only at the next timeout. To be called by main() before the
 * engine starts. */
void sc_many_connections_allow (void);

G_END_DECLS
