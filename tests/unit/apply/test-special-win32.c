/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-special.h"

#include <signal.h>

/* Windows has links, for which a test needs a privilege, and Wine has none: that the disk refuses them is shown by
 * tests/unit/platform/test-disk-win32.c with a junction. */
gboolean
test_special_link (const char *target, const char *path)
{
  return FALSE;
}

gboolean
test_special_fifo (const char *path)
{
  return FALSE;
}

void
test_special_on_death (void (*handler) (int number))
{
  signal (SIGABRT, handler);
}
