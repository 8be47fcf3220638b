/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-publish.h"

#include <stdio.h>

/* publish-tool STORE DIRECTORY: publishes DIRECTORY and prints what it took, as one JSON object. */
int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStore) store = NULL;
  g_autoptr (ScPublishResult) result = NULL;
  gint64 begin;

  if (argc != 3) {
    g_printerr ("usage: publish-tool STORE DIRECTORY\n");
    return 2;
  }
  store = sc_store_open (argv[1], &error);
  begin = g_get_monotonic_time ();
  if (store != NULL)
    result = sc_publish (store, argv[2], "benchmark", "", g_get_real_time (), NULL, NULL, &error);
  if (result == NULL) {
    g_printerr ("publish-tool: %s\n", error->message);
    return 1;
  }
  printf ("{\"seconds\":%.6f,\"bytes\":%" G_GUINT64_FORMAT ",\"read_bytes\":%" G_GUINT64_FORMAT
          ",\"new_chunks\":%" G_GUINT64_FORMAT ",\"new_bytes\":%" G_GUINT64_FORMAT
          ",\"stored_bytes\":%" G_GUINT64_FORMAT "}\n",
          (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC, result->bytes, result->read_bytes,
          result->new_chunks, result->new_bytes, result->stored_bytes);
  return 0;
}
