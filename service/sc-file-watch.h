/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A source that calls its GSourceFunc after the file at @path was written, made, removed or replaced; by the system's
 * own messages, without looking again and again. (nullable): there are none here, which is warned of */
GSource *sc_file_watch_new (const char *path);

G_END_DECLS
