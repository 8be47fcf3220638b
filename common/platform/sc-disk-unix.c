/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <linux/magic.h>
#include <linux/fs.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/sc-error.h"

/* not in linux/magic.h: OpenZFS and bcachefs are built apart from the kernel */
#define ZFS_MAGIC 0x2fc12fc1
#define BCACHEFS_MAGIC 0xca451a4e
#define ZEROS_SIZE (64u * 1024u)

typedef struct {
  ScDisk base;
  int fd; /* the root, kept open: renaming the directory above does not lead us elsewhere */
} SystemDisk;

typedef struct {
  ScDiskFile base;
  int fd;
} SystemFile;

static int
disk_fd (ScDisk *disk)
{
  return ((SystemDisk *) disk)->fd;
}

static int
file_fd (ScDiskFile *file)
{
  return ((SystemFile *) file)->fd;
}

/* A descriptor that closes itself; -1 is none. */
typedef int AutoFd;

static void
auto_fd_clear (AutoFd *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AutoFd, auto_fd_clear)

static int
steal_fd (AutoFd *fd)
{
  int stolen = *fd;
  *fd = -1;
  return stolen;
}

static gboolean
set_path_error (GError **error, int saved_errno, ScDisk *disk, const char *path, const char *what)
{
  if (saved_errno == ELOOP) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "Cannot %s “%s” in “%s”: it is a link or lies behind one, and links are not followed; put the file "
                 "itself there",
                 what, path, disk->root);
    return FALSE;
  }
  ScError hint = saved_errno == EEXIST || saved_errno == ENOTEMPTY ? SC_ERROR_EXISTS : SC_ERROR_SYSTEM;
  return sc_error_set_errno (error, saved_errno, hint, "Cannot %s “%s” in “%s”", what, path, disk->root);
}

static gboolean
set_file_error (GError **error, int saved_errno, ScDiskFile *file, const char *what)
{
  return set_path_error (error, saved_errno, file->disk, file->path, what);
}

