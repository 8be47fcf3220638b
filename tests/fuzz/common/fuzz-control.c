/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control.h"

#include "tests/fuzz/fuzz.h"

/* A message that parses says the same after another trip. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (ScControlMessage) message = sc_control_message_parse ((const char *) data, size, NULL);

  if (message != NULL) {
    g_autofree char *text = sc_control_message_to_json (message);
    g_autoptr (GError) error = NULL;
    g_autoptr (ScControlMessage) again = sc_control_message_parse (text, strlen (text), &error);
    g_autofree char *text_again = NULL;

    g_assert_no_error (error);
    text_again = sc_control_message_to_json (again);
    g_assert_cmpstr (text, ==, text_again);
  }
  return 0;
}
