/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "common/sc-error.h"
#include "tests/unit/apply/test-seat.h"
#include "tests/unit/apply/test-special.h"
#include "tests/unit/apply/test-verify-seat.h"

static void
test_whole (TestVerify *self, gconstpointer data)
{
  g_auto (ScProgressState) state = { 0 };
  guint64 size = 0;
  test_verify_assert_finds (self, "");
  sc_progress_get (self->progress, &state);
  for (guint i = 0; i < self->version->files->len; i++)
    size += g_bytes_get_size (((TestFile *) self->version->files->pdata[i])->data);
  g_assert_cmpuint (state.total, ==, size);
  g_assert_cmpstr (state.item, ==, "vm2/disk.vhdx");
  for (guint i = 0; i < self->version->manifests->len; i++) {
    const char *name = sc_template_manifest_get_name (self->version->manifests->pdata[i]);
    test_verify_assert_state (self, name, SC_TEMPLATE_CURRENT);
    test_verify_assert_stamps (self, name, NULL);
  }
}

static void
test_damage (TestVerify *self, gconstpointer data)
{
  static const guint8 zeros[SC_CHUNK_SIZE];
  test_verify_damage (self, "vm/disk.vmdk", 17 * SC_CHUNK_SIZE + 4711, "?", 1); /* one byte, in the second batch */
  test_verify_assert_finds (self, "vm/disk.vmdk 1");
  test_verify_assert_state (self, "vm", SC_TEMPLATE_DRIFTED);
  test_verify_assert_state (self, "vm2", SC_TEMPLATE_CURRENT);
  test_verify_assert_stamps (self, "vm", "disk.vmdk");                /* the update will trust the others alone */
  test_verify_damage (self, "vm/disk.vmdk", 0, zeros, SC_CHUNK_SIZE); /* a lost chunk */
  test_verify_damage (self, "vm/disk.vmdk", 3 * SC_CHUNK_SIZE, "not a hole any more", 19); /* a hole that has data */
  test_verify_damage (self, "vm/disk.vmdk", 39 * SC_CHUNK_SIZE + 999, "!", 1);             /* the very last byte */
  test_verify_damage (self, "readme.txt", 9, "!", 1);
  test_verify_assert_finds (self, "./readme.txt 1\nvm/disk.vmdk 4");
  test_verify_assert_state (self, ".", SC_TEMPLATE_DRIFTED);
  test_verify_repair (self, "vm", "disk.vmdk");
  test_verify_assert_finds (self, "./readme.txt 1");
  test_verify_assert_state (self, "vm", SC_TEMPLATE_CURRENT);
  test_verify_assert_stamps (self, "vm", NULL);
  test_verify_repair (self, ".", "readme.txt");
  test_verify_assert_finds (self, "");
  test_verify_assert_state (self, ".", SC_TEMPLATE_CURRENT);
}

/* Whoever only compares sizes and times finds none of these. */
static void
test_sizes (TestVerify *self, gconstpointer data)
{
  static const struct {
    guint64 size;
    const char *finding;
  } cases[] = {
    { 0, "vm/disk.vmdk 40" },
    { 1, "vm/disk.vmdk 40" },
    { SC_CHUNK_SIZE, "vm/disk.vmdk 39" },
    { 38 * SC_CHUNK_SIZE + 1, "vm/disk.vmdk 2" },
    { 39 * SC_CHUNK_SIZE, "vm/disk.vmdk 1" },
    { 39 * SC_CHUNK_SIZE + 999, "vm/disk.vmdk 1" },
    { 39 * SC_CHUNK_SIZE + 1001, "vm/disk.vmdk 1" },
    { 40 * SC_CHUNK_SIZE, "vm/disk.vmdk 1" },
    { 40 * SC_CHUNK_SIZE + 1, "vm/disk.vmdk 2" },
    { 1ull << 40, "vm/disk.vmdk 16777177" }, /* and is not read to its end */
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    test_verify_resize (self, "vm/disk.vmdk", cases[i].size);
    test_verify_assert_finds (self, cases[i].finding);
    g_assert_cmpuint (self->reads, <, 10);
    test_verify_assert_stamps (self, "vm", "disk.vmdk");
    test_verify_repair (self, "vm", "disk.vmdk");
    test_verify_assert_finds (self, "");
  }
  test_verify_resize (self, "vm/empty", 1);
  test_verify_assert_finds (self, "vm/empty 1");
  /* whole chunks at both ends */
  test_verify_resize (self, "vm2/disk.vhdx", 3 * SC_CHUNK_SIZE);
  test_verify_resize (self, "vm/empty", 0);
  test_verify_assert_finds (self, "vm2/disk.vhdx 1");
  test_verify_resize (self, "vm2/disk.vhdx", SC_CHUNK_SIZE);
  test_verify_assert_finds (self, "vm2/disk.vhdx 1");
}

