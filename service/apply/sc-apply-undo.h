/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-chunk-index.h"
#include "common/sc-path.h"

G_BEGIN_DECLS

/**
 * ScApplyUndo:
 *
 * The undo store of a repository, REPOSITORY/.seatcast/undo, so on the templates' volume: what updates have taken away.
 * It is where a way back is found without the network, and where a local copy finds a chunk that the same update has
 * already overwritten. Content is named by its hash and checked when it is read, so what a crash has torn is never
 * taken for whole.
 *
 * One *step* is what one update took from one template, which was at manifest @from before:
 *
 * - undo/ID/step.json: what the step is; written whole, durable and renamed into place before anything else of it
 * - undo/ID/log: overwritten chunks: entries as in a pack (common/sc-pack-entry.h), RAW or ZSTD, one after another
 * - undo/ID/index: of a sealed step: where the records of the log lie (sc-apply-undo-index.h). Nothing is lost without
 *   it, or with a damaged one: then the log is walked through
 * - undo/ID/files/whole/PATH: files of the template that were moved here as the last commit had left them: removed
 * ones, and the originals of clones
 * - undo/ID/files/part/PATH: the same, of which that is not known: somebody or an update that was cut short may have
 * written to them
 *
 * ID is 16 hexadecimal digits. Every chunk of @from is in this step, in a later one of the same template, or in the
 * repository; so dropping the oldest steps first leaves the later ones whole. A step is open while its update runs, and
 * sealed after the commit. Chunks of zeros are not kept. About 90 bytes of memory a chunk.
 * One thread at a time.
 */
typedef struct _ScApplyUndo ScApplyUndo;

#define SC_APPLY_UNDO_LEVEL 1 /* zstd's: old bytes are written once and seldom read, and the update waits for them */
#define SC_APPLY_UNDO_DIRECTORY SC_PATH_PRIVATE "/undo"

/* Read only; valid until the step is dropped or the store freed. */
typedef struct {
  guint64 id; /* later steps have higher ones */
  char *template_name;
  ScChunkId from;  /* the template's manifest before the update */
  guint64 version; /* that had brought it */
  gboolean sealed;
  gboolean spared; /* by sc_apply_undo_trim(); not kept on the disk */
  guint64 bytes;   /* of disk space that dropping it gives back, about */
} ScApplyStep;

/**
 * sc_apply_undo_new:
 *
 * Reads what is there; changes nothing. A directory without a whole step.json is not a step (sc_apply_undo_clean()
 * removes it). Damage, a bad sector included, costs what is damaged and is told in the journal; a disk that does not
 * even list and open what there is is an error. A step whose step.json cannot be read stays where it is, unused. Of a
 * sealed step only the index is read, or where it is of no use the log's headers; in an open one each record is decoded
 * and hashed, because a crash may have torn it. A log without an index ends at the first header that is not whole.
 */
ScApplyUndo *sc_apply_undo_new (ScDisk *disk, GError **error);
void sc_apply_undo_free (ScApplyUndo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyUndo, sc_apply_undo_free)

/* (element-type ScApplyStep) (transfer none): oldest first */
GPtrArray *sc_apply_undo_get_steps (ScApplyUndo *self);
/* The open step of a template; %NULL: none. */
ScApplyStep *sc_apply_undo_find_open (ScApplyUndo *self, const char *template_name);
guint64 sc_apply_undo_get_bytes (ScApplyUndo *self); /* of all steps */

/* Returns: the number of a record of any step that holds the chunk, or SC_CHUNK_INDEX_NONE. Stays valid until a step is
 * dropped. */
guint32 sc_apply_undo_find (ScApplyUndo *self, const ScChunkId *id);
/* @data: room for SC_CHUNK_SIZE bytes; checked by hash. Also what was added and not synced yet. When it is damaged in
 * one step and another has it too, that is taken. Errors: %SC_ERROR_CORRUPT when all are, those of the disk */
gboolean sc_apply_undo_read (ScApplyUndo *self, guint32 record, guint8 *data, gsize *length, GError **error);

/* Disk space that sc_apply_undo_clean() gives back, bytes. */
gboolean sc_apply_undo_measure_debris (ScApplyUndo *self, guint64 *bytes, GError **error);
/* Removes what a crash left that is not a step. */
gboolean sc_apply_undo_clean (ScApplyUndo *self, GError **error);
/* The template's open step, or a new one; durable when this returns, with all that is in the log: only from then on
 * what sc_apply_undo_has() says of a step that was found open may be relied on. One that is open at another @from was
 * left so by a crash between its commit and its seal: it is sealed. (transfer none) */
ScApplyStep *sc_apply_undo_open_step (ScApplyUndo *self, const char *template_name, const ScChunkId *from,
                                      guint64 version, GError **error);
/* A new one beside the open one, if there is any, for what is to be kept besides the way back; to be sealed at once.
 * Errors: as above */
ScApplyStep *sc_apply_undo_add_step (ScApplyUndo *self, const char *template_name, const ScChunkId *from,
                                     guint64 version, GError **error);
/* Whether this very step has the chunk in its log. */
gboolean sc_apply_undo_has (ScApplyUndo *self, const ScApplyStep *step, const ScChunkId *id);
/* Compresses and appends a chunk, which must be the one @id says; gathered in memory and written in large pieces. Not
 * durable until sc_apply_undo_sync(). One that the step has, and one of zeros, is left out. On an error nothing was
 * added. */
gboolean sc_apply_undo_add (ScApplyUndo *self, ScApplyStep *step, const ScChunkId *id, const guint8 *data, gsize length,
                            GError **error);
/* Every log, its name included, is durable as far as it was added to. Cheap when nothing was. When the disk fails here,
 * the step can only be dropped: then adding and syncing answer %SC_ERROR_STATE. */
gboolean sc_apply_undo_sync (ScApplyUndo *self, GError **error);

/* (transfer full): the place of file @relative of the step's template in the step, whether it is there or not */
char *sc_apply_undo_dup_kept_path (const ScApplyStep *step, gboolean whole, const char *relative);
/* (transfer full): what the places of all the step's files begin with */
char *sc_apply_undo_dup_files_prefix (const ScApplyStep *step);
/* Whether nothing was taken away: the log is empty, and no file was kept. */
gboolean sc_apply_undo_is_empty (ScApplyUndo *self, const ScApplyStep *step);
/* Makes the directories for it, durable, so that the file can be renamed there. */
gboolean sc_apply_undo_make_way (ScApplyUndo *self, const ScApplyStep *step, gboolean whole, const char *relative,
                                 GError **error);

#define SC_APPLY_UNDO_KEPT_UNKNOWN G_MAXUINT64 /* the kept files' sizes on the disk are summed up */
/* The update is committed. @kept_bytes: disk space that the kept files take for themselves (a clone shares it) */
gboolean sc_apply_undo_seal (ScApplyUndo *self, ScApplyStep *step, guint64 kept_bytes, GError **error);
/* Removes the step and all that is in it: its step.json first, durably, so that a step is never whole while something
 * of it is gone (what a crash leaves is for sc_apply_undo_clean()). Numbers of records are void afterwards; so is
 * @step, unless its step.json could not be removed. */
gboolean sc_apply_undo_drop (ScApplyUndo *self, ScApplyStep *step, GError **error);
/* Drops the oldest sealed steps until all that are left, open ones included, take at most @max_bytes, or none is
 * sealed and not spared. */
gboolean sc_apply_undo_trim (ScApplyUndo *self, guint64 max_bytes, GError **error);

G_END_DECLS
