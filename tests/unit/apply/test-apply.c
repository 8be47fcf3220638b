/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/apply/test-seat.h"

/* From one content of a file to another: how many chunks must come from outside. */
typedef struct {
  const char *name;
  const char *from;
  const char *to;
  guint received;
} Change;

static const Change changes[] = {
  { "same", "AB0C:100", "AB0C:100", 0 },
  { "in-place", "ABCD", "AXCD", 1 },
  { "growth", "AB", "ABCDE:7", 3 },
  { "growth-of-tail", "AB:1000", "ABC", 2 },
  { "growth-by-zeros", "AB", "AB000", 0 },
  { "shrink", "ABCDE", "AB", 0 },
  { "shrink-into-tail", "ABCDE", "AB:300", 1 },
  { "to-empty", "ABC", "", 0 },
  { "from-empty", "", "ABC:1", 3 },
  { "zeros-over-data", "ABCDEF", "A00D0F", 0 },
  { "zero-tail", "ABC", "AB0:5", 0 },
  { "data-over-zeros", "A000E", "AXYXE", 2 },
  { "moved", "ABCDE", "XABCDE", 1 },
  { "moved-back", "XABCDE", "ABCDE", 0 },
  { "swapped", "ABCD", "CDAB", 0 },
  { "cycle", "ABC", "BCA", 0 },
  { "reversed", "ABCDEFGH:9", "HGFEDCBA", 1 },
  { "copied-to-many", "AB", "ABBBAAB", 0 },
  { "many-from-outside", "AB", "XXABXX", 1 },
  { "source-cut-off", "ABCD", "DC", 0 },
  { "source-overwritten-by-new", "AB", "XAYB", 2 },
  { "source-overwritten-by-zeros", "AB", "0AB", 0 },
};

static void
test_change (gconstpointer data)
{
  const Change *change = data;
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) from = test_version_one_file (1, change->from);
  g_autoptr (TestVersion) to = test_version_one_file (2, change->to);

  test_seat_apply (seat, from);
  g_assert_cmpuint (test_seat_apply (seat, to), ==, change->received);
  /* and all the way back, by which nothing of the first version may be missed */
  test_seat_restart (seat);
  test_seat_apply (seat, from);
}

static void
test_nothing_to_do (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) version = test_version_one_file (1, "AB0C");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  guint before;

  test_seat_apply (seat, version);
  test_seat_restart (seat);
  before = seat->faults.changes;
  g_assert_cmpuint (test_seat_apply (seat, version), ==, 0);
  g_assert_cmpuint (seat->faults.changes, ==, before);
  apply = test_seat_plan (seat, version, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sc_apply_get_needs (apply)->peak_bytes, ==, 0);
  g_assert_true (sc_apply_is_complete (apply));
}

static void
test_files_come_and_go (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_new (1);
  g_autoptr (TestVersion) second = test_version_new (2);

  test_version_add (first, ".", "readme.txt", test_content ("r:12"));
  test_version_add (first, "a", "disk.vmdk", test_content ("ABC"));
  test_version_add (first, "a", "old/deep/gone.bin", test_content ("XY"));
  test_version_add (first, "a", "becomes-directory", test_content ("PQ"));
  test_version_add (first, "a", "becomes-file/inside", test_content ("RS"));
  test_version_add (first, "a", "Spelling.vmx", test_content ("ST:9"));
  test_version_add (first, "b", "disk.vmdk", test_content ("KLM"))->attributes = SC_FILE_READ_ONLY;
  test_version_add (first, "c", "disk.vmdk", test_content ("C"));
  test_version_seal (first);
  test_version_add (second, "a", "renamed.vmdk", test_content ("ABC"));
  test_version_add (second, "a", "becomes-directory/inside", test_content ("QP"));
  test_version_add (second, "a", "becomes-file", test_content ("SRX"));
  test_version_add (second, "a", "spelling.vmx", test_content ("ST:9"));
  test_version_add (second, "b", "disk.vmdk", test_content ("KLN"))->attributes = SC_FILE_READ_ONLY;
  test_version_add (second, "d", "copy/of/b.vmdk", test_content ("KLM"))->attributes = SC_FILE_READ_ONLY;
  test_version_add (second, "d", "empty", test_content (""));
  test_version_seal (second);

  test_seat_apply (seat, first);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 1); /* N; M lies in b before it is overwritten */
  test_seat_restart (seat);
  test_seat_apply (seat, first);
}

static void
test_attributes_alone (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "AB");
  g_autoptr (TestVersion) second = test_version_new (2);

  test_version_add (second, "vm", "disk.vmdk", test_content ("AB"))->attributes = SC_FILE_READ_ONLY;
  test_version_seal (second);
  test_seat_apply (seat, first);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
  g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
}

