/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-settings.h"
#include "console/engine/sc-scheduler-private.h"

#define RUN_DELAY 50u /* ms: what comes together is told together */

G_DEFINE_FINAL_TYPE (ScScheduler, sc_scheduler, G_TYPE_OBJECT)

enum { SIGNAL_SCHEDULES, SIGNAL_SEAT, SIGNAL_ROOM, SIGNAL_REMINDER, SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sc_scheduler_finalize (GObject *object)
{
  ScScheduler *self = SC_SCHEDULER (object);

  g_signal_handlers_disconnect_by_data (self->hub, self);
  g_signal_handlers_disconnect_by_data (self->sessions, self);
  sc_sessions_set_wake (self->sessions, NULL, NULL);
  g_clear_handle_id (&self->run_soon, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->read_again, g_source_remove);
  sc_planner_free (self->planner);
  sc_waker_free (self->waker);
  sc_met_free (self->met);
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->seats);
  g_hash_table_unref (self->held);
  g_hash_table_unref (self->ending);
  g_hash_table_unref (self->schedules);
  g_hash_table_unref (self->local_addresses);
  g_hash_table_unref (self->rooms_to_read);
  g_hash_table_unref (self->rooms_to_move);
  g_hash_table_unref (self->seats_to_read);
  g_hash_table_unref (self->seats_to_tell);
  g_hash_table_unref (self->sessions_to_read);
  g_hash_table_unref (self->schedules_to_read);
  g_hash_table_unref (self->seats_to_show);
  g_hash_table_unref (self->rooms_to_show);
  g_object_unref (self->hub);
  g_object_unref (self->sessions);
  G_OBJECT_CLASS (sc_scheduler_parent_class)->finalize (object);
}

static void
sc_scheduler_class_init (ScSchedulerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_scheduler_finalize;
  signals[SIGNAL_SCHEDULES] =
      g_signal_new ("schedules-changed", SC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SEAT] = g_signal_new ("seat-changed", SC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_ROOM] = g_signal_new ("room-changed", SC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_REMINDER] = g_signal_new ("reminder", SC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_INT64);
  signals[SIGNAL_FAILED] = g_signal_new ("schedule-failed", SC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static gint64
system_real (gpointer data)
{
  return g_get_real_time ();
}

static gint64
system_now (gpointer data)
{
  return g_get_monotonic_time ();
}

static GHashTable *
new_text_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static GHashTable *
new_number_set (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
sc_scheduler_init (ScScheduler *self)
{
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sc_catalog_room_free);
  self->seats = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, sc_scheduler_seat_free);
  self->held = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  self->ending = new_number_set ();
  self->schedules = new_number_set ();
  self->local_addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->rooms_to_read = new_text_set ();
  self->rooms_to_move = new_text_set ();
  self->seats_to_read = new_text_set ();
  self->seats_to_tell = new_text_set ();
  self->sessions_to_read = new_number_set ();
  self->schedules_to_read = new_number_set ();
  self->seats_to_show = new_text_set ();
  self->rooms_to_show = new_text_set ();
  sc_scheduler_set_clocks (self, system_real, system_now, NULL);
}

ScScheduler *
sc_scheduler_new (ScStore *store, ScCatalog *catalog, ScSeatHub *hub, ScSessions *sessions)
{
  ScScheduler *self = g_object_new (SC_TYPE_SCHEDULER, NULL);

  self->store = store;
  self->catalog = catalog;
  self->hub = g_object_ref (hub);
  self->sessions = g_object_ref (sessions);
  self->met = sc_met_new (store);
  self->waker = sc_waker_new (SC_WAKER_INTERVAL);
  self->planner = sc_planner_new (&sc_scheduler_actions, self, g_random_int ());
  return self;
}

void
sc_scheduler_set_clocks (ScScheduler *self, ScSchedulerClock real, ScSchedulerClock now, gpointer data)
{
  self->real = real;
  self->now = now;
  self->clock_data = data;
}

gint64
sc_scheduler_get_real (ScScheduler *self)
{
  return self->real (self->clock_data);
}

/* what may have changed */

void
sc_scheduler_mark_seat (ScScheduler *self, const char *seat)
{
  g_hash_table_add (self->seats_to_read, g_strdup (seat));
  sc_scheduler_run_soon (self);
}

void
sc_scheduler_mark_live (ScScheduler *self, const char *seat)
{
  g_hash_table_add (self->seats_to_tell, g_strdup (seat));
  sc_scheduler_run_soon (self);
}

void
sc_scheduler_mark_session (ScScheduler *self, guint64 session)
{
  g_hash_table_add (self->sessions_to_read, g_memdup2 (&session, sizeof session));
  sc_scheduler_run_soon (self);
}

void
sc_scheduler_mark_schedule (ScScheduler *self, guint64 schedule)
{
  g_hash_table_add (self->schedules_to_read, g_memdup2 (&schedule, sizeof schedule));
  self->show_schedules = TRUE;
  sc_scheduler_run_soon (self);
}

void
sc_scheduler_mark_room (ScScheduler *self, const char *room)
{
  g_hash_table_add (self->rooms_to_read, g_strdup (room));
  g_hash_table_add (self->rooms_to_show, g_strdup (room));
  sc_scheduler_run_soon (self);
}

void
sc_scheduler_show_seats_of_room (ScScheduler *self, const char *room)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const ScSchedulerSeat *seat = value;

    if (g_str_equal (seat->room, room))
      g_hash_table_add (self->seats_to_show, g_strdup (seat->id));
  }
}

void
sc_scheduler_look (ScScheduler *self)
{
  self->all = TRUE;
  sc_scheduler_run_soon (self);
}

