/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"

G_BEGIN_DECLS

/*
 * Whole directories of the undo store. Links are not followed: one is taken for what it is and nothing behind it.
 * Errors: %SC_ERROR_INVALID when they nest deeper than anything that was kept here.
 */

/* Removes a file, a link or a directory with all that is in it; what is not there is right. Not durable. */
gboolean sc_apply_undo_tree_remove (ScDisk *disk, const char *path, GError **error);
/* @bytes: (out): that the files take on the disk; 0: nothing is there */
gboolean sc_apply_undo_tree_measure (ScDisk *disk, const char *path, guint64 *bytes, GError **error);

G_END_DECLS
