/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"

#include <errno.h>

G_DEFINE_QUARK (sc - error - quark, sc_error)

static const char *const nicks[] = {
  [SC_ERROR_INVALID] = "invalid", [SC_ERROR_CORRUPT] = "corrupt", [SC_ERROR_NOT_FOUND] = "not-found",
  [SC_ERROR_EXISTS] = "exists",   [SC_ERROR_BUSY] = "busy",       [SC_ERROR_NO_SPACE] = "no-space",
  [SC_ERROR_CHANGED] = "changed", [SC_ERROR_STATE] = "state",     [SC_ERROR_CANCELLED] = "cancelled",
  [SC_ERROR_DENIED] = "denied",   [SC_ERROR_SYSTEM] = "system",   [SC_ERROR_UNREACHABLE] = "unreachable",
};

const char *
sc_error_code_to_nick (ScError code)
{
  g_return_val_if_fail ((gsize) code < G_N_ELEMENTS (nicks), "system");

  return nicks[code];
}

ScError
sc_error_code_from_nick (const char *nick)
{
  for (guint code = 0; code < G_N_ELEMENTS (nicks); code++)
    if (g_strcmp0 (nicks[code], nick) == 0)
      return (ScError) code;
  return SC_ERROR_SYSTEM;
}

const char *
sc_error_nick_of (const GError *error)
{
  if (error->domain == SC_ERROR)
    return sc_error_code_to_nick ((ScError) error->code);
  return nicks[SC_ERROR_SYSTEM];
}

static ScError
code_of_errno (int saved_errno, ScError hint)
{
  switch (saved_errno) {
  case ENOSPC:
#ifdef EDQUOT /* unknown to Windows' C library */
  case EDQUOT:
#endif
    return SC_ERROR_NO_SPACE;
  case ENOENT:
    return SC_ERROR_NOT_FOUND;
  case ETXTBSY:
  case EBUSY:
    return SC_ERROR_BUSY;
  default:
    return hint;
  }
}

gboolean
sc_error_set_errno (GError **error, int saved_errno, ScError code_hint, const char *format, ...)
{
  va_list arguments;
  g_autofree char *what = NULL;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SC_ERROR, code_of_errno (saved_errno, code_hint), "%s: %s", what, g_strerror (saved_errno));
  return FALSE;
}

char *
sc_error_excerpt (const char *text)
{
  g_autofree char *start = g_strndup (text, 80 * 4);
  g_autofree char *valid = g_utf8_make_valid (start, -1);

  return g_utf8_substring (valid, 0, MIN (80, g_utf8_strlen (valid, -1)));
}
