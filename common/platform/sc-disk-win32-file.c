/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-disk-win32.h"

#include <string.h>
#include <winioctl.h>

#define ZEROS_SIZE (64u * 1024u)
#define MAX_IO (64u * 1024u * 1024u)
#define MAX_CLONE (G_GUINT64_CONSTANT (1) << 30) /* a call takes less than 4 GiB */
#define TICKS_PER_USEC 10
#define EPOCH_USEC (G_GINT64_CONSTANT (11644473600) * G_USEC_PER_SEC) /* from 1601 to 1970 */

/* Missing in mingw's headers of Debian 12; MS-FSCC 2.3. */
#define SC_FSCTL_GET_INTEGRITY_INFORMATION 0x0009027c
#define SC_FSCTL_SET_INTEGRITY_INFORMATION 0x0009c280
#define SC_FSCTL_DUPLICATE_EXTENTS_TO_FILE 0x00098344

typedef struct {
  guint16 checksum_algorithm;
  guint16 reserved;
  guint32 flags;
  guint32 checksum_chunk_size; /* bytes */
  guint32 cluster_size;        /* bytes; not in the call that sets */
} IntegrityInformation;

typedef struct {
  HANDLE source;
  gint64 source_offset;
  gint64 target_offset;
  gint64 length;
} DuplicateExtents;

G_STATIC_ASSERT (sizeof (IntegrityInformation) == 16);
G_STATIC_ASSERT (sizeof (DuplicateExtents) == 32);

static HANDLE
file_handle (ScDiskFile *file)
{
  return ((ScDiskWin32File *) file)->handle;
}

static gboolean
set_file_error (GError **error, DWORD code, ScDiskFile *file, const char *what)
{
  return sc_disk_win32_set_error (error, code, file->disk, file->path, what);
}

static OVERLAPPED
at_offset (guint64 offset)
{
  return (OVERLAPPED){ .Offset = (DWORD) (offset & 0xffffffffu), .OffsetHigh = (DWORD) (offset >> 32) };
}

void
sc_disk_win32_file_close (ScDiskFile *file)
{
  CloseHandle (file_handle (file));
  g_free (file->path);
  g_free (file);
}

static DWORD
read_some (HANDLE handle, guint64 offset, guint8 *to, gsize length, DWORD *n)
{
  OVERLAPPED place = at_offset (offset);
  if (ReadFile (handle, to, (DWORD) MIN (length, MAX_IO), n, &place))
    return ERROR_SUCCESS;
  DWORD code = GetLastError ();
  return code == ERROR_HANDLE_EOF ? ERROR_SUCCESS : code;
}

gboolean
sc_disk_win32_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error)
{
  guint8 *to = data;
  guint attempt = 0;
  for (gsize done = 0; done < length;) {
    DWORD n = 0;
    DWORD code = read_some (file_handle (file), offset + done, to + done, length - done, &n);
    if (code != ERROR_SUCCESS && !sc_nt_wait_for_others (code, &attempt))
      return set_file_error (error, code, file, "read");
    if (code == ERROR_SUCCESS && n == 0) {
      g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                   "“%s” in “%s” ends at byte %" G_GUINT64_FORMAT ", before the %" G_GSIZE_FORMAT
                   " bytes wanted at %" G_GUINT64_FORMAT,
                   file->path, file->disk->root, offset + done, length, offset);
      return FALSE;
    }
    done += n;
  }
  return TRUE;
}

gboolean
sc_disk_win32_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error)
{
  const guint8 *from = data;
  guint attempt = 0;
  for (gsize done = 0; done < length;) {
    OVERLAPPED place = at_offset (offset + done);
    DWORD n = 0;
    if (!WriteFile (file_handle (file), from + done, (DWORD) MIN (length - done, MAX_IO), &n, &place)) {
      DWORD code = GetLastError ();
      if (!sc_nt_wait_for_others (code, &attempt))
        return set_file_error (error, code, file, "write");
    }
    done += n;
  }
  return TRUE;
}

static DWORD
control (HANDLE handle, DWORD request, void *in, DWORD in_size, void *out, DWORD out_size)
{
  DWORD returned;
  return DeviceIoControl (handle, request, in, in_size, out, out_size, &returned, NULL) ? ERROR_SUCCESS
                                                                                        : GetLastError ();
}

/* What a file system or Wine says of a request that it does not know. */
static gboolean
is_unsupported (DWORD code)
{
  return code == ERROR_NOT_SUPPORTED || code == ERROR_INVALID_FUNCTION || code == ERROR_CALL_NOT_IMPLEMENTED;
}

static DWORD
set_sparse (HANDLE handle, gboolean sparse)
{
  FILE_SET_SPARSE_BUFFER wanted = { .SetSparse = (BOOLEAN) sparse };
  return control (handle, FSCTL_SET_SPARSE, &wanted, sizeof wanted, NULL, 0);
}

