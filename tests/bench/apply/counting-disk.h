/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"

G_BEGIN_DECLS

/* What was asked of a disk, in bytes, and how long that took, in µs. */
typedef struct {
  guint64 read_bytes;
  guint64 written_bytes;
  guint64 punched_bytes;
  guint64 n_syncs; /* of files and of directories */
  gint64 read_time;
  gint64 write_time;
  gint64 sync_time;
} BenchDiskCounts;

/**
 * bench_counting_disk_new:
 * @inner: (transfer full): the disk that does the work
 * @counts: where it is counted; must outlive the disk. One thread at a time
 *
 * A thin disk around another: passes every operation on and counts it.
 */
ScDisk *bench_counting_disk_new (ScDisk *inner, BenchDiskCounts *counts);

G_END_DECLS
