/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * Makes the checksum of every pack entry in @data right whose header can be read and that lies within: no search finds
 * a CRC-64, and what comes behind it must stand on its own. Returns: whether anything had to be changed
 */
gboolean fuzz_pack_mend_sums (guint8 *data, gsize size);
