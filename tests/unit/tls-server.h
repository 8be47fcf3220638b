/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * TlsServer:
 *
 * Listens on loopback, and hands a connection to a SoupServer once its handshake is done. A SoupServer that does both
 * itself can end only while none of its clients is in mid-handshake: it closes that connection synchronously, which
 * waits for the handshake's thread, which waits for the client or for this thread's main context. A test whose client
 * is on the same thread would hang now and then. It asks for certificates and takes any. Main thread only.
 */
typedef struct _TlsServer TlsServer;

/* @server: (transfer none) */
TlsServer *tls_server_new (SoupServer *server, GTlsCertificate *certificate);
/* Ends handshakes, then the connections of the SoupServer. */
void tls_server_free (TlsServer *self);
/* (transfer full): "https://127.0.0.1:PORT" */
char *tls_server_make_url (TlsServer *self);
/* (nullable) (transfer none): the certificate that the client has shown */
GTlsCertificate *tls_server_get_peer (SoupServerMessage *message);

G_END_DECLS
