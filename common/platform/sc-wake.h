/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Wakes the machine whose network card has the address @mac ("02:fc:00:00:00:01", or with "-"), if it is off and was
 * set up for it: sends one magic packet (AMD, "Magic Packet Technology", publication 20213: six bytes 0xff and sixteen
 * times the address) by UDP.
 *
 * @interface_address: the local IPv4 address, in text, of the interface to send it from
 * @destination: (nullable): an IPv4 address, by its port or else port 9 ("192.0.2.255:7"): such as a subnet's broadcast
 *   address where routers let that through. NULL: the limited broadcast, which every machine on that interface's link
 *   sees
 *
 * Nobody answers, so success says only that it was sent; whoever has to be sure sends some. %SC_ERROR_INVALID: one of
 * these is none; %SC_ERROR_SYSTEM: it could not be sent. Does not block; thread-safe.
 */
gboolean sc_system_wake (const char *mac, const char *interface_address, const char *destination, GError **error);

G_END_DECLS
