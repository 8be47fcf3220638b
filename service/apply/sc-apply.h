/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-frame.h"
#include "common/sc-manifest.h"
#include "common/sc-needs.h"
#include "common/sc-progress.h"
#include "service/sc-seat-state.h"
#include "service/sc-throttle.h"

G_BEGIN_DECLS

/**
 * ScApply:
 *
 * Brings this seat's repository to one version, in place (DESIGN §6). It plans from the manifests what is right
 * already, what can be copied locally, and what is lacking; takes verified chunks in any order, from any thread, and
 * writes each to all its places; commits template by template. Files of a template that is being changed bear the
 * suffix ".updating". A crash at any point leaves templates old, new, or updating; an apply to the same or another
 * version picks up from there by hashing what is in the updating files.
 */
typedef struct _ScApply ScApply;

#define SC_APPLY_DEFAULT (-1)

/* What an administrator sets on a seat. */
typedef struct {
  gint64 reserve; /* bytes of the repository's volume that updates leave free; SC_APPLY_DEFAULT: the larger of 2 GiB and
                     2 % of the volume */
  gint64 undo_budget;   /* bytes that the undo store may keep after an update; SC_APPLY_DEFAULT: 10 % of what would be
                           free without it */
  ScThrottle *throttle; /* (nullable) (transfer none): of hashing */
} ScApplySettings;

/* What the settings' reserve means on a volume, bytes. */
guint64 sc_apply_reserve (const ScApplySettings *settings, const ScDiskSpace *space);

/* The template manifests of @version in its order. Plans only: reads metadata (and drifted or updating files' content),
 * changes nothing.
 * @progress: bytes hashed. Errors: %SC_ERROR_NO_SPACE is NOT raised here: see sc_apply_get_needs(). */
ScApply *sc_apply_new (ScDisk *disk, ScSeatState *state, const ScApplySettings *settings, ScVersionManifest *version,
                       GPtrArray *templates, ScProgress *progress, GCancellable *cancellable, GError **error);
void sc_apply_free (ScApply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApply, sc_apply_free)

/* (transfer full): bit i (LSB first): chunk i of sc_version_chunks_collect() has to come from outside. */
GBytes *sc_apply_get_lacks (ScApply *self);
guint64 sc_apply_get_lacks_bytes (ScApply *self);  /* raw bytes of those chunks, each counted once */
const ScNeeds *sc_apply_get_needs (ScApply *self); /* (transfer none): as planned; does not change any more */

/* What is run before and after the commit, before sc_apply_begin(). @before: no template is committed before
 * sc_apply_finish(). @after: the update stays pending after it: whoever runs what comes after ends that. */
void sc_apply_set_hooked (ScApply *self, gboolean before, gboolean after);
/* (transfer full) (element-type utf8): templates that have been or are to be committed or removed by this update */
GStrv sc_apply_dup_changing (ScApply *self);
/* Templates committed or removed so far. */
guint sc_apply_get_n_committed (ScApply *self);

/**
 * sc_apply_begin:
 *
 * Renames to .updating, reserves space, copies local chunks; commits the templates that need nothing else. A template
 * whose file is open elsewhere is *busy* and left out, untouched (sc_apply_dup_busy()); so are chunks that only it
 * wants.
 * Errors before anything is changed, after which it may be called again: %SC_ERROR_NO_SPACE with the bytes missing,
 * %SC_ERROR_CANCELLED, and %SC_ERROR_CHANGED when a file is not as it was planned (make a new plan). After any other
 * error, or one half-way, only a new ScApply knows what lies where: then this one answers %SC_ERROR_STATE.
 */
gboolean sc_apply_begin (ScApply *self, ScProgress *progress, GCancellable *cancellable, GError **error);

/* Whether the chunk is still needed from outside. */
gboolean sc_apply_wants (ScApply *self, const ScChunkId *id);
/* (element-type ScChunkId) (transfer full): what is still needed, for catch-up; at most @max */
GArray *sc_apply_list_wanted (ScApply *self, guint max);

/**
 * sc_apply_put_frame:
 *
 * Decodes a frame, checks the chunk's SHA-256, writes it to all its places; commits a template when it has become
 * whole. A frame that nobody wants is ignored. Errors: %SC_ERROR_CORRUPT (nothing was written; the chunk is still
 * wanted), %SC_ERROR_NO_SPACE, …
 */
gboolean sc_apply_put_frame (ScApply *self, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding,
                             const ScChunkId *reference, const guint8 *frame, gsize length, GError **error);

/* A frame for sc_apply_put_frames(); all but @error is in, and the caller's. */
typedef struct {
  ScChunkId id;
  ScEncoding encoding;
  const ScChunkId *reference; /* (nullable) */
  const guint8 *bytes;
  gsize length;
  GError *error; /* (out) (transfer full) (nullable) */
} ScApplyFrame;

#define SC_APPLY_MAX_FRAMES 16u

/* The same for @n (≤ SC_APPLY_MAX_FRAMES) frames at once, whose hashes take less time than one after the other. Each
 * has an error of its own; one that is not %SC_ERROR_CORRUPT or %SC_ERROR_NOT_FOUND concerns those after it, too. */
void sc_apply_put_frames (ScApply *self, ScFrameCoder *coder, ScApplyFrame *frames, guint n);

/* Bytes put so far of sc_apply_get_lacks_bytes() (which grows when a local copy turns out to be damaged), and the
 * template worked on last (transfer none, may be empty). */
guint64 sc_apply_get_done_bytes (ScApply *self);
char *sc_apply_dup_current_template (ScApply *self);

/* TRUE when nothing is wanted any more. */
gboolean sc_apply_is_complete (ScApply *self);
/* (transfer full) (element-type utf8): templates that were left out because they are in use; empty: none */
GStrv sc_apply_dup_busy (ScApply *self);
/* Writes out what was put and is still held back to be written together. Without it a chunk that was put may have to be
 * put again after a restart. After an error only a new ScApply knows what lies where. */
gboolean sc_apply_flush (ScApply *self, GError **error);
/* Commits what is left (templates that needed no chunk, removals, the version itself), and trims the undo store to its
 * budget. With templates that are busy the version itself is not set, and what is pending stays so. Errors:
 * %SC_ERROR_STATE when chunks are still wanted */
gboolean sc_apply_finish (ScApply *self, GCancellable *cancellable, GError **error);

G_END_DECLS
