/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-log-file.h"

G_BEGIN_DECLS

/*
 * Where the messages of a program that runs for long go. One of the two, once, at its start, from the main thread.
 * Information and debug messages only as G_MESSAGES_DEBUG says.
 */

typedef enum {
  SC_LOG_TEXT,
  SC_LOG_JSON, /* one object a line: sc_log_to_json() */
} ScLogFormat;
/* "text" or "json". Returns: FALSE: it is neither */
gboolean sc_log_format_from_nick (const char *nick, ScLogFormat *format);
/* Before any of these; text from the start. */
void sc_log_set_format (ScLogFormat format);

/* To stderr, a line each: for a terminal, and for systemd's journal, which adds the time. */
void sc_log_to_stderr (const char *program);
/* Why @program ends, to stderr: in a terminal in its own character set, in a file or a pipe (that of Windows Installer)
 * in UTF-8 as the messages before it. */
void sc_log_failure (const char *program, const char *text);
/* To @file (nullable), which stays open until the end of the process; and what an administrator should see to @tell
 * (nullable): our own warnings and errors, and sc_log_event(). @tell is called from any thread. */
void sc_log_to_file (ScLogFile *file, void (*tell) (GLogLevelFlags level, const char *text));

/* As g_message(), of something that an administrator should find without looking for it, also in Windows' event log. */
#define sc_log_event(...)                                                                                              \
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "SEATCAST_EVENT", "1", "MESSAGE", __VA_ARGS__)

/* As g_message() and g_warning(), of what is about one session: a line in JSON has its number as the member "session".
 */
#define sc_log_session_message(session, ...) sc_log_of_session (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, session, __VA_ARGS__)
#define sc_log_session_warning(session, ...) sc_log_of_session (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, session, __VA_ARGS__)
void sc_log_of_session (const char *domain, GLogLevelFlags level, guint64 session, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

G_END_DECLS
