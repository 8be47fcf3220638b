/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What an installer cannot write down by itself: run by the MSI, as the system, by `PROGRAM --configure` and
 * `--unconfigure`. Only built for Windows. Both may be run again at any time, and leave alone what is right already.
 */
typedef enum {
  /* System, administrators and the service alone: keys, tokens, databases, logs. What the caller wrote into it before
   * (the connection file) can be read by the service afterwards. A directory of its own, never a volume's root. */
  SC_INSTALLATION_PRIVATE = 1 << 0,
  SC_INSTALLATION_CHANGE = 1 << 1, /* in addition to who has access: the service may change what is there */
} ScInstallationAccess;

typedef struct {
  const char *path; /* absolute; made where it is missing; none that has Windows, the program or all data in it */
  ScInstallationAccess access;
} ScInstallationDirectory;

typedef struct {
  const char *service;     /* "seatcast-service": service, event source and firewall rule */
  const char *description; /* one sentence, for the list of services */
  const char *program;     /* absolute path of its .exe, which is also its message file; the SCM runs it --service */
  guint16 tcp_port;        /* to be opened in the firewall, inbound; 0: none */
  guint16 udp_port;
  gboolean powers_off; /* it needs the privilege to shut the machine down: the SCM leaves it all that its account has,
                          and it gives up the others itself (sc-scm.h) */
  const ScInstallationDirectory *directories;
  guint n_directories;
} ScInstallation;

/* Command line, recovery actions, delayed start, the service's own SID and LocalService, the rights on its directories,
 * the firewall's rule, the event source. The service is registered already. Everything is tried; the first error is
 * returned, more are logged. Links in a directory lead nowhere. What this Windows does not have (Wine lacks some of it)
 * is a warning. Errors: %SC_ERROR_INVALID for a directory, %SC_ERROR_NOT_FOUND: no such service, %SC_ERROR_DENIED,
 * %SC_ERROR_SYSTEM */
gboolean sc_installation_configure (const ScInstallation *installation, GError **error);
/* Its private directories, made and made its own: to be called before something is written into them. They are locked
 * to others from the moment they are made, and none that somebody else has made is used. Nothing is made where one of
 * all its directories cannot be. Errors: as above; %SC_ERROR_NOT_FOUND: a disk is not there */
gboolean sc_installation_take_directories (const ScInstallation *installation, GError **error);
/* Lets the service read what was written into its private directories since sc_installation_configure(). */
gboolean sc_installation_share (const ScInstallation *installation, GError **error);
/* Returns: (element-type filename) (transfer container): those of its directories, and those above them, that are not
 * there, the deepest first: to remove, when a later step fails, what was made for it. Free with g_ptr_array_unref(). */
GPtrArray *sc_installation_list_missing (const ScInstallation *installation);
/* Whether @path is there, and it and those above it in %ProgramData% are still the system's own: only then may
 * something in it be removed with the system's rights. */
gboolean sc_installation_owns (const char *path);
/* Takes back what is not the MSI's own: the firewall's rule, the event source, the rights on directories of others. */
gboolean sc_installation_unconfigure (const ScInstallation *installation, GError **error);

G_END_DECLS
