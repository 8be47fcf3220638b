/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-receive.h"

#include "common/cast/sc-cast-receiver.h"
#include "common/platform/sc-multicast-receiver.h"
#include "common/sc-error.h"
#include "service/sc-frame-assembler.h"

#define MAX_WAIT (G_USEC_PER_SEC / 4)

typedef enum {
  ITEM_BLOCK,
  ITEM_PLAN,
  ITEM_ENDED, /* the stream is over */
  ITEM_STOP,  /* the socket's thread has ended */
} ItemKind;

typedef struct {
  ItemKind kind;
  guint32 block;
  GBytes *bytes; /* (nullable) */
} Item;

struct _ScReceive {
  ScMulticastReceiver *socket; /* the socket's thread */
  GMutex mutex;                /* guards receiver and backlog */
  ScCastReceiver *receiver;
  guint64 backlog;             /* bytes in the queue */
  gboolean heard, ended;       /* the socket's thread */
  GAsyncQueue *queue;          /* Item: from the socket's thread to the writer */
  ScFrameAssembler *assembler; /* the writer's, as the next two */
  ScFrameCoder *coder;
  ScChunkSink sink;
  gboolean writing;    /* the writer's, as the next two: FALSE once the sink is complete or failed */
  gboolean plan_asked; /* also by sc_receive_new(), before the thread runs */
  gboolean tell_ended; /* once the plan is there: until then content waits for it */
  int discard;         /* atomic */
  GCancellable *cancellable;
  GThread *socket_thread, *writer_thread;
  ScChunkId plan_id;
  GMainContext *context;
  ScReceiveFunc func;
  gpointer user_data;
};

typedef struct {
  ScReceive *self;
  ScReceiveEvent event;
} Posted;

static void
item_free (gpointer data)
{
  Item *item = data;
  g_clear_pointer (&item->bytes, g_bytes_unref);
  g_free (item);
}

static gboolean
deliver (gpointer data)
{
  Posted *posted = data;
  posted->self->func (posted->self, &posted->event, posted->self->user_data);
  return G_SOURCE_REMOVE;
}

static void
posted_free (gpointer data)
{
  Posted *posted = data;
  g_clear_error (&posted->event.error);
  g_free (posted);
}

/* Takes over @error. Events arrive in the order in which they were posted: equal priority, one context. */
static void
post (ScReceive *self, ScReceiveEventType type, const ScCastReport *report, GError *error)
{
  Posted *posted = g_new0 (Posted, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  posted->self = self;
  posted->event.type = type;
  if (report != NULL)
    posted->event.report = *report;
  posted->event.error = error;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, posted, posted_free);
  g_source_attach (source, self->context);
}

static void
enqueue (ScReceive *self, ItemKind kind, guint32 block, GBytes *bytes)
{
  Item *item = g_new (Item, 1);
  *item = (Item){ .kind = kind, .block = block, .bytes = bytes };
  g_async_queue_push (self->queue, item);
}

/* ---- the socket's thread ---- */

static void
on_datagram (const guint8 *datagram, gsize length, gpointer user_data)
{
  ScReceive *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  sc_cast_receiver_receive (self->receiver, datagram, length, g_get_monotonic_time ());
}

static void
after_datagrams (ScReceive *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint32 block;
  GBytes *bytes;

  if (!self->heard && sc_cast_receiver_has_heard (self->receiver)) {
    self->heard = TRUE;
    post (self, SC_RECEIVE_HEARD, NULL, NULL);
  }
  while (sc_cast_receiver_take_block (self->receiver, &block, &bytes)) {
    self->backlog += g_bytes_get_size (bytes);
    enqueue (self, ITEM_BLOCK, block, bytes);
  }
  ScCastReport report;
  while (sc_cast_receiver_poll_report (self->receiver, g_get_monotonic_time (),
                                       sc_multicast_receiver_get_dropped (self->socket), self->backlog, &report))
    post (self, SC_RECEIVE_REPORT, &report, NULL);
  if (!self->ended && sc_cast_receiver_is_finished (self->receiver)) {
    self->ended = TRUE;
    enqueue (self, ITEM_ENDED, 0, NULL);
  }
}

static gpointer
socket_main (gpointer data)
{
  ScReceive *self = data;
  gboolean ok = TRUE;

  while (ok && !g_cancellable_is_cancelled (self->cancellable)) {
    g_autoptr (GError) error = NULL;
    gint64 now = g_get_monotonic_time ();
    g_mutex_lock (&self->mutex);
    gint64 timeout = sc_cast_receiver_get_timeout (self->receiver, now);
    g_mutex_unlock (&self->mutex);

    gint64 wait = timeout <= now ? 0 : MIN (timeout - now, MAX_WAIT);
    ok = sc_multicast_receiver_receive (self->socket, wait, self->cancellable, on_datagram, self, &error);
    after_datagrams (self);
    if (!ok && !g_cancellable_is_cancelled (self->cancellable))
      post (self, SC_RECEIVE_FAILED, NULL, g_steal_pointer (&error));
  }
  enqueue (self, ITEM_STOP, 0, NULL);
  return NULL;
}

