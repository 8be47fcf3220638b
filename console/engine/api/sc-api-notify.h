/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/**
 * ScApiNotify:
 *
 * Turns the signals of hub, sessions and operations into events for the API's clients. A seat that changes often is
 * told of 4 times a second. Main thread only.
 */
typedef struct _ScApiNotify ScApiNotify;

ScApiNotify *sc_api_notify_new (const ScApiParts *parts);
void sc_api_notify_free (ScApiNotify *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiNotify, sc_api_notify_free)

G_END_DECLS
