/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-maker.h"

#include "common/platform/sc-timing.h"

#define PUBLISH_INTERVAL SC_CAST_CALL_TIME /* µs: of figures and seats' states */
/* µs for which datagrams are saved up, so that one system call takes many: a burst's time, but not so little that
 * waking costs more than sending; at most an eighth of what the pacer saves up */
#define MIN_GATHER 200
#define MAX_GATHER 600
/* µs at the present rate that may wait in the outlet where the kernel takes less: it is late by that, too */
#define OUTLET_TIME 2000
#define MIN_WAITING 2u /* bursts: one that is being sent, one that is ready */

struct _ScCastMaker {
  ScCastMakerListener listener;
  gpointer data;
  ScCastIntake *intake;
  ScCastOutlet *outlet;
  GThread *thread;

  /* under the mutex */
  GMutex mutex;
  GCond cond;
  gboolean rung;   /* there may be something to do */
  gint64 wakes_at; /* the thread waits, until then; 0: it works */
  gboolean stop;
  GQueue commands; /* ScCastCommand */
  ScCastSenderStats stats;
  GHashTable *figures; /* seat → ScCastSeatFigures */
  gint64 answered;     /* when the main loop last said that it runs */

  /* the thread's */
  ScCastSender *sender;
  GArray *active; /* guint32: seats that are not lost */
  gboolean wants;
  guint32 wanted; /* the block that the sender waits for, if it @wants one */
  gboolean probing;
  gint64 published;
  gint64 asked; /* the main loop, whether it runs */
};

typedef enum {
  TURN_MORE, /* there is more to send now */
  TURN_WAIT, /* nothing to do until the sender's timeout */
  TURN_FULL, /* nothing to do until the outlet has room */
  TURN_OVER, /* all is sent, or it is to stop, or it failed */
} Turn;

static void
command_free (ScCastCommand *command)
{
  sc_cast_key_wipe (&command->key);
  g_free (command);
}

/* ---- the thread ---- */

/* Under the mutex. */
static void
wake (ScCastMaker *self)
{
  self->rung = TRUE;
  if (self->wakes_at != 0)
    g_cond_signal (&self->cond);
}

static void
ring (gpointer data)
{
  ScCastMaker *self = data;

  g_mutex_lock (&self->mutex);
  wake (self);
  g_mutex_unlock (&self->mutex);
}

/* Under the mutex. */
static void
note_figures (ScCastMaker *self, guint32 seat)
{
  ScCastSeatFigures *figures = g_hash_table_lookup (self->figures, GUINT_TO_POINTER (seat));

  if (figures == NULL) {
    figures = g_new (ScCastSeatFigures, 1);
    g_hash_table_insert (self->figures, GUINT_TO_POINTER (seat), figures);
  }
  sc_cast_sender_get_seat_figures (self->sender, seat, figures);
}

static void
forget_seat (ScCastMaker *self, guint32 seat)
{
  for (guint i = 0; i < self->active->len; i++) {
    if (g_array_index (self->active, guint32, i) == seat) {
      g_array_remove_index_fast (self->active, i);
      return;
    }
  }
}

static void
add_seat (ScCastMaker *self, guint32 seat, gint64 now)
{
  guint32 first_window = sc_cast_sender_add_seat (self->sender, seat, now);

  forget_seat (self, seat);
  g_array_append_val (self->active, seat);
  self->listener.seat_added (self->data, seat, first_window);
}

static void
remove_seat (ScCastMaker *self, guint32 seat, gint64 now)
{
  sc_cast_sender_remove_seat (self->sender, seat, now);
  g_mutex_lock (&self->mutex);
  note_figures (self, seat);
  g_mutex_unlock (&self->mutex);
  forget_seat (self, seat);
}

static void
run_command (ScCastMaker *self, const ScCastCommand *command, gint64 now)
{
  switch (command->kind) {
  case SC_CAST_COMMAND_ADD:
    add_seat (self, command->seat, now);
    break;
  case SC_CAST_COMMAND_REMOVE:
    remove_seat (self, command->seat, now);
    break;
  case SC_CAST_COMMAND_HEARD:
    sc_cast_sender_heard (self->sender, command->seat, now);
    break;
  case SC_CAST_COMMAND_REPORT:
    sc_cast_sender_report (self->sender, command->seat, &command->report, now);
    break;
  case SC_CAST_COMMAND_KEY:
    sc_cast_sender_set_key (self->sender, &command->key);
    break;
  case SC_CAST_COMMAND_PAUSE:
    sc_cast_sender_set_paused (self->sender, command->value != 0, now);
    break;
  case SC_CAST_COMMAND_RATE:
    sc_cast_sender_set_rate_cap (self->sender, command->value, now);
    break;
  case SC_CAST_COMMAND_LINK:
    sc_cast_sender_set_link (self->sender, command->value);
    break;
  }
}