/* A new directory that is lost in a power cut would take along what was synced in it. */
static gboolean
sync_directory_fd (int fd)
{
  g_auto (AutoFd) readable = openat (fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return readable >= 0 && fsync (readable) == 0;
}

/* Opens one directory beneath @parent. A link is ELOOP, also where the system says ENOTDIR. Returns: -1 with errno */
static int
open_component (int parent, const char *name, int flags)
{
  int fd = openat (parent, name, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat st;
  if (fd < 0 && errno == ENOTDIR)
    errno = fstatat (parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK (st.st_mode) ? ELOOP : ENOTDIR;
  return fd;
}

/* Makes @name in @parent durably, if it is not there. Returns: FALSE with errno */
static gboolean
make_component (int parent, const char *name)
{
  if (mkdirat (parent, name, 0755) == 0)
    return sync_directory_fd (parent);
  return errno == EEXIST;
}

/*
 * Walks to the directory that holds @path's last component, one component at a time and each without following a link:
 * as there is no ".." (checked by the caller), nothing outside the root can be reached, whatever somebody renames
 * meanwhile.
 * @name: the last component, part of @path ("." for the root). Returns: -1 with errno
 */
static int
open_parent (ScDisk *disk, const char *path, gboolean create, const char **name)
{
  g_auto (AutoFd) fd = openat (disk_fd (disk), ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *slash;
  for (; fd >= 0 && (slash = strchr (path, '/')) != NULL; path = slash + 1) {
    g_autofree char *component = g_strndup (path, (gsize) (slash - path));
    if (create && !make_component (fd, component))
      return -1;
    int next = open_component (fd, component, O_PATH);
    int saved_errno = errno;
    auto_fd_clear (&fd);
    errno = saved_errno;
    fd = next;
  }
  *name = path;
  return steal_fd (&fd);
}

static int
open_directory (ScDisk *disk, const char *path)
{
  const char *name;
  g_auto (AutoFd) parent = open_parent (disk, path, FALSE, &name);
  return parent < 0 ? -1 : open_component (parent, name, O_RDONLY);
}

static void
system_free (ScDisk *disk)
{
  close (disk_fd (disk));
  g_free (disk->root);
  g_free (disk);
}

/*
 * flock() keeps other processes of ours out, an open-file-description lock those hypervisors that lock byte ranges of
 * an image (QEMU does). A descriptor for reading may not take a write lock: there the read lock is joined by a look for
 * others' locks. Most hypervisors do not lock, but have the file open, for reading alone where it is the parent of a
 * linked clone: then the kernel refuses a lease for writing, which is given back at once. It gives one only to the
 * file's owner and to root, and not on every file system. Who opens the file in between waits until then, and the
 * kernel tells us by a signal: by one that is ignored unless somebody wants it, as SIGIO would end the process.
 * Returns: FALSE with errno, EBUSY when somebody has the file
 */
static gboolean
lock_file (int fd, gboolean writable)
{
  struct flock range = { .l_type = writable ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET };
  if (flock (fd, LOCK_EX | LOCK_NB) != 0 || fcntl (fd, F_OFD_SETLK, &range) != 0) {
    errno = errno == EWOULDBLOCK || errno == EACCES ? EBUSY : errno;
    return FALSE;
  }
  struct flock others = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  if (fcntl (fd, F_OFD_GETLK, &others) != 0)
    return FALSE;
  if (fcntl (fd, F_SETSIG, SIGURG) != 0)
    return FALSE;
  if (fcntl (fd, F_SETLEASE, F_WRLCK) == 0)
    fcntl (fd, F_SETLEASE, F_UNLCK);
  else if (errno == EAGAIN)
    others.l_type = F_WRLCK;
  errno = EBUSY;
  return others.l_type == F_UNLCK;
}

static ScDiskFile *
system_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  const char *name;
  gboolean create = (flags & SC_DISK_CREATE) != 0;
  gboolean writable = create || (flags & SC_DISK_WRITE) != 0;
  g_auto (AutoFd) parent = open_parent (disk, path, create, &name);
  g_auto (AutoFd) fd = -1;
  /* O_NONBLOCK: a FIFO somebody laid there must not hold us up; it has no effect on regular files */
  if (parent >= 0)
    fd = openat (
        parent, name,
        (writable ? O_RDWR : O_RDONLY) | (create ? O_CREAT : 0) | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
  if (fd < 0) {
    set_path_error (error, errno, disk, path, create ? "create" : "open");
    return NULL;
  }
  struct stat st;
  if (fstat (fd, &st) != 0) {
    set_path_error (error, errno, disk, path, "examine");
    return NULL;
  }
  if (!S_ISREG (st.st_mode)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” in “%s” is not a regular file", path, disk->root);
    return NULL;
  }
  if ((flags & SC_DISK_EXCLUSIVE) != 0 && !lock_file (fd, writable)) {
    if (errno == EBUSY)
      g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                   "“%s” in “%s” is in use by another program; close what uses it and try again", path, disk->root);
    else
      set_path_error (error, errno, disk, path, "lock");
    return NULL;
  }
  SystemFile *file = g_new0 (SystemFile, 1);
  file->base.disk = disk;
  file->base.path = g_strdup (path);
  file->fd = steal_fd (&fd);
  return &file->base;
}

static void
system_file_close (ScDiskFile *file)
{
  close (file_fd (file));
  g_free (file->path);
  g_free (file);
}

static gboolean
system_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error)
{
  guint8 *to = data;
  for (gsize done = 0; done < length;) {
    gssize n = pread (file_fd (file), to + done, length - done, (off_t) (offset + done));
    if (n < 0 && errno != EINTR)
      return set_file_error (error, errno, file, "read");
    if (n == 0) {
      g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                   "“%s” in “%s” ends at byte %" G_GUINT64_FORMAT ", before the %" G_GSIZE_FORMAT
                   " bytes wanted at %" G_GUINT64_FORMAT,
                   file->path, file->disk->root, offset + done, length, offset);
      return FALSE;
    }
    done += n > 0 ? (gsize) n : 0;
  }
  return TRUE;
}

static gboolean
system_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error)
{
  const guint8 *from = data;
  for (gsize done = 0; done < length;) {
    gssize n = pwrite (file_fd (file), from + done, length - done, (off_t) (offset + done));
    if (n < 0 && errno != EINTR)
      return set_file_error (error, errno, file, "write");
    done += n > 0 ? (gsize) n : 0;
  }
  return TRUE;
}

/* fallocate() that is not put off by a signal. Returns: 0 or the errno */
static int
allocate_range (int fd, int mode, guint64 offset, guint64 length)
{
  int result;
  do
    result = fallocate (fd, mode, (off_t) offset, (off_t) length);
  while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

static gboolean
write_zeros (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  static const guint8 zeros[ZEROS_SIZE];
  ScDiskInfo info;
  if (!sc_disk_file_info (file, &info, error))
    return FALSE;
  guint64 end = MIN (offset + length, info.size);
  while (offset < end) {
    gsize n = (gsize) MIN (end - offset, ZEROS_SIZE);
    if (!system_file_write_at (file, offset, zeros, n, error))
      return FALSE;
    offset += n;
  }
  return TRUE;
}

static gboolean
system_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  if (length == 0)
    return TRUE;
  int result = allocate_range (file_fd (file), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
  if (result == EOPNOTSUPP || result == ENOSYS)
    return write_zeros (file, offset, length, error);
  return result == 0 || set_file_error (error, result, file, "make a hole in");
}

static gboolean
system_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  if (length == 0)
    return TRUE;
  int result = allocate_range (file_fd (file), FALLOC_FL_KEEP_SIZE, offset, length);
  return result == 0 || result == EOPNOTSUPP || result == ENOSYS ||
         set_file_error (error, result, file, "reserve space for");
}

