/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/apply/test-undo.h"

#define CAPACITY (64u * 1024 * 1024)

static void
test_sync_is_cheap (void)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  guint changes;

  test_undo_add (self, step, 1);
  test_undo_sync (self);
  changes = faults.changes;
  test_undo_sync (self);
  g_assert_cmpuint (faults.changes, ==, changes);
  test_undo_add (self, step, 2);
  test_undo_sync (self);
  /* one write, one sync: the name is durable already */
  g_assert_cmpuint (faults.changes, ==, changes + 2);
}

#define INDEX_TAKES 4         /* operations that take space for the indexes of live(): without room there are none */
#define SHORT(n) ((n) *7 + 6) /* the numbers of short chunks: they make the test quick */

/* How far live() got. */
typedef struct {
  guint synced; /* chunks SHORT (0 … synced − 1) of template a are durable */
  gboolean sealed;
} Progress;

/* A whole life: two steps with logs and kept files, the older one dropped at last. */
static gboolean
live (TestUndo *self, Progress *progress, GError **error)
{
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  ScChunkId from = { .bytes = { 1 } }, id;
  ScApplyStep *old = sc_apply_undo_open_step (self->undo, "b", &from, 1, error);
  ScApplyStep *step;
  gsize length;

  length = test_undo_make_chunk (SHORT (50), data, &id);
  if (old == NULL || !sc_apply_undo_add (self->undo, old, &id, data, length, error) ||
      !sc_apply_undo_make_way (self->undo, old, TRUE, "deep/file", error) ||
      !sc_apply_undo_seal (self->undo, old, 5, error))
    return FALSE;
  step = sc_apply_undo_open_step (self->undo, "a", &from, 1, error);
  if (step == NULL)
    return FALSE;
  for (guint n = 0; n < 40; n++) {
    length = test_undo_make_chunk (SHORT (n), data, &id);
    if (!sc_apply_undo_add (self->undo, step, &id, data, length, error))
      return FALSE;
    if (n % 10 != 9)
      continue;
    if (!sc_apply_undo_sync (self->undo, error))
      return FALSE;
    progress->synced = n + 1;
  }
  if (!sc_apply_undo_seal (self->undo, step, 0, error))
    return FALSE;
  progress->sealed = TRUE;
  return sc_apply_undo_drop (self->undo, old, error);
}

/* How often each fault can happen. */
static guint
count_chances (TestFault fault)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };

  faults = (TestFaults){ .capacity = CAPACITY };
  g_assert_true (live (self, &progress, &error));
  g_assert_no_error (error);
  if (fault == TEST_FAULT_READ)
    return faults.reads;
  return fault == TEST_FAULT_FULL || fault == TEST_FAULT_FULL_ONCE ? faults.takes : faults.changes;
}

/* What was durable is there, and everything can go on. */
static void
check_afterwards (TestUndo *self, const Progress *progress)
{
  g_autoptr (GError) error = NULL;
  Progress again = { 0 };

  for (guint n = 0; n < progress->synced; n++)
    g_assert_true (test_undo_has (self, SHORT (n)));
  for (guint i = 0; i < test_undo_count (self); i++) {
    const ScApplyStep *step = test_undo_get_step (self, i);

    if (g_str_equal (step->template_name, "a"))
      g_assert_true (step->sealed || !progress->sealed);
    else if (step->sealed) /* also when it was about to be dropped */
      g_assert_true (test_undo_has (self, SHORT (50)));
  }
  g_assert_true (sc_apply_undo_clean (self->undo, &error));
  g_assert_no_error (error);
  g_assert_true (live (self, &again, &error));
  g_assert_no_error (error);
  for (guint n = 0; n < 40; n++)
    g_assert_true (test_undo_has (self, SHORT (n)));
}

