/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-driver.h"

#include "common/sc-error.h"
#include "console/engine/session/sc-session-reader.h"
#include "console/engine/session/sc-wakeup.h"

#define READ_AHEAD 16u                                  /* blocks: 4.6 MB at 1,500-byte packets */
#define PUBLISH_INTERVAL (50 * G_TIME_SPAN_MILLISECOND) /* of figures and seats' states */
#define ASK_INTERVAL (250 * G_TIME_SPAN_MILLISECOND)    /* whether the main loop still runs */
#define STALL_TIME G_TIME_SPAN_SECOND                   /* after which it does not */
#define MIN_WAIT 400 /* µs: at 1 Gbit/s a whole batch falls due, for one system call; a tenth of the pacer's burst */
#define DATAGRAM_ROOM (SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE)

typedef enum {
  COMMAND_ADD,
  COMMAND_REMOVE,
  COMMAND_HEARD,
  COMMAND_REPORT,
  COMMAND_KEY,
  COMMAND_PAUSE,
  COMMAND_RATE,
} CommandKind;

typedef struct {
  CommandKind kind;
  guint32 seat;
  ScCastReport report;
  ScCastKey key;
  guint64 value; /* whether it is paused, or the cap */
} Command;

typedef enum {
  EVENT_ADDED,
  EVENT_LOST,
  EVENT_SENDING,
  EVENT_FINISHED,
  EVENT_FAILED,
} EventKind;

typedef struct {
  EventKind kind;
  guint32 seat;
  guint32 first_window;
  ScCastSeatState state;
  GError *error;
} Event;

typedef struct {
  guint32 number;
  GBytes *bytes;
} Block;

struct _ScCastDriver {
  /* the making thread's */
  ScCastDriverListener listener;
  gpointer data;
  ScWakeup *wakeup;
  gboolean silenced;
  GThread *send_thread, *read_thread;

  /* under the mutex */
  GMutex mutex;
  GCond send_cond; /* a command, a block, stop */
  GCond read_cond; /* room for a block, stop */
  gboolean stop;
  GQueue commands; /* Command */
  GQueue blocks;   /* Block, in order */
  GError *read_error;
  GQueue events; /* Event */
  ScCastSenderStats stats;
  GHashTable *figures; /* seat → ScCastSeatFigures */
  gboolean answered;   /* by the main loop, since @asked */

  /* the sending thread's */
  ScCastSender *sender;
  ScMulticastSender *socket;
  GArray *active; /* guint32: seats that are not lost */
  gboolean wants;
  guint32 wanted; /* the block that the sender waits for, if it @wants one */
  gboolean probing;
  gint64 published;
  gint64 asked; /* the main loop */
  guint8 *datagrams;

  /* the reading thread's */
  ScCastSource source;
  guint32 n_blocks;
};

static void
block_free (Block *block)
{
  g_clear_pointer (&block->bytes, g_bytes_unref);
  g_free (block);
}

static void
command_free (Command *command)
{
  sc_cast_key_wipe (&command->key);
  g_free (command);
}

static void
event_free (Event *event)
{
  g_clear_error (&event->error);
  g_free (event);
}

/* the reading thread */

static gboolean
push_block (ScCastDriver *self, Block *block)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  while (!self->stop && self->blocks.length >= READ_AHEAD)
    g_cond_wait (&self->read_cond, &self->mutex);
  if (self->stop)
    return FALSE;
  g_queue_push_tail (&self->blocks, block);
  g_cond_signal (&self->send_cond);
  return TRUE;
}

static gpointer
read_thread (gpointer data)
{
  ScCastDriver *self = data;

  for (guint32 i = 0; i < self->n_blocks; i++) {
    g_autoptr (GError) error = NULL;
    GBytes *bytes = self->source.read_block (self->source.object, i, &error);
    Block *block;

    if (bytes == NULL) {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

      self->read_error = g_steal_pointer (&error);
      g_cond_signal (&self->send_cond);
      break;
    }
    block = g_new0 (Block, 1);
    block->number = i;
    block->bytes = bytes;
    if (!push_block (self, block)) {
      block_free (block);
      break;
    }
  }
  return NULL;
}

/* the sending thread */

static Event *
make_event (EventKind kind, guint32 seat)
{
  Event *event = g_new0 (Event, 1);

  event->kind = kind;
  event->seat = seat;
  return event;
}

static void
send_event (ScCastDriver *self, Event *event)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->events, event);
  g_mutex_unlock (&self->mutex);
  sc_wakeup_ring (self->wakeup);
}

