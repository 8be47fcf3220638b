/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What an administrator finds in the event viewer, under Windows Logs → Application. Only built for Windows. The texts
 * around @text are in the message file, installer/windows/messages.mc, which is a resource of each program.
 */

/* The events, one a level; the message of each is "%1", which is the text. The upper bits are those that a message
 * compiler makes of the severity (informational, warning, error). */
#define SC_EVENT_INFORMATION 0x40000001u
#define SC_EVENT_WARNING 0x80000002u
#define SC_EVENT_ERROR 0xc0000003u

/* Opens the source @program ("seatcast-service"); nothing fails where it is not registered, the texts are then bare. */
void sc_event_log_open (const char *program);
/* For messages that an administrator should see (common/sc-log.h calls it); at most 40 at once and then 20 an hour, for
 * nobody is to fill this log by making us complain. Without an open source it does nothing. Thread-safe. */
void sc_event_log_write (GLogLevelFlags level, const char *text);
void sc_event_log_close (void);
/* Returns: (transfer full): @text, in which the event viewer finds nothing to put in: it would read "%1" once more,
 * within what it has just put in for a "%1", and a file's name may have many of them */
char *sc_event_log_escape (const char *text);

G_END_DECLS
