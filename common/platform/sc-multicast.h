/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Thin drivers around multicast UDP sockets (IPv4). Errors: %SC_ERROR_SYSTEM with what to check. @interface_address:
 * the local IPv4 address, in text, of the interface to use: the wrong one is the commonest way multicast fails.
 */
#define SC_MULTICAST_BATCH 32u /* datagrams handed to the kernel at once */

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

typedef struct _ScMulticastReceiver ScMulticastReceiver;
/* Several receivers on one machine may share group and port. The receive buffer is made as large as the system allows.
 */
ScMulticastReceiver *sc_multicast_receiver_new (const char *group, guint16 port, const char *interface_address,
                                                GError **error);
void sc_multicast_receiver_free (ScMulticastReceiver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScMulticastReceiver, sc_multicast_receiver_free)
typedef void (*ScMulticastFunc) (const guint8 *datagram, gsize length, gpointer user_data);
/* Waits up to @timeout µs (< 0: for ever; Windows rounds up to ms) for datagrams and hands each one to @func; bursts
 * that the system put together (GRO, on Windows URO) are split. Returns: FALSE on an error or when @cancellable is
 * cancelled; TRUE also when the time passed with none */
gboolean sc_multicast_receiver_receive (ScMulticastReceiver *self, gint64 timeout, GCancellable *cancellable,
                                        ScMulticastFunc func, gpointer user_data, GError **error);
/* Datagrams that the kernel dropped because this socket's buffer was full, so far. Always 0 on Windows, which does not
 * tell it for a socket. */
guint64 sc_multicast_receiver_get_dropped (ScMulticastReceiver *self);

/* For the platforms' halves. Addresses in network byte order; %SC_ERROR_INVALID. */
gboolean sc_multicast_parse_addresses (const char *group, const char *interface_address, guint32 *group_out,
                                       guint32 *interface_out, GError **error);
/* Whether the system could cut one burst into these. */
gboolean sc_multicast_can_segment (const gsize *lengths, guint n);
/* %SC_ERROR_SYSTEM: a datagram of @length bytes does not fit the interface's MTU. */
void sc_multicast_set_too_large (gsize length, const char *interface_address, GError **error);

G_END_DECLS
