/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-file-scan.h"

#include <string.h>
#include <windows.h>

#include <winioctl.h>

#include "common/platform/sc-nt.h"

#define MAX_IO (64u * 1024u * 1024u)
#define EPOCH_TICKS (G_GINT64_CONSTANT (11644473600) * 10000000) /* from 1601 to 1970, in 100 ns */
#define MAX_FINAL_PATH 32768u                                    /* UTF-16 units: no path is longer */

/* Missing in mingw's headers of Debian 12; MS-FSCC 2.1.2.1 and 2.6. */
#define TAG_DEDUP 0x80000013u
#define TAG_WOF 0x80000017u
#define ATTRIBUTE_PINNED 0x00080000u
#define ATTRIBUTE_UNPINNED 0x00100000u
#define ATTRIBUTE_RECALL_ON_OPEN 0x00040000u
#define ATTRIBUTE_RECALL_ON_DATA_ACCESS 0x00400000u
/* A file of which others keep the content: the file system's own ranges say nothing about it. */
#define ATTRIBUTES_ELSEWHERE                                                                                           \
  (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_OFFLINE | ATTRIBUTE_PINNED | ATTRIBUTE_UNPINNED |                     \
   ATTRIBUTE_RECALL_ON_OPEN | ATTRIBUTE_RECALL_ON_DATA_ACCESS)

struct _ScScanFile {
  HANDLE handle;
  char *path;
  gboolean sparse; /* the file system can tell the holes */
};

static gboolean
set_error (GError **error, DWORD code, const char *what, const char *path)
{
  const char *hint = code == ERROR_ACCESS_DENIED       ? " (give the console's account the right to read it)"
                     : code == ERROR_SHARING_VIOLATION ? " (another program has it open; close that)"
                                                       : "";
  return sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "Cannot %s %s%s", what, path, hint);
}

static gboolean
set_changed (GError **error, const char *path)
{
  g_set_error (
      error, SC_ERROR, SC_ERROR_CHANGED,
      "%s is no longer a regular file: it changed while it was published; publish again when nothing writes there",
      path);
  return FALSE;
}

static gint64
to_ns (LARGE_INTEGER time)
{
  return (time.QuadPart - EPOCH_TICKS) * 100;
}

/* A deduplicated or compressed file reads as what it holds, so it is one as any other; links lead elsewhere; of other
 * reparse points (a cloud's placeholder) nobody knows whether they can be read. */
static DWORD
read_kind (HANDLE handle, DWORD attributes, ScScanKind *kind)
{
  FILE_ATTRIBUTE_TAG_INFO tag;
  *kind = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? SC_SCAN_DIRECTORY : SC_SCAN_FILE;
  if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0)
    return ERROR_SUCCESS;
  if (!GetFileInformationByHandleEx (handle, FileAttributeTagInfo, &tag, sizeof tag))
    return GetLastError ();
  if (tag.ReparseTag == IO_REPARSE_TAG_SYMLINK || tag.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT)
    *kind = SC_SCAN_LINK;
  else if (tag.ReparseTag != TAG_DEDUP && tag.ReparseTag != TAG_WOF)
    *kind = SC_SCAN_OTHER;
  return ERROR_SUCCESS;
}

static DWORD
read_id (HANDLE handle, ScScanInfo *info)
{
  FILE_ID_INFO id;
  BY_HANDLE_FILE_INFORMATION old;
  guint64 halves[2];
  if (GetFileInformationByHandleEx (handle, FileIdInfo, &id, sizeof id)) {
    G_STATIC_ASSERT (sizeof halves == sizeof id.FileId);
    memcpy (halves, &id.FileId, sizeof halves);
    info->device = id.VolumeSerialNumber;
    info->id = halves[0] ^ halves[1] * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15); /* the upper one is 0 but on ReFS */
    return ERROR_SUCCESS;
  }
  if (!GetFileInformationByHandle (handle, &old)) /* FAT, old servers */
    return GetLastError ();
  info->device = old.dwVolumeSerialNumber;
  info->id = (guint64) old.nFileIndexHigh << 32 | old.nFileIndexLow;
  return ERROR_SUCCESS;
}