static void
test_foreign_files_stay (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "AB");
  g_autoptr (TestVersion) second = test_version_new (2);
  g_autoptr (GBytes) mine = NULL;
  g_autoptr (GError) error = NULL;

  test_version_add (second, "other", "disk.vmdk", test_content ("A"));
  test_version_seal (second);
  test_seat_apply (seat, first);
  test_seat_put_file (seat, "vm/mine.txt", "mine");
  test_seat_try (seat, second, &error);
  g_assert_no_error (error);
  mine = test_disk_read (seat->disk, "vm/mine.txt");
  g_assert_cmpmem (g_bytes_get_data (mine, NULL), g_bytes_get_size (mine), "mine", 4);
  test_seat_remove (seat, "vm/mine.txt");
  test_seat_remove (seat, "vm"); /* nothing else was left there */
  test_seat_assert_is (seat, second);
}

static void
test_drift (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABCDE");
  g_autoptr (TestVersion) second = test_version_one_file (2, "ABXDE");
  g_autoptr (ScDiskFile) file = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  test_seat_alter_file (seat, "vm/disk.vmdk", 3 * SC_CHUNK_SIZE + 77, "drift");
  g_assert_cmpuint (test_seat_apply (seat, first), ==, 1);
  test_seat_alter_file (seat, "vm/disk.vmdk", 0, "drift");
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 2);
  file = sc_disk_open (seat->disk, "vm/disk.vmdk", SC_DISK_WRITE, &error);
  g_assert_true (sc_disk_file_truncate (file, 2 * SC_CHUNK_SIZE + 5, &error));
  g_clear_pointer (&file, sc_disk_file_close);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 3);
  test_seat_remove (seat, "vm/disk.vmdk");
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 5);
}

static void
test_source_is_damaged (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABC");
  g_autoptr (TestVersion) second = test_version_new (2);

  test_version_add (second, "vm", "disk.vmdk", test_content ("ABC"));
  test_version_add (second, "vn", "disk.vmdk", test_content ("CBX"));
  test_version_seal (second);
  test_seat_apply (seat, first);
  seat->faults.corrupt = "vm/disk.vmdk"; /* rot that no stamp shows */
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 3);
}

