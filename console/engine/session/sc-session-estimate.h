/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a session would send, told before it does. Pure functions. */
typedef struct {
  guint64 wire_bytes; /* multicast, all headers from Ethernet on, with the parity that 1 % loss takes */
  guint64 seconds;    /* of sending at the cap, rounded up */
} ScSessionEstimate;

/* Bytes of a symbol that fill a packet of @mtu bytes; 0: 1,500 */
guint32 sc_session_estimate_symbol_size (guint mtu);
/* What is probed where no packet is to be larger than @mtu bytes (0: nobody has said): what every network carries, and
 * the largest. Returns: bytes of the largest symbol. @smallest: (out): of the other, or the same: there is only one */
guint32 sc_session_estimate_probes (guint mtu, guint32 *smallest);
/* Bytes that a packet with a symbol of @symbol_size bytes takes on the wire. */
guint64 sc_session_estimate_packet_size (guint32 symbol_size);
/* @rate_cap: bits/s on the wire. Nothing to send takes nothing. */
ScSessionEstimate sc_session_estimate_stream (guint64 plan_bytes, guint64 content_bytes, guint mtu, guint64 rate_cap);

G_END_DECLS
