/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-receive-private.h"

/* The thread sc-write: makes frames of blocks and gives them to the sink, which decodes, hashes and writes them. */

static gboolean
on_frame (gpointer user_data, const ScCastFrame *frame, const guint8 *bytes, GError **error)
{
  ScReceive *self = user_data;
  const ScChunkId *reference = frame->encoding == SC_ENCODING_DELTA ? &frame->reference : NULL;
  g_autoptr (GError) local = NULL;

  if (!self->sink.wants (self->sink.object, &frame->id) ||
      self->sink.put_frame (self->sink.object, self->coder, &frame->id, frame->encoding, reference, bytes,
                            frame->length, &local))
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_CORRUPT)) {
    g_warning ("A frame of the stream is damaged and is left to catch-up: %s", local->message);
    return TRUE;
  }
  if (reference != NULL && g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_debug ("A frame is left to catch-up: %s", local->message);
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static void
on_release (gpointer user_data, guint32 block)
{
  ScReceive *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->written_mutex);

  g_array_append_val (self->released, block);
}

const ScFrameAssemblerFuncs sc_receive_frame_funcs = { on_frame, on_release };

static void
write_item (ScReceive *self, const ScReceiveItem *item)
{
  gboolean had_plan = sc_frame_assembler_has_plan (self->assembler);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (!self->writing || g_atomic_int_get (&self->discard)) {
    if (item->kind == SC_RECEIVE_ITEM_BLOCK)
      on_release (self, item->block);
    return;
  }
  if (item->kind == SC_RECEIVE_ITEM_PLAN)
    ok = sc_frame_assembler_set_plan (self->assembler, item->bytes, &error);
  else
    ok = sc_frame_assembler_put_block (self->assembler, item->block, item->bytes, &error);

  if (!ok && item->kind == SC_RECEIVE_ITEM_BLOCK && !had_plan && !sc_frame_assembler_has_plan (self->assembler)) {
    g_warning ("%s; fetching it from the console", error->message);
    sc_receive_ask_for_plan (self);
  } else if (!ok) {
    self->writing = FALSE;
    sc_receive_post (self, SC_RECEIVE_FAILED, NULL, g_steal_pointer (&error));
  } else if (self->sink.is_complete (self->sink.object)) {
    self->writing = FALSE;
    sc_receive_post (self, SC_RECEIVE_COMPLETE, NULL, NULL);
  }
}

/* Content that waits for the plan is not thrown away because a part of the plan never came. */
static void
tell_end (ScReceive *self)
{
  if (!self->tell_ended || !self->writing)
    return;
  if (sc_frame_assembler_has_plan (self->assembler)) {
    self->tell_ended = FALSE;
    sc_receive_post (self, SC_RECEIVE_ENDED, NULL, NULL);
  } else if (!self->plan_asked) {
    sc_receive_ask_for_plan (self);
  }
}

static void
count_written (ScReceive *self, const ScReceiveItem *item)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->written_mutex);

  self->backlog -= g_bytes_get_size (item->bytes);
}

gpointer
sc_receive_write_main (gpointer data)
{
  ScReceive *self = data;
  gboolean stopped = FALSE;

  while (!stopped) {
    ScReceiveItem *item = g_async_queue_pop (self->queue);

    if (item->kind == SC_RECEIVE_ITEM_BLOCK || item->kind == SC_RECEIVE_ITEM_PLAN)
      write_item (self, item);
    else if (item->kind == SC_RECEIVE_ITEM_ENDED)
      self->tell_ended = TRUE;
    tell_end (self);
    stopped = item->kind == SC_RECEIVE_ITEM_STOP;
    if (item->kind == SC_RECEIVE_ITEM_BLOCK)
      count_written (self, item);
    g_clear_pointer (&item->bytes, g_bytes_unref);
    g_free (item);
  }
  sc_receive_post (self, SC_RECEIVE_STOPPED, NULL, NULL);
  return NULL;
}
