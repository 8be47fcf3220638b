/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-log-file.h"

#include <glib/gstdio.h>
#include <string.h>

#include "common/platform/sc-append-file.h"
#include "common/sc-log-json.h"
#include "common/sc-text.h"

#define RETRY_BYTES 65536u /* that are written before the next attempt to rotate what somebody holds */
#define RETRY_OPEN 64u     /* lines that are lost before the next attempt to open the file */

struct _ScLogFile {
  GMutex lock;
  char *path;
  guint64 max_bytes;
  guint keep;
  ScAppendFile *file; /* (nullable): it could not be opened again */
  guint64 size;
  guint64 rotate_at; /* bytes */
  guint lost;        /* lines since the last that was written */
  gboolean cut;      /* the last line is not whole */
};

static char *
numbered (ScLogFile *self, guint number)
{
  return number == 0 ? g_strdup (self->path) : g_strdup_printf ("%s.%u", self->path, number);
}

static void
open_again (ScLogFile *self)
{
  self->size = 0;
  self->file = sc_append_file_open (self->path, &self->size, NULL);
}

/* From the oldest on, so that a file that somebody holds costs none that is behind it. @path itself is last: when it
 * stays, there is room above it for the next attempt. */
static gboolean
shift (ScLogFile *self)
{
  for (guint i = self->keep - 1; i > 0; i--) {
    g_autofree char *from = numbered (self, i - 1);
    g_autofree char *to = numbered (self, i);

    if (g_file_test (from, G_FILE_TEST_EXISTS) && !sc_append_file_move (from, to))
      return FALSE;
  }
  return TRUE;
}

static void
rotate (ScLogFile *self)
{
  gboolean moved = FALSE;

  g_clear_pointer (&self->file, sc_append_file_close);
  if (self->keep > 1) {
    moved = shift (self);
  } else {
    g_autofree char *old = numbered (self, 1);
    moved = sc_append_file_move (self->path, old) && g_remove (old) == 0;
  }
  open_again (self);
  self->rotate_at = moved ? self->max_bytes : self->size + RETRY_BYTES;
}

ScLogFile *
sc_log_file_open (const char *path, guint64 max_bytes, guint keep, GError **error)
{
  guint64 size;
  ScAppendFile *file = sc_append_file_open (path, &size, error);

  if (file == NULL)
    return NULL;
  ScLogFile *self = g_new0 (ScLogFile, 1);
  g_mutex_init (&self->lock);
  self->path = g_strdup (path);
  self->max_bytes = self->rotate_at = max_bytes;
  self->keep = MAX (keep, 1);
  self->file = file;
  self->size = size;
  self->cut = size > 0; /* a crash may have cut it; an empty line is no harm */
  return self;
}

void
sc_log_file_free (ScLogFile *self)
{
  g_clear_pointer (&self->file, sc_append_file_close);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

/* Twice as much as was asked for, when somebody holds the files: no more. */
static gboolean
is_over (ScLogFile *self, gsize length)
{
  return self->size + length > 2 * self->max_bytes;
}

static void
write_line (ScLogFile *self, GString *line)
{
  if (self->file == NULL && self->lost % RETRY_OPEN == 0)
    open_again (self);
  if (self->file != NULL && self->size > 0 && self->size + line->len > self->rotate_at)
    rotate (self);
  else if (self->file != NULL && is_over (self, line->len) && self->lost % RETRY_OPEN == 0)
    rotate (self);
  if (self->file == NULL || (self->size > 0 && is_over (self, line->len))) {
    self->lost++;
    return;
  }
  if (self->lost > 0) {
    g_autofree char *note = g_strdup_printf ("(%u lines were lost here)\n", self->lost);
    g_string_prepend (line, note);
  }
  if (self->cut)
    g_string_prepend_c (line, '\n');
  gsize done = sc_append_file_write (self->file, line->str, line->len);
  self->size += done;
  self->cut = done > 0 ? done < line->len : self->cut;
  self->lost = done == line->len ? 0 : self->lost + 1;
}

static void
write_locked (ScLogFile *self, GString *line)
{
  g_string_append_c (line, '\n');
  g_mutex_lock (&self->lock);
  write_line (self, line);
  g_mutex_unlock (&self->lock);
}

void
sc_log_file_write (ScLogFile *self, gint64 time, GLogLevelFlags level, const char *text)
{
  g_autoptr (GString) line = g_string_sized_new (256);

  sc_log_append_time (line, time);
  g_string_append_printf (line, " %s: ", sc_log_level_to_nick (level));
  sc_text_append_line (line, text, SC_LOG_MAX_TEXT);
  write_locked (self, line);
}

void
sc_log_file_write_line (ScLogFile *self, const char *text)
{
  g_autoptr (GString) line = g_string_new (text);

  write_locked (self, line);
}
