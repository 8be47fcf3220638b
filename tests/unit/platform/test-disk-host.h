/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"

/* test-disk.c's tests of ScDisk are the same everywhere; test-disk-unix.c and test-disk-win32.c add what only their
 * system has. */
void test_disk_add_host_tests (void);

/* These assert that it worked. */
ScDisk *test_disk_open (const char *root);
ScDiskFile *test_disk_open_file (ScDisk *disk, const char *path, ScDiskFlags flags);
/* That opening it exclusively is refused because somebody has it. */
void test_disk_assert_busy (ScDisk *disk, const char *path, ScDiskFlags flags);
