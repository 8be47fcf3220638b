/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sc_size_parse:
 * @option: the option's name, for the error
 * @text: bytes, with K, M, G or T behind them: 1024, 1024², 1024³, 1024⁴ bytes; or "default"
 * @bytes: (out): SC_APPLY_DEFAULT for "default"
 *
 * Errors: %SC_ERROR_INVALID with what is allowed
 */
gboolean sc_size_parse (const char *option, const char *text, gint64 *bytes, GError **error);

G_END_DECLS
