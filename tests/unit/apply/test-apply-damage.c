/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are not what the manifests say, known or not, and disks with bad sectors: nothing wrong is ever committed.
 */
#include "common/sc-error.h"
#include "service/apply/sc-apply-stash.h"
#include "tests/unit/apply/test-seat.h"

#define DISK "vm/disk.vmdk"

static TestVersion *
version_new (guint64 number, const char *disk)
{
  TestVersion *version = test_version_new (number);

  if (disk != NULL)
    test_version_add (version, "vm", "disk.vmdk", test_content (disk));
  test_version_add (version, "vm", "vm.vmx", test_content ("s:99"));
  test_version_seal (version);
  return version;
}

/* Damages chunk 1 of the file. @silently: size and time are as before, and what has found it out has only forgotten the
 * stamp, as verifying does */
static void
damage (TestSeat *seat, gboolean silently)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = NULL;
  ScDiskInfo info;

  g_assert_true (sc_disk_info (seat->disk, DISK, &info, &error));
  test_seat_alter_file (seat, DISK, SC_CHUNK_SIZE + 5, "damage");
  if (!silently)
    return;
  file = sc_disk_open (seat->disk, DISK, SC_DISK_WRITE, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_set_mtime (file, info.mtime, &error));
  g_assert_true (sc_seat_state_forget_stamp (seat->state, "vm", "disk.vmdk", &error));
}

typedef struct {
  const char *name;
  const char *after; /* the file in the next version; NULL: it has none */
  gboolean clones;
  gboolean silently;
} Case;

static const Case cases[] = {
  { "undo/told", "AByDz", FALSE, FALSE },       { "undo/silent", "AByDz", FALSE, TRUE },
  { "clone/told", "AByDz", TRUE, FALSE },       { "clone/silent", "AByDz", TRUE, TRUE },
  { "removed/told", NULL, FALSE, FALSE },       { "removed/silent", NULL, FALSE, TRUE },
  { "shrunk/told", "A", FALSE, FALSE },         { "shrunk/silent", "A", TRUE, TRUE },
  { "shrunk-half/told", "ABC:9", TRUE, FALSE }, { "shrunk-half/silent", "ABC:9", FALSE, TRUE },
};

/* The update is cut off after @n changes of the disk, then done, and then undone. Returns: FALSE when it was not cut */
static gboolean
update_damaged (const Case *self, guint n)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = version_new (1, "ABCDE");
  g_autoptr (TestVersion) second = version_new (2, self->after);
  g_autoptr (GError) error = NULL;
  gboolean cut;

  seat->faults.clones = self->clones;
  test_seat_apply (seat, first);
  damage (seat, self->silently);
  test_seat_set_faults (seat, TEST_FAULT_DEAD, n);
  cut = !test_seat_try (seat, second, &error);
  test_seat_restart (seat);
  if (n % 2 == 0)
    test_seat_apply (seat, second);
  g_assert_cmpuint (test_seat_apply (seat, first), <=, 1);
  test_seat_apply (seat, second);
  return cut;
}

static void
test_damaged (gconstpointer data)
{
  guint n = 0;

  while (update_damaged (data, n))
    n++;
  g_assert_cmpuint (n, >, 10);
}

/* Bad sectors in what the undo store and the stash keep cost a chunk, or nothing. */
static void
test_bad_sector (void)
{
  const char *paths[] = { ".seatcast/undo/0000000000000001/log",
                          ".seatcast/undo/0000000000000001/files/whole/disk.vmdk",
                          ".seatcast/undo/0000000000000001/step.json", ".seatcast/stash" };

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL); /* what cannot be read is warned of */
  for (guint i = 0; i < 2 * G_N_ELEMENTS (paths); i++) {
    g_autoptr (TestSeat) seat = test_seat_new ();
    g_autoptr (TestVersion) first = version_new (1, "ABCDE");
    g_autoptr (TestVersion) second = version_new (2, "AxyDz");

    seat->faults.clones = i % 2 == 0;
    test_seat_apply (seat, first);
    test_seat_apply (seat, second);
    test_seat_put_file (seat, ".seatcast/stash", "a stash is longer than the header of its first chunk");
    seat->faults.bad = paths[i / 2];
    seat->faults.bad_at = i / 2 == 1 ? SC_CHUNK_SIZE + 7 : 7;
    g_assert_cmpuint (test_seat_apply (seat, first), <=, 3);
    test_seat_apply (seat, second);
  }
}

