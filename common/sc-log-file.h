/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScLogFile:
 *
 * A program's detailed log: one line a message with the time in UTC, in PATH; when it would grow beyond @max_bytes it
 * becomes PATH.1, that one PATH.2 and so on, and the oldest of @keep goes. A full disk or a file that somebody holds
 * loses lines, never the program. Thread-safe.
 */
typedef struct _ScLogFile ScLogFile;

/* @path: its directory exists. Errors: %SC_ERROR_SYSTEM */
ScLogFile *sc_log_file_open (const char *path, guint64 max_bytes, guint keep, GError **error);
void sc_log_file_free (ScLogFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScLogFile, sc_log_file_free)
/* @time: µs since 1970. Line breaks and control characters in @text become spaces. */
void sc_log_file_write (ScLogFile *self, gint64 time, GLogLevelFlags level, const char *text);
/* The whole of a line but its end. @text: without line breaks */
void sc_log_file_write_line (ScLogFile *self, const char *text);

G_END_DECLS
