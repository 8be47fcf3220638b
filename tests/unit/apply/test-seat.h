/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-apply.h"
#include "tests/unit/apply/test-fault-disk.h"
#include "tests/unit/apply/test-version.h"

G_BEGIN_DECLS

/* A seat in a temporary directory: a repository, a state, and a console that has every chunk of the versions it was
 * told of. */
typedef struct {
  char *directory;
  char *repository;
  char *state_directory;
  TestFaults faults;
  ScDisk *disk;
  ScSeatState *state;
  GHashTable *chunks; /* ScChunkId → GBytes */
  guint received;     /* frames put by the last test_seat_try() */
} TestSeat;

TestSeat *test_seat_new (void);
void test_seat_free (TestSeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestSeat, test_seat_free)

/* The service stops, however it was, and starts again on a disk that works. */
void test_seat_restart (TestSeat *self);
/* The same after a power cut. */
void test_seat_cut_power (TestSeat *self, GRand *random);
/* Plans; the manifests are saved first, as the service does. */
ScApply *test_seat_plan (TestSeat *self, TestVersion *version, GError **error);
/* Puts up to @max wanted chunks as frames. Returns: FALSE on an error */
gboolean test_seat_receive (TestSeat *self, ScApply *apply, guint max, GError **error);
/* Plans, begins, receives all, finishes. */
gboolean test_seat_try (TestSeat *self, TestVersion *version, GError **error);
/* As above, must succeed, and the repository is then exactly @version. Returns: chunks received */
guint test_seat_apply (TestSeat *self, TestVersion *version);

char *test_seat_path (TestSeat *self, const char *relative);
/* Every file, byte for byte, time and attribute; the state; nothing else in the repository. */
void test_seat_assert_is (TestSeat *self, TestVersion *version);
/* Nothing in the repository looks whole and is not: a template that is called current is what its manifest says; a file
 * without the suffix is that of @old or of @new. */
void test_seat_assert_no_mix (TestSeat *self, TestVersion *old, TestVersion *new_version);

G_END_DECLS
