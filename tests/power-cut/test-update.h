/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/unit/apply/test-seat.h"

G_BEGIN_DECLS

/* Which way a seat goes that has all kinds of files to change. */
typedef enum {
  TEST_WAY_CLONE,
  TEST_WAY_UNDO,
  TEST_WAY_FORWARD,
  TEST_N_WAYS,
} TestWay;
const char *test_way_to_nick (TestWay way);
/* Returns: FALSE: unknown */
gboolean test_way_from_nick (const char *nick, TestWay *way);

/* From one version to another, in little, and a third one that may come instead. */
typedef struct {
  const char *name;
  const char *before[10]; /* each "template|path|pattern of test_content()", "|r" when it is read-only */
  const char *after[10];
} TestUpdate;

guint test_update_count (void);
const TestUpdate *test_update_get (guint index);

TestVersion *test_update_make_before (const TestUpdate *self); /* number 1 */
TestVersion *test_update_make_after (const TestUpdate *self);  /* number 2 */
TestVersion *test_update_make_third (const TestUpdate *self);  /* number 3: of both */

/* A seat with @before, for a long time already, on which the update to @after will go @way. @earlier: (nullable): what
 * it had before that */
TestSeat *test_update_make_seat (TestVersion *earlier, TestVersion *before, TestVersion *after, TestWay way);
/* @alone: no earlier version, of which a file may come back */
void test_update_assert_way (TestSeat *seat, TestVersion *after, TestWay way, gboolean alone);

G_END_DECLS
