/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/unit/apply/test-inode.h"

G_BEGIN_DECLS

/* The changes of names that are not durable yet, in order. A file system with a journal loses the latest first, and
 * never half of a rename. Which become durable is as little as POSIX promises: those of a directory that is synced (a
 * rename's: when both are), and what these build upon. */
typedef struct _TestJournal TestJournal;

TestJournal *test_journal_new (void);
void test_journal_free (TestJournal *self);

/* @inode gets a name (@from is %NULL), another one, or loses it (@to is %NULL). */
void test_journal_add (TestJournal *self, TestInode *inode, TestInode *from, const char *from_name, TestInode *to,
                       const char *to_name);
void test_journal_sync (TestJournal *self, TestInode *directory);
gboolean test_journal_is_empty (const TestJournal *self);
void test_journal_sync_all (TestJournal *self);
/* What a power cut leaves. @root: now. Returns: (transfer full): the root then, and all beneath it */
TestInode *test_journal_crash (TestJournal *self, TestInode *root, TestSpace *space, GRand *random,
                               const TestLuck *luck);

G_END_DECLS
