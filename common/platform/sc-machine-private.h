/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the files of sc-machine share. */
#define SC_MACHINE_MAC_SIZE 6u

/* Whether it is one station's: neither all zeros nor a group's. */
gboolean sc_machine_is_mac (const guint8 mac[SC_MACHINE_MAC_SIZE]);
/* Adds its text, unless it is no station's or is there already. */
void sc_machine_add_mac (GPtrArray *macs, const guint8 mac[SC_MACHINE_MAC_SIZE]);
void sc_machine_sort_macs (GPtrArray *macs);

/* What the system says, as sc_machine_get_id() and sc_machine_list_macs(). */
char *sc_machine_read_id (void);
GPtrArray *sc_machine_read_macs (void);

G_END_DECLS
