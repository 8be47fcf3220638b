/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/apply/sc-apply-undo-index.h"
#include "tests/unit/apply/test-undo.h"

#include <glib/gstdio.h>
#include <isa-l/crc64.h>

#define CAPACITY (64u * 1024 * 1024)
#define FIRST "0000000000000001"
#define INDEX FIRST "/index"
#define SHORT(n) ((n) *7 + 6) /* the numbers of short chunks: they make the test quick */

static guint n_walks; /* how many logs were walked through since reopen() */

static void
count_walks (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (strstr (message, "is walked through") != NULL)
    n_walks++;
}

static void
reopen (TestUndo *self)
{
  n_walks = 0;
  test_undo_reopen (self);
}

static void
add_and_seal (TestUndo *self, guint8 from, guint n_chunks)
{
  ScApplyStep *step = test_undo_open_step (self, "a", from);

  for (guint n = 0; n < n_chunks; n++)
    test_undo_add (self, step, SHORT (n));
  test_undo_seal (self, step, 0);
}

static void
assert_has (TestUndo *self, guint n_chunks)
{
  for (guint n = 0; n < n_chunks; n++)
    g_assert_true (test_undo_has (self, SHORT (n)));
  g_assert_false (test_undo_has (self, SHORT (n_chunks)));
}

static char *
read_index (TestUndo *self, gsize *size)
{
  g_autofree char *path = test_undo_path (self, INDEX);
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, size, NULL));
  return bytes;
}

static void
write_index (TestUndo *self, const char *bytes, gsize size)
{
  g_autofree char *path = test_undo_path (self, INDEX);

  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

/* Returns: how many reading operations opening a store takes that has one step with so many chunks */
static guint
count_reads (guint n_chunks, gboolean with_index)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  g_autoptr (GError) error = NULL;
  guint reads;

  add_and_seal (self, 1, n_chunks);
  if (!with_index)
    g_assert_true (sc_disk_remove (self->disk, SC_APPLY_UNDO_DIRECTORY "/" INDEX, &error));
  reopen (self);
  reads = faults.reads;
  g_assert_cmpuint (n_walks, ==, with_index ? 0 : 1);
  assert_has (self, n_chunks);
  return reads;
}

static void
test_reads (void)
{
  g_assert_cmpuint (count_reads (300, TRUE), ==, count_reads (3, TRUE));
  g_assert_cmpuint (count_reads (300, FALSE), >=, count_reads (3, FALSE) + 297);
}

