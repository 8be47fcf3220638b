/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-disk-win32.h"

#include <string.h>

/* FileDispositionInfoEx (Windows 10), missing in mingw's headers of Debian 12. */
#define DISPOSITION_EX_CLASS ((FILE_INFO_BY_HANDLE_CLASS) 21)
#define DISPOSITION_DELETE 0x1u
#define DISPOSITION_AT_ONCE 0x2u /* POSIX semantics */
typedef struct {
  DWORD flags;
} DispositionEx;

/*
 * What a power cut leaves. NTFS and ReFS write their metadata to one log, in order: whoever flushes one file or
 * directory flushes what was logged before. Entries are made and renamed through handles with FILE_WRITE_THROUGH, which
 * is what MOVEFILE_WRITE_THROUGH means: the call returns when the log is on the disk. sc_disk_sync_directory() flushes
 * the directory besides, where the file system lets it. FAT and exFAT have no log: there a power cut can lose more, as
 * with every program.
 */

typedef struct {
  ScDisk base;
  HANDLE handle; /* the root, kept open: renaming the directory above does not lead us elsewhere */
} SystemDisk;

static HANDLE
disk_handle (ScDisk *disk)
{
  return ((SystemDisk *) disk)->handle;
}

static const ScNtOpen through_directory = {
  .access = FILE_TRAVERSE,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
  .options = FILE_DIRECTORY_FILE,
};
static const ScNtOpen make_directory = {
  .access = FILE_TRAVERSE,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN_IF,
  .options = FILE_DIRECTORY_FILE | FILE_WRITE_THROUGH,
};
static const ScNtOpen list_directory = {
  .access = FILE_LIST_DIRECTORY,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
  .options = FILE_DIRECTORY_FILE,
};
static const ScNtOpen flush_directory = {
  .access = FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY, /* flushing wants the right to write */
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
  .options = FILE_DIRECTORY_FILE,
};
/* Attributes alone: no open file, however exclusive, is in the way. */
static const ScNtOpen look_at = {
  .access = FILE_READ_ATTRIBUTES,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
};
static const ScNtOpen set_attributes = {
  .access = FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
};
static const ScNtOpen rename_from = {
  .access = DELETE,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
  .options = FILE_WRITE_THROUGH,
  .link = TRUE,
};
static const ScNtOpen remove_it = {
  .access = DELETE | FILE_WRITE_ATTRIBUTES,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
  .options = FILE_WRITE_THROUGH,
  .link = TRUE,
};

/* As on Unix: walks to the directory that holds @path's last component, @name, without following a link. */
static DWORD
open_parent (ScDisk *disk, const char *path, gboolean create, HANDLE *handle, const char **name)
{
  g_auto (ScHandle) directory = NULL;
  const char *slash;
  DWORD code = sc_nt_open_at (disk_handle (disk), ".", &through_directory, &directory);
  for (; code == ERROR_SUCCESS && (slash = strchr (path, '/')) != NULL; path = slash + 1) {
    g_autofree char *component = g_strndup (path, (gsize) (slash - path));
    HANDLE next = NULL;
    code = sc_nt_open_at (directory, component, create ? &make_directory : &through_directory, &next);
    sc_handle_clear (&directory);
    directory = next;
  }
  *name = path;
  *handle = sc_handle_steal (&directory);
  return code;
}

static DWORD
open_path (ScDisk *disk, const char *path, const ScNtOpen *how, gboolean create_parents, HANDLE *handle)
{
  const char *name;
  g_auto (ScHandle) parent = NULL;
  DWORD code = open_parent (disk, path, create_parents, &parent, &name);
  return code != ERROR_SUCCESS ? code : sc_nt_open_at (parent, name, how, handle);
}

static gboolean
is_deduplicated (ScDisk *disk, const char *path)
{
  const ScNtOpen itself = {
    .access = FILE_READ_ATTRIBUTES, .share = SC_NT_SHARE_ALL, .disposition = FILE_OPEN, .link = TRUE
  };
  g_auto (ScHandle) handle = NULL;
  FILE_ATTRIBUTE_TAG_INFO tag;
  return open_path (disk, path, &itself, FALSE, &handle) == ERROR_SUCCESS &&
         GetFileInformationByHandleEx (handle, FileAttributeTagInfo, &tag, sizeof tag) &&
         (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && tag.ReparseTag == (DWORD) IO_REPARSE_TAG_DEDUP;
}

gboolean
sc_disk_win32_set_error (GError **error, DWORD code, ScDisk *disk, const char *path, const char *what)
{
  if (code == ERROR_REPARSE_POINT_ENCOUNTERED && is_deduplicated (disk, path)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "Cannot %s “%s” in “%s”: Windows has deduplicated it. Switch deduplication off for this volume "
                 "(Disable-DedupVolume) and expand the file (Expand-DedupFile), or use another volume",
                 what, path, disk->root);
    return FALSE;
  }
  if (code == ERROR_REPARSE_POINT_ENCOUNTERED) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "Cannot %s “%s” in “%s”: it is a link (or another reparse point, as clouds make them) or lies behind "
                 "one, and these are not followed; put the file itself there",
                 what, path, disk->root);
    return FALSE;
  }
  return sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "Cannot %s “%s” in “%s”", what, path, disk->root);
}

