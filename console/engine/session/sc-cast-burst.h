/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-multicast-sender.h"

G_BEGIN_DECLS

/*
 * Datagrams that are handed to the kernel at once: made one behind the other in memory that is allocated once, all of
 * them equally long but for the last, which may be shorter, because that is what UDP GSO cuts (Linux, udp(7),
 * UDP_SEGMENT). One thread at a time.
 */
typedef struct {
  guint8 *data;        /* (owned) SC_MULTICAST_BURST_MAX bytes */
  gsize datagram_size; /* bytes, of all but a last shorter one */
  gsize length;        /* bytes in all */
  guint n;             /* datagrams */
  gboolean closed;     /* the last one is shorter: nothing can follow it */
} ScCastBurst;

/* @datagram_size: bytes of the largest datagram there will be, 1 … SC_MULTICAST_BURST_MAX */
void sc_cast_burst_init (ScCastBurst *self, gsize datagram_size);
void sc_cast_burst_clear (ScCastBurst *self);
/* Takes all datagrams out. */
void sc_cast_burst_empty (ScCastBurst *self);
/* Where the next datagram can be made, datagram_size bytes. Returns: %NULL when it takes no more */
guint8 *sc_cast_burst_get_room (ScCastBurst *self);
/* @length: bytes of the datagram that was made there, 1 … datagram_size */
void sc_cast_burst_add (ScCastBurst *self, gsize length);
/* (transfer none): as long as the burst is not changed */
ScMulticastBurst sc_cast_burst_get (const ScCastBurst *self);

G_END_DECLS
