/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where a server is to listen: "ADDRESS:PORT", an IPv6 address in brackets. Returns: (transfer full). Errors:
 * %SC_ERROR_INVALID */
GInetSocketAddress *sc_listen_parse (const char *text, GError **error);

G_END_DECLS
