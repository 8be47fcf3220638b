/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-verify.h"
#include "tests/unit/apply/test-version.h"

G_BEGIN_DECLS

typedef struct TestVerify TestVerify;

typedef struct {
  ScDisk base;
  ScDiskClass klass;
  ScDisk *system;
  TestVerify *seat;
} TestVerifyDisk;

/* A seat in a temporary directory of the real file system, to which a version was brought: the templates ".", "vm" and
 * "vm2". Its disk lets nothing be changed, and things happen while it is read. */
struct TestVerify {
  char *directory;
  char *repository;
  TestVersion *version;
  ScSeatState *state;
  TestVerifyDisk disk;
  GCancellable *cancellable;
  ScProgress *progress;
  ScThrottle *throttle; /* (nullable) */

  guint reads;        /* by the last run */
  guint64 bad_chunk;  /* of every file: the disk does not give it; G_MAXUINT64: none */
  const char *held;   /* (nullable): path of a file that another program has for itself */
  const char *broken; /* (nullable): path of a file that the system does not open */
  guint act_at;       /* the read, counted from 1, before which act() is called; 0: none */
  void (*act) (TestVerify *self);
};

/* For g_test_add(). */
void test_verify_set_up (TestVerify *self, gconstpointer data);
void test_verify_tear_down (TestVerify *self, gconstpointer data);

GPtrArray *test_verify_run (TestVerify *self, GError **error);
/* Must succeed. @expected: one line each, as "vm/disk.vmdk 3" (damaged chunks), "… missing" or "… in use" */
void test_verify_assert_finds (TestVerify *self, const char *expected);
void test_verify_assert_state (TestVerify *self, const char *template_name, ScTemplateState expected);
/* The template's stamps are those of its files as they are now, of all but @without (nullable). */
void test_verify_assert_stamps (TestVerify *self, const char *template_name, const char *without);

char *test_verify_path (TestVerify *self, const char *relative);
/* @mtime: µs since 1970 */
void test_verify_set_time (TestVerify *self, const char *relative, gint64 mtime);
/* As a failing disk or memory do it: content and size change, the time does not. */
void test_verify_damage (TestVerify *self, const char *relative, guint64 offset, const void *data, gsize length);
void test_verify_resize (TestVerify *self, const char *relative, guint64 size);
/* Makes the file as the version has it. */
void test_verify_repair (TestVerify *self, const char *template_name, const char *path);

G_END_DECLS
