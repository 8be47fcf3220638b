/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/* How the API shows things (the schemas of openapi.json). All return (transfer full). */
ScJson *sc_api_json_of_version (ScStore *store, const ScVersionManifest *version);
/* @templates: (element-type ScTemplateManifest): in the version's order; adds the files */
ScJson *sc_api_json_of_version_and_files (ScStore *store, const ScVersionManifest *version, GPtrArray *templates);
ScJson *sc_api_json_of_seat (const ScApiParts *parts, const ScCatalogSeat *seat);
/* @verified: (nullable): what was found last, at @ended */
ScJson *sc_api_json_of_verify (gboolean running, const ScVerified *verified, gint64 ended);
ScJson *sc_api_json_of_session (const ScApiParts *parts, const ScCatalogSession *session);
ScJson *sc_api_json_of_session_seat (const ScApiParts *parts, const ScCatalogSessionSeat *seat);
ScJson *sc_api_json_of_session_view (const ScApiParts *parts, const ScSessionView *view);

/* A seat's version state: "current", "behind", "drifted", "unknown". */
const char *sc_api_version_state (const ScApiParts *parts, const ScCatalogSeat *seat);

/* @templates: (nullable): as the catalog keeps them: sc_selection_templates_to_text(). null: all */
ScJson *sc_api_json_of_templates (const char *templates);
/* Of times that may be G_MAXINT64: null for it, as for 0. */
ScJson *sc_api_json_of_time (gint64 time);

/* Short cuts for members. */
void sc_api_json_set_uint (ScJson *object, const char *key, guint64 value);
void sc_api_json_set_text (ScJson *object, const char *key, const char *text);
void sc_api_json_set_id (ScJson *object, const char *key, const ScChunkId *id);

G_END_DECLS
