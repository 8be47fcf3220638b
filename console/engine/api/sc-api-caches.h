/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/*
 * HTTP caches between seats and console (docs/protocol.md). A cache shows a certificate of its own, asks by
 * GET /v1/cache/check whether the seat that asks it may read what it asks for, and reads content once for all of them.
 */

/* Whose certificate it is, and whether it still is. Returns: (transfer full): the cache's name. Errors:
 * %SC_ERROR_DENIED */
char *sc_api_caches_identify (const ScApiParts *parts, const ScCertificate *certificate, GError **error);

G_END_DECLS
