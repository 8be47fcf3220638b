/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Sends datagrams: a thin driver around a multicast UDP socket (IPv4). Errors: %SC_ERROR_SYSTEM with what to check.
 * @interface_address: the local IPv4 address, in text, of the interface to use: the wrong one is the commonest way
 * multicast fails.
 */
#define SC_MULTICAST_BATCH 32u           /* datagrams handed to the kernel at once by sc_multicast_sender_send() */
#define SC_MULTICAST_BURST_MAX 65000u    /* bytes: a UDP datagram's size, less the headers, with some to spare */
#define SC_MULTICAST_BURST_DATAGRAMS 64u /* Linux cuts a burst into no more */

/* Datagrams one behind the other in memory. */
typedef struct {
  const guint8 *data;
  gsize length;        /* bytes in all, 1 … SC_MULTICAST_BURST_MAX */
  gsize datagram_size; /* bytes, of each but the last, which may be shorter; > 0 */
} ScMulticastBurst;

typedef struct _ScMulticastSender ScMulticastSender;
ScMulticastSender *sc_multicast_sender_new (const char *group, guint16 port, const char *interface_address,
                                            GError **error);
void sc_multicast_sender_free (ScMulticastSender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScMulticastSender, sc_multicast_sender_free)
/* Sends @n datagrams that lie at @stride bytes from one another, @lengths[i] bytes each: as one burst that the system
 * cuts (UDP GSO, on Windows USO) where all but the last are equally long and the system can, else one by one (Unix: by
 * sendmmsg). Blocks while the socket's buffer is full. */
gboolean sc_multicast_sender_send (ScMulticastSender *self, const guint8 *datagrams, gsize stride, const gsize *lengths,
                                   guint n, GError **error);
/* Whether less than half of the socket's buffer waits for the interface: else the interface is slower than what is
 * sent.
 */
gboolean sc_multicast_sender_has_room (ScMulticastSender *self);
/* Sends one datagram, never waiting for anything: where there is no room for it now it is dropped, as if the network
 * had lost it, and that is no error. For a main loop. */
gboolean sc_multicast_sender_send_or_drop (ScMulticastSender *self, const guint8 *datagram, gsize length,
                                           GError **error);
/* Sends @n bursts of up to SC_MULTICAST_BURST_DATAGRAMS datagrams, several with one system call where the system can.
 * Else as above: what the system cannot cut goes one by one. */
gboolean sc_multicast_sender_send_bursts (ScMulticastSender *self, const ScMulticastBurst *bursts, guint n,
                                          GError **error);

G_END_DECLS
