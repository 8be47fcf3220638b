/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-installation.h"
#include "service/sc-seat-settings.h"

G_BEGIN_DECLS

/*
 * `seatcast-service.exe --configure` and `--unconfigure`, which the MSI runs as the system. Only built for Windows.
 */

#define SC_SEAT_REGISTRY "Service" /* of ScRegistry */

#define SC_SEAT_SETUP_NONE "none" /* takes a setting back, any but that of the templates */

/* NULL and "" is: not given, what was set stays. */
typedef struct {
  ScServiceOptions options;
  char *console; /* URL */
  char *token;
  char *fingerprint; /* of the console's authority; also with colons, and in upper case */
  guint removed;     /* settings to remove: bits by their place in sc_seat_settings_list(); of sc_seat_setup_check() */
} ScSeatSetup;

void sc_seat_setup_clear (ScSeatSetup *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScSeatSetup, sc_seat_setup_clear)

/* Checks what is given, and brings it into the form in which it is kept. Errors: %SC_ERROR_INVALID naming the option,
 * without the token */
gboolean sc_seat_setup_check (ScSeatSetup *self, GError **error);
/* Writes the settings: the connection file at @connection once all three parts of it are known, the others to the
 * registry under @program; a running service takes them up. @self has been checked. @installation: (nullable): is
 * prepared before, its private directories, with that of @connection, first. Where something fails, what was written
 * and made anew is taken back. */
gboolean sc_seat_setup_write (const ScSeatSetup *self, const char *connection, const char *program,
                              const ScInstallation *installation, GError **error);
/* All of --configure: checks, writes, and prepares service, directories, firewall and event log. */
gboolean sc_seat_configure (ScSeatSetup *setup, GError **error);
/* Takes back what sc_seat_configure() made. The templates stay. @purge: the seat's own data goes too. */
gboolean sc_seat_unconfigure (gboolean purge, GError **error);

G_END_DECLS
