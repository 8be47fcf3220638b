/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/sc-engine-options.h"

G_BEGIN_DECLS

/*
 * `seatcast-consoled.exe --configure` and `--unconfigure`, which the MSI runs as the system. Only built for Windows.
 */

#define SC_ENGINE_REGISTRY "Console" /* of sc-registry.h */

/* Writes what @options say to the registry (what they do not say stays as it was), and prepares service, directories,
 * firewall and event log for it. */
gboolean sc_engine_configure (const ScEngineOptions *options, GError **error);
/* Takes that back. All data stays. */
gboolean sc_engine_unconfigure (GError **error);

G_END_DECLS
