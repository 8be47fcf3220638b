/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Makes the empty directory @name in @directory a junction to @target, an absolute path, which needs no privilege.
 * Returns: FALSE where the file system has none (Wine 8) */
gboolean test_junction_make (const char *directory, const char *name, const char *target);
