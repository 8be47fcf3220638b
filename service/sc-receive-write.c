/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-receive-private.h"

/*
 * The thread sc-write: makes frames of blocks and gives them to the sink, which decodes, hashes and writes them. So
 * many at once as can be hashed at once; few of them only when no others come.
 */

#define LINGER (10 * G_TIME_SPAN_MILLISECOND)

/* What is left to catch-up is no reason to stop. */
static gboolean
check_frame (ScApplyFrame *frame, GError **error)
{
  g_autoptr (GError) local = g_steal_pointer (&frame->error);

  if (local == NULL)
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_CORRUPT)) {
    g_warning ("A frame of the stream is damaged and is left to catch-up: %s", local->message);
    return TRUE;
  }
  if (frame->reference != NULL && g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_debug ("A frame is left to catch-up: %s", local->message);
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
is_idle (ScReceive *self)
{
  return !self->writing || g_atomic_int_get (&self->discard);
}

/* Gives the sink what has gathered. */
static gboolean
put_pending (ScReceive *self, GError **error)
{
  ScReceiveFrames *pending = &self->pending;
  guint n = pending->n;
  gboolean ok = TRUE;

  pending->n = 0;
  if (n > 0 && !is_idle (self))
    sc_chunk_sink_put_frames (&self->sink, self->coder, pending->frames, n);
  for (guint i = 0; i < n; i++) {
    ok = check_frame (&pending->frames[i], ok ? error : NULL) && ok;
    g_clear_pointer (&pending->owners[i], g_bytes_unref);
  }
  return ok;
}

static gboolean
on_frame (gpointer user_data, const ScCastFrame *frame, const guint8 *bytes, GBytes *owner, GError **error)
{
  ScReceive *self = user_data;
  ScReceiveFrames *pending = &self->pending;
  guint i = pending->n;

  if (!self->sink.wants (self->sink.object, &frame->id))
    return TRUE;
  pending->n++;
  pending->owners[i] = g_bytes_ref (owner);
  pending->references[i] = frame->reference;
  pending->frames[i] = (ScApplyFrame){
    .id = frame->id,
    .encoding = frame->encoding,
    .reference = frame->encoding == SC_ENCODING_DELTA ? &pending->references[i] : NULL,
    .bytes = bytes,
    .length = frame->length,
  };
  return pending->n < SC_APPLY_MAX_FRAMES || put_pending (self, error);
}

static void
on_release (gpointer user_data, guint32 block)
{
  ScReceive *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->written_mutex);

  g_array_append_val (self->released, block);
}

const ScFrameAssemblerFuncs sc_receive_frame_funcs = { on_frame, on_release };

/* After something was, or was not, written. Takes over @error. */
static void
tell_result (ScReceive *self, gboolean ok, GError *error)
{
  if (!ok) {
    self->writing = FALSE;
    sc_receive_post (self, SC_RECEIVE_FAILED, NULL, error);
  } else if (self->sink.is_complete (self->sink.object)) {
    self->writing = FALSE;
    sc_receive_post (self, SC_RECEIVE_COMPLETE, NULL, NULL);
  }
}

/* Nothing else is to be done: what has gathered is not kept waiting. */
static void
flush_pending (ScReceive *self)
{
  GError *error = NULL;

  if (self->pending.n == 0)
    return;
  gboolean ok = put_pending (self, &error);
  if (self->writing)
    tell_result (self, ok, error);
}

static void
write_item (ScReceive *self, const ScReceiveItem *item)
{
  gboolean had_plan = sc_frame_assembler_has_plan (self->assembler);
  GError *error = NULL;
  gboolean ok;

  if (is_idle (self)) {
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
    g_error_free (error);
    sc_receive_ask_for_plan (self);
  } else {
    tell_result (self, ok, error);
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
    flush_pending (self);
    if (!self->writing) /* that was all, or it failed: which was told */
      return;
    sc_receive_post (self, SC_RECEIVE_ENDED, NULL, NULL);
  } else if (!self->plan_asked) {
    sc_receive_ask_for_plan (self);
  }
}

/* (transfer full) (nullable): %NULL when nothing came for a while, and frames wait */
static ScReceiveItem *
next_item (ScReceive *self)
{
  if (self->pending.n == 0)
    return g_async_queue_pop (self->queue);
  return g_async_queue_timeout_pop (self->queue, LINGER);
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
    ScReceiveItem *item = next_item (self);

    if (item == NULL || item->kind != SC_RECEIVE_ITEM_BLOCK)
      flush_pending (self);
    if (item == NULL)
      continue;
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