static void
note_figures (ScCastDriver *self, guint32 seat)
{
  ScCastSeatFigures *figures = g_new (ScCastSeatFigures, 1);

  sc_cast_sender_get_seat_figures (self->sender, seat, figures);
  g_mutex_lock (&self->mutex);
  g_hash_table_replace (self->figures, GUINT_TO_POINTER (seat), figures);
  g_mutex_unlock (&self->mutex);
}

static void
forget_seat (ScCastDriver *self, guint32 seat)
{
  for (guint i = 0; i < self->active->len; i++) {
    if (g_array_index (self->active, guint32, i) == seat) {
      g_array_remove_index_fast (self->active, i);
      return;
    }
  }
}

static void
run_command (ScCastDriver *self, const Command *command, gint64 now)
{
  Event *event;

  switch (command->kind) {
  case COMMAND_ADD:
    event = make_event (EVENT_ADDED, command->seat);
    event->first_window = sc_cast_sender_add_seat (self->sender, command->seat, now);
    forget_seat (self, command->seat);
    g_array_append_val (self->active, command->seat);
    send_event (self, event);
    break;
  case COMMAND_REMOVE:
    sc_cast_sender_remove_seat (self->sender, command->seat, now);
    note_figures (self, command->seat);
    forget_seat (self, command->seat);
    break;
  case COMMAND_HEARD:
    sc_cast_sender_heard (self->sender, command->seat, now);
    break;
  case COMMAND_REPORT:
    sc_cast_sender_report (self->sender, command->seat, &command->report, now);
    break;
  case COMMAND_KEY:
    sc_cast_sender_set_key (self->sender, &command->key);
    break;
  case COMMAND_RATE:
    sc_cast_sender_set_rate_cap (self->sender, command->value, now);
    break;
  case COMMAND_PAUSE:
    sc_cast_sender_set_paused (self->sender, command->value != 0, now);
    break;
  }
}

/* All is sent, or the packet counter is used up; then catch-up brings the rest. */
static gboolean
is_over (ScCastDriver *self)
{
  ScCastSenderState state = sc_cast_sender_get_state (self->sender);

  return state == SC_CAST_SENDER_FINISHED || state == SC_CAST_SENDER_EXHAUSTED;
}

/* Takes what came in from the other threads. Returns: FALSE when it is time to end */
static gboolean
take_inputs (ScCastDriver *self, GQueue *commands, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  *commands = self->commands;
  g_queue_init (&self->commands);
  if (self->read_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->read_error));
    return FALSE;
  }
  return !self->stop;
}

/* Gives the sender the blocks it has room for, as far as they are read. */
static void
supply_blocks (ScCastDriver *self)
{
  while (self->wants || (self->wants = sc_cast_sender_wants_block (self->sender, &self->wanted))) {
    Block *block = NULL;

    g_mutex_lock (&self->mutex);
    block = g_queue_peek_head (&self->blocks);
    if (block != NULL) {
      g_queue_pop_head (&self->blocks);
      g_cond_signal (&self->read_cond);
    }
    g_mutex_unlock (&self->mutex);
    if (block == NULL)
      return;
    /* the sender asks in order, as the reader reads; it may only skip what nobody wants any more */
    if (block->number == self->wanted) {
      sc_cast_sender_supply_block (self->sender, block->number, block->bytes);
      self->wants = FALSE;
    }
    block_free (block);
  }
}

/* Reports come in through the main loop. While it stands still (a slow disk under the catalog), no seat is silent. */
static void
watch_main_loop (ScCastDriver *self, gint64 now)
{
  gboolean answered;

  if (now - self->asked < ASK_INTERVAL)
    return;
  g_mutex_lock (&self->mutex);
  answered = self->answered;
  self->answered = FALSE;
  g_mutex_unlock (&self->mutex);
  if (answered) {
    self->asked = now;
    sc_wakeup_ring (self->wakeup);
  } else if (now - self->asked >= STALL_TIME) {
    sc_cast_sender_excuse_seats (self->sender, now);
  }
}

static void
publish (ScCastDriver *self, gint64 now)
{
  ScCastSenderStats stats;

  watch_main_loop (self, now);
  for (guint i = self->active->len; i-- > 0;) {
    guint32 seat = g_array_index (self->active, guint32, i);
    ScCastSeatState state = sc_cast_sender_get_seat_state (self->sender, seat);

    note_figures (self, seat);
    if (state != SC_CAST_SEAT_ACTIVE) {
      Event *event = make_event (EVENT_LOST, seat);

      event->state = state;
      g_array_remove_index_fast (self->active, i);
      send_event (self, event);
    }
  }
  if (self->probing && sc_cast_sender_get_state (self->sender) != SC_CAST_SENDER_PROBING) {
    self->probing = FALSE;
    send_event (self, make_event (EVENT_SENDING, 0));
  }
  sc_cast_sender_get_stats (self->sender, &stats);
  g_mutex_lock (&self->mutex);
  self->stats = stats;
  g_mutex_unlock (&self->mutex);
  self->published = now;
}

