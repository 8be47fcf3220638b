/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line of Linux' /proc/self/mountinfo (proc(5)), as far as it is of use here. */
typedef struct {
  guint64 id;
  char *root;        /* what of the file system is mounted */
  char *target;      /* where */
  char *file_system; /* "ext4" */
  char *options;     /* of the file system: "rw,compress=zstd:3"; special characters as \054 */
} ScMount;

void sc_mount_free (ScMount *self);
/* Lines that are not as expected are left out. Returns: (transfer full) (element-type ScMount): in @text's order */
GPtrArray *sc_mounts_parse (const char *text);
/* Returns: (nullable) (transfer none) */
const ScMount *sc_mounts_find (const GPtrArray *mounts, guint64 id);
/* What @path, which is absolute, lies on; the last one mounted there counts. Returns: (nullable) (transfer none) */
const ScMount *sc_mounts_find_path (const GPtrArray *mounts, const char *path);
/* Returns: (transfer full) (nullable): the value of "@name=" in @options */
char *sc_mount_get_option (const ScMount *self, const char *name);

G_END_DECLS