static void
test_corrupt_frames (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) version = test_version_one_file (1, "AB:999");
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GBytes) other = test_content ("Z");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GArray) wanted = NULL;
  g_autoptr (GError) error = NULL;
  ScChunkId id, reference = { { 1 } };

  apply = test_seat_plan (seat, version, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sc_apply_get_lacks_bytes (apply), ==, SC_CHUNK_SIZE + 999);
  wanted = sc_apply_list_wanted (apply, 1);
  g_assert_cmpuint (wanted->len, ==, 1);
  id = g_array_index (wanted, ScChunkId, 0);
  g_assert_false (sc_apply_put_frame (apply, coder, &id, SC_ENCODING_RAW, NULL, g_bytes_get_data (other, NULL),
                                      SC_CHUNK_SIZE, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);

  sc_apply_begin (apply, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint encoding = 0; encoding < 20; encoding++) {
    ScError expected = encoding == SC_ENCODING_DELTA ? SC_ERROR_NOT_FOUND : SC_ERROR_CORRUPT;

    g_assert_false (sc_apply_put_frame (apply, coder, &id, encoding, encoding == SC_ENCODING_DELTA ? &reference : NULL,
                                        g_bytes_get_data (other, NULL), SC_CHUNK_SIZE, &error));
    g_assert_error (error, SC_ERROR, (int) expected);
    g_clear_error (&error);
  }
  g_assert_false (
      sc_apply_put_frame (apply, coder, &id, SC_ENCODING_DELTA, NULL, g_bytes_get_data (other, NULL), 10, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (sc_apply_wants (apply, &id));
  g_assert_cmpuint (sc_apply_get_done_bytes (apply), ==, 0);
  g_assert_false (sc_apply_finish (apply, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);

  /* what nobody wants is no error, however damaged it is */
  g_assert_true (sc_apply_put_frame (apply, coder, &reference, SC_ENCODING_RAW, NULL, (const guint8 *) "x", 1, &error));
  g_assert_true (test_seat_receive (seat, apply, G_MAXUINT, &error));
  g_assert_true (sc_apply_put_frame (apply, coder, &id, SC_ENCODING_RAW, NULL, (const guint8 *) "x", 1, &error));
  g_assert_cmpuint (sc_apply_get_done_bytes (apply), ==, SC_CHUNK_SIZE + 999);
  g_assert_true (sc_apply_finish (apply, NULL, &error));
  test_seat_assert_is (seat, version);
}

static void
test_delta_frames (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABC");
  g_autoptr (TestVersion) second = test_version_one_file (2, "XYC");
  g_autoptr (GBytes) old = test_content ("ABC");
  g_autoptr (GBytes) new_bytes = test_content ("XYC");
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *from = g_bytes_get_data (old, NULL), *to = g_bytes_get_data (new_bytes, NULL);
  /* X against A, which lies where X goes; Y against C, which lies elsewhere */
  const guint references[] = { 0, 2 };

  test_seat_apply (seat, first);
  apply = test_seat_plan (seat, second, &error);
  g_assert_true (apply != NULL && sc_apply_begin (apply, NULL, NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (references); i++) {
    const guint8 *reference = from + references[i] * SC_CHUNK_SIZE, *chunk = to + i * SC_CHUNK_SIZE;
    guint8 like_reference[SC_CHUNK_SIZE], frame[SC_FRAME_MAX];
    ScChunkId id, reference_id;
    ScEncoding encoding;
    gsize length;

    sc_chunk_id_of (&id, chunk, SC_CHUNK_SIZE);
    sc_chunk_id_of (&reference_id, reference, SC_CHUNK_SIZE);
    memcpy (like_reference, reference, sizeof like_reference);
    length = sc_frame_encode (coder, chunk, SC_CHUNK_SIZE, like_reference, SC_CHUNK_SIZE, frame, &encoding);
    if (encoding != SC_ENCODING_DELTA)
      g_test_message ("the coder chose %d", encoding);
    g_assert_true (sc_apply_put_frame (apply, coder, &id, encoding, &reference_id, frame, length, &error));
    g_assert_no_error (error);
  }
  g_assert_true (sc_apply_finish (apply, NULL, &error));
  test_seat_assert_is (seat, second);
}

/* Whole and damaged ones, one twice, one that nobody wants: each has an answer of its own. */
static void
test_frames_at_once (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) version = test_version_one_file (1, "ABCDEFGHIJ:999");
  g_autoptr (GBytes) content = test_content ("ABCDEFGHIJ:999");
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *bytes = g_bytes_get_data (content, NULL);
  gsize size = g_bytes_get_size (content);
  ScApplyFrame frames[12] = { 0 };
  guint8 compressed[SC_FRAME_MAX];

  for (guint i = 0; i < 10; i++) {
    frames[i] = (ScApplyFrame){ .encoding = SC_ENCODING_RAW, .bytes = bytes + i * SC_CHUNK_SIZE };
    frames[i].length = MIN (size - i * SC_CHUNK_SIZE, SC_CHUNK_SIZE);
    sc_chunk_id_of (&frames[i].id, frames[i].bytes, frames[i].length);
  }
  frames[10] = frames[1];
  frames[11] = frames[1];
  frames[11].id.bytes[0] ^= 1;
  frames[2].bytes = frames[3].bytes;
  frames[4].length--;
  frames[5].encoding = SC_ENCODING_ZSTD;
  frames[6].length = sc_frame_encode (coder, frames[6].bytes, SC_CHUNK_SIZE, NULL, 0, compressed, &frames[6].encoding);
  frames[6].bytes = compressed;

  apply = test_seat_plan (seat, version, &error);
  g_assert_no_error (error);
  sc_apply_put_frames (apply, coder, frames, 2);
  g_assert_error (frames[0].error, SC_ERROR, SC_ERROR_STATE);
  g_assert_error (frames[1].error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&frames[0].error);
  g_clear_error (&frames[1].error);
  g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
  sc_apply_put_frames (apply, coder, frames, G_N_ELEMENTS (frames));
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    gboolean damaged = i == 2 || i == 4 || i == 5;

    g_assert_true (damaged == (frames[i].error != NULL));
    g_assert_true (damaged == sc_apply_wants (apply, &frames[i].id));
    if (damaged)
      g_assert_error (frames[i].error, SC_ERROR, SC_ERROR_CORRUPT);
    g_clear_error (&frames[i].error);
  }
  g_assert_cmpuint (sc_apply_get_done_bytes (apply), ==, 6 * SC_CHUNK_SIZE + 999);
  g_assert_true (test_seat_receive (seat, apply, G_MAXUINT, &error));
  g_assert_true (sc_apply_finish (apply, NULL, &error));
  test_seat_assert_is (seat, version);
}

/* Each refers to what the one before it overwrites. */
static void
test_delta_frames_at_once (void)
{
  static const char old_name[] = "ABCDEFGH", new_name[] = "STUVWXYZ";
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, old_name);
  g_autoptr (TestVersion) second = test_version_one_file (2, new_name);
  g_autoptr (GBytes) old = test_content (old_name);
  g_autoptr (GBytes) new_bytes = test_content (new_name);
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *encoded = g_malloc (8 * SC_FRAME_MAX);
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *from = g_bytes_get_data (old, NULL), *to = g_bytes_get_data (new_bytes, NULL);
  ScApplyFrame frames[8] = { 0 };
  ScChunkId references[8];

  for (guint i = 0; i < 8; i++) {
    const guint8 *reference = from + (i + 7) % 8 * SC_CHUNK_SIZE, *chunk = to + i * SC_CHUNK_SIZE;
    g_autofree guint8 *like_reference = g_memdup2 (reference, SC_CHUNK_SIZE);

    sc_chunk_id_of (&references[i], reference, SC_CHUNK_SIZE);
    sc_chunk_id_of (&frames[i].id, chunk, SC_CHUNK_SIZE);
    frames[i].reference = &references[i];
    frames[i].bytes = encoded + i * SC_FRAME_MAX;
    frames[i].length = sc_frame_encode (coder, chunk, SC_CHUNK_SIZE, like_reference, SC_CHUNK_SIZE,
                                        encoded + i * SC_FRAME_MAX, &frames[i].encoding);
  }
  test_seat_apply (seat, first);
  apply = test_seat_plan (seat, second, &error);
  g_assert_true (apply != NULL && sc_apply_begin (apply, NULL, NULL, &error));
  sc_apply_put_frames (apply, coder, frames, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_no_error (frames[i].error);
  g_assert_true (sc_apply_finish (apply, NULL, &error));
  test_seat_assert_is (seat, second);
}

static void
test_lacks_bitmap (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABC");
  g_autoptr (TestVersion) second = test_version_one_file (2, "X0AXBYCZ:50");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GBytes) lacks = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  apply = test_seat_plan (seat, second, &error);
  g_assert_no_error (error);
  lacks = sc_apply_get_lacks (apply);
  g_assert_cmpuint (g_bytes_get_size (lacks), ==, 1);
  /* X, A, B, Y, C, Z in order of first appearance, without zeros */
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (lacks, NULL))[0], ==, 1 | 1 << 3 | 1 << 5);
  g_assert_cmpuint (sc_apply_get_lacks_bytes (apply), ==, 2 * SC_CHUNK_SIZE + 50);
}

