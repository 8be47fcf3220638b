/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-kept.h"

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
  gboolean keeps; /* what it held at the last commit is all there, or in an open step: what is taken away can be kept */
  gboolean busy;  /* a file is open elsewhere: the template is left out */
  ScApplyStep *step; /* (nullable): of the undo store, once the update has begun */
  guint64 remaining; /* places of chunks that are still to be written */
} ScApplyTemplate;

/* What an update of a template looks at. */
typedef struct {
  ScDisk *disk;
  ScSeatState *state;
  ScApplyUndo *undo;
  ScApplyKept *kept;
} ScApplyWorld;

/* Looks at the files' metadata, not at their content. Errors: those of the disk and of the state */
ScApplyTemplate *sc_apply_template_new (const ScApplyWorld *world, guint index, const char *name,
                                        ScTemplateManifest *want, GError **error);
void sc_apply_template_free (ScApplyTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyTemplate, sc_apply_template_free)

/* Whether only the content can tell what of @file is right. */
gboolean sc_apply_template_must_hash (const ScApplyFile *file);
/* To be called when every file's have is known: decides what must change. */
void sc_apply_template_settle (ScApplyTemplate *self);

G_END_DECLS
