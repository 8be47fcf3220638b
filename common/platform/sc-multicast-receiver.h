/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "common/platform/sc-datagram-batch.h"

G_BEGIN_DECLS

/*
 * Receives datagrams: a thin driver around a multicast UDP socket (IPv4). Errors: %SC_ERROR_SYSTEM with what to check.
 * @interface_address: the local IPv4 address, in text, of the interface to use: the wrong one is the commonest way
 * multicast fails.
 */
typedef struct _ScMulticastReceiver ScMulticastReceiver;
#define SC_MULTICAST_RECEIVE_BUFFER (32u * 1024 * 1024) /* bytes wanted: 0.25 s of 1 Gbit/s */

/* Several receivers on one machine may share group and port. The receive buffer is made as large as the system allows.
 */
ScMulticastReceiver *sc_multicast_receiver_new (const char *group, guint16 port, const char *interface_address,
                                                GError **error);
void sc_multicast_receiver_free (ScMulticastReceiver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScMulticastReceiver, sc_multicast_receiver_free)
/* Waits up to @timeout µs (< 0: for ever; Windows rounds up to ms) for datagrams and adds what has come to @batch, as
 * far as it has room, which it must have. Returns: FALSE on an error or when @cancellable is cancelled; TRUE also when
 * the time passed with none */
gboolean sc_multicast_receiver_fill (ScMulticastReceiver *self, gint64 timeout, ScDatagramBatch *batch,
                                     GCancellable *cancellable, GError **error);
/* The same for who receives little: hands each datagram to @func. */
gboolean sc_multicast_receiver_receive (ScMulticastReceiver *self, gint64 timeout, GCancellable *cancellable,
                                        ScDatagramFunc func, gpointer user_data, GError **error);
/* Bytes that the system made the receive buffer of. */
gsize sc_multicast_receiver_get_buffer (ScMulticastReceiver *self);
/* µs that a receiver may at most leave datagrams to gather in the buffer, so that it is not woken for each: 0 where the
 * buffer is small, or a sleep too coarse. */
gint64 sc_multicast_receiver_get_pause (ScMulticastReceiver *self);
/* Datagrams that the kernel dropped because this socket's buffer was full, so far: an estimate where it dropped bursts,
 * by the size of those that came. Never falls. From one thread at a time, which may be another than the one that
 * receives. Always 0 on Windows, which does not tell it for a socket. */
guint64 sc_multicast_receiver_get_dropped (ScMulticastReceiver *self);

G_END_DECLS
