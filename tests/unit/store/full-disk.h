/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"

G_BEGIN_DECLS

/* A disk that takes so many bytes and then is full; the last write that does not fit is done in part, as the system
 * does it. Flushing can be made to fail, too, or whatever comes as the n-th change, and it keeps a journal. Everything
 * else goes to the system's disk. */
typedef struct {
  ScDisk base;
  ScDiskClass klass;
  ScDisk *system;
  guint64 room;
  gboolean sync_fails;
  gboolean truncate_fails;
  guint fail_at;      /* changes from now on until everything fails; 0: never */
  GPtrArray *journal; /* (nullable) (element-type utf8): "write packs/00000001.pack", "sync …", "rename FROM TO", … */
} FullDisk;

FullDisk *full_disk_new (const char *root);

G_END_DECLS
