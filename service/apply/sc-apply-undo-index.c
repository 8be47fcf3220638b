/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-undo-index.h"

#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "service/apply/sc-apply-undo-log.h"

#include <isa-l/crc64.h>

#define MAGIC "SCUNDOI1"
#define MAGIC_SIZE 8u
#define HEADER_SIZE 24u
#define ENTRY_SIZE 40u
#define SUM_SIZE 8u
#define MIN_RECORD (SC_PACK_ENTRY_HEADER_SIZE + 1u) /* bytes of the log */
#define ENTRIES_PER_PIECE 25000u                    /* 1 MB */
#define NEW_SUFFIX ".new"

static guint64
read_u64 (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_LE (value);
}

static void
append_u64 (GByteArray *bytes, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (bytes, (const guint8 *) &value, sizeof value);
}

static gboolean
set_damage (GError **error, const ScDiskFile *file, const char *what)
{
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "the index %s is of no use: %s", file->path, what);
  return FALSE;
}

/* Writes what is in @bytes at @end. */
static gboolean
flush (ScDiskFile *file, GByteArray *bytes, guint64 *end, guint64 *sum, GError **error)
{
  if (!sc_disk_file_write_at (file, *end, bytes->data, bytes->len, error))
    return FALSE;
  *sum = crc64_ecma_refl (*sum, bytes->data, bytes->len);
  *end += bytes->len;
  g_byte_array_set_size (bytes, 0);
  return TRUE;
}

static gboolean
write_file (ScDisk *disk, const char *path, const ScChunkIndex *chunks, const GArray *offsets, guint64 log_size,
            GError **error)
{
  g_autoptr (ScDiskFile) file = sc_disk_open (disk, path, SC_DISK_WRITE | SC_DISK_CREATE, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint64 end = 0, sum = 0;

  if (file == NULL || !sc_disk_file_truncate (file, 0, error))
    return FALSE;
  g_byte_array_append (bytes, (const guint8 *) MAGIC, MAGIC_SIZE);
  append_u64 (bytes, offsets->len);
  append_u64 (bytes, log_size);
  for (guint32 i = 0; i < offsets->len; i++) {
    const ScChunkId *id = sc_chunk_index_get (chunks, i);

    g_byte_array_append (bytes, id->bytes, sizeof id->bytes);
    append_u64 (bytes, g_array_index (offsets, guint64, i));
    if (bytes->len >= ENTRIES_PER_PIECE * ENTRY_SIZE && !flush (file, bytes, &end, &sum, error))
      return FALSE;
  }
  append_u64 (bytes, crc64_ecma_refl (sum, bytes->data, bytes->len));
  return flush (file, bytes, &end, &sum, error) && sc_disk_file_sync (file, error);
}

gboolean
sc_apply_undo_index_write (ScDisk *disk, const char *path, const ScChunkIndex *chunks, const GArray *offsets,
                           guint64 log_size, GError **error)
{
  g_autofree char *new_path = g_strconcat (path, NEW_SUFFIX, NULL);

  if (write_file (disk, new_path, chunks, offsets, log_size, error) && sc_disk_rename (disk, new_path, path, error))
    return TRUE;
  /* it takes space, of which there may be none left; if it stays it goes with the step */
  sc_disk_remove (disk, new_path, NULL);
  return FALSE;
}

static gboolean
read_header (ScDiskFile *file, guint64 log_size, guint64 *count, guint64 *sum, GError **error)
{
  guint8 header[HEADER_SIZE];
  ScDiskInfo info;

  if (!sc_disk_file_info (file, &info, error) || !sc_disk_file_read_at (file, 0, header, sizeof header, error))
    return FALSE;
  if (memcmp (header, MAGIC, MAGIC_SIZE) != 0)
    return set_damage (error, file, "it does not begin as one");
  if (read_u64 (header + 16) != log_size)
    return set_damage (error, file, "it belongs to a log of another size");
  *count = read_u64 (header + 8);
  if (*count > SC_APPLY_UNDO_LOG_MAX_RECORDS || *count > log_size / MIN_RECORD ||
      info.size != HEADER_SIZE + *count * ENTRY_SIZE + SUM_SIZE)
    return set_damage (error, file, "it has not as many entries as it says");
  *sum = crc64_ecma_refl (0, header, sizeof header);
  return TRUE;
}

/* Whether it can be the next one. */
static gboolean
take_entry (const guint8 *bytes, guint64 log_size, ScChunkIndex *chunks, GArray *offsets)
{
  guint64 offset = read_u64 (bytes + sizeof (ScChunkId));
  guint64 first = offsets->len == 0 ? 0 : g_array_index (offsets, guint64, offsets->len - 1) + MIN_RECORD;
  gboolean added = FALSE;
  ScChunkId id;

  if (offset < first || offset > log_size - MIN_RECORD)
    return FALSE;
  memcpy (id.bytes, bytes, sizeof id.bytes);
  sc_chunk_index_add (chunks, &id, &added);
  if (added)
    g_array_append_val (offsets, offset);
  return added;
}

gboolean
sc_apply_undo_index_read (ScDisk *disk, const char *path, guint64 log_size, ScChunkIndex *chunks, GArray *offsets,
                          GError **error)
{
  g_autoptr (ScDiskFile) file = sc_disk_open (disk, path, SC_DISK_READ, error);
  g_autofree guint8 *bytes = NULL;
  guint64 count, sum, end = HEADER_SIZE;
  guint8 stored[SUM_SIZE];

  if (file == NULL || !read_header (file, log_size, &count, &sum, error))
    return FALSE;
  bytes = g_malloc (ENTRIES_PER_PIECE * ENTRY_SIZE);
  while (offsets->len < count) {
    guint32 n = (guint32) MIN (count - offsets->len, ENTRIES_PER_PIECE);

    if (!sc_disk_file_read_at (file, end, bytes, n * ENTRY_SIZE, error))
      return FALSE;
    sum = crc64_ecma_refl (sum, bytes, n * ENTRY_SIZE);
    end += n * ENTRY_SIZE;
    for (guint32 i = 0; i < n; i++)
      if (!take_entry (bytes + i * ENTRY_SIZE, log_size, chunks, offsets))
        return set_damage (error, file, "an entry cannot be right");
  }
  if (!sc_disk_file_read_at (file, end, stored, sizeof stored, error))
    return FALSE;
  return read_u64 (stored) == sum || set_damage (error, file, "its checksum is wrong");
}