/* Returns: FALSE when it is to stop */
static gboolean
run_commands (ScCastMaker *self)
{
  gint64 now = g_get_monotonic_time (), answered;
  ScCastCommand *command;
  GQueue commands;
  gboolean stop;

  g_mutex_lock (&self->mutex);
  commands = self->commands;
  g_queue_init (&self->commands);
  stop = self->stop;
  answered = self->answered;
  g_mutex_unlock (&self->mutex);
  while ((command = g_queue_pop_head (&commands)) != NULL) {
    run_command (self, command, now);
    command_free (command);
  }
  sc_cast_sender_note_heard (self->sender, answered);
  return !stop;
}

/* Gives the sender the blocks it has room for, as far as they are read. Returns: FALSE when one could not be */
static gboolean
supply_blocks (ScCastMaker *self, GError **error)
{
  while (self->wants || (self->wants = sc_cast_sender_wants_block (self->sender, &self->wanted))) {
    g_autoptr (GError) failure = NULL;
    g_autoptr (GBytes) bytes = NULL;
    guint32 number;

    if (!sc_cast_intake_take (self->intake, &number, &bytes, &failure)) {
      if (failure == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    /* the sender asks in order, as the intake reads; it may only skip what nobody wants any more */
    if (number == self->wanted) {
      sc_cast_sender_supply_block (self->sender, number, bytes);
      self->wants = FALSE;
    }
  }
  return TRUE;
}

/* Reports come in through the main loop. While it stands still (a slow disk under the catalog), no seat is silent. */
static void
ask_main_loop (ScCastMaker *self, gint64 now)
{
  gboolean answered;

  g_mutex_lock (&self->mutex);
  answered = self->answered >= self->asked;
  g_mutex_unlock (&self->mutex);
  if (!answered)
    return;
  self->asked = now;
  self->listener.asked (self->data);
}

static void
tell_lost_seats (ScCastMaker *self)
{
  for (guint i = self->active->len; i-- > 0;) {
    guint32 seat = g_array_index (self->active, guint32, i);
    ScCastSeatState state = sc_cast_sender_get_seat_state (self->sender, seat);

    if (state != SC_CAST_SEAT_ACTIVE) {
      g_array_remove_index_fast (self->active, i);
      self->listener.seat_lost (self->data, seat, state);
    }
  }
}

static void
publish (ScCastMaker *self, gint64 now)
{
  ask_main_loop (self, now);
  g_mutex_lock (&self->mutex);
  sc_cast_sender_get_stats (self->sender, &self->stats);
  for (guint i = 0; i < self->active->len; i++)
    note_figures (self, g_array_index (self->active, guint32, i));
  g_mutex_unlock (&self->mutex);
  tell_lost_seats (self);
  if (self->probing && sc_cast_sender_get_state (self->sender) != SC_CAST_SENDER_PROBING) {
    self->probing = FALSE;
    self->listener.sending (self->data);
  }
  self->published = now;
}

/* µs in which @bytes go at the present rate */
static gint64
time_of (ScCastMaker *self, gsize bytes)
{
  ScCastSenderStats stats;

  sc_cast_sender_get_stats (self->sender, &stats);
  return (gint64) ((guint64) bytes * 8 * G_USEC_PER_SEC / MAX (stats.rate, 1));
}

/* How many bursts may wait in the outlet. */
static guint
waiting_limit (ScCastMaker *self)
{
  return (guint) CLAMP (OUTLET_TIME / MAX (time_of (self, SC_MULTICAST_BURST_MAX), 1), MIN_WAITING,
                        SC_CAST_OUTLET_BURSTS);
}

/* Fills a burst with what is due. */
static Turn
fill_burst (ScCastMaker *self)
{
  gint64 now = g_get_monotonic_time ();
  ScCastBurst *burst = sc_cast_outlet_reserve (self->outlet, waiting_limit (self));
  Turn result = TURN_MORE;
  guint8 *room;

  if (burst == NULL) {
    if (sc_cast_outlet_is_full (self->outlet))
      sc_cast_sender_note_full (self->sender);
    return TURN_FULL;
  }
  while (result == TURN_MORE && (room = sc_cast_burst_get_room (burst)) != NULL) {
    gsize length = sc_cast_sender_send (self->sender, now, room);

    if (length == 0)
      result = TURN_WAIT;
    else
      sc_cast_burst_add (burst, length);
  }
  if (burst->n > 0)
    sc_cast_outlet_commit (self->outlet);
  return result;
}

/* All is made, or the packet counter is used up; then catch-up brings the rest. */
static gboolean
is_over (ScCastMaker *self)
{
  ScCastSenderState state = sc_cast_sender_get_state (self->sender);

  return state == SC_CAST_SENDER_FINISHED || state == SC_CAST_SENDER_EXHAUSTED;
}

static Turn
turn (ScCastMaker *self, GError **error)
{
  Turn result;
  gint64 now;

  if (!run_commands (self) || !sc_cast_outlet_check (self->outlet, error) || !supply_blocks (self, error))
    return TURN_OVER;
  result = fill_burst (self);
  if (result == TURN_WAIT && is_over (self))
    return TURN_OVER;
  now = g_get_monotonic_time ();
  if (now - self->published >= PUBLISH_INTERVAL)
    publish (self, now);
  return result;
}

static void
wait_for_work (ScCastMaker *self, Turn why)
{
  gint64 now = g_get_monotonic_time (), until = self->published + PUBLISH_INTERVAL;
  gint64 gather = CLAMP (time_of (self, SC_MULTICAST_BURST_MAX), MIN_GATHER, MAX_GATHER);

  sc_cast_outlet_flush (self->outlet);
  if (why == TURN_WAIT)
    until = MIN (until, MAX (sc_cast_sender_get_timeout (self->sender, now), now + gather));
  g_mutex_lock (&self->mutex);
  self->wakes_at = until;
  while (!self->rung && !self->stop) {
    if (!g_cond_wait_until (&self->cond, &self->mutex, until))
      break;
  }
  self->wakes_at = 0;
  self->rung = FALSE;
  g_mutex_unlock (&self->mutex);
}

static gpointer
make_thread (gpointer data)
{
  ScCastMaker *self = data;
  g_autoptr (GError) error = NULL;
  Turn result;

  sc_timing_make_precise ();
  while ((result = turn (self, &error)) != TURN_OVER) {
    if (result != TURN_MORE)
      wait_for_work (self, result);
  }
  if (error == NULL && is_over (self))
    sc_cast_outlet_drain (self->outlet, &error);
  publish (self, g_get_monotonic_time ());
  if (error != NULL)
    self->listener.failed (self->data, g_steal_pointer (&error));
  else if (is_over (self))
    self->listener.finished (self->data);
  return NULL;
}

/* ---- any thread ---- */

ScCastMaker *
sc_cast_maker_new (const ScCastSource *source, ScMulticastSender *socket, const ScCastLayout *layout,
                   const ScCastKey *key, guint64 rate_cap, const guint32 *seats, guint n_seats,
                   const ScCastMakerListener *listener, gpointer data)
{
  ScCastMaker *self = g_new0 (ScCastMaker, 1);
  gint64 now = g_get_monotonic_time ();

  self->listener = *listener;
  self->data = data;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->commands);
  self->figures = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->active = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->sender = sc_cast_sender_new (layout, key, rate_cap, now);
  for (guint i = 0; i < n_seats; i++) {
    sc_cast_sender_add_seat (self->sender, seats[i], now);
    g_array_append_val (self->active, seats[i]);
  }
  self->probing = TRUE;
  self->answered = now;
  self->intake = sc_cast_intake_new (source, sc_cast_layout_n_blocks (layout), ring, self);
  self->outlet =
      sc_cast_outlet_new_for_socket (socket, layout->symbol_size + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE, ring, self);
  self->thread = g_thread_new ("cast-make", make_thread, self);
  return self;
}

void
sc_cast_maker_stop (ScCastMaker *self)
{
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  sc_cast_intake_stop (self->intake);
  sc_cast_outlet_stop (self->outlet);
}

void
sc_cast_maker_free (ScCastMaker *self)
{
  if (self == NULL)
    return;
  sc_cast_maker_stop (self);
  g_thread_join (self->thread);
  sc_cast_intake_free (self->intake);
  sc_cast_outlet_free (self->outlet);
  g_queue_clear_full (&self->commands, (GDestroyNotify) command_free);
  g_hash_table_unref (self->figures);
  g_array_unref (self->active);
  sc_cast_sender_free (self->sender);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* A room's reports come together: one turn of the thread takes all of them, where it is to wake soon anyway. */
static gboolean
can_wait (ScCastMaker *self, const ScCastCommand *command)
{
  return command->kind == SC_CAST_COMMAND_REPORT && self->wakes_at != 0 &&
         self->wakes_at - g_get_monotonic_time () <= MAX_GATHER;
}

void
sc_cast_maker_push (ScCastMaker *self, const ScCastCommand *command)
{
  ScCastCommand *copy = g_memdup2 (command, sizeof *command);

  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->commands, copy);
  if (!can_wait (self, command))
    wake (self);
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_maker_answer (ScCastMaker *self)
{
  g_mutex_lock (&self->mutex);
  self->answered = g_get_monotonic_time ();
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_maker_get_stats (ScCastMaker *self, ScCastSenderStats *stats)
{
  g_mutex_lock (&self->mutex);
  *stats = self->stats;
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_maker_get_seat_figures (ScCastMaker *self, guint32 seat, ScCastSeatFigures *figures)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const ScCastSeatFigures *found = g_hash_table_lookup (self->figures, GUINT_TO_POINTER (seat));

  *figures = found != NULL ? *found : (ScCastSeatFigures){ .state = SC_CAST_SEAT_REMOVED };
}
