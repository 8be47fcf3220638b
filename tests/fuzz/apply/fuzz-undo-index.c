/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/apply/sc-apply-undo-index.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <isa-l/crc64.h>
#include <stdlib.h>

#define LOG_SIZE 4096u
#define SUM_SIZE 8u
#define MIN_RECORD 65u

static char *directory;
static ScDisk *disk;

static void
remove_directory (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_disk_remove (disk, "index", &error));
  sc_disk_free (disk);
  g_rmdir (directory);
  g_free (directory);
}

static void
put (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (disk, "index", SC_DISK_WRITE | SC_DISK_CREATE, &error);

  g_assert_no_error (error);
  g_assert_true (sc_disk_file_truncate (file, 0, &error));
  g_assert_true (size == 0 || sc_disk_file_write_at (file, 0, data, size, &error));
}

/* What is written of it is the same, byte by byte. */
static void
check_again (const ScChunkIndex *chunks, const GArray *offsets, const uint8_t *data, size_t size)
{
  g_autofree uint8_t *again = g_malloc (size);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = NULL;
  ScDiskInfo info;

  g_assert_true (sc_apply_undo_index_write (disk, "index", chunks, offsets, LOG_SIZE, &error));
  file = sc_disk_open (disk, "index", SC_DISK_READ, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_cmpuint (info.size, ==, size);
  g_assert_true (sc_disk_file_read_at (file, 0, again, size, &error));
  g_assert_cmpmem (again, size, data, size);
}

static void
use_index (const uint8_t *data, size_t size)
{
  g_autoptr (ScChunkIndex) chunks = sc_chunk_index_new ();
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;
  guint64 end = 0;

  if (!sc_apply_undo_index_read (disk, "index", LOG_SIZE, chunks, offsets, &error)) {
    g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpuint (offsets->len, ==, sc_chunk_index_size (chunks));
  for (guint i = 0; i < offsets->len; i++) {
    guint64 offset = g_array_index (offsets, guint64, i);

    g_assert_cmpuint (offset, >=, end);
    end = offset + MIN_RECORD;
    g_assert_cmpuint (end, <=, LOG_SIZE);
  }
  check_again (chunks, offsets, data, size);
}

/* The input: an index of a log of LOG_SIZE bytes, as it is and with its checksum made right. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *right = g_memdup2 (data, size);
  guint64 sum;

  if (disk == NULL) {
    directory = g_dir_make_tmp ("seatcast-fuzz-XXXXXX", NULL);
    disk = sc_disk_system (directory, NULL);
    atexit (remove_directory);
  }
  put (data, size);
  use_index (data, size);
  if (size < SUM_SIZE)
    return 0;
  sum = GUINT64_TO_LE (crc64_ecma_refl (0, right, size - SUM_SIZE));
  memcpy (right + size - SUM_SIZE, &sum, sizeof sum);
  put (right, size);
  use_index (right, size);
  return 0;
}
