/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-sources.h"

#include "common/sc-error.h"

struct _ScApplySources {
  GPtrArray *files; /* (element-type ScApplyFile): those with chunks, in the order of first */
  guint32 *slots;   /* numbers of places */
  guint64 mask;     /* slots − 1, which is a power of two */
};

ScApplyFile *
sc_apply_sources_get (const ScApplySources *self, guint32 source, guint32 *chunk)
{
  guint low = 0, high = self->files->len;

  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    const ScApplyFile *file = self->files->pdata[middle];

    if (file->first <= source)
      low = middle;
    else
      high = middle;
  }
  *chunk = source - (guint32) ((ScApplyFile *) self->files->pdata[low])->first;
  return self->files->pdata[low];
}

static const ScChunkId *
id_of (const ScApplySources *self, guint32 source)
{
  guint32 chunk;
  const ScApplyFile *file = sc_apply_sources_get (self, source, &chunk);

  return &file->have[chunk];
}

/* The slot that holds @id, or the free one where it belongs. */
static guint64
find_slot (const ScApplySources *self, const ScChunkId *id)
{
  guint64 slot;

  memcpy (&slot, id->bytes, sizeof slot);
  for (slot &= self->mask; self->slots[slot] != SC_APPLY_SOURCE_NONE; slot = (slot + 1) & self->mask)
    if (sc_chunk_id_equal (id_of (self, self->slots[slot]), id))
      break;
  return slot;
}

/* Whether the update leaves the chunk where it is until the template's commit. What lies in the undo store and is not
 * what it was comes last. */
static gboolean
is_kept (const ScApplyFile *file, guint32 chunk)
{
  if (file->template == SC_APPLY_FILE_NO_TEMPLATE && !file->trusted)
    return FALSE;
  return file->want == NULL || chunk >= file->want->n_chunks || sc_apply_file_is_right (file, chunk);
}

static void
add_file (ScApplySources *self, const ScApplyFile *file)
{
  ScChunkId zeros;

  sc_chunk_id_of_zeros (&zeros, SC_CHUNK_SIZE);
  for (guint32 i = 0; i < file->n_have; i++) {
    guint64 slot;

    if (sc_chunk_id_equal (&file->have[i], &zeros))
      continue;
    slot = find_slot (self, &file->have[i]);
    if (self->slots[slot] != SC_APPLY_SOURCE_NONE) {
      guint32 chunk;
      const ScApplyFile *other = sc_apply_sources_get (self, self->slots[slot], &chunk);

      if (is_kept (other, chunk) || !is_kept (file, i))
        continue;
    }
    self->slots[slot] = (guint32) file->first + i;
  }
}

ScApplySources *
sc_apply_sources_new (GPtrArray *files, GError **error)
{
  g_autoptr (ScApplySources) self = g_new0 (ScApplySources, 1);
  guint64 n = 0, n_slots = 16;

  self->files = g_ptr_array_new ();
  for (guint i = 0; i < files->len; i++) {
    ScApplyFile *file = files->pdata[i];

    file->first = n;
    n += file->n_have;
    if (file->n_have > 0)
      g_ptr_array_add (self->files, file);
  }
  if (n >= SC_APPLY_SOURCE_NONE) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "The repository holds more chunks than a seat can manage");
    return NULL;
  }
  while (n_slots < 2 * n)
    n_slots *= 2;
  self->mask = n_slots - 1;
  self->slots = g_new (guint32, n_slots);
  memset (self->slots, 0xff, n_slots * sizeof *self->slots);
  for (guint i = 0; i < self->files->len; i++)
    add_file (self, self->files->pdata[i]);
  return g_steal_pointer (&self);
}

void
sc_apply_sources_free (ScApplySources *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->files);
  g_free (self->slots);
  g_free (self);
}

guint32
sc_apply_sources_find (const ScApplySources *self, const ScChunkId *id)
{
  return self->slots[find_slot (self, id)];
}
