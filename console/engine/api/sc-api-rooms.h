/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/* Tells the API's clients what the room is like now, or that it is gone. @name: empty: the seats without a room */
void sc_api_tell_room (const ScApiParts *parts, const char *name);

G_END_DECLS
