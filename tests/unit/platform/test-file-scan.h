/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-file-scan.h"
#include "common/sc-error.h"

/* A file of @length bytes beneath @directory, with the directories on the way; names that GLib cannot make, too. */
void test_scan_write (const char *directory, const char *path, gconstpointer data, gsize length);
ScScanFile *test_scan_open (const char *path);
void test_scan_assert_not_opened (const char *path, ScError code);
/* (transfer full) */
char *test_scan_resolve (const char *path);
/* Not Wine 8, whose GetFinalPathNameByHandle() fails on paths beyond 260 characters. */
gboolean test_scan_resolves_long (void);
/* What one system alone has. */
void test_scan_add_system (void);
