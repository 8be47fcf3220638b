/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-json.h"

#include "common/sc-error.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define MAX_BYTES 65536u

/* What parses says the same after another trip; what does not has an error of ours, in valid UTF-8. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) value = sc_json_parse_object ((const char *) data, size, MAX_BYTES, &error);

  if (value == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  g_assert_no_error (error);
  g_autofree char *text = sc_json_to_text (value);
  g_autoptr (ScJson) again = sc_json_parse_object (text, strlen (text), 8 * MAX_BYTES, &error);
  g_assert_no_error (error);
  g_autofree char *text_again = sc_json_to_text (again);
  g_assert_cmpstr (text, ==, text_again);
  return 0;
}
