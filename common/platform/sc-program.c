/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-program-private.h"

#include <string.h>

void
sc_program_end_free (ScProgramEnd *self)
{
  g_free (self->output);
  g_free (self);
}

void
sc_program_keep_output (GByteArray *output, const guint8 *data, gsize length)
{
  gsize kept = MIN (length, SC_PROGRAM_MAX_OUTPUT);

  g_byte_array_append (output, data + length - kept, (guint) kept);
  if (output->len > SC_PROGRAM_MAX_OUTPUT)
    g_byte_array_remove_range (output, 0, output->len - SC_PROGRAM_MAX_OUTPUT);
}

ScProgramEnd *
sc_program_end_new (int status, gboolean timed_out, const GByteArray *output)
{
  ScProgramEnd *end = g_new0 (ScProgramEnd, 1);

  end->status = status;
  end->timed_out = timed_out;
  end->output = g_utf8_make_valid (output->len > 0 ? (const char *) output->data : "", (gssize) output->len);
  return end;
}

char *
sc_program_last_line (const char *output, gsize max_bytes)
{
  g_autofree char *text = g_strdup (output);
  const char *line;
  gsize length;

  g_strchomp (text);
  line = strrchr (text, '\n');
  line = line != NULL ? line + 1 : text;
  length = strlen (line);
  if (length > max_bytes)
    length = (gsize) (g_utf8_find_prev_char (line, line + max_bytes + 1) - line); /* no character is cut */
  return g_strndup (line, length);
}
