/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* By what this machine may be reached: its host name first, then its full name in the DNS where that is known, and
 * "localhost"; then 127.0.0.1, ::1 and the addresses of all interfaces that are up, but for those that only count on
 * one link. Each once. Blocks until the system knows its full name, 2 s at most. Returns: (transfer full) (element-type
 * utf8): never empty. Thread-safe. */
GPtrArray *sc_own_names_list (void);

/* For the files that implement it. */
void sc_own_names_add (GPtrArray *names, const char *name); /* (nullable); one that is there already is not added */
char *sc_own_names_get_full (const char *host_name);        /* (nullable) */
void sc_own_names_add_addresses (GPtrArray *names);

G_END_DECLS
