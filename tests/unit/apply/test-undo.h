/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-undo.h"
#include "tests/unit/apply/test-disk.h"

G_BEGIN_DECLS

/* A repository with an undo store that can be opened again. */
typedef struct {
  char *directory;    /* (nullable): a temporary one */
  char *root;         /* (nullable): beneath it */
  TestFaults *faults; /* (nullable) */
  ScDisk *disk;
  ScApplyUndo *undo;
} TestUndo;

/* @faults: (nullable): of a disk in memory; NULL: a temporary directory of the system's disk */
TestUndo *test_undo_new (TestFaults *faults);
void test_undo_free (TestUndo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestUndo, test_undo_free)
/* Stops without more ado and reads what is there, on a disk that works. */
void test_undo_reopen (TestUndo *self);
/* The same after a power cut; of a disk in memory. */
void test_undo_cut_power (TestUndo *self, GRand *random);

/* Of the system's disk. (transfer full): @relative to the store's directory */
char *test_undo_path (TestUndo *self, const char *relative);
void test_undo_put_file (TestUndo *self, const char *relative, const char *text);
gboolean test_undo_is_there (TestUndo *self, const char *relative);

/* Chunk @n: odd ones compress, even ones do not; every seventh is short. Returns: its length */
gsize test_undo_make_chunk (guint n, guint8 *data, ScChunkId *id);

/* What must go well: as the functions of the store, with chunks by number and manifests by their first byte. */
ScApplyStep *test_undo_open_step (TestUndo *self, const char *name, guint8 from);
void test_undo_add (TestUndo *self, ScApplyStep *step, guint n);
void test_undo_sync (TestUndo *self);
void test_undo_seal (TestUndo *self, ScApplyStep *step, guint64 kept);
void test_undo_drop (TestUndo *self, ScApplyStep *step);
void test_undo_clean (TestUndo *self);
/* Whether the store has chunk @n; then it must be right. */
gboolean test_undo_has (TestUndo *self, guint n);
gboolean test_undo_step_has (TestUndo *self, const ScApplyStep *step, guint n);
guint test_undo_count (TestUndo *self);
ScApplyStep *test_undo_get_step (TestUndo *self, guint i);

G_END_DECLS
