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
 */
typedef struct _ScApiListener ScApiListener;

ScApiListener *sc_api_listener_new (SoupServer *server, GTlsCertificate *certificate);
/* Connections that were handed over stay the server's. */
void sc_api_listener_free (ScApiListener *self);
/* Returns: the port; 0 with an error of GIO */
guint16 sc_api_listener_listen (ScApiListener *self, GSocketAddress *address, GError **error);

G_END_DECLS