static DWORD
read_info (HANDLE handle, ScScanInfo *info)
{
  FILE_BASIC_INFO basic;
  FILE_STANDARD_INFO standard;
  *info = (ScScanInfo){ .kind = SC_SCAN_OTHER };
  if (GetFileType (handle) != FILE_TYPE_DISK)
    return ERROR_SUCCESS;
  if (!GetFileInformationByHandleEx (handle, FileBasicInfo, &basic, sizeof basic) ||
      !GetFileInformationByHandleEx (handle, FileStandardInfo, &standard, sizeof standard))
    return GetLastError ();
  info->read_only = (basic.FileAttributes & FILE_ATTRIBUTE_READONLY) != 0;
  info->size = (guint64) standard.EndOfFile.QuadPart;
  info->mtime_ns = to_ns (basic.LastWriteTime);
  info->ctime_ns = to_ns (basic.ChangeTime);
  DWORD code = read_kind (handle, basic.FileAttributes, &info->kind);
  return code != ERROR_SUCCESS ? code : read_id (handle, info);
}

/* By attributes alone, so that no open file, however exclusive, is in the way. */
static DWORD
open_path (const char *path, DWORD flags, HANDLE *handle)
{
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  if (wide == NULL)
    return ERROR_INVALID_NAME;
  HANDLE opened = CreateFileW (wide, FILE_READ_ATTRIBUTES, SC_NT_SHARE_ALL, NULL, OPEN_EXISTING,
                               FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
  if (opened == INVALID_HANDLE_VALUE)
    return GetLastError ();
  *handle = opened;
  return ERROR_SUCCESS;
}

gboolean
sc_scan_info (const char *path, ScScanInfo *info, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  guint attempt = 0;
  DWORD code;
  do
    code = open_path (path, FILE_FLAG_OPEN_REPARSE_POINT, &handle);
  while (sc_nt_wait_for_others (code, &attempt));
  if (code == ERROR_SUCCESS)
    code = read_info (handle, info);
  return code == ERROR_SUCCESS || set_error (error, code, "look at", path);
}

typedef struct {
  GPtrArray *names;
  char *bad; /* (nullable): a name that is not Unicode */
} Listing;

static void
add_name (const gunichar2 *name, gsize units, gpointer user_data)
{
  Listing *listing = user_data;
  char *text = g_utf16_to_utf8 (name, (glong) units, NULL, NULL, NULL);
  if (text != NULL)
    g_ptr_array_add (listing->names, text);
  else if (listing->bad == NULL)
    listing->bad = sc_nt_name_to_utf8 (name, units);
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
  g_auto (ScHandle) handle = NULL;
  Listing listing = { .names = names };
  guint attempt = 0;
  DWORD code;
  do
    code = sc_nt_open_directory (directory, &handle);
  while (sc_nt_wait_for_others (code, &attempt));
  if (code == ERROR_SUCCESS)
    code = sc_nt_list (handle, add_name, &listing);
  g_autofree char *bad = listing.bad;
  if (code != ERROR_SUCCESS) {
    set_error (error, code, "read the directory", directory);
    return NULL;
  }
  if (bad != NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "“%s” in %s has a name that is not Unicode (half of a surrogate pair) and cannot be published: rename "
                 "it",
                 bad, directory);
    return NULL;
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/* (transfer full) (nullable): NULL with GetLastError() */
static char *
final_path (HANDLE handle, DWORD flags)
{
  g_autofree wchar_t *wide = g_new (wchar_t, MAX_FINAL_PATH);
  DWORD units = GetFinalPathNameByHandleW (handle, wide, MAX_FINAL_PATH, flags);
  if (units == 0)
    return NULL;
  SetLastError (ERROR_INVALID_NAME);
  if (units >= MAX_FINAL_PATH)
    return NULL;
  g_autofree char *path = g_utf16_to_utf8 ((const gunichar2 *) wide, units, NULL, NULL, NULL);
  if (path == NULL)
    return NULL;
  if (g_str_has_prefix (path, "\\\\?\\UNC\\"))
    return g_strconcat ("\\", path + strlen ("\\\\?\\UNC"), NULL);
  /* Not "\\?\Volume{…}\", which means nothing without */
  if (g_str_has_prefix (path, "\\\\?\\") && g_ascii_isalpha (path[4]) && path[5] == ':')
    return g_strdup (path + 4);
  return g_steal_pointer (&path);
}

static const ScNtOpen through_directory = {
  .access = FILE_TRAVERSE,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
  .options = FILE_DIRECTORY_FILE,
};
static const ScNtOpen look_at = {
  .access = FILE_READ_ATTRIBUTES,
  .share = SC_NT_SHARE_ALL,
  .disposition = FILE_OPEN,
  .link = TRUE,
};
static const ScNtOpen to_read = {
  .access = FILE_READ_DATA,
  .share = SC_NT_SHARE_ALL, /* as on Unix, others may go on; who changed something is found out */
  .disposition = FILE_OPEN,
  .options = FILE_NON_DIRECTORY_FILE | FILE_SEQUENTIAL_ONLY,
  .follow = TRUE,
};
static const ScNtOpen no_writers = {
  .access = FILE_READ_DATA,
  .share = FILE_SHARE_READ | FILE_SHARE_DELETE,
  .disposition = FILE_OPEN,
  .options = FILE_NON_DIRECTORY_FILE,
  .link = TRUE,
};

/* Walks to the directory that holds the last component of @path, @name, one component at a time: a directory that
 * somebody has replaced by a link meanwhile leads nowhere. */
static DWORD
open_parent (const char *path, HANDLE *handle, char **name)
{
  const char *rest = g_path_skip_root (path);
  if (rest == NULL)
    return ERROR_INVALID_NAME;
  g_autofree char *root = g_strndup (path, (gsize) (rest - path));
  g_auto (GStrv) components = g_strsplit_set (rest, "\\/", -1);
  g_auto (ScHandle) directory = NULL;
  const char *last = NULL;
  DWORD code = sc_nt_open_directory (root, &directory);
  for (guint i = 0; code == ERROR_SUCCESS && components[i] != NULL; i++) {
    HANDLE next = NULL;
    if (*components[i] == '\0')
      continue;
    if (last != NULL) {
      code = sc_nt_open_at (directory, last, &through_directory, &next);
      sc_handle_clear (&directory);
      directory = next;
    }
    last = components[i];
  }
  *handle = sc_handle_steal (&directory);
  *name = g_strdup (last != NULL ? last : ".");
  return code;
}

static gboolean
is_same (const ScScanInfo *a, const ScScanInfo *b)
{
  return a->device == b->device && a->id == b->id;
}

/* What the name says is looked at before it is opened for reading, and again after: deduplicated content is read
 * through the very mechanism that follows links, and a link could have taken the file's place in between. */
static DWORD
open_without_links (const char *path, HANDLE *handle)
{
  g_autofree char *name = NULL;
  g_auto (ScHandle) parent = NULL;
  g_auto (ScHandle) entry = NULL;
  g_auto (ScHandle) file = NULL;
  ScScanInfo before, after;
  DWORD code = open_parent (path, &parent, &name);
  if (code == ERROR_SUCCESS)
    code = sc_nt_open_at (parent, name, &look_at, &entry);
  if (code == ERROR_SUCCESS)
    code = read_info (entry, &before);
  if (code == ERROR_SUCCESS && before.kind != SC_SCAN_FILE)
    code = ERROR_REPARSE_POINT_ENCOUNTERED;
  if (code == ERROR_SUCCESS)
    code = sc_nt_open_at (parent, name, &to_read, &file);
  if (code == ERROR_SUCCESS)
    code = read_info (file, &after);
  if (code == ERROR_SUCCESS && (after.kind != SC_SCAN_FILE || !is_same (&before, &after)))
    code = ERROR_REPARSE_POINT_ENCOUNTERED;
  if (code == ERROR_SUCCESS)
    *handle = sc_handle_steal (&file);
  return code;
}

static DWORD
walk (const char *path)
{
  g_auto (ScHandle) parent = NULL;
  g_autofree char *name = NULL;
  return open_parent (path, &parent, &name);
}

static gboolean
can_open (const char *path)
{
  g_auto (ScHandle) handle = NULL;
  return open_path (path, 0, &handle) == ERROR_SUCCESS;
}

char *
sc_scan_resolve (const char *path, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  DWORD code = open_path (path, 0, &handle);
  if (code != ERROR_SUCCESS) {
    set_error (error, code, "find", path);
    return NULL;
  }
  g_autofree char *resolved = final_path (handle, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
  if (resolved == NULL && GetLastError () == ERROR_ACCESS_DENIED) /* a server's directories that we may not list */
    resolved = final_path (handle, FILE_NAME_OPENED | VOLUME_NAME_DOS);
  code = resolved == NULL ? GetLastError () : walk (resolved);
  if (resolved != NULL && code != ERROR_REPARSE_POINT_ENCOUNTERED)
    return g_steal_pointer (&resolved);
  /* A volume without a letter of its own has no path without a mount point on it, but a name */
  g_autofree char *by_volume = final_path (handle, FILE_NAME_NORMALIZED | VOLUME_NAME_GUID);
  if (by_volume != NULL && can_open (by_volume))
    return g_steal_pointer (&by_volume);
  if (code != ERROR_REPARSE_POINT_ENCOUNTERED)
    set_error (error, code, "find", path);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "%s lies on a volume that is mounted in a directory, and cannot be reached by the volume itself: give "
                 "the volume a drive letter and use that",
                 path);
  return NULL;
}

/*
 * NTFS brings a file's times up to date when a writer closes it ("File Times" in Microsoft's documentation), so that of
 * one who still has it open they tell nothing. But the share modes do: whoever wrote has it open, or the times changed.
 * Returns: whether somebody has it open for writing
 */
static gboolean
has_writer (HANDLE handle)
{
  guint attempt = 0;
  DWORD code;
  do {
    g_auto (ScHandle) again = NULL;
    code = sc_nt_open_at (handle, ".", &no_writers, &again);
  } while (code == ERROR_SHARING_VIOLATION && sc_nt_wait_for_others (code, &attempt));
  return code == ERROR_SHARING_VIOLATION;
}

ScScanFile *
sc_scan_file_open (const char *path, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  FILE_BASIC_INFO basic = { 0 };
  guint attempt = 0;
  DWORD code;
  do
    code = open_without_links (path, &handle);
  while (sc_nt_wait_for_others (code, &attempt));
  if (code == ERROR_SUCCESS && !GetFileInformationByHandleEx (handle, FileBasicInfo, &basic, sizeof basic))
    code = GetLastError ();
  if (code == ERROR_REPARSE_POINT_ENCOUNTERED || code == ERROR_DIRECTORY || code == ERROR_DIRECTORY_NOT_SUPPORTED) {
    set_changed (error, path);
    return NULL;
  }
  if (code != ERROR_SUCCESS) {
    set_error (error, code, "open", path);
    return NULL;
  }
  if (has_writer (handle)) {
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "%s is open for writing in another program (a running virtual machine?), so it could change while it "
                 "is published: close that and publish again",
                 path);
    return NULL;
  }
  ScScanFile *self = g_new0 (ScScanFile, 1);
  self->handle = sc_handle_steal (&handle);
  self->path = g_strdup (path);
  self->sparse =
      (basic.FileAttributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0 && (basic.FileAttributes & ATTRIBUTES_ELSEWHERE) == 0;
  return self;
}

void
sc_scan_file_close (ScScanFile *self)
{
  if (self == NULL)
    return;
  CloseHandle (self->handle);
  g_free (self->path);
  g_free (self);
}

gboolean
sc_scan_file_info (ScScanFile *self, ScScanInfo *info, GError **error)
{
  if (has_writer (self->handle)) { /* before the times are read: who closes it in between has changed them */
    g_set_error (error, SC_ERROR, SC_ERROR_CHANGED,
                 "%s was opened for writing by another program while it was published: close that and publish again",
                 self->path);
    return FALSE;
  }
  DWORD code = read_info (self->handle, info);
  return code == ERROR_SUCCESS || set_error (error, code, "look at", self->path);
}

gssize
sc_scan_file_read (ScScanFile *self, guint64 offset, guint8 *data, gsize length, GError **error)
{
  guint attempt = 0;
  for (gsize done = 0; done < length;) {
    guint64 from = offset + done;
    OVERLAPPED place = { .Offset = (DWORD) (from & 0xffffffffu), .OffsetHigh = (DWORD) (from >> 32) };
    DWORD n = 0;
    DWORD code = ReadFile (self->handle, data + done, (DWORD) MIN (length - done, MAX_IO), &n, &place)
                     ? ERROR_SUCCESS
                     : GetLastError ();
    if (code == ERROR_HANDLE_EOF || (code == ERROR_SUCCESS && n == 0))
      return (gssize) done;
    if (code != ERROR_SUCCESS && !sc_nt_wait_for_others (code, &attempt)) {
      set_error (error, code, "read", self->path);
      return -1;
    }
    done += n;
  }
  return (gssize) length;
}

void
sc_scan_file_next_data (ScScanFile *self, guint64 offset, guint64 size, guint64 *start, guint64 *end)
{
  FILE_ALLOCATED_RANGE_BUFFER wanted, found = { 0 };
  DWORD bytes = 0;
  *start = MIN (offset, size);
  *end = size;
  if (!self->sparse || offset >= size)
    return;
  wanted.FileOffset.QuadPart = (gint64) offset;
  wanted.Length.QuadPart = (gint64) (size - offset);
  if (!DeviceIoControl (self->handle, FSCTL_QUERY_ALLOCATED_RANGES, &wanted, sizeof wanted, &found, sizeof found,
                        &bytes, NULL) &&
      GetLastError () != ERROR_MORE_DATA)
    return;                   /* Wine: error 50 */
  if (bytes < sizeof found) { /* nothing but a hole up to the end */
    *start = size;
    return;
  }
  guint64 first = (guint64) found.FileOffset.QuadPart;
  *start = CLAMP (first, offset, size);
  *end = MIN (first + (guint64) found.Length.QuadPart, size);
}
