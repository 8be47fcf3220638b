/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"

G_BEGIN_DECLS

typedef enum {
  TEST_FAULT_NONE,
  TEST_FAULT_DEAD,      /* the change fails, and so does everything else from then on */
  TEST_FAULT_CHANGE,    /* one change fails; when it is a sync, what was not durable may be lost */
  TEST_FAULT_READ,      /* one reading operation fails */
  TEST_FAULT_FULL,      /* what takes space fails from then on */
  TEST_FAULT_FULL_ONCE, /* one operation that takes space fails */
} TestFault;

/* Told of every change, before it is made and (@done) when it was. May call test_disk_crash(). */
typedef void (*TestDiskHook) (ScDisk *disk, gboolean done, const char *operation, const char *path, gpointer data);

/* What a disk of test_disk_new() is like and does; may be changed at any time. */
typedef struct {
  TestFault fault;
  guint after;    /* so many operations that could have the fault go well before it */
  guint happened; /* how often something failed so */

  guint changes; /* asked for so far */
  guint reads;
  guint takes; /* changes that take space */

  guint64 capacity;     /* bytes */
  gboolean clones;      /* the file system can */
  gboolean moves;       /* and says that it moves what is overwritten; it is not modelled to */
  gboolean ignore_case; /* of ASCII letters, as Windows does */
  const char *corrupt;  /* (nullable): path whose reads return altered bytes */
  const char *bad;      /* (nullable): path of a file with a bad sector, which cannot be read */
  guint64 bad_at;       /* byte of it */
  const char *held;     /* (nullable): path of a file that another program has open */

  TestDiskHook hook; /* (nullable) */
  gpointer hook_data;
} TestFaults;

/**
 * test_disk_new:
 *
 * An empty disk in memory with all that makes disks hard: what was written is lost, torn at sectors or reordered by a
 * power cut unless it was synced; names come and go in a journal of which the end may be lost unless their directories
 * were synced; space ends; clones share it. Sharing is as on Windows, the stricter system: a file that is open may not
 * be renamed or removed, and an exclusive handle is the only one.
 *
 * @faults: must outlive it
 */
ScDisk *test_disk_new (TestFaults *faults);

/* What a power cut at this moment leaves, as a disk of its own; @disk goes on as if nothing had happened. */
ScDisk *test_disk_crash (ScDisk *disk, GRand *random, TestFaults *faults);
/* The same with nothing lost. */
ScDisk *test_disk_copy (ScDisk *disk, TestFaults *faults);
/* Whether a power cut could lose anything. */
gboolean test_disk_can_lose (ScDisk *disk);
/* Time passes: everything is durable. */
void test_disk_settle (ScDisk *disk);

guint64 test_disk_get_used (ScDisk *disk); /* bytes */
guint test_disk_get_handles (ScDisk *disk);
/* Without faults and counting. (nullable): no file there */
GBytes *test_disk_read (ScDisk *disk, const char *path);
gboolean test_disk_is_read_only (ScDisk *disk, const char *path);
/* Adds the paths of all files beneath directory @path, but not those of @except (nullable) and beneath. */
void test_disk_list_files (ScDisk *disk, const char *path, const char *except, GHashTable *paths);

G_END_DECLS
