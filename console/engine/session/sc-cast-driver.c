/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-driver.h"

#include "console/engine/session/sc-cast-maker.h"
#include "console/engine/session/sc-session-reader.h"
#include "console/engine/session/sc-wakeup.h"

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

struct _ScCastDriver {
  /* the making thread's */
  ScCastDriverListener listener;
  gpointer data;
  ScCastMaker *maker;
  gboolean silenced;

  ScWakeup *wakeup;
  GMutex mutex;
  GQueue events; /* Event; under the mutex */
};

static void
event_free (Event *event)
{
  g_clear_error (&event->error);
  g_free (event);
}

/* ---- the maker's thread ---- */

static void
send_event (ScCastDriver *self, const Event *event)
{
  Event *copy = g_memdup2 (event, sizeof *event);

  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->events, copy);
  g_mutex_unlock (&self->mutex);
  sc_wakeup_ring (self->wakeup);
}

static void
on_seat_added (gpointer data, guint32 seat, guint32 first_window)
{
  send_event (data, &(Event){ .kind = EVENT_ADDED, .seat = seat, .first_window = first_window });
}

static void
on_seat_lost (gpointer data, guint32 seat, ScCastSeatState state)
{
  send_event (data, &(Event){ .kind = EVENT_LOST, .seat = seat, .state = state });
}

static void
on_sending (gpointer data)
{
  send_event (data, &(Event){ .kind = EVENT_SENDING });
}

static void
on_finished (gpointer data)
{
  send_event (data, &(Event){ .kind = EVENT_FINISHED });
}

static void
on_failed (gpointer data, GError *error)
{
  send_event (data, &(Event){ .kind = EVENT_FAILED, .error = error });
}

static void
on_asked (gpointer data)
{
  sc_wakeup_ring (((ScCastDriver *) data)->wakeup);
}

static const ScCastMakerListener maker_listener = {
  .seat_added = on_seat_added,
  .seat_lost = on_seat_lost,
  .sending = on_sending,
  .finished = on_finished,
  .failed = on_failed,
  .asked = on_asked,
};

/* ---- the making thread ---- */

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

  sc_cast_maker_answer (self->maker);
  g_mutex_lock (&self->mutex);
  events = self->events;
  g_queue_init (&self->events);
  g_mutex_unlock (&self->mutex);
  while ((event = g_queue_pop_head (&events)) != NULL) {
    if (!self->silenced)
      deliver (self, event);
    event_free (event);
  }
}

ScCastDriver *
sc_cast_driver_new_from (const ScCastSource *source, const ScCastLayout *layout, const ScCastKey *key, guint64 rate_cap,
                         ScMulticastSender *sender, const guint32 *seats, guint n_seats,
                         const ScCastDriverListener *listener, gpointer data)
{
  ScCastDriver *self = g_new0 (ScCastDriver, 1);

  self->listener = *listener;
  self->data = data;
  g_mutex_init (&self->mutex);
  g_queue_init (&self->events);
  self->wakeup = sc_wakeup_new (driver_woken, self);
  self->maker = sc_cast_maker_new (source, sender, layout, key, rate_cap, seats, n_seats, &maker_listener, self);
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
  sc_cast_maker_stop (self->maker);
}

void
sc_cast_driver_free (ScCastDriver *self)
{
  if (self == NULL)
    return;
  sc_cast_maker_free (self->maker);
  sc_wakeup_free (self->wakeup);
  g_queue_clear_full (&self->events, (GDestroyNotify) event_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
sc_cast_driver_add_seat (ScCastDriver *self, guint32 seat)
{
  sc_cast_maker_push (self->maker, &(ScCastCommand){ .kind = SC_CAST_COMMAND_ADD, .seat = seat });
}

void
sc_cast_driver_remove_seat (ScCastDriver *self, guint32 seat)
{
  sc_cast_maker_push (self->maker, &(ScCastCommand){ .kind = SC_CAST_COMMAND_REMOVE, .seat = seat });
}

void
sc_cast_driver_heard (ScCastDriver *self, guint32 seat)
{
  sc_cast_maker_push (self->maker, &(ScCastCommand){ .kind = SC_CAST_COMMAND_HEARD, .seat = seat });
}

void
sc_cast_driver_report (ScCastDriver *self, guint32 seat, const ScCastReport *report)
{
  sc_cast_maker_push (self->maker, &(ScCastCommand){ .kind = SC_CAST_COMMAND_REPORT, .seat = seat, .report = *report });
}

void
sc_cast_driver_set_key (ScCastDriver *self, const ScCastKey *key)
{
  ScCastCommand command = { .kind = SC_CAST_COMMAND_KEY, .key = *key };

  sc_cast_maker_push (self->maker, &command);
  sc_cast_key_wipe (&command.key);
}

void
sc_cast_driver_set_paused (ScCastDriver *self, gboolean paused)
{
  sc_cast_maker_push (self->maker, &(ScCastCommand){ .kind = SC_CAST_COMMAND_PAUSE, .value = paused });
}

void
sc_cast_driver_set_link (ScCastDriver *self, guint64 link)
{
  sc_cast_maker_push (self->maker, &(ScCastCommand){ .kind = SC_CAST_COMMAND_LINK, .value = link });
}

void
sc_cast_driver_set_rate (ScCastDriver *self, guint64 rate_cap)
{
  sc_cast_maker_push (self->maker, &(ScCastCommand){ .kind = SC_CAST_COMMAND_RATE, .value = rate_cap });
}

void
sc_cast_driver_get_stats (ScCastDriver *self, ScCastSenderStats *stats)
{
  sc_cast_maker_get_stats (self->maker, stats);
}

void
sc_cast_driver_get_seat_figures (ScCastDriver *self, guint32 seat, ScCastSeatFigures *figures)
{
  sc_cast_maker_get_seat_figures (self->maker, seat, figures);
}