static gboolean
system_file_truncate (ScDiskFile *file, guint64 size, GError **error)
{
  int result;
  do
    result = ftruncate (file_fd (file), (off_t) size);
  while (result != 0 && errno == EINTR);
  return result == 0 || set_file_error (error, errno, file, "set the size of");
}

/* Btrfs clones only between files that are alike in whether they are copied on write, which is set for each (chattr +C,
 * libvirt's directories of images); an empty file takes over the source's. Others know nothing of it and say so. */
static void
take_over_copy_on_write (int fd, int source)
{
  int flags, wanted;
  if (ioctl (fd, FS_IOC_GETFLAGS, &flags) != 0 || ioctl (source, FS_IOC_GETFLAGS, &wanted) != 0 ||
      ((flags ^ wanted) & FS_NOCOW_FL) == 0)
    return;
  flags = (flags & ~FS_NOCOW_FL) | (wanted & FS_NOCOW_FL);
  ioctl (fd, FS_IOC_SETFLAGS, &flags); /* where that fails the clone does, and tells */
}

static gboolean
system_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error)
{
  take_over_copy_on_write (file_fd (file), file_fd (source));
  int result;
  do
    result = ioctl (file_fd (file), FICLONE, file_fd (source));
  while (result != 0 && errno == EINTR);
  if (result == 0)
    return TRUE;
  int saved_errno = errno;
  g_autofree char *what = g_strdup_printf ("clone “%s” to", source->path);
  return set_file_error (error, saved_errno, file, what);
}

static gboolean
system_file_sync (ScDiskFile *file, GError **error)
{
  if (fdatasync (file_fd (file)) == 0)
    return TRUE;
  int saved_errno = errno;
  /* The kernel now takes pages that never reached the disk for written: whoever reads the file again, to find out what
   * it holds, must not be shown them (Rebello et al., Can Applications Recover from fsync Failures?, 2020). */
  posix_fadvise (file_fd (file), 0, 0, POSIX_FADV_DONTNEED);
  return set_file_error (error, saved_errno, file, "write to the disk");
}

static gboolean
system_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error)
{
  gint64 micros = mtime % G_USEC_PER_SEC;
  gint64 seconds = mtime / G_USEC_PER_SEC;
  if (micros < 0) { /* before 1970: a timespec's fraction counts upward all the same */
    micros += G_USEC_PER_SEC;
    seconds--;
  }
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = seconds, .tv_nsec = micros * 1000 } };
  return futimens (file_fd (file), times) == 0 || set_file_error (error, errno, file, "set the time of");
}

static void
fill_info (const struct stat *st, ScDiskInfo *info)
{
  *info = (ScDiskInfo){
    .size = (guint64) st->st_size,
    .allocated = (guint64) st->st_blocks * 512u,
    .mtime = (gint64) st->st_mtim.tv_sec * G_USEC_PER_SEC + st->st_mtim.tv_nsec / 1000,
    .id = st->st_ino,
    .directory = S_ISDIR (st->st_mode),
  };
}

static gboolean
system_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error)
{
  struct stat st;
  if (fstat (file_fd (file), &st) != 0)
    return set_file_error (error, errno, file, "examine");
  fill_info (&st, info);
  return TRUE;
}

