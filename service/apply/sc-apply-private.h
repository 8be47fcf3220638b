/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-committer.h"
#include "service/apply/sc-apply-writer.h"
#include "service/apply/sc-apply.h"

G_BEGIN_DECLS

/* What sc-apply.c (planning), sc-apply-put.c (chunks), sc-apply-begin.c and sc-apply-finish.c (commits) share. */
typedef enum {
  SC_APPLY_PLANNED, /* nothing was changed */
  SC_APPLY_BEGUN,
  SC_APPLY_FAILED, /* it failed half-way: only a new plan knows what lies where */
  SC_APPLY_FINISHED,
} ScApplyStage;

struct _ScApply {
  ScDisk *disk;
  ScSeatState *state;
  guint64 version;
  ScApplySettings settings;
  ScChunkId manifest; /* of the version */
  ScApplyUndo *undo;
  ScApplyKept *kept;
  ScApplyPlan *plan;
  ScApplyStash *stash;
  ScApplyHandles *handles;
  ScApplySaver *saver;
  ScApplyWriter *writer;
  ScApplyCommitter *committer;
  GBytes *lacks;
  ScNeeds *needs;

  GMutex work;                     /* held by whoever changes files */
  ScApplyStage stage;              /* under work */
  gboolean holds_commits;          /* until the end */
  gboolean stays_pending;          /* also then */
  GPtrArray *committed;            /* (element-type utf8): under work */
  guint8 *chunks;                  /* under work, (nullable): SC_APPLY_MAX_FRAMES of them, decoded */
  guint8 reference[SC_CHUNK_SIZE]; /* under work */

  GMutex lock;         /* of what follows; taken for moments only */
  guint64 lacks_bytes; /* grows when a local source turns out to be damaged */
  guint64 done_bytes;
  char *current_template;
};

/* A wanted template that the update changes and does not leave out. */
gboolean sc_apply_is_to_change (const ScApplyTemplate *template);
void sc_apply_set_current_template (ScApply *self, const char *name);
gboolean sc_apply_commit_template (ScApply *self, ScApplyTemplate *template, GError **error);
/* Commits what has become whole. */
gboolean sc_apply_commit_whole (ScApply *self, GCancellable *cancellable, GError **error);

G_END_DECLS
