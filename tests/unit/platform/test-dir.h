/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* (transfer full): a new temporary directory */
char *test_dir_make (void);
/* Removes it with all that is in it, and frees the name. */
void test_dir_remove (char *path);
G_GNUC_UNUSED static inline void
test_dir_clear (char **path)
{
  test_dir_remove (*path);
}
#define test_auto_dir __attribute__ ((cleanup (test_dir_clear))) char *

/* (transfer full): the SHA-256 of a file's content */
char *test_dir_hash (const char *path);
void test_dir_write (const char *path, gconstpointer data, gsize length);