static void
test_restart_wants_only_the_rest (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABCDEFGH");
  g_autoptr (TestVersion) second = test_version_one_file (2, "abcdeFGHAij");
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (ScApply) apply = test_seat_plan (seat, second, &error);

    g_assert_no_error (error);
    g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
    g_assert_true (test_seat_receive (seat, apply, 2, &error));
    g_clear_pointer (&apply, sc_apply_free);
    test_seat_restart (seat);
    test_seat_assert_no_mix (seat, first, second, NULL);
    g_assert_cmpuint (sc_seat_state_get_version (seat->state), ==, 0);
  }
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 1);
}

/* An update to one version is given up for another one: what the first one made goes. */
static void
test_another_target (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABCD");
  g_autoptr (TestVersion) second = test_version_new (2);
  g_autoptr (TestVersion) third = test_version_one_file (3, "AbCQ");
  g_autoptr (GError) error = NULL;

  test_version_add (second, "vm", "disk.vmdk", test_content ("abCd"));
  test_version_add (second, "vm", "made/by-second.vmdk", test_content ("MN"));
  test_version_add (second, "vn", "disk.vmdk", test_content ("OP"));
  test_version_seal (second);
  test_seat_apply (seat, first);
  {
    g_autoptr (ScApply) apply = test_seat_plan (seat, second, &error);

    g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
    g_assert_true (test_seat_receive (seat, apply, 6, &error));
  }
  test_seat_restart (seat);
  g_assert_cmpuint (test_seat_apply (seat, third), ==, 1); /* Q; b is there already, and A in the undo log */
}

static void
test_busy (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABC");
  g_autoptr (TestVersion) second = test_version_one_file (2, "AXC");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) busy = NULL;

  test_seat_apply (seat, first);
  seat->faults.held = "vm/disk.vmdk";
  apply = test_seat_plan (seat, second, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sc_apply_get_needs (apply)->busy->pdata[0], ==, "vm");
  g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
  g_assert_true (sc_apply_is_complete (apply));
  g_assert_true (sc_apply_finish (apply, NULL, &error));
  busy = sc_apply_dup_busy (apply);
  g_assert_cmpuint (g_strv_length (busy), ==, 1);
  g_assert_cmpstr (busy[0], ==, "vm");
  g_clear_pointer (&apply, sc_apply_free);
  test_seat_assert_is (seat, first);
  seat->faults.held = NULL;
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 1);
}

