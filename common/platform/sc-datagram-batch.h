/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScDatagramBatch:
 *
 * Memory for the bursts that one or a few calls of the system bring, filled by a receiver and emptied by whoever splits
 * them. A burst is one datagram, or several that the system put together (GRO, on Windows URO). What is small is moved
 * together, so that single datagrams fill a batch as well as large bursts do. Nothing is allocated while it is used.
 * One thread at a time.
 */
#define SC_DATAGRAM_SLOT 65536u           /* bytes: room for the largest burst there is */
#define SC_DATAGRAM_BATCH_SLOTS 8u        /* a batch takes 512 KiB: it fits a core's own cache */
#define SC_DATAGRAM_BATCH_MAX_BURSTS 256u /* in a batch */

typedef struct {
  guint32 offset; /* bytes, in the batch's memory */
  guint32 length;
  guint32 segment; /* bytes of each datagram in it but the last; never 0 */
} ScDatagramBurst;

typedef struct {
  guint8 *memory;
  gsize filled; /* bytes of it, gaps included */
  guint n_bursts;
  ScDatagramBurst bursts[SC_DATAGRAM_BATCH_MAX_BURSTS];
} ScDatagramBatch;

ScDatagramBatch *sc_datagram_batch_new (void);
void sc_datagram_batch_free (ScDatagramBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScDatagramBatch, sc_datagram_batch_free)

/* For the receiver: how many bursts may be received now, each to a slot of SC_DATAGRAM_SLOT bytes; the first one is at
 * memory + filled, and the others follow. */
guint sc_datagram_batch_get_room (const ScDatagramBatch *self);
/* The next burst has come to @data, @length bytes (0: an empty datagram), which is one of the slots or, in their order,
 * before others of them that have come, too. @segment: 0: it is one datagram */
void sc_datagram_batch_add (ScDatagramBatch *self, const guint8 *data, gsize length, gsize segment);
void sc_datagram_batch_clear (ScDatagramBatch *self);

typedef void (*ScDatagramFunc) (const guint8 *datagram, gsize length, gpointer user_data);
/* Hands each datagram to @func, in the order in which they came. */
void sc_datagram_batch_foreach (const ScDatagramBatch *self, ScDatagramFunc func, gpointer user_data);

G_END_DECLS
