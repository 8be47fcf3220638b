/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the sender's and the receiver's halves of each platform have in common. */

/* Addresses in network byte order; %SC_ERROR_INVALID. */
gboolean sc_multicast_parse_addresses (const char *group, const char *interface_address, guint32 *group_out,
                                       guint32 *interface_out, GError **error);
/* Whether the system could cut one burst into these. */
gboolean sc_multicast_can_segment (const gsize *lengths, guint n);
/* %SC_ERROR_SYSTEM: a datagram of @length bytes does not fit the interface's MTU. */
void sc_multicast_set_too_large (gsize length, const char *interface_address, GError **error);
/* %SC_ERROR_SYSTEM: could not do @doing; @code is an errno, on Windows a WSAGetLastError(). */
void sc_multicast_set_interface_error (GError **error, int code, const char *doing, const char *interface_address);

G_END_DECLS