/* More entries than are read and written at a time. */
static void
test_many (void)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (ScDisk) disk = test_disk_new (&faults);
  g_autoptr (ScChunkIndex) chunks = sc_chunk_index_new (), again = sc_chunk_index_new ();
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) offsets_again = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;
  guint64 size = 0;

  for (guint i = 0; i < 60000; i++) {
    ScChunkId id;

    sc_chunk_id_of (&id, &i, sizeof i);
    sc_chunk_index_add (chunks, &id, NULL);
    g_array_append_val (offsets, size);
    size += 65 + i % 1000;
  }
  g_assert_true (sc_apply_undo_index_write (disk, "index", chunks, offsets, size, &error));
  g_assert_true (sc_apply_undo_index_read (disk, "index", size, again, offsets_again, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (offsets->data, offsets->len * 8, offsets_again->data, offsets_again->len * 8);
  g_assert_cmpuint (sc_chunk_index_size (again), ==, 60000);
  for (guint i = 0; i < 60000; i++)
    g_assert_true (sc_chunk_id_equal (sc_chunk_index_get (chunks, i), sc_chunk_index_get (again, i)));
}

/* Missing, cut at any byte, longer, with any byte wrong: the log is walked through. */
static void
test_damage (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *path = test_undo_path (self, INDEX);
  g_autofree char *bytes = NULL;
  gsize size;

  add_and_seal (self, 1, 3);
  bytes = read_index (self, &size);
  g_assert_cmpuint (size, ==, 24 + 3 * 40 + 8);
  for (gsize i = 0; i < size; i++) {
    bytes[i] ^= 0x10;
    write_index (self, bytes, size);
    bytes[i] ^= 0x10;
    reopen (self);
    g_assert_cmpuint (n_walks, ==, 1);
    assert_has (self, 3);
    write_index (self, bytes, i);
    reopen (self);
    g_assert_cmpuint (n_walks, ==, 1);
    assert_has (self, 3);
  }
  bytes = g_realloc (bytes, size + 1);
  bytes[size] = 0;
  write_index (self, bytes, size + 1);
  reopen (self);
  g_assert_cmpuint (n_walks, ==, 1);
  write_index (self, bytes, size);
  reopen (self);
  g_assert_cmpuint (n_walks, ==, 0);
  assert_has (self, 3);
  g_assert_cmpint (g_remove (path), ==, 0);
  reopen (self);
  g_assert_cmpuint (n_walks, ==, 1);
  assert_has (self, 3);
  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  reopen (self);
  g_assert_cmpuint (n_walks, ==, 1);
  assert_has (self, 3);
}

/* What another log's index says is not believed, whether that log has the same size or not; nor is that of the log as
 * it was when it was longer. */
static void
test_foreign (void)
{
  static const guint chunks[] = { 2, 4, 6 }; /* the first two take the same space */
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *log = test_undo_path (self, FIRST "/log");
  g_autofree char *own = NULL;
  gsize own_size;

  for (guint8 i = 0; i < G_N_ELEMENTS (chunks); i++) {
    ScApplyStep *step = test_undo_open_step (self, "a", i);

    test_undo_add (self, step, chunks[i]);
    test_undo_seal (self, step, 0);
  }
  own = read_index (self, &own_size);
  for (guint i = 1; i < G_N_ELEMENTS (chunks); i++) {
    g_autofree char *other = g_strdup_printf ("%016x/index", i + 1);
    g_autofree char *path = test_undo_path (self, other);
    g_autofree char *bytes = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
    g_assert_true ((memcmp (bytes, own, 24) == 0) == (i == 1));
    write_index (self, bytes, size);
    reopen (self);
    g_assert_cmpuint (n_walks, ==, 1);
    g_assert_true (test_undo_step_has (self, test_undo_get_step (self, 0), 2));
    g_assert_false (test_undo_step_has (self, test_undo_get_step (self, 0), chunks[i]));
    g_assert_true (test_undo_has (self, 2));
  }
  write_index (self, own, own_size);
  g_clear_pointer (&self->undo, sc_apply_undo_free); /* Windows replaces no file that is open */
  g_assert_true (g_file_set_contents (log, "SCPE", 4, NULL));
  reopen (self);
  g_assert_cmpuint (n_walks, ==, 1);
  g_assert_false (test_undo_has (self, 2));
}

/* An index with a right checksum and wrong numbers. */
static void
test_hostile (void)
{
  static const struct {
    gsize at;
    guint64 value;
  } cases[] = {
    { 8, 0 },                                       /* the count */
    { 8, 2 },                                       /* fewer than there are */
    { 8, 4 },                                       /* more */
    { 8, G_MAXUINT64 },                             /* and so many that sums overflow */
    { 8, (G_MAXUINT64 / 40) + 4 },                  /* the file's size modulo 2⁶⁴ fits nearly */
    { 24 + 32, G_MAXUINT64 },                       /* the first offset */
    { 24 + 32, G_MAXUINT64 - 64 },                  /* + 65 overflows */
    { 24 + 40 + 32, 0 },                            /* the second one: before the first one's end */
    { 24 + 80 + 32, G_GUINT64_CONSTANT (1) << 40 }, /* the last one: behind the log's end */
    { 16, G_MAXUINT64 },                            /* the log's size */
  };
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  add_and_seal (self, 1, 3);
  bytes = read_index (self, &size);
  for (guint i = 0; i <= G_N_ELEMENTS (cases); i++) {
    g_autofree guint8 *wrong = g_memdup2 (bytes, size);
    guint64 value, sum;

    if (i < G_N_ELEMENTS (cases)) {
      value = GUINT64_TO_LE (cases[i].value);
      memcpy (wrong + cases[i].at, &value, sizeof value);
    } else {
      memcpy (wrong + 24, wrong + 24 + 40, 32); /* the same chunk twice */
    }
    sum = GUINT64_TO_LE (crc64_ecma_refl (0, wrong, size - 8));
    memcpy (wrong + size - 8, &sum, sizeof sum);
    write_index (self, (const char *) wrong, size);
    reopen (self);
    g_assert_cmpuint (n_walks, ==, 1);
    assert_has (self, 3);
  }
}

/* It is counted, and goes with the step; a step without a log has none. */
static void
test_measured_and_dropped (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autoptr (GError) error = NULL;
  ScDiskInfo log, index;
  ScApplyStep *step;

  add_and_seal (self, 1, 3);
  step = test_undo_get_step (self, 0);
  g_assert_true (sc_disk_info (self->disk, SC_APPLY_UNDO_DIRECTORY "/" FIRST "/log", &log, &error));
  g_assert_true (sc_disk_info (self->disk, SC_APPLY_UNDO_DIRECTORY "/" INDEX, &index, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (step->bytes, ==, log.allocated + index.allocated);
  g_assert_false (test_undo_is_there (self, INDEX ".new"));
  test_undo_drop (self, step);
  g_assert_false (test_undo_is_there (self, FIRST));
  add_and_seal (self, 1, 0);
  g_assert_true (test_undo_is_there (self, "0000000000000002/step.json"));
  g_assert_false (test_undo_is_there (self, "0000000000000002/index"));
  reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
  g_assert_cmpuint (n_walks, ==, 0);
}

/* The power goes at change @after of a seal. Returns: FALSE: there are not so many */
static gboolean
cut_seal (guint after, GRand *random, guint *n_sealed)
{
  TestFaults faults = { .capacity = CAPACITY };
  g_autoptr (TestUndo) self = test_undo_new (&faults);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autoptr (GError) error = NULL;
  gboolean done;

  for (guint n = 0; n < 20; n++)
    test_undo_add (self, step, SHORT (n));
  test_undo_sync (self);
  faults = (TestFaults){ .capacity = CAPACITY, .fault = TEST_FAULT_DEAD, .after = after };
  done = sc_apply_undo_seal (self->undo, step, 0, &error);
  g_assert_true (done == (faults.happened == 0));
  faults = (TestFaults){ .capacity = CAPACITY };
  n_walks = 0;
  test_undo_cut_power (self, random);
  assert_has (self, 20);
  step = test_undo_get_step (self, 0);
  g_assert_true (step->sealed || !done);
  /* one that is sealed has its index */
  g_assert_cmpuint (n_walks, ==, 0);
  *n_sealed += step->sealed ? 1 : 0;
  if (!step->sealed) {
    step = test_undo_open_step (self, "a", 1);
    test_undo_add (self, step, SHORT (20));
    test_undo_seal (self, step, 0);
    reopen (self);
    g_assert_cmpuint (n_walks, ==, 0);
    assert_has (self, 21);
  }
  return !done;
}

static void
test_power_cut (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint n_sealed = 0, n = 0;
  gboolean more = TRUE;

  for (; more; n++)
    for (guint j = 0; j < 20; j++)
      more = cut_seal (n, random, &n_sealed);
  /* the index: open, truncate, write, sync, rename; step.json the same; the directory */
  g_assert_cmpuint (n, >=, 10);
  g_assert_cmpuint (n_sealed, >=, 20);
  g_assert_cmpuint (n_sealed, <, n * 20);
}

/* Without room for it there is no index, and all the rest. */
static void
test_full (void)
{
  gboolean failed = FALSE;

  for (guint after = 0; !failed; after++) {
    TestFaults faults = { .capacity = CAPACITY };
    g_autoptr (TestUndo) self = test_undo_new (&faults);
    ScApplyStep *step = test_undo_open_step (self, "a", 1);
    g_autoptr (GBytes) index = NULL, debris = NULL;
    g_autoptr (GError) error = NULL;

    test_undo_add (self, step, SHORT (0));
    test_undo_sync (self);
    faults = (TestFaults){ .capacity = CAPACITY, .fault = TEST_FAULT_FULL_ONCE, .after = after };
    failed = !sc_apply_undo_seal (self->undo, step, 0, &error);
    g_assert_cmpuint (faults.happened, ==, 1);
    if (failed) { /* step.json had no room */
      g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
      g_assert_cmpuint (after, >=, 1);
      break;
    }
    index = test_disk_read (self->disk, SC_APPLY_UNDO_DIRECTORY "/" INDEX);
    debris = test_disk_read (self->disk, SC_APPLY_UNDO_DIRECTORY "/" INDEX ".new");
    g_assert_null (index);
    g_assert_null (debris);
    reopen (self);
    g_assert_true (test_undo_get_step (self, 0)->sealed);
    g_assert_cmpuint (n_walks, ==, 1);
    assert_has (self, 1);
  }
}

static void
be_silent (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("Seatcast", G_LOG_LEVEL_MESSAGE, be_silent, NULL);
  g_log_set_handler ("Seatcast", G_LOG_LEVEL_DEBUG, count_walks, NULL);
  g_test_add_func ("/apply-undo-index/reads", test_reads);
  g_test_add_func ("/apply-undo-index/many", test_many);
  g_test_add_func ("/apply-undo-index/damage", test_damage);
  g_test_add_func ("/apply-undo-index/foreign", test_foreign);
  g_test_add_func ("/apply-undo-index/hostile", test_hostile);
  g_test_add_func ("/apply-undo-index/measured-and-dropped", test_measured_and_dropped);
  g_test_add_func ("/apply-undo-index/power-cut", test_power_cut);
  g_test_add_func ("/apply-undo-index/full", test_full);
  return g_test_run ();
}
