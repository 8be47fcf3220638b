/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-pack-entry.h"

G_BEGIN_DECLS

/* Packs lie in this directory of the store; "packs/00000001.pack". */
#define SC_PACK_DIRECTORY "packs"
#define SC_PACK_SIZE_LIMIT (G_GUINT64_CONSTANT (1) << 30) /* a pack that has reached it gets no further entry */

/* A pack file, open for reading. Reference-counted, usable from all threads. */
typedef struct _ScPack ScPack;

char *sc_pack_make_path (guint32 number);
/* Returns: the number, 0 for what is no pack's name */
guint32 sc_pack_parse_name (const char *name);

/* Errors: %SC_ERROR_NOT_FOUND */
ScPack *sc_pack_open (ScDisk *disk, guint32 number, GError **error);
ScPack *sc_pack_ref (ScPack *self);
void sc_pack_unref (ScPack *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScPack, sc_pack_unref)
guint32 sc_pack_get_number (const ScPack *self);
/* Errors: %SC_ERROR_CORRUPT where the pack is shorter */
gboolean sc_pack_read (ScPack *self, guint64 offset, void *data, gsize length, GError **error);
/* Reads the entry at @offset (its stored bytes into @stored, resized) and checks it; nothing is read at or behind @end.
 */
gboolean sc_pack_read_entry (ScPack *self, guint64 offset, guint64 end, ScPackEntry *entry, GByteArray *stored,
                             GError **error);

G_END_DECLS
