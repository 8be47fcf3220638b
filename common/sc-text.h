/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a line of text that is shown to people must not have @character: it would end the line, drive a terminal, or
 * turn the direction of what stands behind it. */
gboolean sc_text_breaks_line (gunichar character);
/* Appends @text, of which at most @max_bytes are read, in valid UTF-8 and with spaces for these. */
void sc_text_append_line (GString *line, const char *text, gsize max_bytes);
/* Whether @text (valid UTF-8) has none of these. */
gboolean sc_text_is_line (const char *text);
/* Whether there is nothing to be seen of @text (valid UTF-8). */
gboolean sc_text_is_blank (const char *text);

G_END_DECLS
