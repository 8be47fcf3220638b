/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-reader.h"

#include "common/sc-error.h"

#define NO_FRAME G_MAXUINT32

struct _ScSessionReader {
  ScStore *store;
  ScSessionPlan *plan;
  ScCastLayout layout;
  guint32 frame; /* which one @bytes hold; NO_FRAME: none */
  guint8 *bytes; /* room for SC_FRAME_MAX */
};

ScSessionReader *
sc_session_reader_new (ScStore *store, ScSessionPlan *plan, const ScCastLayout *layout)
{
  ScSessionReader *self = g_new0 (ScSessionReader, 1);

  self->store = store;
  self->plan = sc_session_plan_ref (plan);
  self->layout = *layout;
  self->frame = NO_FRAME;
  self->bytes = g_malloc (SC_FRAME_MAX);
  return self;
}

void
sc_session_reader_free (ScSessionReader *self)
{
  if (self == NULL)
    return;
  sc_session_plan_unref (self->plan);
  g_free (self->bytes);
  g_free (self);
}

static gboolean
read_moved_frame (ScSessionReader *self, const ScStoreEntry *planned, GError **error)
{
  ScStoreEntry entry;

  if (!sc_store_locate (self->store, &planned->id, 1, &entry, error))
    return FALSE;
  if (entry.encoding != planned->encoding || entry.stored_length != planned->stored_length) {
    g_set_error (error, SC_ERROR, SC_ERROR_CHANGED,
                 "a frame of the plan was stored anew in another form (pack %u, offset %" G_GUINT64_FORMAT
                 "): deploy again",
                 entry.pack, entry.offset);
    return FALSE;
  }
  return sc_store_read_frame (self->store, &entry, self->bytes, error);
}

static gboolean
read_stored_frame (ScSessionReader *self, const ScStoreEntry *entry, GError **error)
{
  g_autoptr (GError) first = NULL;

  if (sc_store_read_frame (self->store, entry, self->bytes, &first))
    return TRUE;
  g_debug ("reading a frame again where it lies now: %s", first->message);
  return read_moved_frame (self, entry, error);
}

static gboolean
load_frame (ScSessionReader *self, guint32 index, GError **error)
{
  const ScSessionDelta *delta;

  if (self->frame == index)
    return TRUE;
  self->frame = NO_FRAME;
  delta = sc_session_plan_get_delta (self->plan, index);
  if (delta != NULL ? !sc_session_plan_read_delta (self->plan, delta, self->bytes, error)
                    : !read_stored_frame (self, sc_session_plan_get_entry (self->plan, index), error))
    return FALSE;
  self->frame = index;
  return TRUE;
}

static gboolean
read_content (ScSessionReader *self, guint64 offset, guint8 *out, gsize length, GError **error)
{
  guint32 index = sc_session_plan_find_frame (self->plan, offset);

  while (length > 0) {
    guint64 start = sc_session_plan_get_offset (self->plan, index);
    guint64 end = sc_session_plan_get_offset (self->plan, index + 1);
    gsize part = (gsize) MIN (end - offset, length);

    if (!load_frame (self, index, error))
      return FALSE;
    memcpy (out, self->bytes + (offset - start), part);
    out += part;
    offset += part;
    length -= part;
    index++;
  }
  return TRUE;
}

GBytes *
sc_session_reader_read_block (ScSessionReader *self, guint32 block, GError **error)
{
  gboolean is_plan = FALSE;
  guint64 offset = sc_cast_layout_block_offset (&self->layout, block, &is_plan);
  gsize length = sc_cast_layout_block_bytes (&self->layout, block);
  g_autofree guint8 *out = NULL;

  if (is_plan)
    return g_bytes_new_from_bytes (sc_session_plan_get_bytes (self->plan), (gsize) offset, length);
  out = g_malloc (length);
  if (!read_content (self, offset, out, length, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), length);
}
