/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/sc-engine-options.h"

G_BEGIN_DECLS

/*
 * `seatcast-consoled.exe --configure` and `--unconfigure`, which the MSI runs as the system. Only built for Windows.
 */

#define SC_ENGINE_REGISTRY "Console" /* of sc-registry.h */

/* As sc_engine_options_complete(), from the registry. @program: of sc-registry.h */
gboolean sc_engine_settings_complete (ScEngineOptions *options, const char *program, GError **error);
/* Checks what @options say together with what is set already, and then writes what they say; the rest stays as it was.
 * @complete: (out): all settings. Errors: %SC_ERROR_INVALID: nothing is written */
gboolean sc_engine_settings_write (const ScEngineOptions *options, const char *program, ScEngineOptions *complete,
                                   GError **error);
/* All of --configure: checks, writes, and prepares service, directories, firewall and event log. */
gboolean sc_engine_configure (const ScEngineOptions *options, GError **error);
/* Takes that back. All data stays. */
gboolean sc_engine_unconfigure (GError **error);

G_END_DECLS
