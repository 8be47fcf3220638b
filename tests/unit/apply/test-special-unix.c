/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-special.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
test_special_link (const char *target, const char *path)
{
  g_assert_cmpint (symlink (target, path), ==, 0);
  return TRUE;
}

gboolean
test_special_fifo (const char *path)
{
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  return TRUE;
}

void
test_special_on_death (void (*handler) (int number))
{
  signal (SIGABRT, handler);
  signal (SIGTRAP, handler);
}
