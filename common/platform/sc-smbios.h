/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What SMBIOS tables say (DMTF DSP0134). From the firmware, but read as if it came from outside: boards have lied.
 */

/* The UUID of the table "System Information" (type 1) among the structures of @tables. Returns: (transfer full)
 * (nullable): in lower case; NULL when there is none */
char *sc_smbios_find_uuid (const guint8 *tables, gsize length);
/* Whether an UUID in lower case tells one machine from another: vendors have shipped boards with all zeros, all ones or
 * the example of a manual. */
gboolean sc_smbios_is_unique (const char *uuid);

G_END_DECLS
