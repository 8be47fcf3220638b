/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* From now on this process mounts in a namespace of its own: what it mounts goes with it, whatever happens. Returns:
 * FALSE where that is not allowed */
gboolean test_mount_enter (void);
/* Enters, and mounts an empty file system in memory. @size: bytes */
gboolean test_mount_memory (const char *directory, guint size);