/* Adds a record for chunk @kind to the stash. @torn: a power cut left the header only */
static void
stash (TestSeat *seat, const char *kind, gboolean torn)
{
  g_autoptr (GBytes) content = test_content (kind);
  guint32 length = GUINT32_TO_LE (SC_CHUNK_SIZE);
  g_autofree guint8 *record = g_malloc0 (SC_APPLY_STASH_RECORD_SIZE);
  gsize header = SC_APPLY_STASH_RECORD_SIZE - SC_CHUNK_SIZE;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (seat->disk, ".seatcast/stash", SC_DISK_WRITE | SC_DISK_CREATE, &error);
  ScChunkId id;
  ScDiskInfo info;

  g_assert_no_error (error);
  sc_chunk_id_of (&id, g_bytes_get_data (content, NULL), SC_CHUNK_SIZE);
  memcpy (record, id.bytes, sizeof id.bytes);
  memcpy (record + sizeof id.bytes, &length, sizeof length);
  if (!torn)
    memcpy (record + header, g_bytes_get_data (content, NULL), SC_CHUNK_SIZE);
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_true (sc_disk_file_write_at (file, info.size, record, SC_APPLY_STASH_RECORD_SIZE, &error));
}

/* A chunk that is torn in the stash is taken from where else it is, be it a file, another record or the undo log; and
 * what is whole behind it counts. */
static void
test_torn_stash (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = version_new (1, "ABCDE");
  g_autoptr (TestVersion) second = version_new (2, "BACyz");

  test_seat_apply (seat, first);
  stash (seat, "A", TRUE);
  stash (seat, "y", TRUE);
  stash (seat, "y", FALSE);
  stash (seat, "z", FALSE);
  stash (seat, "z", TRUE);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
  stash (seat, "B", TRUE);
  stash (seat, "D", TRUE);
  g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
}

static void
measure_stash (ScDisk *disk, gboolean done, const char *operation, const char *path, gpointer data)
{
  g_autoptr (GBytes) file = test_disk_read (disk, ".seatcast/stash");
  gsize *largest = data;

  if (strcmp (path, ".seatcast/stash") == 0 && strcmp (operation, "write") == 0 && file != NULL)
    *largest = MAX (*largest, g_bytes_get_size (file));
}

/* What a crash left in the stash goes before more comes there: one crash after another does not make it grow. */
static void
test_stash_does_not_grow (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = version_new (1, "ABCDE");
  g_autoptr (TestVersion) second = version_new (2, "BADCE");
  const guint64 slack = 64 * 1024; /* bytes: too few for a log */
  gsize largest = 0;

  test_seat_apply (seat, first);
  stash (seat, "u", FALSE);
  stash (seat, "v", FALSE);
  stash (seat, "w", TRUE);
  test_seat_set_free (seat, 2 * SC_APPLY_STASH_RECORD_SIZE + slack);
  seat->faults.hook = measure_stash;
  seat->faults.hook_data = &largest;
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
  g_assert_cmpuint (largest, ==, 2 * SC_APPLY_STASH_RECORD_SIZE); /* of each swap one chunk */
}

/* When what is overwritten could not be made durable, nothing is overwritten: not by the next chunk, nor by the commit.
 */
static void
test_failed_flush (void)
{
  guint failed = 0;

  for (guint n = 0; n < 20; n++) {
    g_autoptr (TestSeat) seat = test_seat_new ();
    g_autoptr (TestVersion) first = version_new (1, "ABCDE");
    g_autoptr (TestVersion) second = version_new (2, "AxyDz");
    g_autoptr (ScApply) apply = NULL;
    g_autoptr (GError) error = NULL;

    test_seat_apply (seat, first);
    apply = test_seat_plan (seat, second, &error);
    g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
    test_seat_set_faults (seat, TEST_FAULT_CHANGE, n);
    if (test_seat_receive (seat, apply, 1, &error))
      continue;
    failed++;
    g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
    g_clear_error (&error);
    g_assert_false (test_seat_receive (seat, apply, G_MAXUINT, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
    g_clear_pointer (&apply, sc_apply_free);
    test_seat_restart (seat);
    test_seat_apply (seat, second);
    g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
  }
  g_assert_cmpuint (failed, >, 2);
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/apply-damage/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_damaged);
  }
  g_test_add_func ("/apply-damage/bad-sector", test_bad_sector);
  g_test_add_func ("/apply-damage/torn-stash", test_torn_stash);
  g_test_add_func ("/apply-damage/stash-does-not-grow", test_stash_does_not_grow);
  g_test_add_func ("/apply-damage/failed-flush", test_failed_flush);
  return g_test_run ();
}
