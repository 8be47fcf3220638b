/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk-index.h"

G_BEGIN_DECLS

/**
 * ScApplyWanted:
 *
 * The distinct chunks that are not where they should be, each with its state and the places it belongs to. About 64
 * bytes a place. Once everything is added, all functions but sc_apply_wanted_add() may be called from any thread.
 */
typedef struct _ScApplyWanted ScApplyWanted;

typedef enum {
  SC_APPLY_WANTED_LACKING, /* has to come from outside */
  SC_APPLY_WANTED_LOCAL,   /* lies elsewhere on this seat */
  SC_APPLY_WANTED_SAVED,   /* lies in the undo store's logs */
  SC_APPLY_WANTED_STASHED, /* lies in the stash */
  SC_APPLY_WANTED_DONE,    /* is in all its places, or about to be written there */
  SC_APPLY_WANTED_LEFT,    /* only templates that are left out want it */
} ScApplyWantedState;

typedef struct {
  guint32 file;  /* index in the plan */
  guint32 chunk; /* of the file */
} ScApplyPlace;

ScApplyWanted *sc_apply_wanted_new (void);
void sc_apply_wanted_free (ScApplyWanted *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyWanted, sc_apply_wanted_free)

/* @length: of the chunk, bytes */
void sc_apply_wanted_add (ScApplyWanted *self, const ScChunkId *id, guint32 length, guint32 file, guint32 chunk);
guint32 sc_apply_wanted_size (const ScApplyWanted *self); /* distinct chunks */
/* Returns: its index, or SC_CHUNK_INDEX_NONE */
guint32 sc_apply_wanted_find (const ScApplyWanted *self, const ScChunkId *id);
const ScChunkId *sc_apply_wanted_get_id (const ScApplyWanted *self, guint32 index);
guint32 sc_apply_wanted_get_length (const ScApplyWanted *self, guint32 index);
ScApplyWantedState sc_apply_wanted_get_state (ScApplyWanted *self, guint32 index);
/* Whether the chunk is to be copied on this seat. */
gboolean sc_apply_wanted_is_here (ScApplyWanted *self, guint32 index);
/* @source: what is meant by it is the caller's: a number of ScApplySources or of ScApplyStash */
void sc_apply_wanted_set_state (ScApplyWanted *self, guint32 index, ScApplyWantedState state, guint32 source);
guint32 sc_apply_wanted_get_source (ScApplyWanted *self, guint32 index);
/* Start with @cursor 0. Returns: FALSE after the last place */
gboolean sc_apply_wanted_next_place (const ScApplyWanted *self, guint32 index, guint32 *cursor, ScApplyPlace *place);

/* Chunks and bytes that are lacking, each counted once. */
guint32 sc_apply_wanted_get_n_lacking (ScApplyWanted *self);
guint64 sc_apply_wanted_get_lacking_bytes (ScApplyWanted *self);

G_END_DECLS
