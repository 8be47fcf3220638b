/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/**
 * ScApiAuth:
 *
 * Finds out who sends a request, and compares that with the role of its route: the one place where the API does. Main
 * thread only.
 */
typedef struct _ScApiAuth ScApiAuth;

/* @parts: (transfer none); @token: of the connection file, for the local administrator */
ScApiAuth *sc_api_auth_new (const ScApiParts *parts, const char *token);
void sc_api_auth_free (ScApiAuth *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiAuth, sc_api_auth_free)
/* For tests: requests are taken to come from @address (nullable: from where they do). */
void sc_api_auth_set_address (ScApiAuth *self, const char *address);

/* Sets the principal and the address of @request, whose route is NULL where there is none: only who is known may learn
 * that. May be asked again later. Returns: FALSE when it was refused, with an answer */
gboolean sc_api_auth_check (ScApiAuth *self, ScApiRequest *request);
/* Whether a connection from @remote to @local (nullable each) began on this machine. */
gboolean sc_api_auth_is_own_address (GInetAddress *remote, GInetAddress *local);

G_END_DECLS
