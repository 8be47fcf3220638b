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
/* Of a cache, which asks the console each time: bytes that the console gives at once, should the cache have nothing */
#define SC_CATCH_UP_CACHED_RANGE_MAX (8u * 1024 * 1024)
/* A cache keeps beginnings of packs, by their length: a pack that has grown since is another one. So it is asked for
 * the shortest beginning whose length is a multiple of this, and which has all that is wanted: only what lies in the
 * last of them is fetched anew once the pack has grown. */
#define SC_CATCH_UP_CACHED_STEP (256u * 1024 * 1024)
#define SC_CATCH_UP_ANSWER_MAX (4u * 1024 * 1024)

typedef struct {
  ScChunkId id;
  guint32 pack;
  guint64 offset;        /* of the entry's header in the pack */
  guint32 stored_length; /* bytes */
  guint32 length;        /* bytes */
  guint64 pack_size;     /* bytes; 0: the console has not said */
} ScCatchUpEntry;

/* Entries first … first + n - 1 lie one behind the other. */
typedef struct {
  guint32 pack;
  guint64 offset; /* bytes */
  guint64 length; /* bytes, ≤ what sc_catch_up_make_ranges() was told */
  guint64 end;    /* of the pack's beginning that a cache is asked for; 0: not known */
  guint first, n;
} ScCatchUpRange;

/**
 * sc_catch_up_parse_located:
 * @wanted: (element-type ScChunkId): what was asked for, in this order
 *
 * An entry of the answer that is a number is a whole chunk directly behind the one before it.
 *
 * Returns: (element-type ScCatchUpEntry) (transfer full): by pack and offset. Errors: %SC_ERROR_INVALID;
 * %SC_ERROR_NOT_FOUND naming the chunk that the console does not have
 */
GArray *sc_catch_up_parse_located (const char *text, gsize length, GArray *wanted, GError **error);
/* (element-type ScCatchUpRange) (transfer full): neighbours merged, up to @max bytes each */
GArray *sc_catch_up_make_ranges (GArray *entries, guint64 max);
/**
 * sc_catch_up_put_range:
 * @bytes: @range->length of them, from the console or a cache
 *
 * Checks every entry and hands its frame to @sink if it is wanted. Errors: %SC_ERROR_CORRUPT naming the pack and the
 * chunk (those before it have been handed over); the sink's own
 */
gboolean sc_catch_up_put_range (const ScCatchUpRange *range, GArray *entries, GBytes *bytes, const ScChunkSink *sink,
                                GError **error);

G_END_DECLS