static gboolean
system_info (ScDisk *disk, const char *path, ScDiskInfo *info, GError **error)
{
  const char *name;
  struct stat st;
  g_auto (AutoFd) parent = open_parent (disk, path, FALSE, &name);
  if (parent < 0 || fstatat (parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return set_path_error (error, errno, disk, path, "examine");
  if (S_ISLNK (st.st_mode))
    return set_path_error (error, ELOOP, disk, path, "examine");
  fill_info (&st, info);
  return TRUE;
}

static gboolean
system_rename (ScDisk *disk, const char *from, const char *to, GError **error)
{
  const char *from_name, *to_name;
  g_auto (AutoFd) from_parent = open_parent (disk, from, FALSE, &from_name);
  if (from_parent < 0)
    return set_path_error (error, errno, disk, from, "rename");
  g_auto (AutoFd) to_parent = open_parent (disk, to, FALSE, &to_name);
  if (to_parent < 0)
    return set_path_error (error, errno, disk, to, "rename a file to");
  if (renameat (from_parent, from_name, to_parent, to_name) == 0)
    return TRUE;
  int saved_errno = errno;
  g_autofree char *what = g_strdup_printf ("rename “%s” to", from);
  return set_path_error (error, saved_errno, disk, to, what);
}

static gboolean
system_remove (ScDisk *disk, const char *path, GError **error)
{
  const char *name;
  struct stat st;
  g_auto (AutoFd) parent = open_parent (disk, path, FALSE, &name);
  if (parent < 0 || fstatat (parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
      unlinkat (parent, name, S_ISDIR (st.st_mode) ? AT_REMOVEDIR : 0) != 0)
    return set_path_error (error, errno, disk, path, "remove");
  return TRUE;
}

static gboolean
system_make_directory (ScDisk *disk, const char *path, GError **error)
{
  const char *name;
  g_auto (AutoFd) parent = open_parent (disk, path, TRUE, &name);
  g_auto (AutoFd) fd = -1;
  if (parent >= 0 && make_component (parent, name))
    fd = open_component (parent, name, O_PATH); /* what existed may be a file or a link */
  return fd >= 0 || set_path_error (error, errno, disk, path, "make the directory");
}

static gboolean
system_sync_directory (ScDisk *disk, const char *path, GError **error)
{
  g_auto (AutoFd) fd = open_directory (disk, path);
  return (fd >= 0 && fsync (fd) == 0) || set_path_error (error, errno, disk, path, "write to the disk the directory");
}

static gboolean
system_set_read_only (ScDisk *disk, const char *path, gboolean read_only, GError **error)
{
  const char *name;
  struct stat st;
  g_auto (AutoFd) parent = open_parent (disk, path, FALSE, &name);
  g_auto (AutoFd) fd =
      parent < 0 ? -1 : openat (parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &st) != 0)
    return set_path_error (error, errno, disk, path, "open");
  mode_t mode = st.st_mode & 07777u;
  mode = read_only ? mode & ~0222u : mode | 0200u;
  return fchmod (fd, mode) == 0 || set_path_error (error, errno, disk, path, "set the permissions of");
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
system_list (ScDisk *disk, const char *path, GError **error)
{
  g_auto (AutoFd) fd = open_directory (disk, path);
  DIR *directory = fd < 0 ? NULL : fdopendir (fd);
  if (directory == NULL) {
    set_path_error (error, errno, disk, path, "list");
    return NULL;
  }
  steal_fd (&fd); /* now the stream's */
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  errno = 0;
  for (const struct dirent *entry; (entry = readdir (directory)) != NULL; errno = 0)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  int saved_errno = errno;
  closedir (directory);
  if (saved_errno != 0) {
    set_path_error (error, saved_errno, disk, path, "list");
    return NULL;
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
system_space (ScDisk *disk, ScDiskSpace *space, GError **error)
{
  struct statvfs st;
  struct statfs kind;
  if (fstatvfs (disk_fd (disk), &st) != 0 || fstatfs (disk_fd (disk), &kind) != 0)
    return set_path_error (error, errno, disk, ".", "examine");
  *space = (ScDiskSpace){ .total = (guint64) st.f_blocks * st.f_frsize,
                          .free = (guint64) st.f_bavail * st.f_frsize,
                          .moves = kind.f_type == BTRFS_SUPER_MAGIC || kind.f_type == ZFS_MAGIC ||
                                   kind.f_type == BCACHEFS_MAGIC };
  return TRUE;
}

static const ScDiskClass system_class = {
  .free = system_free,
  .open = system_open,
  .file_close = system_file_close,
  .file_read_at = system_file_read_at,
  .file_write_at = system_file_write_at,
  .file_punch = system_file_punch,
  .file_allocate = system_file_allocate,
  .file_truncate = system_file_truncate,
  .file_clone = system_file_clone,
  .file_sync = system_file_sync,
  .file_set_mtime = system_file_set_mtime,
  .file_info = system_file_info,
  .info = system_info,
  .rename = system_rename,
  .remove = system_remove,
  .make_directory = system_make_directory,
  .sync_directory = system_sync_directory,
  .set_read_only = system_set_read_only,
  .list = system_list,
  .space = system_space,
};

ScDisk *
sc_disk_system (const char *root, GError **error)
{
  int fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot open the directory “%s”", root);
    return NULL;
  }
  SystemDisk *disk = g_new0 (SystemDisk, 1);
  disk->base.klass = &system_class;
  disk->base.root = g_strdup (root);
  disk->fd = fd;
  return &disk->base;
}
