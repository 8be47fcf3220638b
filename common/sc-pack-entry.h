/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-frame.h"

G_BEGIN_DECLS

/*
 * One entry of a pack file, on the console's disk and on the wire of catch-up. Little-endian header of 64 bytes, then
 * the stored bytes:
 *
 *   0 magic "SCPE"   4 u8 kind   5 u8 encoding   6 u16 zero   8 u32 stored length   12 u32 length
 *   16 id (32)   48 u64 zero   56 u64 CRC-64 (ECMA-182, reflected) of bytes 0 … 55 and the stored bytes
 */
#define SC_PACK_ENTRY_HEADER_SIZE 64u
#define SC_PACK_ENTRY_MAX_STORED (1024u * 1024 * 1024)

typedef enum {
  SC_PACK_ENTRY_CHUNK = 1,
  SC_PACK_ENTRY_TEMPLATE = 2, /* a template's manifest; zstd or raw */
  SC_PACK_ENTRY_VERSION = 3,
} ScPackEntryKind;

typedef struct {
  ScPackEntryKind kind;
  ScEncoding encoding;   /* RAW or ZSTD in packs */
  guint32 stored_length; /* bytes that follow the header */
  guint32 length;        /* bytes after decoding */
  ScChunkId id;
  guint64 checksum;
} ScPackEntry;

/* Fills in the checksum and writes SC_PACK_ENTRY_HEADER_SIZE bytes. */
void sc_pack_entry_write_header (ScPackEntry *entry, const guint8 *stored, guint8 *header);
/* Parses a header (SC_PACK_ENTRY_HEADER_SIZE bytes, from outside): magic, kind, encoding and lengths are checked, not
 * the sum. Errors: %SC_ERROR_CORRUPT */
gboolean sc_pack_entry_parse_header (ScPackEntry *entry, const guint8 *header, GError **error);
/* Whether @stored (entry->stored_length bytes) belongs to the header. Errors: %SC_ERROR_CORRUPT */
gboolean sc_pack_entry_check (const ScPackEntry *entry, const guint8 *stored, GError **error);

G_END_DECLS
