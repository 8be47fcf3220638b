/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a program says to the service manager that started it: systemd's readiness protocol, sd_notify(3). Nothing
 * happens where no manager listens (NOTIFY_SOCKET is not set). Failures are warnings: a program that works is worth
 * more than one that is known to. What Windows has instead is sc-scm.h. Thread-safe.
 */

/* It works from now on. @status: (nullable): one line for people; line ends are made spaces */
void sc_notify_ready (const char *status);
/* It has begun to end. */
void sc_notify_stopping (const char *status);

G_END_DECLS
