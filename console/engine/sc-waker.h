/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScWaker:
 *
 * Sends the magic packets that wake machines (common/platform/sc-wake.h): SC_WAKER_PACKETS to each, one at once and the
 * others by a timer, because a packet is lost now and then and nobody answers. Main thread only.
 */
typedef struct _ScWaker ScWaker;

#define SC_WAKER_PACKETS 3u
#define SC_WAKER_INTERVAL 1000u /* ms between them */

/* @interval: ms; SC_WAKER_INTERVAL but in tests */
ScWaker *sc_waker_new (guint interval);
/* What is not sent yet is not sent. */
void sc_waker_free (ScWaker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScWaker, sc_waker_free)

/**
 * sc_waker_wake:
 * @macs: (element-type utf8): of the machine's network cards
 * @interface_address: (nullable): as sc_system_wake(); NULL: every interface
 * @destination: (nullable): as sc_system_wake()
 *
 * Returns: whether a packet was sent, to any of @macs. Errors: as sc_system_wake(), of the last that was not;
 * %SC_ERROR_NOT_FOUND: there is no MAC address, or no interface
 */
gboolean sc_waker_wake (ScWaker *self, GPtrArray *macs, const char *interface_address, const char *destination,
                        GError **error);

G_END_DECLS