static void
test_changed_after_the_plan (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABC");
  g_autoptr (TestVersion) second = test_version_one_file (2, "AXC");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  apply = test_seat_plan (seat, second, &error);
  g_assert_no_error (error);
  test_seat_alter_file (seat, "vm/disk.vmdk", 5, "changed");
  g_assert_false (sc_apply_begin (apply, NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CHANGED);
  g_clear_pointer (&apply, sc_apply_free);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 2);
}

static void
test_adoption (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestSeat) fresh = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "AB0CD:77");
  g_autoptr (TestVersion) second = test_version_one_file (2, "AB0CE:77");
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  test_seat_restart_on (fresh, test_disk_copy (seat->disk, &fresh->faults));
  test_seat_remove (seat, "vm/disk.vmdk");
  test_seat_remove (seat, "vm");
  g_assert_cmpuint (test_seat_apply (fresh, first), ==, 0);
  g_assert_cmpuint (test_seat_apply (fresh, second), ==, 1);
  /* and the seat whose files went away gets them all again, at last from a version it has in part */
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 4);
}

static void
test_lost_manifest (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABC");
  g_autoptr (TestVersion) second = test_version_one_file (2, "ABX");
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  g_autofree char *path = NULL;

  test_seat_apply (seat, first);
  sc_chunk_id_to_hex (sc_template_manifest_get_id (first->manifests->pdata[0]), hex);
  path = g_build_filename (seat->state_directory, "manifests", hex, NULL);
  g_assert_true (g_file_set_contents (path, "damaged", -1, NULL));
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*read anew*");
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 1);
  g_test_assert_expected_messages ();
}

static void
test_cancel (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) version = test_version_one_file (1, "ABC");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;

  apply = test_seat_plan (seat, version, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_false (sc_apply_begin (apply, NULL, cancellable, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
}

/* A tree of more files than may be open at once, and a repository of many templates. */
static void
test_many_files (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_new (1);
  g_autoptr (TestVersion) second = test_version_new (2);

  for (guint i = 0; i < 600; i++) {
    g_autofree char *name = g_strdup_printf ("template %u", i % 7);
    g_autofree char *path = g_strdup_printf ("d%u/file %u", i % 5, i);
    g_autofree char *before = g_strdup_printf ("A%c:%u", 'a' + i % 20, i + 1);
    g_autofree char *after = g_strdup_printf ("%c%c:%u", 'B' + i % 3, 'a' + i % 20, i + 1);

    test_version_add (first, name, path, test_content (before));
    test_version_add (second, name, path, test_content (after));
  }
  test_version_seal (first);
  test_version_seal (second);
  test_seat_apply (seat, first);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 3);
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *path = g_strconcat ("/apply/change/", changes[i].name, NULL);

    g_test_add_data_func (path, &changes[i], test_change);
  }
  g_test_add_func ("/apply/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/apply/files-come-and-go", test_files_come_and_go);
  g_test_add_func ("/apply/attributes-alone", test_attributes_alone);
  g_test_add_func ("/apply/foreign-files-stay", test_foreign_files_stay);
  g_test_add_func ("/apply/drift", test_drift);
  g_test_add_func ("/apply/source-is-damaged", test_source_is_damaged);
  g_test_add_func ("/apply/corrupt-frames", test_corrupt_frames);
  g_test_add_func ("/apply/delta-frames", test_delta_frames);
  g_test_add_func ("/apply/frames-at-once", test_frames_at_once);
  g_test_add_func ("/apply/delta-frames-at-once", test_delta_frames_at_once);
  g_test_add_func ("/apply/lacks-bitmap", test_lacks_bitmap);
  g_test_add_func ("/apply/restart", test_restart_wants_only_the_rest);
  g_test_add_func ("/apply/another-target", test_another_target);
  g_test_add_func ("/apply/busy", test_busy);
  g_test_add_func ("/apply/changed-after-the-plan", test_changed_after_the_plan);
  g_test_add_func ("/apply/adoption", test_adoption);
  g_test_add_func ("/apply/lost-manifest", test_lost_manifest);
  g_test_add_func ("/apply/cancel", test_cancel);
  g_test_add_func ("/apply/many-files", test_many_files);
  return g_test_run ();
}
