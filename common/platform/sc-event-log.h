/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What an administrator finds in the event viewer, under Windows Logs → Application. Only built for Windows. The texts
 * around @text are in the message file, installer/windows/messages.mc, which is a resource of each program.
 */

/* Opens the source @program ("seatcast-service"); nothing fails where it is not registered, the texts are then bare. */
void sc_event_log_open (const char *program);
/* Warnings and errors go there, and what is logged with sc_event_log_tell(). Thread-safe. */
void sc_event_log_write (GLogLevelFlags level, const char *text);
void sc_event_log_close (void);

G_END_DECLS
