/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Being told to end by who has started the program: SIGINT and SIGTERM; on Windows Ctrl-C and Ctrl-Break, and that the
 * terminal's window closes, the user logs off or the system goes down. In these three cases Windows ends the process at
 * once when it has been told; it is held back until sc_interrupt_remove(), for the 5 s that Windows allows.
 */

/* Calls @func in the default main context each time; its result does not matter. One at a time. Main thread only. */
void sc_interrupt_add (GSourceFunc func, gpointer user_data);
void sc_interrupt_remove (void);

G_END_DECLS
