/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"

G_BEGIN_DECLS

/*
 * What a session's stream looks like, known to both ends from the order alone (docs/protocol.md):
 *
 *   stream   = plan ‖ content; each part starts a block of its own
 *   block    = up to k source symbols (only a part's last block has fewer; its last symbol is padded with zeros)
 *   window   = up to window_blocks blocks; the plan's blocks have windows of their own
 */
#define SC_CAST_MAX_SOURCE_SYMBOLS 200u
#define SC_CAST_MAX_SYMBOLS 255u /* GF(2⁸): source and parity symbols of one block */
#define SC_CAST_HEADER_SIZE 12u
#define SC_CAST_TAG_SIZE 16u
#define SC_CAST_SYMBOL_SIZE 1444u     /* for a 1,500-byte MTU: 1500 − 20 (IPv4) − 8 (UDP) − header − tag */
#define SC_CAST_SYMBOL_SIZE_MAX 8944u /* jumbo frames of 9,000 bytes */
#define SC_CAST_SYMBOL_SIZE_MIN 16u
#define SC_CAST_WINDOW_BLOCKS 64u /* also the interleaving depth: a lost burst costs each block one symbol */
#define SC_CAST_MAX_WINDOWS 4u    /* in flight at once; bounds memory: 4 × 64 × 200 × 1,444 B = 74 MB a seat */
/* Bytes that the windows in flight may take at a seat, of the 128 MiB that a session may take there. The rest is for
 * what has come and is not opened yet (24 MiB), for 16 frames that wait to be written, each of which keeps a block
 * (27 MiB with jumbo frames, 5 without), and for frames of which a piece is missing (3 MiB, or 17). The plan comes
 * besides. */
#define SC_CAST_MAX_MEMORY (72u * 1024 * 1024)

typedef struct {
  guint32 symbol_size;    /* bytes, SC_CAST_SYMBOL_SIZE_MIN … SC_CAST_SYMBOL_SIZE_MAX */
  guint32 block_symbols;  /* k, 1 … SC_CAST_MAX_SOURCE_SYMBOLS */
  guint32 window_blocks;  /* 1 … SC_CAST_WINDOW_BLOCKS */
  guint64 plan_length;    /* bytes, > 0 */
  guint64 content_length; /* bytes, may be 0 */
} ScCastLayout;

/* Whether the numbers are within their bounds (they come from outside). Errors: %SC_ERROR_INVALID */
gboolean sc_cast_layout_check (const ScCastLayout *self, GError **error);

guint32 sc_cast_layout_n_blocks (const ScCastLayout *self);
guint32 sc_cast_layout_n_plan_blocks (const ScCastLayout *self);
guint32 sc_cast_layout_n_windows (const ScCastLayout *self);
guint32 sc_cast_layout_block_window (const ScCastLayout *self, guint32 block);
/* First block of a window and how many it has. */
guint32 sc_cast_layout_window_blocks (const ScCastLayout *self, guint32 window, guint32 *first_block);
/* Source symbols (1 … k) and bytes (without padding) of a block. */
guint32 sc_cast_layout_block_symbols (const ScCastLayout *self, guint32 block);
guint32 sc_cast_layout_block_bytes (const ScCastLayout *self, guint32 block);
/* Where a block's bytes start, in the plan or (@is_plan FALSE) in the content. */
guint64 sc_cast_layout_block_offset (const ScCastLayout *self, guint32 block, gboolean *is_plan);

G_END_DECLS
