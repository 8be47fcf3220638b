/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-text.h"

#include <string.h>

gboolean
sc_text_breaks_line (gunichar character)
{
  return g_unichar_iscntrl (character) || character == 0x2028 || character == 0x2029 ||
         (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

void
sc_text_append_line (GString *line, const char *text, gsize max_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, max_bytes));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    g_string_append_unichar (line, sc_text_breaks_line (character) ? ' ' : character);
  }
}

gboolean
sc_text_is_line (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (sc_text_breaks_line (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

gboolean
sc_text_is_blank (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_isgraph (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}