/* Sends one batch of what is due. @n: how many datagrams it was */
static gboolean
send_batch (ScCastDriver *self, guint *n, GError **error)
{
  gsize lengths[SC_MULTICAST_BATCH];
  gint64 now = g_get_monotonic_time ();

  for (*n = 0; *n < SC_MULTICAST_BATCH; (*n)++) {
    lengths[*n] = sc_cast_sender_send (self->sender, now, self->datagrams + *n * DATAGRAM_ROOM);
    if (lengths[*n] == 0)
      break;
  }
  return *n == 0 || sc_multicast_sender_send (self->socket, self->datagrams, DATAGRAM_ROOM, lengths, *n, error);
}

static void
wait_for_work (ScCastDriver *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 until = MAX (sc_cast_sender_get_timeout (self->sender, now), now + MIN_WAIT);

  until = MIN (until, self->published + PUBLISH_INTERVAL);
  g_mutex_lock (&self->mutex);
  while (!self->stop && self->read_error == NULL && self->commands.length == 0 &&
         !(self->wants && self->blocks.length > 0)) {
    if (!g_cond_wait_until (&self->send_cond, &self->mutex, until))
      break;
  }
  g_mutex_unlock (&self->mutex);
}

/* Returns: FALSE when the thread is to end, with @error when something failed */
static gboolean
turn (ScCastDriver *self, GError **error)
{
  GQueue commands = G_QUEUE_INIT;
  Command *command;
  gboolean go_on = take_inputs (self, &commands, error);
  gint64 now = g_get_monotonic_time ();
  guint n = 0;

  while ((command = g_queue_pop_head (&commands)) != NULL) {
    run_command (self, command, now);
    command_free (command);
  }
  if (!go_on)
    return FALSE;
  supply_blocks (self);
  if (!send_batch (self, &n, error))
    return FALSE;
  if (n < SC_MULTICAST_BATCH && is_over (self))
    return FALSE;
  now = g_get_monotonic_time ();
  if (now - self->published >= PUBLISH_INTERVAL)
    publish (self, now);
  if (n < SC_MULTICAST_BATCH)
    wait_for_work (self);
  return TRUE;
}

static gpointer
send_thread (gpointer data)
{
  ScCastDriver *self = data;
  g_autoptr (GError) error = NULL;

  while (turn (self, &error))
    ;
  publish (self, g_get_monotonic_time ());
  if (error != NULL) {
    Event *event = make_event (EVENT_FAILED, 0);

    event->error = g_steal_pointer (&error);
    send_event (self, event);
  } else if (is_over (self)) {
    send_event (self, make_event (EVENT_FINISHED, 0));
  }
  return NULL;
}

/* the making thread */

static void
deliver (ScCastDriver *self, const Event *event)
{
  switch (event->kind) {
  case EVENT_ADDED:
    self->listener.seat_added (self->data, event->seat, event->first_window);
    break;
  case EVENT_LOST:
    self->listener.seat_lost (self->data, event->seat, event->state);
    break;
  case EVENT_SENDING:
    self->listener.sending (self->data);
    break;
  case EVENT_FINISHED:
    self->listener.finished (self->data);
    break;
  case EVENT_FAILED:
    self->listener.failed (self->data, event->error);
    break;
  }
}

static void
driver_woken (gpointer data)
{
  ScCastDriver *self = data;
  Event *event;
  GQueue events;

  g_mutex_lock (&self->mutex);
  events = self->events;
  g_queue_init (&self->events);
  self->answered = TRUE;
  g_mutex_unlock (&self->mutex);
  while ((event = g_queue_pop_head (&events)) != NULL) {
    if (!self->silenced)
      deliver (self, event);
    event_free (event);
  }
}

ScCastDriver *
sc_cast_driver_new_from (const ScCastSource *source, const ScCastLayout *layout, const ScCastKey *key,
                         guint64 rate_cap, ScMulticastSender *sender, const guint32 *seats, guint n_seats,
                         const ScCastDriverListener *listener, gpointer data)
{
  ScCastDriver *self = g_new0 (ScCastDriver, 1);
  gint64 now = g_get_monotonic_time ();

  self->listener = *listener;
  self->data = data;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->send_cond);
  g_cond_init (&self->read_cond);
  g_queue_init (&self->commands);
  g_queue_init (&self->blocks);
  g_queue_init (&self->events);
  self->figures = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->active = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->socket = sender;
  self->sender = sc_cast_sender_new (layout, key, rate_cap, now);
  for (guint i = 0; i < n_seats; i++) {
    sc_cast_sender_add_seat (self->sender, seats[i], now);
    g_array_append_val (self->active, seats[i]);
  }
  self->probing = TRUE;
  self->answered = TRUE;
  self->datagrams = g_malloc (SC_MULTICAST_BATCH * DATAGRAM_ROOM);
  self->source = *source;
  self->n_blocks = sc_cast_layout_n_blocks (layout);
  self->wakeup = sc_wakeup_new (driver_woken, self);
  self->read_thread = g_thread_new ("cast-read", read_thread, self);
  self->send_thread = g_thread_new ("cast-send", send_thread, self);
  return self;
}

