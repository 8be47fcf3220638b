/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl.h"

G_BEGIN_DECLS

/**
 * sc_ctl_follow_operation:
 * @operation: (transfer none): as the console answered when it was started
 *
 * Shows the operation's progress until it has ended (with --json: a line whenever it has changed). Ctrl-C cancels it.
 * Returns: (transfer full): its result. Errors: the operation's own
 */
ScJson *sc_ctl_follow_operation (ScCtl *self, ScJson *operation, GError **error);

/**
 * sc_ctl_follow_verify:
 * @seat: (transfer none): as the console answered when its verification was started
 *
 * Shows its progress until it is over (with --json: a line whenever it has changed). Ctrl-C only stops watching: then
 * the seat's "verify" is still running.
 * Returns: (transfer full): the seat
 */
ScJson *sc_ctl_follow_verify (ScCtl *self, ScJson *seat, GError **error);

/**
 * sc_ctl_follow_session:
 *
 * Shows the session's progress until it is over, then a table per seat. Ctrl-C only stops watching.
 * Returns: %SC_CTL_FAILED when a seat failed or the session did not end as it should
 */
ScCtlStatus sc_ctl_follow_session (ScCtl *self, ScJson *session, GError **error);

/* Prints a session's figures and its seats as text; of one that ended before its time also what it left half updated;
 * of a dry run what it found out. */
gboolean sc_ctl_print_session (ScCtl *self, ScJson *session, GError **error);

G_END_DECLS
