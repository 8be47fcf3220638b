/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-manifest.h"

G_BEGIN_DECLS

/**
 * ScSelection:
 *
 * What a room or a seat is to have: a version, or only some of its templates. For a seat such a part is a version of
 * its own: its manifest has the same number, time, author and note but only these templates, and so is the same, with
 * the same id, whenever it is made. Immutable but for its count; main thread only.
 */
typedef struct _ScSelection ScSelection;

/* @templates: (nullable): NULL or empty: all; in any order */
ScSelection *sc_selection_new (guint64 version, const char *const *templates);
/* @templates: as sc_selection_templates_to_text(). Errors: %SC_ERROR_INVALID */
ScSelection *sc_selection_new_from_text (guint64 version, const char *templates, GError **error);
ScSelection *sc_selection_ref (ScSelection *self);
void sc_selection_unref (ScSelection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSelection, sc_selection_unref)

guint64 sc_selection_get_version (const ScSelection *self);
/* (transfer none) (nullable): sorted, each once; NULL: all */
const char *const *sc_selection_get_templates (const ScSelection *self);
/* A JSON array, sorted; "" for all: as the catalog keeps it. (transfer none) */
const char *sc_selection_templates_to_text (const ScSelection *self);
/* NULL is equal to NULL only. */
gboolean sc_selection_equal (const ScSelection *a, const ScSelection *b);

/* The manifest of what is selected of @version, which is @self's. Errors: %SC_ERROR_NOT_FOUND naming a template that it
 * does not have */
ScVersionManifest *sc_selection_apply (const ScSelection *self, ScVersionManifest *version, GError **error);

G_END_DECLS