/* ---- the writer ---- */

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
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  sc_cast_receiver_release_block (self->receiver, block);
}

static void
ask_for_plan (ScReceive *self)
{
  self->plan_asked = TRUE;
  post (self, SC_RECEIVE_NEED_PLAN, NULL, NULL);
}

static void
write_item (ScReceive *self, const Item *item)
{
  gboolean had_plan = sc_frame_assembler_has_plan (self->assembler);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (!self->writing || g_atomic_int_get (&self->discard)) {
    if (item->kind == ITEM_BLOCK)
      on_release (self, item->block);
    return;
  }
  if (item->kind == ITEM_PLAN)
    ok = sc_frame_assembler_set_plan (self->assembler, item->bytes, &error);
  else
    ok = sc_frame_assembler_put_block (self->assembler, item->block, item->bytes, &error);

  if (!ok && item->kind == ITEM_BLOCK && !had_plan && !sc_frame_assembler_has_plan (self->assembler)) {
    g_warning ("%s; fetching it from the console", error->message);
    ask_for_plan (self);
  } else if (!ok) {
    self->writing = FALSE;
    post (self, SC_RECEIVE_FAILED, NULL, g_steal_pointer (&error));
  } else if (self->sink.is_complete (self->sink.object)) {
    self->writing = FALSE;
    post (self, SC_RECEIVE_COMPLETE, NULL, NULL);
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
    post (self, SC_RECEIVE_ENDED, NULL, NULL);
  } else if (!self->plan_asked) {
    ask_for_plan (self);
  }
}

static gpointer
writer_main (gpointer data)
{
  ScReceive *self = data;
  gboolean stopped = FALSE;

  while (!stopped) {
    Item *item = g_async_queue_pop (self->queue);
    if (item->kind == ITEM_BLOCK || item->kind == ITEM_PLAN)
      write_item (self, item);
    else if (item->kind == ITEM_ENDED)
      self->tell_ended = TRUE;
    tell_end (self);
    stopped = item->kind == ITEM_STOP;
    if (item->kind == ITEM_BLOCK) {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
      self->backlog -= g_bytes_get_size (item->bytes);
    }
    item_free (item);
  }
  post (self, SC_RECEIVE_STOPPED, NULL, NULL);
  return NULL;
}

/* ---- the main thread ---- */

ScReceive *
sc_receive_new (const ScControlMessage *join, const char *interface_address, const ScChunkSink *sink,
                ScReceiveFunc func, gpointer user_data, GError **error)
{
  static const ScFrameAssemblerFuncs funcs = { on_frame, on_release };

  if (!sc_cast_layout_check (&join->join.layout, error))
    return NULL;
  g_autoptr (ScMulticastReceiver) socket =
      sc_multicast_receiver_new (join->join.group, join->join.port, interface_address, error);
  if (socket == NULL)
    return NULL;
  ScReceive *self = g_new0 (ScReceive, 1);
  g_autoptr (ScFrameAssembler) assembler =
      sc_frame_assembler_new (&join->join.layout, &join->join.plan, &funcs, self, error);
  if (assembler == NULL) {
    g_free (self);
    return NULL;
  }
  g_mutex_init (&self->mutex);
  self->socket = g_steal_pointer (&socket);
  self->assembler = g_steal_pointer (&assembler);
  self->receiver =
      sc_cast_receiver_new (&join->join.layout, &join->join.key, join->join.first_window, g_get_monotonic_time ());
  self->queue = g_async_queue_new_full (item_free);
  self->coder = sc_frame_coder_new ();
  self->sink = *sink;
  self->plan_id = join->join.plan;
  self->writing = TRUE;
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  if (join->join.first_window > 0)
    ask_for_plan (self);
  self->writer_thread = g_thread_new ("sc-write", writer_main, self);
  self->socket_thread = g_thread_new ("sc-receive", socket_main, self);
  return self;
}

void
sc_receive_free (ScReceive *self)
{
  g_thread_join (self->socket_thread);
  g_thread_join (self->writer_thread);
  sc_multicast_receiver_free (self->socket);
  sc_frame_assembler_free (self->assembler);
  sc_cast_receiver_free (self->receiver);
  sc_frame_coder_free (self->coder);
  g_async_queue_unref (self->queue);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
sc_receive_add_key (ScReceive *self, const ScCastKey *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  sc_cast_receiver_add_key (self->receiver, key);
}

void
sc_receive_set_plan (ScReceive *self, GBytes *plan)
{
  enqueue (self, ITEM_PLAN, 0, g_bytes_ref (plan));
}

void
sc_receive_stop (ScReceive *self, gboolean write_rest)
{
  if (!write_rest)
    g_atomic_int_set (&self->discard, TRUE);
  g_cancellable_cancel (self->cancellable);
}

const ScChunkId *
sc_receive_get_plan_id (ScReceive *self)
{
  return &self->plan_id;
}