static void
test_missing (TestVerify *self, gconstpointer data)
{
  g_autofree char *disk = test_verify_path (self, "vm/disk.vmdk");
  g_autofree char *elsewhere = test_verify_path (self, "elsewhere");
  g_autofree char *sub = test_verify_path (self, "vm/sub");
  g_autofree char *hidden = test_verify_path (self, "vm/hidden");
  g_assert_cmpint (g_rename (disk, elsewhere), ==, 0);
  test_verify_assert_finds (self, "vm/disk.vmdk missing");
  test_verify_assert_state (self, "vm", SC_TEMPLATE_DRIFTED);
  test_verify_assert_stamps (self, "vm", "disk.vmdk");
  if (test_special_link (elsewhere, disk)) { /* it is all there, but somebody else's */
    test_verify_assert_finds (self, "vm/disk.vmdk missing");
    g_assert_cmpint (g_remove (disk), ==, 0);
  }
  g_assert_cmpint (g_mkdir (disk, 0755), ==, 0);
  test_verify_assert_finds (self, "vm/disk.vmdk missing");
  g_assert_cmpint (g_remove (disk), ==, 0);
  if (test_special_fifo (disk)) {
    test_verify_assert_finds (self, "vm/disk.vmdk missing");
    g_assert_cmpint (g_remove (disk), ==, 0);
  }
  g_assert_cmpint (g_rename (elsewhere, disk), ==, 0);
  test_verify_assert_finds (self, "");

  g_assert_cmpint (g_rename (sub, hidden), ==, 0);
  test_verify_assert_finds (self, "vm/sub/extent.vmdk missing");
  if (test_special_link (hidden, sub)) {
    test_verify_assert_finds (self, "vm/sub/extent.vmdk missing");
    g_assert_cmpint (g_remove (sub), ==, 0);
  }
  g_assert_true (g_file_set_contents (sub, "a file", -1, NULL));
  test_verify_assert_finds (self, "vm/sub/extent.vmdk missing");
  g_assert_cmpint (g_remove (sub), ==, 0);
  g_assert_cmpint (g_rename (hidden, sub), ==, 0);
  test_verify_assert_finds (self, "");
  test_verify_assert_state (self, "vm", SC_TEMPLATE_CURRENT);
}

/* Found by its time and by a verify before, and whole after all. */
static void
test_only_touched (TestVerify *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  test_verify_set_time (self, "vm/sub/extent.vmdk", 1234567890 * G_TIME_SPAN_SECOND);
  g_assert_true (sc_seat_state_set_template_state (self->state, "vm", SC_TEMPLATE_DRIFTED, &error));
  g_assert_true (sc_seat_state_forget_stamp (self->state, "vm", "disk.vmdk", &error));
  test_verify_assert_finds (self, "");
  test_verify_assert_state (self, "vm", SC_TEMPLATE_CURRENT);
  test_verify_assert_stamps (self, "vm", NULL);
}

