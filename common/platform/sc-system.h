/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  char *name;      /* "eth0" */
  char *address;   /* IPv4 in text */
  char *mac;       /* "02:fc:00:00:00:01", empty on loopback */
  guint link_mbps; /* 0: unknown */
  guint mtu;       /* bytes */
} ScInterface;

void sc_interface_free (ScInterface *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScInterface, sc_interface_free)

/* Returns: (element-type ScInterface) (transfer full): one per IPv4 address of an interface that is up */
GPtrArray *sc_system_list_interfaces (GError **error);
/* Returns: (nullable) (transfer full): the interface with the local @address */
ScInterface *sc_system_find_interface (const char *address);
char *sc_system_get_host_name (void);
char *sc_system_get_os_name (void); /* "Debian GNU/Linux 12 (bookworm)" */
/* Whether somebody sits at this machine: a session at its screen or console, or a graphical one from elsewhere, that is
 * active and not idle. An administrator's remote shell is none. %FALSE where the system does not tell (no logind).
 * Blocks for a few ms, 3 s at most when the system's session manager hangs; keeps nothing between calls. Thread-safe.
 */
gboolean sc_system_is_in_use (void);
/* Whether anybody is signed in (@users, out): at its screen, its console or by remote desktop, active or not, also
 * where the session is locked, idle or disconnected: powering off would take something from them. An administrator's
 * remote shell is none. %SC_ERROR_SYSTEM: the system does not tell. Blocks as the one above. Thread-safe. */
gboolean sc_system_has_users (gboolean *users, GError **error);
/* Powers this machine off: in order, as its menu does, so that services end and a locked user's programs are asked;
 * one that hangs is not waited for. Whether somebody sits at it is for the caller to see to. Returns when the system
 * has taken the order, and the process is ended soon after. %SC_ERROR_DENIED: this account has not the right;
 * %SC_ERROR_BUSY: something forbids it for now (logind's inhibitors, a shutdown under way); %SC_ERROR_SYSTEM. Blocks
 * for some ms, 10 s at most. Thread-safe. */
gboolean sc_system_power_off (GError **error);
/* Where the programs of this system keep what is theirs; absolute, not made here. The seat's service: its state
 * (/var/lib/seatcast-service; %ProgramData%\Seatcast\Service) and how it reaches the console (the file
 * /etc/seatcast/connection; connection in its directory). The console's engine: /var/lib/seatcast;
 * %ProgramData%\Seatcast\Console. Thread-safe. */
char *sc_system_get_service_directory (void);
char *sc_system_get_service_connection (void);
char *sc_system_get_console_directory (void);
/* Where the engine that is installed here keeps what is its own: as its setting Directory says, else as above. */
char *sc_system_find_console_directory (void);
/* Creates a file that only its owner may read, with @text, atomically and durably. */
gboolean sc_system_write_secret (const char *path, const char *text, GError **error);

G_END_DECLS
