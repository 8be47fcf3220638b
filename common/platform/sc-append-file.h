/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A file that is only ever appended to: a log. Others may read it, rename it and remove it meanwhile, on Windows too.
 * It is made where it is missing; a link is not followed. Not thread-safe.
 */
typedef struct _ScAppendFile ScAppendFile;

/* @size: (out): in bytes, as it is now. Errors: %SC_ERROR_SYSTEM; %SC_ERROR_NOT_FOUND its directory */
ScAppendFile *sc_append_file_open (const char *path, guint64 *size, GError **error);
/* Returns: how many bytes of @length are in the file; fewer when the disk is full */
gsize sc_append_file_write (ScAppendFile *self, const char *data, gsize length);
void sc_append_file_close (ScAppendFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScAppendFile, sc_append_file_close)
/* Renames and replaces. Returns: FALSE when it cannot be done now, as somebody holds one of the two */
gboolean sc_append_file_move (const char *from, const char *to);

G_END_DECLS