static void
test_left_out (TestVerify *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  ScChunkId target = { { 1 } };
  g_ptr_array_add (paths, (gpointer) "disk.vhdx");
  g_assert_true (sc_seat_state_begin_update (self->state, "vm2", &target, 7, paths, &error));
  g_assert_true (sc_seat_state_begin_update (self->state, "new", &target, 7, paths, &error));
  test_verify_damage (self, "vm2/disk.vhdx", 0, "?", 1);
  test_verify_assert_finds (self, "");
  test_verify_assert_state (self, "vm2", SC_TEMPLATE_UPDATING);
  test_verify_assert_state (self, "new", SC_TEMPLATE_UPDATING);
  test_verify_assert_stamps (self, "vm2", "disk.vhdx");
}

static void
test_lost_manifest (TestVerify *self, gconstpointer data)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  for (guint i = 0; i < self->version->manifests->len; i++) {
    ScTemplateManifest *manifest = self->version->manifests->pdata[i];
    sc_chunk_id_to_hex (sc_template_manifest_get_id (manifest), hex);
    g_autofree char *path = g_build_filename (self->directory, "state", "manifests", hex, NULL);
    if (strcmp (sc_template_manifest_get_name (manifest), "vm2") == 0)
      g_assert_cmpint (g_remove (path), ==, 0);
    else if (strcmp (sc_template_manifest_get_name (manifest), ".") == 0)
      g_assert_true (g_file_set_contents (path, "rubbish", -1, NULL));
  }
  test_verify_damage (self, "vm/disk.vmdk", 0, "?", 1);
  test_verify_assert_finds (self, "vm/disk.vmdk 1"); /* the others are not in its way */
  test_verify_assert_state (self, "vm2", SC_TEMPLATE_DRIFTED);
  test_verify_assert_stamps (self, "vm2", "disk.vhdx");
  test_verify_assert_state (self, ".", SC_TEMPLATE_DRIFTED);
  test_verify_assert_stamps (self, ".", "readme.txt");
}

static void
test_unreadable (TestVerify *self, gconstpointer data)
{
  self->bad_chunk = 20;
  test_verify_damage (self, "vm/disk.vmdk", 22 * SC_CHUNK_SIZE, "?", 1);
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "Chunk 20 of “vm/disk.vmdk”*Input/output error*");
  test_verify_assert_finds (self, "vm/disk.vmdk 2");
  g_test_assert_expected_messages ();
  test_verify_assert_state (self, "vm", SC_TEMPLATE_DRIFTED);
  self->bad_chunk = G_MAXUINT64;
  test_verify_repair (self, "vm", "disk.vmdk");
  test_verify_assert_finds (self, "");
}

static void
test_cannot_open (TestVerify *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  test_verify_damage (self, "vm/disk.vmdk", 0, "?", 1);
  self->broken = "vm/sub/extent.vmdk";
  g_assert_null (test_verify_run (self, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, "vm/sub/extent.vmdk"));
  /* what was found before is not forgotten */
  test_verify_assert_state (self, "vm", SC_TEMPLATE_DRIFTED);
  test_verify_assert_stamps (self, "vm", "disk.vmdk");
}

static void
test_busy (TestVerify *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->held = "vm/sub/extent.vmdk";
  test_verify_assert_finds (self, "vm/sub/extent.vmdk in use");
  test_verify_assert_state (self, "vm", SC_TEMPLATE_CURRENT); /* nothing is known against it */
  test_verify_assert_stamps (self, "vm", NULL);
  g_assert_true (sc_seat_state_set_template_state (self->state, "vm", SC_TEMPLATE_DRIFTED, &error));
  test_verify_assert_finds (self, "vm/sub/extent.vmdk in use");
  test_verify_assert_state (self, "vm", SC_TEMPLATE_DRIFTED); /* nor for it */
}

static void
write_meanwhile (TestVerify *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk.system, "vm/disk.vmdk", SC_DISK_WRITE, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_write_at (file, 0, "?", 1, &error)); /* which was read already */
}

