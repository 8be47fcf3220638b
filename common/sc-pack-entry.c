/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-pack-entry.h"

#include "common/sc-error.h"

#include <isa-l/crc64.h>

#define MAGIC "SCPE"
#define CHECKSUM_OFFSET 56

static guint32
read_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

static void
write_u32 (guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

/* Everything of the header but the checksum. */
static void
write_fields (const ScPackEntry *entry, guint8 *header)
{
  memset (header, 0, SC_PACK_ENTRY_HEADER_SIZE);
  memcpy (header, MAGIC, 4);
  header[4] = (guint8) entry->kind;
  header[5] = (guint8) entry->encoding;
  write_u32 (header + 8, entry->stored_length);
  write_u32 (header + 12, entry->length);
  memcpy (header + 16, entry->id.bytes, sizeof entry->id.bytes);
}

static guint64
compute_checksum (const guint8 *header, const guint8 *stored, gsize length)
{
  guint64 sum = crc64_ecma_refl (0, header, CHECKSUM_OFFSET);

  return length > 0 ? crc64_ecma_refl (sum, stored, length) : sum;
}

void
sc_pack_entry_write_header (ScPackEntry *entry, const guint8 *stored, guint8 *header)
{
  guint64 sum;

  write_fields (entry, header);
  entry->checksum = compute_checksum (header, stored, entry->stored_length);
  sum = GUINT64_TO_LE (entry->checksum);
  memcpy (header + CHECKSUM_OFFSET, &sum, sizeof sum);
}

static gboolean
check_lengths (const ScPackEntry *entry, GError **error)
{
  guint32 max = entry->kind == SC_PACK_ENTRY_CHUNK ? SC_CHUNK_SIZE : SC_PACK_ENTRY_MAX_STORED;

  if (entry->length == 0 || entry->length > max) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "Pack entry has an impossible length of %u bytes", entry->length);
    return FALSE;
  }
  if (entry->stored_length == 0 || entry->stored_length > entry->length ||
      (entry->encoding == SC_ENCODING_RAW && entry->stored_length != entry->length)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "Pack entry has an impossible stored length of %u bytes for %u",
                 entry->stored_length, entry->length);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_pack_entry_parse_header (ScPackEntry *entry, const guint8 *header, GError **error)
{
  static const guint8 zeros[8];
  guint64 sum;

  if (memcmp (header, MAGIC, 4) != 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CORRUPT, "No pack entry here: its magic number is missing");
    return FALSE;
  }
  if (header[4] < SC_PACK_ENTRY_CHUNK || header[4] > SC_PACK_ENTRY_VERSION ||
      (header[5] != SC_ENCODING_RAW && header[5] != SC_ENCODING_ZSTD) || memcmp (header + 6, zeros, 2) != 0 ||
      memcmp (header + 48, zeros, 8) != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "Pack entry of unknown kind %u or encoding %u", header[4],
                 header[5]);
    return FALSE;
  }
  entry->kind = header[4];
  entry->encoding = header[5];
  entry->stored_length = read_u32 (header + 8);
  entry->length = read_u32 (header + 12);
  memcpy (entry->id.bytes, header + 16, sizeof entry->id.bytes);
  memcpy (&sum, header + CHECKSUM_OFFSET, sizeof sum);
  entry->checksum = GUINT64_FROM_LE (sum);
  return check_lengths (entry, error);
}

gboolean
sc_pack_entry_check (const ScPackEntry *entry, const guint8 *stored, GError **error)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  /* parse_header() accepts only what write_fields() makes, so the fields stand for the header's bytes */
  write_fields (entry, header);
  if (compute_checksum (header, stored, entry->stored_length) == entry->checksum)
    return TRUE;
  sc_chunk_id_to_hex (&entry->id, hex);
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "Pack entry of %s fails its checksum", hex);
  return FALSE;
}
