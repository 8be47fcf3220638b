/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/apply/bench-version.h"

#include <zstd.h>

#define MTIME (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)
#define UNDO_LEVEL 1 /* of the undo log's compression */

const guint8 *
bench_version_get_chunk (const BenchVersion *self, gsize index, guint32 *length)
{
  const guint8 *data = g_bytes_get_data (self->data, NULL);

  *length = sc_chunk_length (self->size, index);
  return data + index * SC_CHUNK_SIZE;
}

static gboolean
build_manifests (BenchVersion *self, guint64 number, GError **error)
{
  g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new (BENCH_TEMPLATE);
  gsize n = sc_chunk_count (self->size);
  g_autofree ScChunkId *ids = g_new0 (ScChunkId, n + 1);
  ScTemplateManifest *template;
  ScManifestTemplate entry = { .name = BENCH_TEMPLATE };

  for (gsize i = 0; i < n; i++) {
    guint32 length;
    const guint8 *chunk = bench_version_get_chunk (self, i, &length);

    sc_chunk_id_of (&ids[i], chunk, length);
  }
  sc_template_manifest_builder_add (builder, BENCH_FILE, self->size, MTIME + (gint64) number * G_USEC_PER_SEC, 0, ids,
                                    n);
  template = sc_template_manifest_builder_end (builder, error);
  if (template == NULL)
    return FALSE;
  g_ptr_array_add (self->templates, template);
  entry.id = *sc_template_manifest_get_id (template);
  entry.size = self->size;
  self->manifest = sc_version_manifest_new (number, 1, "benchmark", "", &entry, 1, error);
  return self->manifest != NULL;
}

BenchVersion *
bench_version_new (guint64 number, const char *path, GError **error)
{
  g_autoptr (BenchVersion) self = g_new0 (BenchVersion, 1);

  self->templates = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_template_manifest_unref);
  self->mapped = g_mapped_file_new (path, FALSE, error);
  if (self->mapped == NULL)
    return NULL;
  self->data = g_mapped_file_get_bytes (self->mapped);
  self->size = g_bytes_get_size (self->data);
  return build_manifests (self, number, error) ? g_steal_pointer (&self) : NULL;
}

void
bench_version_free (BenchVersion *self)
{
  g_clear_pointer (&self->manifest, sc_version_manifest_unref);
  g_ptr_array_unref (self->templates);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_clear_pointer (&self->mapped, g_mapped_file_unref);
  g_free (self);
}

const ScManifestFile *
bench_version_get_file (const BenchVersion *self)
{
  return sc_template_manifest_get_file (self->templates->pdata[0], 0);
}

static void
clear_frame (gpointer data)
{
  g_bytes_unref (((BenchFrame *) data)->bytes);
}

GArray *
bench_version_encode (const BenchVersion *self, GBytes *lacks)
{
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (self->templates);
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (BenchFrame));
  const ScManifestFile *file = bench_version_get_file (self);
  gsize n_bits;
  const guint8 *bits = g_bytes_get_data (lacks, &n_bits);
  g_autofree guint8 *left = g_memdup2 (bits, n_bits);
  guint8 out[SC_FRAME_MAX];

  g_array_set_clear_func (frames, clear_frame);
  for (gsize i = 0; i < file->n_chunks; i++) {
    guint32 number = sc_chunk_index_find (chunks, &file->chunks[i]);
    BenchFrame frame = { .id = &file->chunks[i] };
    guint32 length;
    const guint8 *chunk = bench_version_get_chunk (self, i, &length);

    if (number == SC_CHUNK_INDEX_NONE || (left[number / 8] & (1u << number % 8)) == 0)
      continue;
    left[number / 8] &= (guint8) ~(1u << number % 8);
    frame.bytes = g_bytes_new (out, sc_frame_encode (coder, chunk, length, NULL, 0, out, &frame.encoding));
    g_array_append_val (frames, frame);
  }
  return frames;
}

void
bench_version_compare (const BenchVersion *old, const BenchVersion *new, BenchChange *change)
{
  const ScManifestFile nothing = { 0 };
  const ScManifestFile *before = old != NULL ? bench_version_get_file (old) : &nothing;
  const ScManifestFile *after = bench_version_get_file (new);
  gsize room = ZSTD_compressBound (SC_CHUNK_SIZE);
  g_autofree guint8 *out = g_malloc (room);

  *change = (BenchChange){ 0 };
  for (gsize i = 0; i < MAX (before->n_chunks, after->n_chunks); i++) {
    guint32 length;
    const guint8 *chunk;

    if (i < before->n_chunks && i < after->n_chunks && sc_chunk_id_equal (&before->chunks[i], &after->chunks[i]))
      continue;
    if (i < after->n_chunks) {
      chunk = bench_version_get_chunk (new, i, &length);
      change->changed += sc_chunk_is_zero (chunk, length) ? 0 : length;
    }
    if (i < before->n_chunks) {
      chunk = bench_version_get_chunk (old, i, &length);
      if (!sc_chunk_is_zero (chunk, length)) {
        gsize compressed = ZSTD_compress (out, room, chunk, length, UNDO_LEVEL);

        change->old_compressed += ZSTD_isError (compressed) ? length : MIN (compressed, length);
      }
    }
  }
}