/* The same size and time: only the file is another one. */
static void
replace_meanwhile (TestVerify *self)
{
  g_autofree char *path = test_verify_path (self, "vm/disk.vmdk");
  g_autofree char *copy = test_verify_path (self, "copy");
  g_autofree char *content = NULL;
  gsize length;
  ScDiskInfo info;
  g_assert_true (sc_disk_info (self->disk.system, "vm/disk.vmdk", &info, NULL));
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_true (g_file_set_contents (copy, content, (gssize) length, NULL));
  test_verify_set_time (self, "copy", info.mtime);
  if (g_rename (copy, path) != 0) { /* Windows lets nobody replace a file that is open */
    g_assert_cmpint (g_remove (copy), ==, 0);
    write_meanwhile (self);
  }
}

static void
remove_meanwhile (TestVerify *self)
{
  g_autofree char *path = test_verify_path (self, "vm/disk.vmdk");
  g_assert_cmpint (g_remove (path), ==, 0);
  if (g_file_test (path, G_FILE_TEST_EXISTS)) /* in Wine it goes when it is closed, too late to be noticed */
    write_meanwhile (self);
}

static void
test_changes_meanwhile (TestVerify *self, gconstpointer data)
{
  static void (*const acts[]) (TestVerify *) = { write_meanwhile, replace_meanwhile, remove_meanwhile };
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++) {
    self->act = acts[i];
    self->act_at = 3; /* readme.txt is the first, disk.vmdk the next three */
    test_verify_assert_finds (self, "vm/disk.vmdk in use");
    test_verify_assert_state (self, "vm", SC_TEMPLATE_DRIFTED);
    g_autoptr (GPtrArray) stamps = sc_seat_state_list_stamps (self->state, "vm", NULL);
    g_assert_cmpuint (stamps->len, ==, 2);
    self->act_at = 0;
    test_verify_repair (self, "vm", "disk.vmdk");
    test_verify_assert_finds (self, "");
    test_verify_assert_state (self, "vm", SC_TEMPLATE_CURRENT);
  }
}

/* A disk that was cut off while it was read: the rest of the file's chunks is damaged, and what is left of it is read.
 */
static void
shrink_meanwhile (TestVerify *self)
{
  test_verify_resize (self, "vm/disk.vmdk", 20 * SC_CHUNK_SIZE);
}

static void
test_shrinks_meanwhile (TestVerify *self, gconstpointer data)
{
  self->act = shrink_meanwhile;
  self->act_at = 3;
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "Chunk 20 of “vm/disk.vmdk”*"); /* told once */
  test_verify_assert_finds (self, "vm/disk.vmdk in use 20");
  g_test_assert_expected_messages ();
}

