/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScReadable:
 *
 * A source that waits for a socket, for those that have very many: GLib asks each of its sources and poll() each socket
 * at every turn of the main loop, which with a thousand TLS connections takes a millisecond of it whatever has
 * happened. Here one epoll(7) instance stands for all sockets of a thread, and the others cost next to nothing. What
 * comes within 10 ms of the last is told together.
 *
 * sc_readable_new:
 * Ready when there is something to read, or the connection has ended, or the socket's timeout has passed without
 * either. To be attached to the thread's default main context, by the thread that makes, uses and frees it. Returns:
 * (transfer full) (nullable): NULL where the system has nothing of the kind: GLib's own source is to be used
 */
GSource *sc_readable_new (GSocket *socket);
/* For a pollable @stream that makes it its source: the callback is a GPollableSourceFunc, and needs no second source
 * around this one. @gone: (nullable): called when the source ends. */
void sc_readable_set_stream (GSource *source, GObject *stream, void (*gone) (GObject *stream));
/* Who reads tells at the beginning, and after each read, whether more may be there (also in a buffer of its own, as TLS
 * has one): until it says no, the source stays ready. */
void sc_readable_note (GSource *source, gboolean more);
/* The socket's timeout has passed. */
gboolean sc_readable_is_late (GSource *source);

G_END_DECLS