static gboolean
is_read_only (HANDLE handle)
{
  FILE_BASIC_INFO basic;
  return GetFileInformationByHandleEx (handle, FileBasicInfo, &basic, sizeof basic) &&
         (basic.FileAttributes & FILE_ATTRIBUTE_READONLY) != 0;
}

static DWORD
set_read_only (HANDLE handle, gboolean read_only)
{
  FILE_BASIC_INFO basic;
  if (!GetFileInformationByHandleEx (handle, FileBasicInfo, &basic, sizeof basic))
    return GetLastError ();
  DWORD attributes = basic.FileAttributes & ~(DWORD) (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_NORMAL);
  attributes |= read_only ? FILE_ATTRIBUTE_READONLY : 0;
  basic = (FILE_BASIC_INFO){ .FileAttributes = attributes != 0 ? attributes : FILE_ATTRIBUTE_NORMAL };
  return SetFileInformationByHandle (handle, FileBasicInfo, &basic, sizeof basic) ? ERROR_SUCCESS : GetLastError ();
}

static void
system_free (ScDisk *disk)
{
  CloseHandle (disk_handle (disk));
  g_free (disk->root);
  g_free (disk);
}

/* In a compressed directory it would be so, too, and what is written in place to a compressed file is scattered. Where
 * that fails, it stays compressed: the content is the same. */
static void
take_off_compression (HANDLE handle)
{
  FILE_BASIC_INFO basic;
  USHORT none = COMPRESSION_FORMAT_NONE;
  DWORD returned;
  if (GetFileInformationByHandleEx (handle, FileBasicInfo, &basic, sizeof basic) &&
      (basic.FileAttributes & FILE_ATTRIBUTE_COMPRESSED) != 0)
    DeviceIoControl (handle, FSCTL_SET_COMPRESSION, &none, sizeof none, NULL, 0, &returned, NULL);
}

/* A read-only file refuses writers for good: no use in waiting. */
static gboolean
refuses_writers (ScDisk *disk, const char *path)
{
  g_auto (ScHandle) handle = NULL;
  return open_path (disk, path, &look_at, FALSE, &handle) == ERROR_SUCCESS && is_read_only (handle);
}

static ScDiskFile *
system_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  gboolean create = (flags & SC_DISK_CREATE) != 0;
  gboolean writable = create || (flags & SC_DISK_WRITE) != 0;
  const ScNtOpen how = {
    .access = writable ? FILE_GENERIC_READ | FILE_GENERIC_WRITE : FILE_GENERIC_READ,
    .share = (flags & SC_DISK_EXCLUSIVE) != 0 ? 0 : SC_NT_SHARE_ALL,
    .disposition = create ? FILE_OPEN_IF : FILE_OPEN,
    .options = FILE_NON_DIRECTORY_FILE,
  };
  g_auto (ScHandle) handle = NULL;
  guint attempt = 0;
  DWORD code;
  do
    code = open_path (disk, path, &how, create, &handle);
  while (!(code == ERROR_ACCESS_DENIED && writable && refuses_writers (disk, path)) &&
         sc_nt_wait_for_others (code, &attempt));
  if (code == ERROR_SUCCESS && GetFileType (handle) == FILE_TYPE_DISK) {
    LARGE_INTEGER size;
    if (create && !disk->compressing && GetFileSizeEx (handle, &size) && size.QuadPart == 0)
      take_off_compression (handle);
    ScDiskWin32File *file = g_new0 (ScDiskWin32File, 1);
    file->base.disk = disk;
    file->base.path = g_strdup (path);
    file->handle = sc_handle_steal (&handle);
    return &file->base;
  }
  if (code == ERROR_SUCCESS || code == ERROR_DIRECTORY_NOT_SUPPORTED)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” in “%s” is not a regular file", path, disk->root);
  else if (code == ERROR_SHARING_VIOLATION)
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "“%s” in “%s” is in use by another program; close what uses it and try again", path, disk->root);
  else
    sc_disk_win32_set_error (error, code, disk, path, create ? "create" : "open");
  return NULL;
}

