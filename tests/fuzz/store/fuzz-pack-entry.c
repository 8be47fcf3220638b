/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "tests/fuzz/fuzz-pack.h"
#include "tests/fuzz/fuzz.h"

/* Bytes that pass as an entry are within the bounds, and writing them again gives the same bytes. */
static void
use_entry (const uint8_t *data, size_t size)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
  g_autoptr (GError) error = NULL;
  ScPackEntry entry;

  if (!sc_pack_entry_parse_header (&entry, data, &error)) {
    g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
    return;
  }
  g_assert_cmpuint (entry.length, >, 0);
  g_assert_cmpuint (entry.stored_length, >, 0);
  g_assert_cmpuint (entry.stored_length, <=, entry.length);
  g_assert_cmpuint (entry.length, <=, entry.kind == SC_PACK_ENTRY_CHUNK ? SC_CHUNK_SIZE : SC_PACK_ENTRY_MAX_STORED);
  if (entry.stored_length > size - sizeof header)
    return;
  if (sc_pack_entry_check (&entry, data + sizeof header, &error)) {
    sc_pack_entry_write_header (&entry, data + sizeof header, header);
    g_assert_cmpmem (header, sizeof header, data, sizeof header);
  } else {
    g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  }
}

/* The input: an entry, as it is and with its checksum made right. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree guint8 *mended = g_memdup2 (data, size);

  if (size < SC_PACK_ENTRY_HEADER_SIZE)
    return 0;
  use_entry (data, size);
  if (fuzz_pack_mend_sums (mended, size))
    use_entry (mended, size);
  return 0;
}
