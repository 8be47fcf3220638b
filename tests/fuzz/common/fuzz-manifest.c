/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-manifest.h"

#include "tests/fuzz/fuzz.h"

/* Whatever parses must be sound: every accessor may be used, and its chunks may be walked. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (ScTemplateManifest) template = sc_template_manifest_parse (bytes, NULL);
  g_autoptr (ScVersionManifest) version = sc_version_manifest_parse (bytes, NULL);

  if (template != NULL) {
    g_autoptr (GPtrArray) templates = g_ptr_array_new ();
    g_autoptr (ScChunkIndex) index = NULL;

    g_ptr_array_add (templates, template);
    index = sc_version_chunks_collect (templates);
    for (guint i = 0; i < sc_template_manifest_get_n_files (template); i++) {
      const ScManifestFile *file = sc_template_manifest_get_file (template, i);

      g_assert_true (sc_template_manifest_find_file (template, file->path) == file);
      g_assert_cmpuint (file->n_chunks, ==, sc_chunk_count (file->size));
    }
    g_assert_cmpuint (sc_chunk_index_size (index), <=, size / sizeof (ScChunkId));
  }
  if (version != NULL)
    for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++) {
      const ScManifestTemplate *entry = sc_version_manifest_get_template (version, i);

      g_assert_true (sc_version_manifest_find_template (version, entry->name) == entry);
    }
  return 0;
}
