/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/* What of the settings only the disk knows: {"store_bytes", "free_bytes"}. For a worker thread. (transfer full) */
ScJson *sc_api_settings_sizes (ScStore *store, GError **error);
/* @directory was published, so it is what is offered for the next time; tells clients when it is another one.
 * @sizes: of sc_api_settings_sizes(). That it could not be kept is logged. */
void sc_api_settings_remember_directory (const ScApiParts *parts, const char *directory, const ScJson *sizes);

G_END_DECLS
