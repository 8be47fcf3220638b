/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sc_time_zone_new:
 * @name: an IANA name such as "Europe/Berlin", a POSIX TZ rule, on Windows also one of its own names
 *
 * g_time_zone_new_identifier() that knows IANA's names on Windows, too: there by the rules that counted when the
 * program was built. May be used from all threads; @name must be sound, for on other systems it names a file.
 *
 * Returns: (transfer full) (nullable): %NULL: it is not known
 */
GTimeZone *sc_time_zone_new (const char *name);

G_END_DECLS
