/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The input of a ScApiGate. It keeps what it has read of @base until the head is whole. */
#define SC_TYPE_API_GATE_INPUT (sc_api_gate_input_get_type ())
G_DECLARE_FINAL_TYPE (ScApiGateInput, sc_api_gate_input, SC, API_GATE_INPUT, GFilterInputStream)

/* @socket: (nullable): what @base reads from in the end: then waiting for it costs little (ScReadable) */
GInputStream *sc_api_gate_input_new (GInputStream *base, GSocket *socket);

G_END_DECLS
