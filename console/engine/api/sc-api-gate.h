/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScApiGate:
 *
 * A connection as libsoup gets it: libsoup reads nothing of a request before its head is there whole and found
 * sound (sc-api-head.h). Instead of another one it reads a line that it refuses (400). Everything behind the first head
 * passes: there is one request a connection, see ScApiListener. Main thread only.
 */
#define SC_TYPE_API_GATE (sc_api_gate_get_type ())
G_DECLARE_FINAL_TYPE (ScApiGate, sc_api_gate, SC, API_GATE, GIOStream)

/* @base: closed with the gate. It must have pollable streams, as TLS on a socket has. @socket:
 * (nullable): which one that is */
ScApiGate *sc_api_gate_new (GIOStream *base, GSocket *socket);

G_END_DECLS