/* Hyper-V refuses a virtual disk that is a sparse file (error 0xC03A001A), so these keep their space. */
static gboolean
may_be_sparse (const char *path)
{
  static const char *const whole[] = { ".vhd", ".vhdx", ".avhd", ".avhdx", ".vhds" };
  const char *name = strrchr (path, '/');
  g_autofree char *folded = g_ascii_strdown (name != NULL ? name + 1 : path, -1);
  char *updating = g_strrstr (folded, ".updating");
  if (updating != NULL)
    *updating = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    if (g_str_has_suffix (folded, whole[i]))
      return FALSE;
  return TRUE;
}

static gboolean
write_zeros (ScDiskFile *file, guint64 offset, guint64 end, GError **error)
{
  static const guint8 zeros[ZEROS_SIZE];
  for (; offset < end; offset += MIN (end - offset, ZEROS_SIZE))
    if (!sc_disk_win32_file_write_at (file, offset, zeros, (gsize) MIN (end - offset, ZEROS_SIZE), error))
      return FALSE;
  return TRUE;
}

/* In a sparse file NTFS gives back the whole 64 KiB units of the range and writes zeros to the rest; in others it only
 * makes zeros, without the data passing through us. */
gboolean
sc_disk_win32_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  ScDiskWin32File *self = (ScDiskWin32File *) file;
  ScDiskInfo info;
  if (!sc_disk_win32_file_info (file, &info, error))
    return FALSE;
  guint64 end = MIN (offset + length, info.size);
  if (offset >= end)
    return TRUE;
  if (!self->sparse && may_be_sparse (file->path)) {
    DWORD code = set_sparse (self->handle, TRUE);
    if (code != ERROR_SUCCESS && !is_unsupported (code))
      return set_file_error (error, code, file, "make sparse");
    self->sparse = TRUE; /* or it cannot be: not asked again */
  }
  FILE_ZERO_DATA_INFORMATION range = { .FileOffset.QuadPart = (gint64) offset,
                                       .BeyondFinalZero.QuadPart = (gint64) end };
  DWORD code = control (self->handle, FSCTL_SET_ZERO_DATA, &range, sizeof range, NULL, 0);
  if (is_unsupported (code))
    return write_zeros (file, offset, end, error);
  return code == ERROR_SUCCESS || set_file_error (error, code, file, "make a hole in");
}

/* Up to a file's end NTFS reserves by itself, except in sparse and compressed files, where nothing can; behind it there
 * is the allocation size. Setting that lower than the end would cut the file. */
gboolean
sc_disk_win32_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  FILE_STANDARD_INFO standard;
  FILE_ALLOCATION_INFO allocation = { .AllocationSize.QuadPart = (gint64) (offset + length) };
  if (!GetFileInformationByHandleEx (file_handle (file), FileStandardInfo, &standard, sizeof standard))
    return set_file_error (error, GetLastError (), file, "examine");
  if (length == 0 || allocation.AllocationSize.QuadPart <= standard.EndOfFile.QuadPart ||
      allocation.AllocationSize.QuadPart <= standard.AllocationSize.QuadPart ||
      SetFileInformationByHandle (file_handle (file), FileAllocationInfo, &allocation, sizeof allocation))
    return TRUE;
  DWORD code = GetLastError ();
  return is_unsupported (code) || set_file_error (error, code, file, "reserve space for");
}

static DWORD
set_size (HANDLE handle, guint64 size)
{
  FILE_END_OF_FILE_INFO end = { .EndOfFile.QuadPart = (gint64) size };
  return SetFileInformationByHandle (handle, FileEndOfFileInfo, &end, sizeof end) ? ERROR_SUCCESS : GetLastError ();
}

/* What is new reads as zeros: no stale disk content, unlike behind SetFileValidData(). */
gboolean
sc_disk_win32_file_truncate (ScDiskFile *file, guint64 size, GError **error)
{
  guint attempt = 0;
  DWORD code;
  do
    code = set_size (file_handle (file), size);
  while (sc_nt_wait_for_others (code, &attempt));
  return code == ERROR_SUCCESS || set_file_error (error, code, file, "set the size of");
}

/* Gives the empty @target the properties that block cloning wants to be the same, and the size. It is sparse while it
 * grows, so that no space is taken that the clone will not need. */
static DWORD
prepare_clone (HANDLE target, IntegrityInformation *integrity, gboolean sparse, guint64 size)
{
  IntegrityInformation own;
  DWORD code = control (target, SC_FSCTL_GET_INTEGRITY_INFORMATION, NULL, 0, &own, sizeof own);
  if (code == ERROR_SUCCESS &&
      (own.checksum_algorithm != integrity->checksum_algorithm || own.flags != integrity->flags))
    code = control (target, SC_FSCTL_SET_INTEGRITY_INFORMATION, integrity,
                    G_STRUCT_OFFSET (IntegrityInformation, checksum_chunk_size), NULL, 0);
  if (code == ERROR_SUCCESS)
    code = set_sparse (target, TRUE);
  if (code == ERROR_SUCCESS)
    code = set_size (target, size);
  return code == ERROR_SUCCESS && !sparse ? set_sparse (target, FALSE) : code;
}

/*
 * Block cloning of ReFS (Microsoft, "Block cloning on ReFS"): whole clusters, less than 4 GiB a call, not beyond the
 * target's end, which a cluster that the end lies in is not. File systems without it do not know what integrity is.
 */
