/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-private.h"

#include <glib/gstdio.h>

void
test_private_open_up (const char *path)
{
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
}

void
test_private_assert (const char *path)
{
  GStatBuf st;
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
}