static void
cancel (TestVerify *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
test_cancel (TestVerify *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  test_verify_damage (self, "readme.txt", 0, "?", 1);
  test_verify_damage (self, "vm/disk.vmdk", 0, "?", 1);
  self->act = cancel;
  self->act_at = 3;
  g_assert_null (test_verify_run (self, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
  g_assert_cmpuint (self->reads, ==, 3);
  test_verify_assert_state (self, ".", SC_TEMPLATE_DRIFTED); /* what was known then stays known */
  test_verify_assert_state (self, "vm", SC_TEMPLATE_CURRENT);
  test_verify_assert_stamps (self, "vm", NULL);
  g_clear_error (&error);
  g_assert_null (test_verify_run (self, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
  g_assert_cmpuint (self->reads, ==, 0);
}

static gboolean
always (gpointer data)
{
  return TRUE;
}

static gint64
get_now (gpointer data)
{
  return *(gint64 *) data;
}

static void
sleep_virtually (gpointer data, gint64 microseconds, GCancellable *cancellable)
{
  *(gint64 *) data += microseconds;
}

static void
test_throttle (TestVerify *self, gconstpointer data)
{
  gint64 now = 0;
  self->throttle = sc_throttle_new_with_world (&(ScThrottleWorld){ always, get_now, sleep_virtually }, &now);
  test_verify_assert_finds (self, "");
  /* "." 10 bytes, vm 27 chunks and 1,000 bytes without the holes, 3 in the read-only file, 2 in vm2 */
  gint64 bytes = 10 + 27 * SC_CHUNK_SIZE + 1000 + 5 * SC_CHUNK_SIZE;
  g_assert_cmpint (now, >=, bytes * G_USEC_PER_SEC / SC_THROTTLE_RATE);
  g_assert_cmpint (now, <=, bytes * G_USEC_PER_SEC / SC_THROTTLE_RATE + 10); /* rounding of each piece */
}

/* As a failing disk does it. */
static void
alter_silently (TestSeat *seat, const char *path, guint64 offset)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (seat->disk, path, SC_DISK_WRITE, &error);
  ScDiskInfo info;
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_true (sc_disk_file_write_at (file, offset, "?", 1, &error));
  g_assert_true (sc_disk_file_set_mtime (file, info.mtime, &error));
  g_assert_no_error (error);
}

static guint
count_findings (TestSeat *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = sc_verify_run (seat->disk, seat->state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return findings->len;
}

/* What it is for: the next update lacks the damaged chunks, and only those. */
static void
test_update_repairs (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) version = test_version_one_file (1, "abcdefgh:100");
  test_seat_apply (seat, version);
  alter_silently (seat, "vm/disk.vmdk", 5 * SC_CHUNK_SIZE);
  g_assert_true (test_seat_try (seat, version, NULL));
  g_assert_cmpuint (seat->received, ==, 0); /* nobody knows */
  g_assert_cmpuint (count_findings (seat), ==, 1);
  g_assert_cmpuint (test_seat_apply (seat, version), ==, 1);
  g_assert_cmpuint (count_findings (seat), ==, 0);
  g_assert_cmpuint (test_seat_apply (seat, version), ==, 0);
  /* a disk that gives other bytes than were written */
  seat->faults.corrupt = "vm/disk.vmdk";
  g_assert_cmpuint (count_findings (seat), ==, 1);
  seat->faults.corrupt = NULL;
  g_assert_cmpuint (count_findings (seat), ==, 0);
}

/* Whatever the disk does not do: nothing is called whole that was not read, and what is whole is found to be. */
static void
test_disk_fails (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) version = test_version_one_file (1, "abc");
  guint n_failures = 0;
  gboolean happened = TRUE;
  test_seat_apply (seat, version);
  for (guint after = 0; happened; after++) {
    g_autoptr (GError) error = NULL;
    test_seat_set_faults (seat, TEST_FAULT_READ, after);
    g_autoptr (GPtrArray) findings = sc_verify_run (seat->disk, seat->state, NULL, NULL, NULL, &error);
    happened = seat->faults.happened > 0;
    n_failures += happened;
    if (findings == NULL)
      g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
    test_seat_set_faults (seat, TEST_FAULT_NONE, 0);
    g_assert_cmpuint (count_findings (seat), ==, 0);
    test_seat_assert_is (seat, version);
  }
  g_assert_cmpuint (n_failures, >=, 4); /* look, open, read, look again */
}

#define ADD(name, func) g_test_add ("/verify/" name, TestVerify, NULL, test_verify_set_up, func, test_verify_tear_down)

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  ADD ("whole", test_whole);
  ADD ("damage", test_damage);
  ADD ("sizes", test_sizes);
  ADD ("missing", test_missing);
  ADD ("only-touched", test_only_touched);
  ADD ("left-out", test_left_out);
  ADD ("lost-manifest", test_lost_manifest);
  ADD ("unreadable", test_unreadable);
  ADD ("cannot-open", test_cannot_open);
  ADD ("busy", test_busy);
  ADD ("changes-meanwhile", test_changes_meanwhile);
  ADD ("shrinks-meanwhile", test_shrinks_meanwhile);
  ADD ("cancel", test_cancel);
  ADD ("throttle", test_throttle);
  g_test_add_func ("/verify/update-repairs", test_update_repairs);
  g_test_add_func ("/verify/disk-fails", test_disk_fails);
  return g_test_run ();
}
