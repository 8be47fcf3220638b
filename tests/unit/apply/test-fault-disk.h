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
  guint64 fake_free;    /* bytes that sc_disk_space() tells; 0: the truth */
  gboolean ignore_case; /* of ASCII letters, as Windows does */
  const char *corrupt;  /* (nullable): path whose reads return altered bytes */
} TestFaults;

/* A disk that passes everything on to the system's, but fails as @faults says. */
ScDisk *test_fault_disk_new (const char *root, TestFaults *faults);

/* What a power cut leaves: of the writes since a file's last sync any may be lost, and of the renames, removals and new
 * names since a directory's last sync the latest. To be called when all files are closed. */
void test_fault_disk_cut_power (ScDisk *disk, GRand *random);

G_END_DECLS
