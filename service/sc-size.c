/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-size.h"

#include "common/sc-error.h"
#include "service/apply/sc-apply.h"

#include <string.h>

static gboolean
parse (const char *text, gint64 *bytes)
{
  static const char suffixes[] = "KMGT";
  gsize length = strlen (text);
  const char *suffix = length > 0 ? strchr (suffixes, g_ascii_toupper (text[length - 1])) : NULL;
  guint shift = suffix != NULL ? (guint) (suffix - suffixes + 1) * 10 : 0;
  g_autofree char *digits = g_strndup (text, suffix != NULL ? length - 1 : length);
  guint64 number;

  if (strcmp (text, "default") == 0) {
    *bytes = SC_APPLY_DEFAULT;
    return TRUE;
  }
  if (!g_ascii_string_to_unsigned (digits, 10, 0, (guint64) G_MAXINT64 >> shift, &number, NULL))
    return FALSE;
  *bytes = (gint64) (number << shift);
  return TRUE;
}

gboolean
sc_size_parse (const char *option, const char *text, gint64 *bytes, GError **error)
{
  g_autofree char *excerpt = NULL;

  if (parse (text, bytes))
    return TRUE;
  excerpt = sc_error_excerpt (text);
  g_set_error (
      error, SC_ERROR, SC_ERROR_INVALID,
      "%s “%s” is no size: give bytes, with K, M, G or T for powers of 1024, such as 512M or 20G, or “default”", option,
      excerpt);
  return FALSE;
}
