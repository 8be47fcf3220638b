/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-cast-burst.h"

G_BEGIN_DECLS

/**
 * ScCastOutlet:
 *
 * Hands bursts to the socket on a thread of its own ("cast-send"), in the order in which they were committed, so that
 * the thread that seals them never waits for the kernel. The bursts are a ring of SC_CAST_OUTLET_BURSTS that is
 * allocated once; the two threads share its two indices and lock only to sleep. What lies in it has left the pacing:
 * the thread that fills it says how much may.
 */
typedef struct _ScCastOutlet ScCastOutlet;

#define SC_CAST_OUTLET_BURSTS 16u /* about 1 MiB: 0.8 ms of 10 Gbit/s */

/* Blocks as long as the kernel takes no more. @full: (out): much of what was sent before has not left yet */
typedef gboolean (*ScCastOutletSend) (gpointer object, const ScMulticastBurst *bursts, guint n, gboolean *full,
                                      GError **error);
/* On the outlet's own thread. */
typedef void (*ScCastOutletReady) (gpointer data);

/* @object: (transfer full): where bursts go to, by @send; freed by @free_object. @datagram_size: as for
 * sc_cast_burst_init(). @ready: there is room again, or it has failed; @data outlives the outlet. */
ScCastOutlet *sc_cast_outlet_new (ScCastOutletSend send, gpointer object, GDestroyNotify free_object,
                                  gsize datagram_size, ScCastOutletReady ready, gpointer data);
/* As above, to a socket. @socket: (transfer full) */
ScCastOutlet *sc_cast_outlet_new_for_socket (ScMulticastSender *socket, gsize datagram_size, ScCastOutletReady ready,
                                             gpointer data);
/* Drops what still waits. Not while another thread uses it. */
void sc_cast_outlet_free (ScCastOutlet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastOutlet, sc_cast_outlet_free)
/* From now on nothing is sent any more; what waits is dropped. From any thread, does not wait. */
void sc_cast_outlet_stop (ScCastOutlet *self);

/* For one thread, which fills the ring: */

/* The next burst, empty, to be filled and committed. @limit: how many bursts may wait, at most all. Returns: (transfer
 * none): %NULL when so many wait; the ready function is called when it is fewer */
ScCastBurst *sc_cast_outlet_reserve (ScCastOutlet *self, guint limit);
/* It goes when several wait, or by the next flush. */
void sc_cast_outlet_commit (ScCastOutlet *self);
/* What was committed goes now. */
void sc_cast_outlet_flush (ScCastOutlet *self);
/* Whether the interface is slower than what is sent: the last bursts found the socket full of earlier ones. */
gboolean sc_cast_outlet_is_full (ScCastOutlet *self);
/* Returns: FALSE with the socket's error when it has failed; nothing is sent any more then */
gboolean sc_cast_outlet_check (ScCastOutlet *self, GError **error);
/* Waits until all is sent, or it was stopped. To be called once, as the last of these. Returns: as the check */
gboolean sc_cast_outlet_drain (ScCastOutlet *self, GError **error);

G_END_DECLS
