/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScApiStrangers:
 *
 * The connections for which nobody has vouched yet: how many there may be, how long each may stay, and whose TLS
 * handshake runs when. Main thread only.
 *
 * A handshake keeps a thread of GLib's pool from its beginning to its end, and that pool is all that the store is read
 * by, too: whoever connects and falls silent would stop the engine with a dozen connections. So one begins only when
 * the client's first message lies there in full, few run at a time, and while others wait, one that does not get on
 * gives way.
 *
 * Places and turns are shared by address (of IPv6: by network), whatever number of connections comes from one: who
 * floods the engine is in his own way. The longest line gives way when all places are taken, its oldest first.
 */
typedef struct _ScApiStrangers ScApiStrangers;
typedef struct _ScApiStranger ScApiStranger;

#define SC_API_STRANGERS_MAX 1536u /* at once; a thousand seats that come back together are not to be refused */
#define SC_API_STRANGERS_SECONDS 15u
#define SC_API_STRANGERS_GREETINGS 6u  /* of the ten threads that GLib begins with */
#define SC_API_STRANGERS_PATIENCE 250u /* ms that a handshake may take while others wait */

/* It is the turn of @stranger, whose caller is now its owner: begin TLS on its connection. */
typedef void (*ScApiStrangersGreet) (ScApiStranger *stranger, gpointer user_data);

ScApiStrangers *sc_api_strangers_new (ScApiStrangersGreet greet, gpointer user_data);
/* Refuses all. Strangers that have an owner stay his. */
void sc_api_strangers_free (ScApiStrangers *self);
/* How many there may be, and the s that each has. For connections that come later. */
void sc_api_strangers_set_limits (ScApiStrangers *self, guint max, guint seconds);
void sc_api_strangers_add (ScApiStrangers *self, GSocketConnection *connection);

/* No stranger any more. Its connection stays whoever's it is; the socket is shared. */
void sc_api_stranger_free (ScApiStranger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiStranger, sc_api_stranger_free)
/* Its handshake is over; it stays a stranger. */
void sc_api_stranger_greeted (ScApiStranger *self);
GSocketConnection *sc_api_stranger_get_connection (ScApiStranger *self); /* until it is greeted */
GSocket *sc_api_stranger_get_socket (ScApiStranger *self);
GCancellable *sc_api_stranger_get_cancellable (ScApiStranger *self); /* when it is refused */
/* Its socket is shut down already. */
gboolean sc_api_stranger_is_refused (ScApiStranger *self);

G_END_DECLS
