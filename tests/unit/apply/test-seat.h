/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply.h"
#include "tests/unit/apply/test-disk.h"
#include "tests/unit/apply/test-version.h"

G_BEGIN_DECLS

#define TEST_SEAT_CAPACITY (G_GUINT64_CONSTANT (1) << 30) /* bytes */

/* A seat with its repository on a disk in memory, its state in a temporary directory, and a console that has every
 * chunk of the versions it was told of. */
typedef struct {
  char *state_directory;
  TestFaults faults; /* of the disk */
  ScDisk *disk;
  ScSeatState *state;
  ScApplySettings settings; /* at first: no reserve, and an undo store without bounds */
  GHashTable *chunks;       /* ScChunkId → TestChunk */
  guint received;           /* frames put by the last test_seat_try() */
} TestSeat;

/* Instead of g_test_init(): states are kept in memory where the system has such a directory, because they are synced
 * thousands of times. */
void test_seat_init (int *argc, char ***argv);

TestSeat *test_seat_new (void);
/* All files must be closed, so nothing has leaked one. */
void test_seat_free (TestSeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestSeat, test_seat_free)

/* The service stops, however it was, and starts again on a disk that works. */
void test_seat_restart (TestSeat *self);
/* The same after a power cut. */
void test_seat_cut_power (TestSeat *self, GRand *random);
/* Its disk becomes @disk (transfer full), made with its faults; the state is in its directory already. */
void test_seat_restart_on (TestSeat *self, ScDisk *disk);
/* From now on, counting from 0. */
void test_seat_set_faults (TestSeat *self, TestFault fault, guint after);
/* So much is free from now on, bytes. */
void test_seat_set_free (TestSeat *self, guint64 bytes);

/* Plans; the manifests are saved first, as the service does. */
ScApply *test_seat_plan (TestSeat *self, TestVersion *version, GError **error);
/* Chunks that are still to be received. */
guint test_seat_count_wanted (ScApply *apply);
/* Puts up to @max wanted chunks as frames. Returns: FALSE on an error */
gboolean test_seat_receive (TestSeat *self, ScApply *apply, guint max, GError **error);
/* Plans, begins, receives all, finishes. */
gboolean test_seat_try (TestSeat *self, TestVersion *version, GError **error);
/* As above, must succeed, and the repository is then exactly @version. Returns: chunks received */
guint test_seat_apply (TestSeat *self, TestVersion *version);

/* (transfer full): a file's path from the repository's root */
char *test_seat_join (const char *template_name, const char *path);
/* Lays a file there, as anybody may. */
void test_seat_put_file (TestSeat *self, const char *path, const char *text);
void test_seat_alter_file (TestSeat *self, const char *path, guint64 offset, const char *text);
void test_seat_remove (TestSeat *self, const char *path);

/* Every file, byte for byte, time and attribute; the state; nothing else in the repository. */
void test_seat_assert_is (TestSeat *self, TestVersion *version);
/* Nothing in the repository looks whole and is not: a template that is called current is what its manifest says; a file
 * without the suffix is that of one of the versions (the last argument is %NULL). */
void test_seat_assert_no_mix (TestSeat *self, TestVersion *version, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
