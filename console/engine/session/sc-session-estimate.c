/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-estimate.h"

#include "common/cast/sc-cast-layout.h"

#define DEFAULT_MTU 1500u
#define IP_OVERHEAD (20u + 8u) /* IPv4, UDP */
#define ETHERNET_OVERHEAD 14u
#define PACKET_OVERHEAD (IP_OVERHEAD + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE)
/* Symbols sent for each of the source at 1 % loss on each seat, simulated for 80 to 400 seats (docs/protocol.md, where
 * 1.085 is with the headers). */
#define SYMBOLS_PER_1000 1035u

guint32
sc_session_estimate_symbol_size (guint mtu)
{
  return CLAMP (mtu != 0 ? mtu : DEFAULT_MTU, PACKET_OVERHEAD + 64, PACKET_OVERHEAD + SC_CAST_SYMBOL_SIZE_MAX) -
         PACKET_OVERHEAD;
}

guint32
sc_session_estimate_probes (guint mtu, guint32 *smallest)
{
  guint bound = mtu != 0 ? mtu : G_MAXUINT;

  *smallest = sc_session_estimate_symbol_size (MIN (bound, DEFAULT_MTU));
  return sc_session_estimate_symbol_size (bound);
}

guint64
sc_session_estimate_packet_size (guint32 symbol_size)
{
  return symbol_size + PACKET_OVERHEAD + ETHERNET_OVERHEAD;
}

static guint64
divide_up (guint64 a, guint64 b)
{
  return a / b + (a % b != 0);
}

ScSessionEstimate
sc_session_estimate_stream (guint64 plan_bytes, guint64 content_bytes, guint mtu, guint64 rate_cap)
{
  ScSessionEstimate estimate = { 0, 0 };
  guint32 symbol_size; /* by what every network carries: whether larger packets are heard, the session will see */
  guint64 symbols;

  sc_session_estimate_probes (mtu, &symbol_size);
  symbols = divide_up (plan_bytes, symbol_size) + divide_up (content_bytes, symbol_size);
  estimate.wire_bytes = divide_up (symbols * SYMBOLS_PER_1000, 1000) * sc_session_estimate_packet_size (symbol_size);
  estimate.seconds = divide_up (estimate.wire_bytes * 8, MAX (rate_cap, 1));
  return estimate;
}
