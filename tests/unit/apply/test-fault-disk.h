/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"

G_BEGIN_DECLS

/* What a disk of test_fault_disk_new() does; may be changed at any time. */
typedef struct {
  guint operations;  /* changes asked for so far */
  guint fail_after;  /* changes beyond so many fail, and so does everything else from then on; 0: never */
  gboolean no_space; /* the failure is a full disk: only what takes space fails */
  gboolean failing;
  guint64 fake_free;   /* bytes that sc_disk_space() tells; 0: the truth */
  const char *corrupt; /* (nullable): path whose reads return altered bytes */
} TestFaults;

/* A disk that passes everything on to the system's, but fails as @faults says. */
ScDisk *test_fault_disk_new (const char *root, TestFaults *faults);

G_END_DECLS
