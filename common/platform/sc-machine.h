/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * By what this machine, not the disk that is in it, is known. Thread-safe.
 *
 * Several seats on one machine, to try them or to test, would all be taken for one: each gets an UUID of its own in the
 * environment variable SEATCAST_MACHINE, which counts instead of the hardware. A seat could say any other as well: none
 * of this proves anything, it only shows staff what has to be looked at.
 */

/* Returns: (transfer full): the SMBIOS UUID in lower case; empty where the system does not tell, or the vendor gave all
 * its boards the same one. On Linux it is /sys/class/dmi/id/product_uuid, which only root may read until tmpfiles.d has
 * made it readable for the service's account. Not /etc/machine-id: that is copied with a disk, and is another one when
 * the same machine is installed again, so it is wrong both ways. */
char *sc_machine_get_id (void);
/* Returns: (transfer full) (element-type utf8): the permanent addresses "02:fc:00:00:00:01" of this machine's Ethernet
 * and Wi-Fi hardware, sorted; not of bridges, tunnels and other interfaces that only software makes */
GPtrArray *sc_machine_list_macs (void);

G_END_DECLS
