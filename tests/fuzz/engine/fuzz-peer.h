/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FuzzPeer:
 *
 * A TLS connection without TLS or a socket, for a server that takes streams: what the peer says is there from the
 * beginning, what it is told is thrown away, and it has the certificate that it is given.
 */
#define FUZZ_TYPE_PEER (fuzz_peer_get_type ())
G_DECLARE_FINAL_TYPE (FuzzPeer, fuzz_peer, FUZZ, PEER, GTlsConnection)

/* @certificate: (nullable) (transfer none) */
FuzzPeer *fuzz_peer_new (GBytes *says, GTlsCertificate *certificate);

G_END_DECLS