static gboolean
system_info (ScDisk *disk, const char *path, ScDiskInfo *info, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  DWORD code = open_path (disk, path, &look_at, FALSE, &handle);
  if (code == ERROR_SUCCESS)
    code = sc_disk_win32_read_info (handle, info);
  return code == ERROR_SUCCESS || sc_disk_win32_set_error (error, code, disk, path, "examine");
}

/* Renames over a read-only file, as on Unix. */
static DWORD
rename_over (HANDLE file, HANDLE parent, const char *name)
{
  DWORD code = sc_nt_rename_at (file, parent, name);
  g_auto (ScHandle) target = NULL;
  if (code != ERROR_ACCESS_DENIED || sc_nt_open_at (parent, name, &set_attributes, &target) != ERROR_SUCCESS ||
      !is_read_only (target) || set_read_only (target, FALSE) != ERROR_SUCCESS)
    return code;
  HANDLE attributes = sc_handle_steal (&target);
  CloseHandle (attributes); /* an open file is not replaced */
  code = sc_nt_rename_at (file, parent, name);
  if (code != ERROR_SUCCESS && sc_nt_open_at (parent, name, &set_attributes, &target) == ERROR_SUCCESS)
    set_read_only (target, TRUE);
  return code;
}

/* Windows says "access denied" of a file that somebody has open. */
static gboolean
is_open_elsewhere (HANDLE parent, const char *name)
{
  const ScNtOpen alone = { .access = FILE_READ_DATA, .disposition = FILE_OPEN, .options = FILE_NON_DIRECTORY_FILE };
  g_auto (ScHandle) handle = NULL;
  return sc_nt_open_at (parent, name, &alone, &handle) == ERROR_SHARING_VIOLATION;
}

static gboolean
system_rename (ScDisk *disk, const char *from, const char *to, GError **error)
{
  const char *from_name, *to_name;
  g_auto (ScHandle) from_parent = NULL;
  g_auto (ScHandle) to_parent = NULL;
  guint attempt = 0;
  DWORD code = open_parent (disk, from, FALSE, &from_parent, &from_name);
  if (code != ERROR_SUCCESS)
    return sc_disk_win32_set_error (error, code, disk, from, "rename");
  code = open_parent (disk, to, FALSE, &to_parent, &to_name);
  if (code != ERROR_SUCCESS)
    return sc_disk_win32_set_error (error, code, disk, to, "rename a file to");
  do {
    g_auto (ScHandle) file = NULL;
    code = sc_nt_open_at (from_parent, from_name, &rename_from, &file);
    if (code == ERROR_SUCCESS)
      code = rename_over (file, to_parent, to_name);
  } while (sc_nt_wait_for_others (code, &attempt));
  if (code == ERROR_SUCCESS)
    return TRUE;
  if (code == ERROR_ACCESS_DENIED && is_open_elsewhere (to_parent, to_name))
    code = ERROR_SHARING_VIOLATION;
  g_autofree char *what = g_strdup_printf ("rename “%s” to", from);
  return sc_disk_win32_set_error (error, code, disk, to, what);
}

/* As on Unix: the name goes at once, even while a scanner has the file open. Wine and older file systems remove a file
 * when the last one closes it. */
static DWORD
remove_open (HANDLE handle)
{
  DispositionEx at_once = { .flags = DISPOSITION_DELETE | DISPOSITION_AT_ONCE };
  FILE_DISPOSITION_INFO later = { .DeleteFile = TRUE };
  if (SetFileInformationByHandle (handle, DISPOSITION_EX_CLASS, &at_once, sizeof at_once))
    return ERROR_SUCCESS;
  DWORD code = GetLastError ();
  if (code != ERROR_INVALID_PARAMETER && code != ERROR_NOT_SUPPORTED && code != ERROR_INVALID_FUNCTION &&
      code != ERROR_CALL_NOT_IMPLEMENTED)
    return code;
  return SetFileInformationByHandle (handle, FileDispositionInfo, &later, sizeof later) ? ERROR_SUCCESS
                                                                                        : GetLastError ();
}

static DWORD
remove_at (HANDLE parent, const char *name)
{
  g_auto (ScHandle) handle = NULL;
  DWORD code = sc_nt_open_at (parent, name, &remove_it, &handle);
  gboolean read_only = code == ERROR_SUCCESS && is_read_only (handle);
  if (read_only)
    code = set_read_only (handle, FALSE);
  if (code == ERROR_SUCCESS)
    code = remove_open (handle);
  if (code != ERROR_SUCCESS && read_only)
    set_read_only (handle, TRUE);
  return code;
}

