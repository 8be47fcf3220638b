/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-path.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* A path that passes stays beneath the directory that it is joined to. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *path = size > 0 ? g_strndup ((const char *) data, size) : g_strdup ("");
  g_autoptr (GError) error = NULL;

  if (sc_path_check_relative (path, &error)) {
    g_autofree char *joined = g_build_filename ("/root", path, NULL);
    g_autofree char *canonical = g_canonicalize_filename (joined, "/");
    g_autofree char *folded = sc_path_fold (path);

    g_assert_true (g_str_has_prefix (canonical, "/root/"));
    g_assert_cmpstr (canonical + strlen ("/root/"), ==, path);
    g_assert_nonnull (folded);
  } else {
    g_assert_nonnull (error);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  return 0;
}
