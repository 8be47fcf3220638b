/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/* Tells staff that the authority, how far its change is, or the console's certificate, is not what it was. */
void sc_api_tell_authority (const ScApiParts *parts);

G_END_DECLS
