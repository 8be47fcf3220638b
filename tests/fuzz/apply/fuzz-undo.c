/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/apply/sc-apply-undo-log.h"
#include "service/apply/sc-apply-undo.h"
#include "tests/fuzz/fuzz-pack.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define STEP SC_APPLY_UNDO_DIRECTORY "/0000000000000001"

static char *directory;
static ScDisk *disk;

static void
be_silent (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

static void
remove_directory (void)
{
  g_autofree char *undo = g_build_filename (directory, SC_APPLY_UNDO_DIRECTORY, NULL);
  g_autofree char *private = g_build_filename (directory, SC_PATH_PRIVATE, NULL);

  sc_disk_free (disk);
  g_rmdir (undo);
  g_rmdir (private);
  g_rmdir (directory);
  g_free (directory);
}

static void
put (const char *path, const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (disk, path, SC_DISK_WRITE | SC_DISK_CREATE, &error);

  g_assert_no_error (error);
  g_assert_true (size == 0 || sc_disk_file_write_at (file, 0, data, size, &error));
}

/* Every record is right, or with its header alone looked at damaged. Returns: how many there are */
static guint32
use_log (gboolean check)
{
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ScApplyUndoLog) log = sc_apply_undo_log_new (disk, STEP "/log", coder, check, &error);
  const ScChunkIndex *chunks;

  g_assert_no_error (error);
  chunks = sc_apply_undo_log_get_chunks (log);
  for (guint32 i = 0; i < sc_chunk_index_size (chunks); i++) {
    ScChunkId id;
    gsize length;

    if (sc_apply_undo_log_read (log, i, chunk, &length, &error)) {
      sc_chunk_id_of (&id, chunk, length);
      g_assert_true (sc_chunk_id_equal (&id, sc_chunk_index_get (chunks, i)));
    } else {
      g_assert_false (check);
      g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
      g_clear_error (&error);
    }
  }
  return sc_chunk_index_size (chunks);
}

static ScApplyUndo *
open_store (void)
{
  g_autoptr (GError) error = NULL;
  ScApplyUndo *undo = sc_apply_undo_new (disk, &error);

  g_assert_no_error (error);
  return undo;
}

/* An update goes on with what is there, whatever it is, and keeps what it takes away. */
static void
use_store (void)
{
  static const guint8 chunk[] = "what the update is about to overwrite";
  g_autoptr (ScApplyUndo) undo = open_store ();
  g_autoptr (GError) error = NULL;
  ScApplyStep *step;
  ScChunkId id, from = { .bytes = { 1 } };

  g_assert_cmpuint (sc_apply_undo_get_steps (undo)->len, <=, 1);
  if (sc_apply_undo_get_steps (undo)->len == 1) {
    step = sc_apply_undo_get_steps (undo)->pdata[0];
    from = step->from;
  }
  step = sc_apply_undo_open_step (undo, "a", &from, 1, &error);
  g_assert_no_error (error);
  sc_chunk_id_of (&id, chunk, sizeof chunk);
  g_assert_true (sc_apply_undo_add (undo, step, &id, chunk, sizeof chunk, &error));
  g_assert_true (sc_apply_undo_sync (undo, &error));
  g_assert_no_error (error);
  g_clear_pointer (&undo, sc_apply_undo_free);

  undo = open_store ();
  step = sc_apply_undo_find_open (undo, "a");
  g_assert_nonnull (step);
  g_assert_true (sc_apply_undo_has (undo, step, &id));
  g_assert_cmpuint (sc_apply_undo_find (undo, &id), !=, SC_CHUNK_INDEX_NONE);
  while (sc_apply_undo_get_steps (undo)->len > 0)
    g_assert_true (sc_apply_undo_drop (undo, sc_apply_undo_get_steps (undo)->pdata[0], &error));
  g_assert_true (sc_apply_undo_clean (undo, &error));
  g_assert_no_error (error);
}

static void
use_step (const uint8_t *json, size_t length, const uint8_t *log, size_t size)
{
  guint32 n_whole;

  put (STEP "/step.json", json, length);
  put (STEP "/log", log, size);
  n_whole = use_log (TRUE);
  g_assert_cmpuint (n_whole, <=, use_log (FALSE));
  use_store ();
}

/* The input: step.json, a zero, the log; as it is and with the checksums of the log's records made right. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *zero = size > 0 ? memchr (data, 0, size) : NULL;
  size_t length = zero != NULL ? (size_t) (zero - data) : size;
  const uint8_t *log = zero != NULL ? zero + 1 : data + size;
  size_t log_size = (size_t) (data + size - log);
  g_autofree guint8 *mended = g_memdup2 (log, log_size);

  if (disk == NULL) {
    directory = g_dir_make_tmp ("seatcast-fuzz-XXXXXX", NULL);
    disk = sc_disk_system (directory, NULL);
    atexit (remove_directory);
    g_log_set_handler ("Seatcast", G_LOG_LEVEL_MESSAGE, be_silent, NULL);
  }
  use_step (data, length, log, log_size);
  if (fuzz_pack_mend_sums (mended, log_size))
    use_step (data, length, mended, log_size);
  return 0;
}
