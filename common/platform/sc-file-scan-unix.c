/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-file-scan.h"

#include "common/sc-error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct _ScScanFile {
  int fd;
  char *path;
};

static gint64
to_ns (const struct timespec *time)
{
  return (gint64) time->tv_sec * 1000000000 + time->tv_nsec;
}

static void
fill_info (const struct stat *st, ScScanInfo *info)
{
  info->kind = S_ISREG (st->st_mode)   ? SC_SCAN_FILE
               : S_ISDIR (st->st_mode) ? SC_SCAN_DIRECTORY
               : S_ISLNK (st->st_mode) ? SC_SCAN_LINK
                                       : SC_SCAN_OTHER;
  info->read_only = (st->st_mode & 0222) == 0;
  info->size = (guint64) st->st_size;
  info->mtime_ns = to_ns (&st->st_mtim);
  info->ctime_ns = to_ns (&st->st_ctim);
  info->device = st->st_dev;
  info->id = st->st_ino;
}

static gboolean
set_error (GError **error, const char *what, const char *path)
{
  int saved_errno = errno;
  g_autofree char *name = g_filename_display_name (path);
  const char *hint =
      saved_errno == EACCES || saved_errno == EPERM ? " (give the console's account the right to read it)" : "";

  return sc_error_set_errno (error, saved_errno, SC_ERROR_SYSTEM, "Cannot %s %s%s", what, name, hint);
}

gboolean
sc_scan_info (const char *path, ScScanInfo *info, GError **error)
{
  struct stat st;

  if (lstat (path, &st) != 0)
    return set_error (error, "look at", path);
  fill_info (&st, info);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
sc_scan_list (const char *directory, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  /* GDir does not tell a failed readdir() from the end, so errno is asked; and its own message is not translated for
   * our codes */
  errno = 0;
  dir = g_dir_open (directory, 0, NULL);
  if (dir == NULL) {
    set_error (error, "read the directory", directory);
    return NULL;
  }
  errno = 0;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_ptr_array_add (names, g_strdup (name));
    errno = 0;
  }
  if (errno != 0) {
    set_error (error, "read the directory", directory);
    return NULL;
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

char *
sc_scan_resolve (const char *path, GError **error)
{
  char *resolved = realpath (path, NULL);
  char *copy;

  if (resolved == NULL) {
    set_error (error, "find", path);
    return NULL;
  }
  copy = g_strdup (resolved);
  free (resolved);
  return copy;
}

/* One component at a time: a directory that somebody has replaced by a link meanwhile leads nowhere. Returns: -1 with
 * errno */
static int
open_without_links (const char *path)
{
  g_auto (GStrv) components = g_strsplit (path, "/", -1);
  int fd = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && components[i] != NULL; i++) {
    gboolean last = components[i + 1] == NULL;
    int parent = fd, saved_errno;

    if (*components[i] == '\0')
      continue;
    /* O_NONBLOCK: a fifo that took the file's place must not hang us */
    fd = openat (parent, components[i],
                 (last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
    saved_errno = errno;
    close (parent);
    errno = saved_errno;
  }
  return fd;
}

ScScanFile *
sc_scan_file_open (const char *path, GError **error)
{
  int fd = open_without_links (path);
  ScScanFile *self;
  struct stat st;

  if (fd < 0 && errno != ELOOP && errno != ENOTDIR) {
    set_error (error, "open", path);
    return NULL;
  }
  if (fd < 0 || fstat (fd, &st) != 0 || !S_ISREG (st.st_mode)) {
    g_autofree char *name = g_filename_display_name (path);

    if (fd >= 0)
      close (fd);
    g_set_error (
        error, SC_ERROR, SC_ERROR_CHANGED,
        "%s is no longer a regular file: it changed while it was published; publish again when nothing writes there",
        name);
    return NULL;
  }
  posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  self = g_new0 (ScScanFile, 1);
  self->fd = fd;
  self->path = g_strdup (path);
  return self;
}

void
sc_scan_file_close (ScScanFile *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_free (self->path);
  g_free (self);
}

gboolean
sc_scan_file_info (ScScanFile *self, ScScanInfo *info, GError **error)
{
  struct stat st;

  if (fstat (self->fd, &st) != 0)
    return set_error (error, "look at", self->path);
  fill_info (&st, info);
  return TRUE;
}

gssize
sc_scan_file_read (ScScanFile *self, guint64 offset, guint8 *data, gsize length, GError **error)
{
  gsize done = 0;

  while (done < length) {
    ssize_t n = pread (self->fd, data + done, length - done, (off_t) (offset + done));

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_error (error, "read", self->path);
      return -1;
    }
    if (n == 0)
      break;
    done += (gsize) n;
  }
  return (gssize) done;
}

void
sc_scan_file_next_data (ScScanFile *self, guint64 offset, guint64 size, guint64 *start, guint64 *end)
{
  off_t data = lseek (self->fd, (off_t) offset, SEEK_DATA);
  off_t hole;

  if (data < 0 && errno == ENXIO) { /* nothing but a hole up to the end */
    *start = *end = size;
    return;
  }
  if (data < 0) {
    *start = offset;
    *end = size;
    return;
  }
  hole = lseek (self->fd, data, SEEK_HOLE);
  *start = MIN ((guint64) data, size);
  *end = hole < 0 ? size : MIN ((guint64) hole, size);
}