/* Returns: whether the failure came out; one that keeps only an index from being written does not. */
static gboolean
fail_at (TestFault fault, guint after, GRand *random)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };
  gboolean failed;

  faults = (TestFaults){ .capacity = CAPACITY, .fault = fault, .after = after };
  failed = !live (self, &progress, &error);
  g_assert_true (failed == (error != NULL));
  g_assert_cmpuint (faults.happened, >, 0);
  if (failed && (fault == TEST_FAULT_FULL || fault == TEST_FAULT_FULL_ONCE))
    g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
  else if (failed)
    g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  faults = (TestFaults){ .capacity = CAPACITY };
  if (random != NULL)
    test_undo_cut_power (self, random);
  else
    test_undo_reopen (self);
  check_afterwards (self, &progress);
  return failed;
}

/* After a failure at every single operation of the disk, with what is not durable lost or not. */
static void
test_every_failure (gconstpointer data)
{
  TestFault fault = (TestFault) GPOINTER_TO_INT (data);
  guint n = count_chances (fault);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint failed = 0;

  g_test_message ("%u operations", n);
  g_assert_cmpuint (n, >, 3);
  for (guint i = 0; i < n; i++) {
    failed += fail_at (fault, i, NULL) ? 1 : 0;
    for (guint j = 0; j < 5; j++)
      fail_at (fault, i, random);
  }
  g_assert_cmpuint (failed, ==, fault == TEST_FAULT_FULL_ONCE ? n - INDEX_TAKES : n);
}

/* When the log does not fit the step is dropped, and there is room again. */
static void
test_drop_when_full (void)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  ScChunkId id;
  guint n = 0;

  faults = (TestFaults){ .capacity = CAPACITY, .fault = TEST_FAULT_FULL };
  while (error == NULL && n < 100) {
    gsize length = test_undo_make_chunk (n, data, &id);

    if (sc_apply_undo_add (self->undo, step, &id, data, length, &error))
      g_assert_true (test_undo_has (self, n++));
  }
  g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
  g_assert_false (test_undo_step_has (self, step, n));
  test_undo_drop (self, step);
  g_assert_false (test_undo_has (self, 0));
  g_assert_cmpuint (sc_apply_undo_get_bytes (self->undo), ==, 0);
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 0);
}

