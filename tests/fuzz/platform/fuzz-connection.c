/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-connection.h"

#include "common/sc-error.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* What parses has the form that a request may be made of; what does not has an error of ours. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScConnection) connection = sc_connection_parse ((const char *) data, size, &error);

  if (connection == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    return 0;
  }
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (connection->url, "https://") ||
                 g_ascii_strncasecmp (connection->url, "https://", 8) == 0);
  g_assert_false (g_str_has_suffix (connection->url, "/"));
  g_assert_cmpuint (strlen (connection->fingerprint), ==, 64);
  g_assert_null (strpbrk (connection->token, " \t\r\n"));
  return 0;
}