static GBytes *
read_from_store (gpointer reader, guint32 block, GError **error)
{
  return sc_session_reader_read_block (reader, block, error);
}

static void
free_reader (gpointer reader)
{
  sc_session_reader_free (reader);
}

ScCastDriver *
sc_cast_driver_new (ScStore *store, ScSessionPlan *plan, const ScCastLayout *layout, const ScCastKey *key,
                    guint64 rate_cap, ScMulticastSender *sender, const guint32 *seats, guint n_seats,
                    const ScCastDriverListener *listener, gpointer data)
{
  const ScCastSource source = { sc_session_reader_new (store, plan, layout), read_from_store, free_reader };

  return sc_cast_driver_new_from (&source, layout, key, rate_cap, sender, seats, n_seats, listener, data);
}

void
sc_cast_driver_stop (ScCastDriver *self)
{
  self->silenced = TRUE;
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_signal (&self->send_cond);
  g_cond_signal (&self->read_cond);
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_driver_free (ScCastDriver *self)
{
  if (self == NULL)
    return;
  sc_cast_driver_stop (self);
  g_thread_join (self->send_thread);
  g_thread_join (self->read_thread);
  sc_wakeup_free (self->wakeup);
  g_queue_clear_full (&self->commands, (GDestroyNotify) command_free);
  g_queue_clear_full (&self->blocks, (GDestroyNotify) block_free);
  g_queue_clear_full (&self->events, (GDestroyNotify) event_free);
  g_clear_error (&self->read_error);
  g_hash_table_unref (self->figures);
  g_array_unref (self->active);
  sc_cast_sender_free (self->sender);
  sc_multicast_sender_free (self->socket);
  if (self->source.free_object != NULL)
    self->source.free_object (self->source.object);
  g_free (self->datagrams);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->send_cond);
  g_cond_clear (&self->read_cond);
  g_free (self);
}

static void
push (ScCastDriver *self, const Command *command)
{
  Command *copy = g_memdup2 (command, sizeof *command);

  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->commands, copy);
  g_cond_signal (&self->send_cond);
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_driver_add_seat (ScCastDriver *self, guint32 seat)
{
  push (self, &(Command){ .kind = COMMAND_ADD, .seat = seat });
}

void
sc_cast_driver_remove_seat (ScCastDriver *self, guint32 seat)
{
  push (self, &(Command){ .kind = COMMAND_REMOVE, .seat = seat });
}

void
sc_cast_driver_heard (ScCastDriver *self, guint32 seat)
{
  push (self, &(Command){ .kind = COMMAND_HEARD, .seat = seat });
}

void
sc_cast_driver_report (ScCastDriver *self, guint32 seat, const ScCastReport *report)
{
  push (self, &(Command){ .kind = COMMAND_REPORT, .seat = seat, .report = *report });
}

void
sc_cast_driver_set_key (ScCastDriver *self, const ScCastKey *key)
{
  Command command = { .kind = COMMAND_KEY, .key = *key };

  push (self, &command);
  sc_cast_key_wipe (&command.key);
}

void
sc_cast_driver_set_paused (ScCastDriver *self, gboolean paused)
{
  push (self, &(Command){ .kind = COMMAND_PAUSE, .value = paused });
}

void
sc_cast_driver_set_rate (ScCastDriver *self, guint64 rate_cap)
{
  push (self, &(Command){ .kind = COMMAND_RATE, .value = rate_cap });
}

void
sc_cast_driver_get_stats (ScCastDriver *self, ScCastSenderStats *stats)
{
  g_mutex_lock (&self->mutex);
  *stats = self->stats;
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_driver_get_seat_figures (ScCastDriver *self, guint32 seat, ScCastSeatFigures *figures)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const ScCastSeatFigures *found = g_hash_table_lookup (self->figures, GUINT_TO_POINTER (seat));

  *figures = found != NULL ? *found : (ScCastSeatFigures){ .state = SC_CAST_SEAT_REMOVED };
}
