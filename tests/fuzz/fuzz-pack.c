/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/fuzz-pack.h"

#include "common/sc-pack-entry.h"

gboolean
fuzz_pack_mend_sums (guint8 *data, gsize size)
{
  gboolean is_changed = FALSE;
  gsize at = 0;

  while (at + SC_PACK_ENTRY_HEADER_SIZE <= size) {
    gsize room = size - at - SC_PACK_ENTRY_HEADER_SIZE;
    guint8 *stored = data + at + SC_PACK_ENTRY_HEADER_SIZE;
    ScPackEntry entry;

    if (!sc_pack_entry_parse_header (&entry, data + at, NULL) || entry.stored_length > room) {
      at++;
      continue;
    }
    if (!sc_pack_entry_check (&entry, stored, NULL)) {
      sc_pack_entry_write_header (&entry, stored, data + at);
      is_changed = TRUE;
    }
    at += SC_PACK_ENTRY_HEADER_SIZE + entry.stored_length;
  }
  return is_changed;
}
