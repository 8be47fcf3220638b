/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SC_API_HEAD_MAX (16u * 1024) /* bytes; our own clients need less than 1 KiB */

/**
 * sc_api_head_find_end:
 * @bytes: what has come of a request so far
 * @from: where nothing has been found before
 *
 * A head is a request's first line and its headers, up to and with the empty line (RFC 9112 §2.1; lines may also end
 * with a line feed alone, §2.2). Returns: its length, 0 when its end is not there yet
 */
gsize sc_api_head_find_end (const char *bytes, gsize length, gsize from);

/**
 * sc_api_head_is_sound:
 * @head: whole
 *
 * Whether libsoup may see it. It reads heads before anybody can say who is there, 3.2 loses memory with each whose body
 * it does not know how to delimit, and it takes what others refuse. So here is refused what no client of ours sends:
 * more than one or no clear length of the body (RFC 9112 §6.3), folded lines (§5.2), blanks before a colon (§5.1), and
 * control characters.
 */
gboolean sc_api_head_is_sound (const char *head, gsize length);
/* Whether a sound @head asks for a WebSocket, or for any other protocol. */
gboolean sc_api_head_is_upgrade (const char *head, gsize length);

G_END_DECLS
