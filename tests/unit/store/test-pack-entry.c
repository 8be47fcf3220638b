/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-pack-entry.h"

static const guint8 stored[] = "what is stored";

static void
make_entry (ScPackEntry *entry, guint8 *header)
{
  *entry = (ScPackEntry){
    .kind = SC_PACK_ENTRY_CHUNK, .encoding = SC_ENCODING_RAW, .stored_length = sizeof stored, .length = sizeof stored
  };
  sc_chunk_id_of (&entry->id, stored, sizeof stored);
  sc_pack_entry_write_header (entry, stored, header);
}

static void
test_round_trip (void)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
  g_autoptr (GError) error = NULL;
  ScPackEntry entry, parsed;

  make_entry (&entry, header);
  sc_pack_entry_parse_header (&parsed, header, &error);
  g_assert_no_error (error);
  g_assert_cmpint (parsed.kind, ==, SC_PACK_ENTRY_CHUNK);
  g_assert_cmpint (parsed.encoding, ==, SC_ENCODING_RAW);
  g_assert_cmpuint (parsed.length, ==, sizeof stored);
  g_assert_cmpuint (parsed.stored_length, ==, sizeof stored);
  g_assert_cmpuint (parsed.checksum, ==, entry.checksum);
  g_assert_true (sc_chunk_id_equal (&parsed.id, &entry.id));
  sc_pack_entry_check (&parsed, stored, &error);
  g_assert_no_error (error);
}

/* The bytes themselves: what was written once must be readable for ever. */
static void
test_format (void)
{
  static const guint8 first[16] = { 'S', 'C', 'P', 'E', 1, 1, 0, 0, 15, 0, 0, 0, 15, 0, 0, 0 };
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
  ScPackEntry entry;

  make_entry (&entry, header);
  g_assert_cmpmem (header, 16, first, 16);
  g_assert_cmpmem (header + 16, 32, entry.id.bytes, 32);
  /* CRC-64/XZ of "123456789" is 995dc9bbdf1939fa; the entry's own, computed by an implementation of the same sum in
   * Python */
  g_assert_cmphex (entry.checksum, ==, G_GUINT64_CONSTANT (0x6d08f18762b4dbe0));
}

static void
test_every_flipped_bit_is_found (void)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE], bytes[sizeof stored];
  ScPackEntry entry;

  make_entry (&entry, header);
  for (guint bit = 0; bit < (sizeof header + sizeof bytes) * 8; bit++) {
    guint8 *at = bit / 8 < sizeof header ? header + bit / 8 : bytes + bit / 8 - sizeof header;
    g_autoptr (GError) error = NULL;
    ScPackEntry parsed;
    gboolean ok;

    make_entry (&entry, header);
    memcpy (bytes, stored, sizeof bytes);
    *at ^= (guint8) (1u << (bit % 8));
    ok = sc_pack_entry_parse_header (&parsed, header, &error);
    if (ok && parsed.stored_length == sizeof stored)
      ok = sc_pack_entry_check (&parsed, bytes, &error);
    if (ok)
      g_assert_cmpuint (parsed.stored_length, !=, sizeof stored); /* the reader sees that there is no such length */
    else
      g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  }
}

static void
test_bounds (void)
{
  static const struct {
    ScPackEntryKind kind;
    guint32 stored_length, length;
    ScEncoding encoding;
    gboolean ok;
  } cases[] = {
    { SC_PACK_ENTRY_CHUNK, SC_CHUNK_SIZE, SC_CHUNK_SIZE, SC_ENCODING_RAW, TRUE },
    { SC_PACK_ENTRY_CHUNK, SC_CHUNK_SIZE + 1, SC_CHUNK_SIZE + 1, SC_ENCODING_RAW, FALSE },
    { SC_PACK_ENTRY_CHUNK, 0, 0, SC_ENCODING_RAW, FALSE },
    { SC_PACK_ENTRY_CHUNK, 0, 5, SC_ENCODING_ZSTD, FALSE },
    { SC_PACK_ENTRY_CHUNK, 6, 5, SC_ENCODING_ZSTD, FALSE },
    { SC_PACK_ENTRY_CHUNK, 4, 5, SC_ENCODING_ZSTD, TRUE },
    { SC_PACK_ENTRY_CHUNK, 4, 5, SC_ENCODING_RAW, FALSE },
    { SC_PACK_ENTRY_CHUNK, 5, 5, SC_ENCODING_ZERO, FALSE },
    { SC_PACK_ENTRY_CHUNK, 4, 5, SC_ENCODING_DELTA, FALSE },
    { SC_PACK_ENTRY_TEMPLATE, 100000, 100000, SC_ENCODING_RAW, TRUE },
    { SC_PACK_ENTRY_VERSION, 5, SC_PACK_ENTRY_MAX_STORED, SC_ENCODING_ZSTD, TRUE },
    { SC_PACK_ENTRY_VERSION, 5, SC_PACK_ENTRY_MAX_STORED + 1, SC_ENCODING_ZSTD, FALSE },
    { 0, 5, 5, SC_ENCODING_RAW, FALSE },
    { 4, 5, 5, SC_ENCODING_RAW, FALSE },
  };
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ScPackEntry entry = { .kind = cases[i].kind,
                          .encoding = cases[i].encoding,
                          .stored_length = cases[i].stored_length,
                          .length = cases[i].length };
    g_autofree guint8 *bytes = g_malloc0 (MAX (entry.stored_length, 1));
    ScPackEntry parsed;

    sc_pack_entry_write_header (&entry, bytes, header);
    g_assert_cmpint (sc_pack_entry_parse_header (&parsed, header, NULL), ==, cases[i].ok);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pack-entry/round-trip", test_round_trip);
  g_test_add_func ("/pack-entry/format", test_format);
  g_test_add_func ("/pack-entry/every-flipped-bit-is-found", test_every_flipped_bit_is_found);
  g_test_add_func ("/pack-entry/bounds", test_bounds);
  return g_test_run ();
}
