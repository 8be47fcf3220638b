/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-pack-scan.h"
#include "tests/fuzz/fuzz-pack.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>

typedef struct {
  guint64 last_end;
  guint64 entries;
  guint64 size;
} Seen;

/* Entries follow one another and are right. */
static gboolean
take_entry (const ScPackEntry *entry, guint64 offset, const guint8 *stored, gboolean in_order, gpointer user_data,
            GError **error)
{
  Seen *seen = user_data;

  g_assert_cmpuint (offset, >=, seen->last_end);
  g_assert_true (sc_pack_entry_check (entry, stored, NULL));
  seen->last_end = offset + SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length;
  g_assert_cmpuint (seen->last_end, <=, seen->size);
  seen->entries++;
  return TRUE;
}

static char *directory;
static ScDisk *disk;

static void
remove_directory (void)
{
  g_autofree char *packs = g_build_filename (directory, SC_PACK_DIRECTORY, NULL);
  g_autofree char *pack = g_build_filename (packs, "00000001.pack", NULL);

  g_unlink (pack);
  g_rmdir (packs);
  g_rmdir (directory);
  g_free (directory);
}

static void
scan_pack (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = NULL;
  g_autoptr (ScPack) pack = NULL;
  ScPackScan scan = { 0 };
  Seen seen = { .size = size };

  file = sc_disk_open (disk, SC_PACK_DIRECTORY "/00000001.pack", SC_DISK_WRITE | SC_DISK_CREATE, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_truncate (file, 0, NULL));
  g_assert_true (size == 0 || sc_disk_file_write_at (file, 0, data, size, NULL));
  pack = sc_pack_open (disk, 1, &error);
  g_assert_no_error (error);
  g_assert_true (sc_pack_scan (pack, 0, size, &scan, take_entry, &seen, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (scan.entries, ==, seen.entries);
  g_assert_cmpuint (scan.end, ==, seen.last_end);
  g_assert_cmpuint (scan.skipped, <=, size);
}

/* The input: a pack, as it is and with the checksums of its entries made right. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree guint8 *mended = g_memdup2 (data, size);

  if (disk == NULL) {
    directory = g_dir_make_tmp ("seatcast-fuzz-XXXXXX", NULL);
    disk = sc_disk_system (directory, NULL);
    atexit (remove_directory);
  }
  scan_pack (data, size);
  if (fuzz_pack_mend_sums (mended, size))
    scan_pack (mended, size);
  return 0;
}
