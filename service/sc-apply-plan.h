/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-progress.h"
#include "service/sc-apply-sources.h"
#include "service/sc-apply-stash.h"
#include "service/sc-apply-template.h"
#include "service/sc-apply-wanted.h"

G_BEGIN_DECLS

/**
 * ScApplyPlan:
 *
 * What is right already, what can be copied on this seat, and what is lacking. Making one changes nothing.
 */
typedef struct {
  GPtrArray *templates;    /* ScApplyTemplate (owned): the version's in its order, then those that it has not */
  GPtrArray *files;        /* ScApplyFile: of all templates, in that order */
  ScApplyWanted *wanted;   /* (owned) */
  ScApplySources *sources; /* (owned) */
  GArray *to_stash; /* guint32: indexes in wanted: chunks whose only place here is overwritten by a copy of another */
  guint64 growth;   /* bytes of disk space that the files will take beyond what they have */
} ScApplyPlan;

/* Kept free for whatever else runs on the seat: the state's database, journals, the stash's directory. Bytes. */
#define SC_APPLY_RESERVE (64u * 1024 * 1024)

/* @templates: (element-type ScTemplateManifest). @progress: bytes hashed. Errors: %SC_ERROR_CANCELLED, those of disk
 * and state */
ScApplyPlan *sc_apply_plan_new (ScDisk *disk, ScSeatState *state, GPtrArray *templates, ScApplyStash *stash,
                                ScProgress *progress, GCancellable *cancellable, GError **error);
void sc_apply_plan_free (ScApplyPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyPlan, sc_apply_plan_free)

/* Extra disk space at the peak: the files' growth and the stash. Bytes. */
guint64 sc_apply_plan_get_needed_bytes (const ScApplyPlan *self);

/* Errors: %SC_ERROR_CANCELLED. @cancellable: (nullable) */
gboolean sc_apply_check_cancelled (GCancellable *cancellable, GError **error);

G_END_DECLS
