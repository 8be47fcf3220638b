/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScDenials:
 *
 * Counts how often addresses were denied something: who is denied too often within a time is not heard until that time
 * is over. Of addresses at most @max_addresses are known; the one that was first denied longest ago is forgotten. Times
 * are s since 1970; a clock that is set back forgets. A plain object.
 */
typedef struct _ScDenials ScDenials;

ScDenials *sc_denials_new (guint max_addresses, guint max_denials, gint64 time);
void sc_denials_free (ScDenials *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScDenials, sc_denials_free)

void sc_denials_note (ScDenials *self, const char *address, gint64 now);
/* Returns: s until @address is heard again; 0: it is */
gint64 sc_denials_get_wait (ScDenials *self, const char *address, gint64 now);
guint sc_denials_count_addresses (ScDenials *self);

G_END_DECLS
