/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From now on waits of the calling thread with an end (g_cond_wait_until() and the like) end within some µs of it on
 * Linux, whose default is 50 µs late, and within 1 to 2 ms on Windows, whose default is 16 ms late. For threads that
 * pace something: it costs the processor more wakings. */
void sc_timing_make_precise (void);

G_END_DECLS
