/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store.h"
#include "tests/fuzz/fuzz-pack.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>

static void
be_silent (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

/* What a version names is served right or not at all. */
static void
use_version (ScStore *store, ScVersionManifest *version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) templates = sc_store_get_templates (store, version, &error);
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (ScChunkIndex) chunks = NULL;

  g_assert_true ((templates == NULL) == (error != NULL));
  if (templates == NULL)
    return;
  chunks = sc_version_chunks_collect (templates);
  for (guint32 i = 0; i < sc_chunk_index_size (chunks); i++) {
    ScStoreEntry entry;
    ScChunkId id;
    gsize length;

    if (!sc_store_locate (store, sc_chunk_index_get (chunks, i), 1, &entry, NULL) ||
        !sc_store_read_chunk (store, &entry, coder, chunk, &length, NULL))
      continue;
    sc_chunk_id_of (&id, chunk, length);
    g_assert_true (sc_chunk_id_equal (&id, sc_chunk_index_get (chunks, i)));
  }
}

static void
rebuild (const uint8_t *data, size_t size)
{
  g_autofree char *directory = g_dir_make_tmp ("seatcast-fuzz-XXXXXX", NULL);
  g_autofree char *packs = g_build_filename (directory, "packs", NULL);
  g_autofree char *pack = g_build_filename (packs, "00000001.pack", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStore) store = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (ScStoreReport) report = NULL;

  g_assert_cmpint (g_mkdir (packs, 0700), ==, 0);
  g_assert_true (
      g_file_set_contents_full (pack, (const char *) data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  store = sc_store_open (directory, &error);
  g_assert_no_error (error);
  versions = sc_store_list_versions (store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < versions->len; i++)
    use_version (store, g_ptr_array_index (versions, i));
  report = sc_store_verify (store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->versions, ==, versions->len);
  g_clear_pointer (&store, sc_store_close);
  remove_tree (directory);
}

/* A store of which nothing is left but one pack, which is not what it was: as the input is, and with the checksums of
 * its entries made right. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree guint8 *mended = g_memdup2 (data, size);

  /* that the pack is damaged is worth a warning each time: here it is no failure */
  g_log_set_always_fatal ((GLogLevelFlags) (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK));
  g_log_set_handler ("Seatcast", G_LOG_LEVEL_WARNING, be_silent, NULL);
  rebuild (data, size);
  if (fuzz_pack_mend_sums (mended, size))
    rebuild (mended, size);
  return 0;
}
