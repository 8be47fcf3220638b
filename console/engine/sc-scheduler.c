/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-scheduler-private.h"

#include "common/sc-error.h"

G_DEFINE_FINAL_TYPE (ScScheduler, sc_scheduler, G_TYPE_OBJECT)

enum { SIGNAL_SCHEDULES, SIGNAL_SEAT, SIGNAL_ROOM, SIGNAL_REMINDER, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sc_scheduler_finalize (GObject *object)
{
  ScScheduler *self = SC_SCHEDULER (object);

  sc_met_free (self->met);
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

static void
sc_scheduler_init (ScScheduler *self)
{
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

void
sc_scheduler_start (ScScheduler *self)
{
}

void
sc_scheduler_look (ScScheduler *self)
{
}

void
sc_scheduler_tell_schedules (ScScheduler *self)
{
  g_signal_emit (self, signals[SIGNAL_SCHEDULES], 0);
}

gboolean
sc_scheduler_check_selection (ScScheduler *self, ScSelection *selection, GError **error)
{
  g_autoptr (ScVersionManifest) version =
      sc_store_get_version (self->store, sc_selection_get_version (selection), error);
  g_autoptr (ScVersionManifest) part = version != NULL ? sc_selection_apply (selection, version, error) : NULL;

  return part != NULL;
}

static void
tell_room (ScScheduler *self, const char *room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (self->catalog, room, &error);

  if (seats == NULL)
    g_warning ("cannot tell that the seats of room “%s” are to have something else: %s", room, error->message);
  g_signal_emit (self, signals[SIGNAL_ROOM], 0, room);
  for (guint i = 0; seats != NULL && i < seats->len; i++)
    g_signal_emit (self, signals[SIGNAL_SEAT], 0, ((const ScCatalogSeat *) seats->pdata[i])->inventory->seat);
}

gboolean
sc_scheduler_assign (ScScheduler *self, const char *room, ScSelection *selection, ScDue due, GError **error)
{
  g_autoptr (GPtrArray) rooms = NULL;

  if ((selection != NULL && !sc_scheduler_check_selection (self, selection, error)) ||
      !sc_catalog_assign (self->catalog, room, selection, due, 0, sc_scheduler_get_real (self), error))
    return FALSE;
  if (room != NULL) {
    tell_room (self, room);
    return TRUE;
  }
  rooms = sc_catalog_load_rooms (self->catalog, NULL);
  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    tell_room (self, ((const ScCatalogRoom *) rooms->pdata[i])->name);
  tell_room (self, "");
  return TRUE;
}

gboolean
sc_scheduler_pin (ScScheduler *self, const char *seat, ScSelection *selection, ScDue due, GError **error)
{
  if ((selection != NULL && !sc_scheduler_check_selection (self, selection, error)) ||
      !sc_catalog_pin (self->catalog, seat, selection, due, 0, sc_scheduler_get_real (self), error))
    return FALSE;
  g_signal_emit (self, signals[SIGNAL_SEAT], 0, seat);
  return TRUE;
}

gboolean
sc_scheduler_set_policy (ScScheduler *self, const char *room, const ScRoomPolicy *policy, GError **error)
{
  if (!sc_catalog_save_room_policy (self->catalog, room, policy, error))
    return FALSE;
  tell_room (self, room);
  return TRUE;
}

GPtrArray *
sc_scheduler_list_planned (ScScheduler *self, gint64 from, gint64 to, guint max)
{
  return g_ptr_array_new ();
}

void
sc_scheduler_get_outlook (ScScheduler *self, const char *seat, ScOutlook *outlook)
{
  *outlook = (ScOutlook){ .behind = SC_BEHIND_NOT, .next = SC_NEXT_NOTHING };
}

GPtrArray *
sc_scheduler_wake (ScScheduler *self, GPtrArray *seats)
{
  GPtrArray *errors = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < seats->len; i++)
    g_ptr_array_add (errors, g_strdup ("it is not known how to wake it"));
  return errors;
}
