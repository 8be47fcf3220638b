/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ScApiListener:
 *
 * Accepts TLS connections and hands them to a SoupServer once the handshake is done. libsoup 3.2's own listener leaks
 * the socket of every TLS connection, which would end an engine after about a thousand of them; and it waits for a
 * handshake for ever. Main thread only.
 *
 * libsoup keeps a connection for a further request only if it listens itself, and 3.2 then loses the socket of a client
 * that closes an idle connection. So each request has a connection of its own.
 *
 * A connection is a stranger until somebody vouches for it (sc_api_listener_trust()). There are at most 1,536 of them,
 * each has 15 s, and ScApiStrangers shares places and handshakes out among the addresses they come from: who has no
 * secret cannot keep out those who have one, nor use up the files and threads of the process. A trusted connection on
 * which nothing moves for 60 s is closed.
 */
typedef struct _ScApiListener ScApiListener;

ScApiListener *sc_api_listener_new (SoupServer *server, GTlsCertificate *certificate);
/* Connections that were handed over stay the server's. */
void sc_api_listener_free (ScApiListener *self);
/* The client of @message has shown that it may use the API. */
void sc_api_listener_trust (ScApiListener *self, SoupServerMessage *message);
/* What is shown to who connects from now on. */
void sc_api_listener_set_certificate (ScApiListener *self, GTlsCertificate *certificate);
/* For tests: how many strangers there may be, the s that each has, and the s that nothing may move. For connections
 * that begin later. */
void sc_api_listener_set_limits (ScApiListener *self, guint strangers, guint stranger_seconds, guint idle_seconds);
/* Returns: the port; 0 with an error of GIO */
guint16 sc_api_listener_listen (ScApiListener *self, GSocketAddress *address, GError **error);

/* (nullable) (transfer none): to end the connection by a shutdown; libsoup finds that out by itself */
GSocket *sc_api_listener_get_socket (SoupServerMessage *message);
/* (nullable) (transfer none): the certificate that the client has shown; nothing of it has been checked but that the
 * client has its key */
GTlsCertificate *sc_api_listener_get_peer (SoupServerMessage *message);
/* For tests that bring a connection of their own: what a client at this address has shown. @peer: (nullable) */
void sc_api_listener_keep_peer (GSocketAddress *remote_address, GTlsCertificate *peer);

G_END_DECLS