/* A disk that could not make something durable once is not asked whether it is now. */
static void
test_failed_sync (void)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  ScChunkId id;
  gsize length;

  test_undo_add (self, step, 1);
  test_undo_sync (self);
  test_undo_add (self, step, 2);
  faults = (TestFaults){ .capacity = CAPACITY,
                         .fault = TEST_FAULT_CHANGE,
                         .after = 1 }; /* the write goes well, the sync does not */
  g_assert_false (sc_apply_undo_sync (self->undo, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_clear_error (&error);
  faults = (TestFaults){ .capacity = CAPACITY };
  g_assert_false (sc_apply_undo_sync (self->undo, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  length = test_undo_make_chunk (3, data, &id);
  g_assert_false (sc_apply_undo_add (self->undo, step, &id, data, length, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_assert_false (sc_apply_undo_seal (self->undo, step, 0, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  test_undo_reopen (self);
  step = test_undo_open_step (self, "a", 1);
  g_assert_true (test_undo_has (self, 1));
  test_undo_add (self, step, 3);
  test_undo_sync (self);
}

/* A process that is killed has written what may not be durable: opening the step again makes it so. */
static void
test_resume_makes_durable (void)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  guint last = 0;

  /* as many as it takes for a piece to be written without a sync */
  for (guint n = 0; n < 60; n++)
    test_undo_add (self, step, n);
  test_undo_reopen (self);
  step = test_undo_open_step (self, "a", 1);
  while (last < 60 && test_undo_step_has (self, step, last))
    last++;
  g_assert_cmpuint (last, >, 10);
  test_undo_cut_power (self, random);
  for (guint n = 0; n < last; n++)
    g_assert_true (test_undo_has (self, n));
}

static void
test_reading_fails (void)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScChunkId id;

  test_undo_make_chunk (1, data, &id);
  test_undo_add (self, step, 1);
  test_undo_sync (self);
  g_clear_pointer (&self->undo, sc_apply_undo_free);
  for (guint i = 0;; i++) {
    g_autoptr (ScApplyUndo) undo = NULL;

    faults = (TestFaults){ .capacity = CAPACITY, .fault = TEST_FAULT_READ, .after = i };
    undo = sc_apply_undo_new (self->disk, &error);
    if (faults.happened == 0)
      break;
    if (undo == NULL)
      g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
    else
      g_assert_cmpuint (sc_apply_undo_find (undo, &id), ==, SC_CHUNK_INDEX_NONE);
    g_clear_error (&error);
  }
  faults = (TestFaults){ .capacity = CAPACITY, .corrupt = SC_APPLY_UNDO_DIRECTORY "/0000000000000001/log" };
  self->undo = sc_apply_undo_new (self->disk, &error);
  g_assert_no_error (error);
  g_assert_false (test_undo_has (self, 1));
}

#define FIRST SC_APPLY_UNDO_DIRECTORY "/0000000000000001/"

/* A bad sector in the log costs what lies there, and in a header what comes behind; one in the description costs the
 * step, which stays there untouched. None of them keeps anything else from going on. */
static void
test_bad_sector (gconstpointer data)
{
  gboolean sealed = GPOINTER_TO_INT (data);
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autoptr (GError) error = NULL;
  guint64 size;

  for (guint n = 0; n < 10; n++)
    test_undo_add (self, step, n);
  test_undo_sync (self);
  size = step->bytes;
  if (sealed)
    test_undo_seal (self, step, 0);
  for (guint64 at = 0; at < size; at += 20000) {
    guint n_there = 0;

    g_clear_pointer (&self->undo, sc_apply_undo_free);
    faults.bad = FIRST "log";
    faults.bad_at = at;
    self->undo = sc_apply_undo_new (self->disk, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (test_undo_count (self), ==, 1);
    for (guint n = 0; n < 10; n++) {
      g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
      ScChunkId id;
      gsize length;
      guint32 record;

      test_undo_make_chunk (n, chunk, &id);
      record = sc_apply_undo_find (self->undo, &id);
      if (record != SC_CHUNK_INDEX_NONE && sc_apply_undo_read (self->undo, record, chunk, &length, NULL))
        n_there++;
    }
    g_assert_cmpuint (n_there, <, 10);
    if (at > 0 && at % SC_CHUNK_SIZE > 1000) /* beyond the first header */
      g_assert_cmpuint (n_there, >, 0);
  }
  g_clear_pointer (&self->undo, sc_apply_undo_free);
  faults.bad = FIRST "step.json";
  faults.bad_at = 5;
  self->undo = sc_apply_undo_new (self->disk, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (test_undo_count (self), ==, 0);
  test_undo_clean (self);
  faults.bad = NULL;
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
  for (guint n = 0; n < 10; n++)
    g_assert_true (test_undo_has (self, n));
}

static void
be_silent (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("Seatcast", G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_DEBUG, be_silent, NULL);
  g_test_add_func ("/apply-undo-crash/sync-is-cheap", test_sync_is_cheap);
  g_test_add_data_func ("/apply-undo-crash/dead", GINT_TO_POINTER (TEST_FAULT_DEAD), test_every_failure);
  g_test_add_data_func ("/apply-undo-crash/change", GINT_TO_POINTER (TEST_FAULT_CHANGE), test_every_failure);
  g_test_add_data_func ("/apply-undo-crash/read", GINT_TO_POINTER (TEST_FAULT_READ), test_every_failure);
  g_test_add_data_func ("/apply-undo-crash/full", GINT_TO_POINTER (TEST_FAULT_FULL), test_every_failure);
  g_test_add_data_func ("/apply-undo-crash/full-once", GINT_TO_POINTER (TEST_FAULT_FULL_ONCE), test_every_failure);
  g_test_add_func ("/apply-undo-crash/drop-when-full", test_drop_when_full);
  g_test_add_func ("/apply-undo-crash/failed-sync", test_failed_sync);
  g_test_add_func ("/apply-undo-crash/resume-makes-durable", test_resume_makes_durable);
  g_test_add_func ("/apply-undo-crash/reading-fails", test_reading_fails);
  g_test_add_data_func ("/apply-undo-crash/bad-sector/open", GINT_TO_POINTER (FALSE), test_bad_sector);
  g_test_add_data_func ("/apply-undo-crash/bad-sector/sealed", GINT_TO_POINTER (TRUE), test_bad_sector);
  return g_test_run ();
}
