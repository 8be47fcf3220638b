/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-options.h"

#include "common/sc-error.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_MAX_BYTES 65536u

void
sc_ctl_clear (ScCtl *self)
{
  sc_ctl_client_free (self->client);
  g_strfreev (self->arguments);
  sc_ctl_options_clear (&self->options);
}

ScCtlStatus
sc_ctl_status_of_error (const GError *error)
{
  if (error->domain != SC_ERROR)
    return SC_CTL_FAILED;
  switch ((ScError) error->code) {
  case SC_ERROR_NOT_FOUND:
    return SC_CTL_NOT_FOUND;
  case SC_ERROR_BUSY:
  case SC_ERROR_STATE:
  case SC_ERROR_EXISTS:
    return SC_CTL_BUSY;
  case SC_ERROR_UNREACHABLE:
  case SC_ERROR_DENIED:
    return SC_CTL_UNREACHABLE;
  case SC_ERROR_INVALID:
  case SC_ERROR_CORRUPT:
  case SC_ERROR_NO_SPACE:
  case SC_ERROR_CHANGED:
  case SC_ERROR_CANCELLED:
  case SC_ERROR_SYSTEM:
    break;
  }
  return SC_CTL_FAILED;
}

void
sc_ctl_print_json (ScJson *value)
{
  g_autofree char *text = sc_json_to_text (value);
  puts (text);
  fflush (stdout);
}

ScCtlStatus
sc_ctl_print_table (ScCtl *self, ScCtlTable *table, const char *when_empty)
{
  if (self->options.json)
    return SC_CTL_DONE;
  if (sc_ctl_table_get_n_rows (table) == 0) {
    puts (when_empty);
    return SC_CTL_DONE;
  }
  g_autofree char *text = sc_ctl_table_to_text (table);
  fputs (text, stdout);
  return SC_CTL_DONE;
}

gboolean
sc_ctl_parse_number (const char *text, const char *what, guint64 *number, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, number, NULL))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is no %s: it is a number from 1 on", text, what);
  return FALSE;
}

const char *
sc_ctl_text_of (ScJson *object, const char *key)
{
  const char *text = sc_json_get_optional_string (object, key, TEXT_MAX_BYTES);
  return text ? text : "";
}

guint64
sc_ctl_number_of (ScJson *object, const char *key)
{
  return sc_json_get_optional_uint (object, key, 0);
}

char *
sc_ctl_id_of (ScJson *object)
{
  ScJson *id = json_object_get (object, "id");
  return json_is_string (id) ? g_strdup (json_string_value (id))
                             : g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (object, "id"));
}