/* telling the planner, and doing what it says */

typedef void (*ReadText) (ScScheduler *self, const char *key);
typedef void (*ReadNumber) (ScScheduler *self, guint64 key);

/* What it marks anew while that goes on comes into the set that takes its place. */
static void
take_texts (ScScheduler *self, GHashTable **set, ReadText read)
{
  g_autoptr (GHashTable) marked = g_steal_pointer (set);
  GHashTableIter iter;
  gpointer key;

  *set = new_text_set ();
  g_hash_table_iter_init (&iter, marked);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    read (self, key);
}

static void
take_numbers (ScScheduler *self, GHashTable **set, ReadNumber read)
{
  g_autoptr (GHashTable) marked = g_steal_pointer (set);
  GHashTableIter iter;
  gpointer key;

  *set = new_number_set ();
  g_hash_table_iter_init (&iter, marked);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    read (self, *(const guint64 *) key);
}

static void
read_settings (ScScheduler *self)
{
  g_auto (ScCatalogSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;

  if (!sc_catalog_get_settings (self->catalog, &settings, &error))
    g_warning ("how many seats catch up at once is not known: %s", error->message);
  else
    sc_planner_set_catch_up_seats (self->planner,
                                   settings.catch_up_seats != 0 ? settings.catch_up_seats : SC_PLANNER_CATCH_UP_SEATS);
}

/* Rooms before their seats, and sessions before the seats that they hold. */
void
sc_scheduler_take_up (ScScheduler *self)
{
  if (self->all) {
    self->all = FALSE;
    read_settings (self);
    sc_scheduler_read_all (self);
    sc_scheduler_read_sessions (self);
    sc_scheduler_read_schedules (self);
  }
  take_texts (self, &self->rooms_to_read, sc_scheduler_read_room);
  take_texts (self, &self->rooms_to_move, sc_scheduler_move_schedules);
  take_numbers (self, &self->sessions_to_read, sc_scheduler_read_session);
  take_texts (self, &self->seats_to_read, sc_scheduler_read_seat);
  sc_scheduler_end_waits (self);
  take_texts (self, &self->seats_to_tell, sc_scheduler_tell_seat);
  take_numbers (self, &self->schedules_to_read, sc_scheduler_read_schedule);
}

static void
show_seat (ScScheduler *self, const char *id)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);
  ScOutlook outlook = { 0 };

  if (seat == NULL)
    return;
  sc_planner_get_outlook (self->planner, id, self->real (self->clock_data), self->now (self->clock_data), &outlook);
  if (outlook.behind == seat->told.behind && outlook.next == seat->told.next && outlook.at == seat->told.at &&
      outlook.schedule == seat->told.schedule)
    return;
  seat->told = outlook;
  g_signal_emit (self, signals[SIGNAL_SEAT], 0, id);
}

static void
show_room (ScScheduler *self, const char *room)
{
  g_signal_emit (self, signals[SIGNAL_ROOM], 0, room);
}

static void
show (ScScheduler *self)
{
  take_texts (self, &self->seats_to_show, show_seat);
  take_texts (self, &self->rooms_to_show, show_room);
  if (!self->show_schedules)
    return;
  self->show_schedules = FALSE;
  g_signal_emit (self, signals[SIGNAL_SCHEDULES], 0);
}

static void run (ScScheduler *self);

static gboolean
on_time (gpointer data)
{
  ScScheduler *self = data;

  self->timer = 0;
  run (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_soon (gpointer data)
{
  ScScheduler *self = data;

  self->run_soon = 0;
  run (self);
  return G_SOURCE_REMOVE;
}

static void
run (ScScheduler *self)
{
  gint64 wait;

  sc_scheduler_take_up (self);
  wait = sc_planner_advance (self->planner, self->real (self->clock_data), self->now (self->clock_data));
  g_clear_handle_id (&self->timer, g_source_remove);
  if (wait != G_MAXINT64) /* rounded up: not to come too early, again and again */
    self->timer = g_timeout_add ((guint) MIN (wait / G_TIME_SPAN_MILLISECOND + 1, G_MAXINT), on_time, self);
  show (self);
}

void
sc_scheduler_run_soon (ScScheduler *self)
{
  if (self->started && self->run_soon == 0)
    self->run_soon = g_timeout_add (RUN_DELAY, on_soon, self);
}

void
sc_scheduler_start (ScScheduler *self)
{
  self->started = TRUE;
  self->all = TRUE;
  sc_scheduler_watch_hub (self);
  sc_scheduler_watch_sessions (self);
  sc_sessions_set_wake (self->sessions, sc_scheduler_on_wake, self);
  run (self);
}

void
sc_scheduler_tell_failed (ScScheduler *self, const ScCatalogSchedule *schedule)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, schedule);
}

void
sc_scheduler_remind (ScScheduler *self, const char *seat, gint64 since)
{
  g_signal_emit (self, signals[SIGNAL_REMINDER], 0, seat, since);
}

GPtrArray *
sc_scheduler_list_planned (ScScheduler *self, gint64 from, gint64 to, guint max)
{
  if (self->started)
    sc_scheduler_take_up (self);
  return sc_planner_list (self->planner, from, to, max);
}

void
sc_scheduler_get_outlook (ScScheduler *self, const char *seat, ScOutlook *outlook)
{
  *outlook = (ScOutlook){ .behind = SC_BEHIND_NOT, .next = SC_NEXT_NOTHING };
  if (!self->started)
    return;
  sc_scheduler_take_up (self);
  sc_planner_get_outlook (self->planner, seat, self->real (self->clock_data), self->now (self->clock_data), outlook);
}
