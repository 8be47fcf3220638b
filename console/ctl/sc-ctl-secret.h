/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl.h"

G_BEGIN_DECLS

/* Passwords: asked for at a terminal without showing them, else the lines of --password-file or of standard input. They
 * never come from the command line, which every user of the machine can read. */

typedef char **ScCtlSecrets;

/**
 * sc_ctl_secrets_read:
 * @prompts: NULL-terminated: what they are
 * @repeat: whether a terminal is asked for the last one twice
 *
 * Returns: (transfer full): one for each prompt, none empty; sc_ctl_secrets_free(). Errors: %SC_ERROR_INVALID,
 * %SC_ERROR_CANCELLED (Ctrl-C), %SC_ERROR_NOT_FOUND, %SC_ERROR_SYSTEM; never with a part of one
 */
ScCtlSecrets sc_ctl_secrets_read (ScCtl *self, const char *const *prompts, gboolean repeat, GError **error);
/* Wipes and frees; NULL is nothing. */
void sc_ctl_secrets_free (ScCtlSecrets secrets);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (ScCtlSecrets, sc_ctl_secrets_free, NULL)

/* Sends @body, and wipes the texts in it. @body: (transfer full). Returns: as sc_ctl_client_request() */
ScJson *sc_ctl_secret_post (ScCtlClient *client, const char *path, ScJson *body, GError **error);

G_END_DECLS
