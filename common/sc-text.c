/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-text.h"

gboolean
sc_text_breaks_line (gunichar character)
{
  return g_unichar_iscntrl (character) || character == 0x2028 || character == 0x2029 ||
         (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
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