static DWORD
clone_extents (HANDLE target, HANDLE source)
{
  FILE_STANDARD_INFO standard;
  FILE_BASIC_INFO basic;
  IntegrityInformation integrity;
  if (!GetFileInformationByHandleEx (source, FileStandardInfo, &standard, sizeof standard) ||
      !GetFileInformationByHandleEx (source, FileBasicInfo, &basic, sizeof basic))
    return GetLastError ();
  DWORD code = control (source, SC_FSCTL_GET_INTEGRITY_INFORMATION, NULL, 0, &integrity, sizeof integrity);
  guint64 size = (guint64) standard.EndOfFile.QuadPart;
  if (code == ERROR_SUCCESS)
    code = prepare_clone (target, &integrity, (basic.FileAttributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0, size);
  if (code == ERROR_SUCCESS && (integrity.cluster_size == 0 || MAX_CLONE % integrity.cluster_size != 0))
    code = ERROR_NOT_SUPPORTED;
  for (guint64 offset = 0; code == ERROR_SUCCESS && offset < size; offset += MAX_CLONE) {
    guint64 length = MIN (size - offset, MAX_CLONE);
    guint64 clusters = (length + integrity.cluster_size - 1) / integrity.cluster_size;
    DuplicateExtents extents = { .source = source,
                                 .source_offset = (gint64) offset,
                                 .target_offset = (gint64) offset,
                                 .length = (gint64) (clusters * integrity.cluster_size) };
    code = control (target, SC_FSCTL_DUPLICATE_EXTENTS_TO_FILE, &extents, sizeof extents, NULL, 0);
  }
  return code;
}

gboolean
sc_disk_win32_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error)
{
  DWORD code = clone_extents (file_handle (file), file_handle (source));
  if (code == ERROR_SUCCESS)
    return TRUE;
  g_autofree char *what = g_strdup_printf ("clone “%s” to", source->path);
  return set_file_error (error, code, file, what);
}

gboolean
sc_disk_win32_file_sync (ScDiskFile *file, GError **error)
{
  return FlushFileBuffers (file_handle (file)) || set_file_error (error, GetLastError (), file, "write to the disk");
}

/* Zero and less have a meaning of their own; what lies beyond becomes the earliest or latest time there is. */
gboolean
sc_disk_win32_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error)
{
  gint64 usec = CLAMP (mtime, 1 - EPOCH_USEC, G_MAXINT64 / TICKS_PER_USEC - EPOCH_USEC) + EPOCH_USEC;
  FILE_BASIC_INFO basic = { .LastWriteTime.QuadPart = usec * TICKS_PER_USEC };
  return SetFileInformationByHandle (file_handle (file), FileBasicInfo, &basic, sizeof basic) ||
         set_file_error (error, GetLastError (), file, "set the time of");
}

/* NTFS has 64 bits, ReFS 128, of which the upper ones are few; FAT knows only the old call. */
static gboolean
read_id (HANDLE handle, guint64 *id)
{
  FILE_ID_INFO info;
  BY_HANDLE_FILE_INFORMATION old;
  guint64 halves[2];
  if (!GetFileInformationByHandleEx (handle, FileIdInfo, &info, sizeof info)) {
    gboolean known = GetFileInformationByHandle (handle, &old);
    *id = known ? (guint64) old.nFileIndexHigh << 32 | old.nFileIndexLow : 0;
    return known;
  }
  G_STATIC_ASSERT (sizeof halves == sizeof info.FileId);
  memcpy (halves, &info.FileId, sizeof halves);
  *id = halves[0] ^ (halves[1] * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
  return TRUE;
}

DWORD
sc_disk_win32_read_info (HANDLE handle, ScDiskInfo *info)
{
  FILE_STANDARD_INFO standard;
  FILE_BASIC_INFO basic;
  FILE_COMPRESSION_INFO compression;
  guint64 id;
  if (!GetFileInformationByHandleEx (handle, FileStandardInfo, &standard, sizeof standard) ||
      !GetFileInformationByHandleEx (handle, FileBasicInfo, &basic, sizeof basic) || !read_id (handle, &id))
    return GetLastError ();
  *info = (ScDiskInfo){
    .size = (guint64) standard.EndOfFile.QuadPart,
    .allocated = (guint64) standard.AllocationSize.QuadPart,
    .mtime = basic.LastWriteTime.QuadPart / TICKS_PER_USEC - EPOCH_USEC,
    .id = id,
    .directory = standard.Directory,
  };
  /* the allocation size counts the holes, this does not */
  if ((basic.FileAttributes & (FILE_ATTRIBUTE_SPARSE_FILE | FILE_ATTRIBUTE_COMPRESSED)) != 0 &&
      GetFileInformationByHandleEx (handle, FileCompressionInfo, &compression, sizeof compression))
    info->allocated = (guint64) compression.CompressedFileSize.QuadPart;
  return ERROR_SUCCESS;
}

gboolean
sc_disk_win32_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error)
{
  DWORD code = sc_disk_win32_read_info (file_handle (file), info);
  return code == ERROR_SUCCESS || set_file_error (error, code, file, "examine");
}
