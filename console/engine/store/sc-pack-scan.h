/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-progress.h"
#include "console/engine/store/sc-pack.h"

G_BEGIN_DECLS

/* What a walk through a pack's entries met besides sound ones. */
typedef struct {
  guint64 entries;   /* sound ones */
  guint64 end;       /* of the last sound entry; bytes behind it belong to none */
  guint64 damaged;   /* places between sound entries that are none */
  guint64 skipped;   /* bytes of those places */
  GPtrArray *places; /* (element-type utf8) (nullable): where to name them, one line each */
} ScPackScan;

/* @in_order: FALSE when the entry was found by searching behind damaged bytes: it may be content of a file that looks
 * like an entry. Returns: FALSE to end the walk with the error */
typedef gboolean (*ScPackScanFunc) (const ScPackEntry *entry, guint64 offset, const guint8 *stored, gboolean in_order,
                                    gpointer user_data, GError **error);

/**
 * sc_pack_scan:
 * @scan: (inout): zeroed, with @places where wanted
 *
 * Calls @func for every entry in @start … @end of the pack whose checksum is right. A damaged entry is passed over by
 * its length where another entry follows there, else the next sound entry is searched byte by byte. The pack's content
 * is not trusted: memory is bounded by its size, and work by a small multiple of it. Damage is no error.
 */
gboolean sc_pack_scan (ScPack *pack, guint64 start, guint64 end, ScPackScan *scan, ScPackScanFunc func,
                       gpointer user_data, ScProgress *progress, GCancellable *cancellable, GError **error);

G_END_DECLS
