/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-append-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/sc-error.h"

struct _ScAppendFile {
  int fd;
};

ScAppendFile *
sc_append_file_open (const char *path, guint64 *size, GError **error)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot open the log “%s”", path);
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  ScAppendFile *self = g_new0 (ScAppendFile, 1);
  self->fd = fd;
  *size = (guint64) info.st_size;
  return self;
}

gsize
sc_append_file_write (ScAppendFile *self, const char *data, gsize length)
{
  gsize done = 0;

  while (done < length) {
    ssize_t n = write (self->fd, data + done, length - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    done += (gsize) n;
  }
  return done;
}

void
sc_append_file_close (ScAppendFile *self)
{
  close (self->fd);
  g_free (self);
}

gboolean
sc_append_file_move (const char *from, const char *to)
{
  return rename (from, to) == 0;
}
