/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-apply-file.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/**
 * ScApplyTemplate:
 *
 * One template as a plan sees it: what is known of what lies on the seat, and what shall lie there.
 */
typedef struct {
  char *name;
  ScTemplateManifest *want; /* (nullable): NULL: the version has no such template, so it is removed at the end */
  ScTemplateManifest *old;  /* (nullable): what was there at the last commit */
  ScSeatTemplate *row;      /* (nullable): what the seat's state says */
  GPtrArray *files;         /* ScApplyFile (owned): the wanted ones in the manifest's order, then those that must go */
  gboolean changes;         /* anything at all is to be done */
  guint64 remaining;        /* places of chunks that are still to be written */
} ScApplyTemplate;

/* Looks at the files' metadata, not at their content. Errors: those of the disk and of the state */
ScApplyTemplate *sc_apply_template_new (ScDisk *disk, ScSeatState *state, guint index, const char *name,
                                        ScTemplateManifest *want, GError **error);
void sc_apply_template_free (ScApplyTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyTemplate, sc_apply_template_free)

/* Whether only the content can tell what of @file is right. */
gboolean sc_apply_template_must_hash (const ScApplyFile *file);
/* To be called when every file's have is known: decides what must change. */
void sc_apply_template_settle (ScApplyTemplate *self);

G_END_DECLS
