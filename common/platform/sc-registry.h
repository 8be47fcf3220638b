/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A program's settings in Windows' registry. Only built for Windows. Two keys of HKEY_LOCAL_MACHINE, values REG_SZ:
 * SOFTWARE\Policies\Seatcast\PROGRAM, which group policy or Intune writes, goes before SOFTWARE\Seatcast\PROGRAM, which
 * the MSI and `--configure` write. @program: "Service" or "Console".
 */

/* Returns: (transfer full) (nullable): NULL where it is not set, or set to ""; a REG_DWORD as its decimal number */
char *sc_registry_get (const char *program, const char *name);
/* The same, of the policy key alone. */
char *sc_registry_get_policy (const char *program, const char *name);
/* The same, of SOFTWARE\Seatcast\PROGRAM alone: what sc_registry_set() has written. */
char *sc_registry_get_local (const char *program, const char *name);
/* Writes SOFTWARE\Seatcast\PROGRAM; NULL removes the value. */
gboolean sc_registry_set (const char *program, const char *name, const char *value, GError **error);
gboolean sc_registry_remove (const char *program, GError **error); /* SOFTWARE\Seatcast\PROGRAM with all in it */
/* A source that calls its GSourceFunc when a setting of either key may have changed, also when a key comes or goes; no
 * polling. It is called for other policies too. Attach it, and destroy it to end. */
GSource *sc_registry_watch (void);

G_END_DECLS
