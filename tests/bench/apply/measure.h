/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/**
 * BenchMeasure:
 *
 * Measures a piece of work on one volume that nobody else uses: time, space at the peak, and what reaches the disk. The
 * time ends when the volume is synced. A thread looks at the space every 2 ms.
 */
typedef struct _BenchMeasure BenchMeasure;

/**
 * bench_measure_begin:
 * @directory: on the volume; the files beneath it are those whose blocks are counted. They are dropped from the page
 * cache, so that old content is read from the disk, as after a start of the machine
 * @device_statistics: (nullable): /sys/block/NAME/stat of the volume's device
 */
BenchMeasure *bench_measure_begin (const char *directory, const char *device_statistics, GError **error);

/**
 * bench_measure_end:
 *
 * Returns: (transfer full): seconds; peak_volume_bytes: by how much less was free on the volume at the worst moment
 * than before (statvfs); peak_blocks_bytes: the same, as blocks of the files; device_written_bytes: journal and
 * metadata included; kernel_written_bytes: what the kernel puts down to this process and its children
 */
ScJson *bench_measure_end (BenchMeasure *self, GError **error);
void bench_measure_free (BenchMeasure *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchMeasure, bench_measure_free)

/* Space that the file takes, 0 when there is none. Bytes. */
guint64 bench_allocated_bytes (const char *path);

G_END_DECLS
