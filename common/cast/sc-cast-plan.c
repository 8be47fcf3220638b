/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-plan.h"

#include "common/sc-error.h"

#define HEADER_SIZE 8u
#define ENTRY_SIZE (4u + 32u)
#define LENGTH_BITS 28u
#define LENGTH_MASK ((1u << LENGTH_BITS) - 1u)

static const guint8 magic[4] = { 'S', 'C', 'P', 'L' };

typedef struct {
  guint64 offset;   /* in the content */
  guint32 position; /* of the entry in the plan's bytes; the plan's longest form is 2.2 GB */
} Entry;

struct _ScCastPlan {
  GBytes *bytes;
  const guint8 *data;
  Entry *entries;
  guint32 n_frames;
  guint64 content_length;
};

static guint32
read_u32 (const guint8 *p)
{
  return p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
}

static void
write_u32 (guint8 *p, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    p[i] = (guint8) (value >> (8 * i));
}

static gboolean
parse_entries (ScCastPlan *self, gsize size, GError **error)
{
  gsize position = HEADER_SIZE;

  for (guint32 i = 0; i < self->n_frames; i++) {
    guint32 word, encoding, length;
    gsize entry_size;

    if (size - position < ENTRY_SIZE) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the plan ends within frame %u of %u", i, self->n_frames);
      return FALSE;
    }
    word = read_u32 (self->data + position);
    encoding = word >> LENGTH_BITS;
    length = word & LENGTH_MASK;
    if (encoding != SC_ENCODING_RAW && encoding != SC_ENCODING_ZSTD && encoding != SC_ENCODING_DELTA) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "frame %u of the plan has the unknown encoding %u", i, encoding);
      return FALSE;
    }
    if (length == 0 || length > SC_FRAME_MAX) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "frame %u of the plan has the impossible length %u", i, length);
      return FALSE;
    }
    entry_size = encoding == SC_ENCODING_DELTA ? ENTRY_SIZE + 32u : ENTRY_SIZE;
    if (size - position < entry_size) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the plan ends within frame %u of %u", i, self->n_frames);
      return FALSE;
    }
    self->entries[i].offset = self->content_length;
    self->entries[i].position = (guint32) position;
    self->content_length += length;
    position += entry_size;
  }
  if (position != size) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%" G_GSIZE_FORMAT " bytes follow the plan's last frame",
                 size - position);
    return FALSE;
  }
  return TRUE;
}

ScCastPlan *
sc_cast_plan_parse (GBytes *bytes, GError **error)
{
  g_autoptr (ScCastPlan) self = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint32 n_frames;

  if (size < HEADER_SIZE || memcmp (data, magic, sizeof magic) != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "this is not the plan of a session: its first bytes are wrong");
    return NULL;
  }
  n_frames = read_u32 (data + 4);
  /* before anything is allocated by a number that came from outside */
  if (n_frames > SC_CAST_PLAN_MAX_FRAMES || (size - HEADER_SIZE) / ENTRY_SIZE < n_frames) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a plan of %" G_GSIZE_FORMAT " bytes cannot hold %u frames", size,
                 n_frames);
    return NULL;
  }
  self = g_new0 (ScCastPlan, 1);
  self->bytes = g_bytes_ref (bytes);
  self->data = data;
  self->n_frames = n_frames;
  self->entries = g_new (Entry, n_frames);
  if (!parse_entries (self, size, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sc_cast_plan_free (ScCastPlan *self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->bytes);
  g_free (self->entries);
  g_free (self);
}

guint32
sc_cast_plan_get_n_frames (const ScCastPlan *self)
{
  return self->n_frames;
}

void
sc_cast_plan_get_frame (const ScCastPlan *self, guint32 index, ScCastFrame *frame)
{
  const guint8 *entry;
  guint32 word;

  g_return_if_fail (index < self->n_frames);

  entry = self->data + self->entries[index].position;
  word = read_u32 (entry);
  memset (frame, 0, sizeof *frame);
  frame->encoding = (ScEncoding) (word >> LENGTH_BITS);
  frame->length = word & LENGTH_MASK;
  frame->offset = self->entries[index].offset;
  memcpy (frame->id.bytes, entry + 4, sizeof frame->id.bytes);
  if (frame->encoding == SC_ENCODING_DELTA)
    memcpy (frame->reference.bytes, entry + ENTRY_SIZE, sizeof frame->reference.bytes);
}

guint64
sc_cast_plan_get_content_length (const ScCastPlan *self)
{
  return self->content_length;
}

guint32
sc_cast_plan_find_frame (const ScCastPlan *self, guint64 offset)
{
  guint32 low = 0, high;

  g_return_val_if_fail (offset < self->content_length, 0);

  /* the last frame whose offset is not beyond @offset */
  high = self->n_frames - 1;
  while (low < high) {
    guint32 middle = low + (high - low + 1) / 2;

    if (self->entries[middle].offset <= offset)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

struct _ScCastPlanBuilder {
  GByteArray *bytes;
  guint32 n_frames;
};

static void
builder_reset (ScCastPlanBuilder *self)
{
  guint8 header[HEADER_SIZE] = { 0 };

  memcpy (header, magic, sizeof magic);
  self->bytes = g_byte_array_new ();
  self->n_frames = 0;
  g_byte_array_append (self->bytes, header, sizeof header);
}

ScCastPlanBuilder *
sc_cast_plan_builder_new (void)
{
  ScCastPlanBuilder *self = g_new0 (ScCastPlanBuilder, 1);

  builder_reset (self);
  return self;
}

void
sc_cast_plan_builder_free (ScCastPlanBuilder *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->bytes);
  g_free (self);
}

void
sc_cast_plan_builder_add (ScCastPlanBuilder *self, const ScChunkId *id, ScEncoding encoding, guint32 length,
                          const ScChunkId *reference)
{
  guint8 word[4];

  g_return_if_fail (length >= 1 && length <= SC_FRAME_MAX);
  g_return_if_fail (encoding == SC_ENCODING_RAW || encoding == SC_ENCODING_ZSTD || encoding == SC_ENCODING_DELTA);
  g_return_if_fail ((encoding == SC_ENCODING_DELTA) == (reference != NULL));
  g_return_if_fail (self->n_frames < SC_CAST_PLAN_MAX_FRAMES);

  write_u32 (word, (guint32) encoding << LENGTH_BITS | length);
  g_byte_array_append (self->bytes, word, sizeof word);
  g_byte_array_append (self->bytes, id->bytes, sizeof id->bytes);
  if (reference != NULL)
    g_byte_array_append (self->bytes, reference->bytes, sizeof reference->bytes);
  self->n_frames++;
}

GBytes *
sc_cast_plan_builder_end (ScCastPlanBuilder *self)
{
  GBytes *bytes;

  write_u32 (self->bytes->data + 4, self->n_frames);
  bytes = g_byte_array_free_to_bytes (self->bytes);
  builder_reset (self);
  return bytes;
}
