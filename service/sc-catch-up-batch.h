/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-chunk-sink.h"

G_BEGIN_DECLS

/*
 * The parts of catch-up that need no network: what a locate answer says, which ranges of which packs to fetch, and what
 * is in a range.
 */
#define SC_CATCH_UP_BATCH 4096u /* chunks asked for at once */
#define SC_CATCH_UP_RANGE_MAX (4u * 1024 * 1024)
#define SC_CATCH_UP_ANSWER_MAX (4u * 1024 * 1024)

typedef struct {
  ScChunkId id;
  guint32 pack;
  guint64 offset;        /* of the entry's header in the pack */
  guint32 stored_length; /* bytes */
  guint32 length;        /* bytes */
} ScCatchUpEntry;

/* Entries first … first + n - 1 lie one behind the other. */
typedef struct {
  guint32 pack;
  guint64 offset; /* bytes */
  guint64 length; /* bytes, ≤ SC_CATCH_UP_RANGE_MAX */
  guint first, n;
} ScCatchUpRange;

/**
 * sc_catch_up_parse_located:
 * @wanted: (element-type ScChunkId): what was asked for, in this order
 *
 * Returns: (element-type ScCatchUpEntry) (transfer full): by pack and offset. Errors: %SC_ERROR_INVALID;
 * %SC_ERROR_NOT_FOUND naming the chunk that the console does not have
 */
GArray *sc_catch_up_parse_located (const char *text, gsize length, GArray *wanted, GError **error);
/* (element-type ScCatchUpRange) (transfer full): neighbours merged */
GArray *sc_catch_up_make_ranges (GArray *entries);
/**
 * sc_catch_up_put_range:
 * @bytes: @range->length of them, from the console
 *
 * Checks every entry and hands its frame to @sink if it is wanted. Errors: %SC_ERROR_CORRUPT naming the pack and the
 * chunk (those before it have been handed over); the sink's own
 */
gboolean sc_catch_up_put_range (const ScCatchUpRange *range, GArray *entries, GBytes *bytes, const ScChunkSink *sink,
                                GError **error);

G_END_DECLS