static gboolean
system_remove (ScDisk *disk, const char *path, GError **error)
{
  const char *name;
  g_auto (ScHandle) parent = NULL;
  guint attempt = 0;
  DWORD code = open_parent (disk, path, FALSE, &parent, &name);
  if (code == ERROR_SUCCESS) {
    do
      code = remove_at (parent, name);
    while (sc_nt_wait_for_others (code, &attempt));
  }
  return code == ERROR_SUCCESS || sc_disk_win32_set_error (error, code, disk, path, "remove");
}

static gboolean
system_make_directory (ScDisk *disk, const char *path, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  DWORD code = open_path (disk, path, &make_directory, TRUE, &handle);
  return code == ERROR_SUCCESS || sc_disk_win32_set_error (error, code, disk, path, "make the directory");
}

static gboolean
system_sync_directory (ScDisk *disk, const char *path, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  DWORD code = open_path (disk, path, &flush_directory, FALSE, &handle);
  if (code == ERROR_SUCCESS)
    code = sc_nt_flush (handle);
  /* what cannot flush a directory has only the log, which is written already (see above) */
  if (code == ERROR_NOT_SUPPORTED || code == ERROR_INVALID_FUNCTION || code == ERROR_INVALID_PARAMETER ||
      code == ERROR_INVALID_HANDLE)
    code = ERROR_SUCCESS;
  return code == ERROR_SUCCESS || sc_disk_win32_set_error (error, code, disk, path, "write to the disk the directory");
}

static gboolean
system_set_read_only (ScDisk *disk, const char *path, gboolean read_only, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  DWORD code = open_path (disk, path, &set_attributes, FALSE, &handle);
  if (code == ERROR_SUCCESS)
    code = set_read_only (handle, read_only);
  return code == ERROR_SUCCESS || sc_disk_win32_set_error (error, code, disk, path, "set the attributes of");
}

static void
add_name (const gunichar2 *name, gsize units, gpointer user_data)
{
  g_ptr_array_add (user_data, sc_nt_name_to_utf8 (name, units));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
system_list (ScDisk *disk, const char *path, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  DWORD code = open_path (disk, path, &list_directory, FALSE, &handle);
  if (code == ERROR_SUCCESS)
    code = sc_nt_list (handle, add_name, names);
  if (code != ERROR_SUCCESS) {
    sc_disk_win32_set_error (error, code, disk, path, "list");
    return NULL;
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
system_space (ScDisk *disk, ScDiskSpace *space, GError **error)
{
  FILE_FS_FULL_SIZE_INFORMATION size;
  IO_STATUS_BLOCK result;
  NTSTATUS status =
      NtQueryVolumeInformationFile (disk_handle (disk), &result, &size, sizeof size, FileFsFullSizeInformation);
  if (status < 0)
    return sc_disk_win32_set_error (error, RtlNtStatusToDosError (status), disk, ".", "examine the volume of");
  guint64 unit = (guint64) size.SectorsPerAllocationUnit * size.BytesPerSector;
  *space = (ScDiskSpace){ .total = (guint64) size.TotalAllocationUnits.QuadPart * unit,
                          .free = (guint64) size.CallerAvailableAllocationUnits.QuadPart * unit };
  return TRUE;
}

static const ScDiskClass system_class = {
  .free = system_free,
  .open = system_open,
  .file_close = sc_disk_win32_file_close,
  .file_read_at = sc_disk_win32_file_read_at,
  .file_write_at = sc_disk_win32_file_write_at,
  .file_punch = sc_disk_win32_file_punch,
  .file_allocate = sc_disk_win32_file_allocate,
  .file_truncate = sc_disk_win32_file_truncate,
  .file_clone = sc_disk_win32_file_clone,
  .file_sync = sc_disk_win32_file_sync,
  .file_set_mtime = sc_disk_win32_file_set_mtime,
  .file_info = sc_disk_win32_file_info,
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
  HANDLE handle = NULL;
  DWORD code = sc_nt_open_directory (root, &handle);
  if (code != ERROR_SUCCESS) {
    sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "Cannot open the directory “%s”", root);
    return NULL;
  }
  SystemDisk *disk = g_new0 (SystemDisk, 1);
  disk->base.klass = &system_class;
  disk->base.root = g_strdup (root);
  disk->handle = handle;
  return &disk->base;
}
