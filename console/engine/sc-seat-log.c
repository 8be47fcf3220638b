/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-seat-log.h"

#include "console/engine/catalog/sc-catalog-seat-log.h"

#include <string.h>

#define FLUSH_INTERVAL 500 /* ms */
#define MAX_PENDING 16384u /* while the catalog cannot be written */
#define MAX_NAMED 4u

/* What is known of one seat, so that only changes are noted. */
typedef struct {
  const char *event;
  guint64 session;
  char *text;
  char *room;
  char *run;          /* (nullable): of its service */
  char *earlier_run;  /* (nullable): the one before */
  gboolean shared;    /* another machine bears its id, and that was told */
  GPtrArray *drifted; /* utf8: names of templates */
} Seat;

struct _ScSeatLog {
  ScCatalog *catalog;
  ScSeatHub *hub;
  ScSessions *sessions;
  GHashTable *seats;   /* id → Seat */
  GHashTable *changed; /* ids: may be in another room */
  GPtrArray *pending;  /* ScSeatLogEntry */
  guint timer;
  gboolean failed;
};

static const char *const state_events[] = {
  [SC_TRANSFER_WAITING] = "waiting",     [SC_TRANSFER_RECEIVING] = "receiving", [SC_TRANSFER_REPAIRING] = "repairing",
  [SC_TRANSFER_APPLYING] = "applying",   [SC_TRANSFER_DONE] = "done",           [SC_TRANSFER_FAILED] = "failed",
  [SC_TRANSFER_CANCELLED] = "cancelled", [SC_TRANSFER_BUSY] = "busy",           [SC_TRANSFER_VERIFYING] = "verifying",
};

static const char *
event_of (ScTransferState state)
{
  return (guint) state < G_N_ELEMENTS (state_events) ? state_events[state] : NULL;
}

static void
seat_free (gpointer data)
{
  Seat *seat = data;

  g_free (seat->text);
  g_free (seat->room);
  g_free (seat->run);
  g_free (seat->earlier_run);
  g_ptr_array_unref (seat->drifted);
  g_free (seat);
}

static Seat *
get_seat (ScSeatLog *self, const char *id)
{
  Seat *seat = g_hash_table_lookup (self->seats, id);

  if (seat != NULL)
    return seat;
  seat = g_new0 (Seat, 1);
  seat->drifted = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_insert (self->seats, g_strdup (id), seat);
  return seat;
}

static gboolean
on_flush_due (gpointer data)
{
  ScSeatLog *self = data;

  self->timer = 0;
  sc_seat_log_flush (self);
  return G_SOURCE_REMOVE;
}

static void
wake (ScSeatLog *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (FLUSH_INTERVAL, on_flush_due, self);
}

/* @text: (nullable) */
static void
add (ScSeatLog *self, const char *id, const char *event, guint64 session, guint64 version, const char *text)
{
  ScSeatLogEntry *entry = sc_seat_log_entry_new (id, event, g_get_real_time ());

  entry->session = session;
  entry->version = version;
  entry->text = g_strdup (text != NULL ? text : "");
  if (self->pending->len >= MAX_PENDING)
    g_ptr_array_remove_index (self->pending, 0);
  g_ptr_array_add (self->pending, entry);
  wake (self);
}

/* Adds it unless it is what was added last. */
static void
note (ScSeatLog *self, const char *id, const char *event, guint64 session, guint64 version, const char *text)
{
  Seat *seat = get_seat (self, id);

  if (g_strcmp0 (seat->event, event) == 0 && seat->session == session && g_strcmp0 (seat->text, text) == 0)
    return;
  seat->event = event;
  seat->session = session;
  g_free (seat->text);
  seat->text = g_strdup (text);
  add (self, id, event, session, version, text);
}

/* "a, b, c, d and 3 more" */
static char *
name_some (GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len && i < MAX_NAMED; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (names, i));
  if (names->len > MAX_NAMED)
    g_string_append_printf (text, " and %u more", names->len - MAX_NAMED);
  return g_string_free (text, FALSE);
}

static char *
describe_verified (const ScVerified *verified)
{
  if (*verified->code != '\0')
    return g_strdup (verified->message);
  if (verified->n_files == 0)
    return g_strdup ("");
  return g_strdup_printf ("%u file%s of %u template%s damaged", verified->n_files, verified->n_files == 1 ? "" : "s",
                          verified->n_templates, verified->n_templates == 1 ? "" : "s");
}

/* what the hub tells */

static void
on_connected (ScSeatHub *hub, const char *seat, ScSeatLog *self)
{
  note (self, seat, "connected", 0, 0, NULL);
}

static void
on_gone (ScSeatHub *hub, const char *seat, ScSeatLog *self)
{
  note (self, seat, "disconnected", 0, 0, NULL);
}

void
sc_seat_log_refused (ScSeatLog *self, const char *seat, const char *address, const char *why)
{
  g_autofree char *text = g_strdup_printf ("at %s: %s", address, why);

  add (self, seat, "refused", 0, 0, text);
}

/* Outside sessions; what goes on in them, the sessions tell. */
static void
on_message (ScSeatHub *hub, const char *seat, const ScControlMessage *message, ScSeatLog *self)
{
  g_autofree char *text = NULL;

  if (message->type == SC_CONTROL_DONE && message->done.warning != NULL && *message->done.warning != '\0')
    add (self, seat, "hook-failed", message->session, message->done.version, message->done.warning);
  if (message->session != 0)
    return;
  if (message->type == SC_CONTROL_PROGRESS) {
    if (event_of (message->progress.state) != NULL)
      note (self, seat, event_of (message->progress.state), 0, 0, NULL);
  } else if (message->type == SC_CONTROL_DONE) {
    text = name_some (message->done.busy);
    note (self, seat, message->done.busy->len > 0 ? "busy" : "done", 0, message->done.version, text);
  } else if (message->type == SC_CONTROL_FAILED) {
    note (self, seat, "failed", 0, 0, message->failed.message);
  } else if (message->type == SC_CONTROL_VERIFIED) {
    text = describe_verified (message->verified);
    note (self, seat, "verified", 0, 0, text);
  } else if (message->type == SC_CONTROL_POWERED) {
    add (self, seat, message->powered.off ? "powered-off" : "not-powered-off", 0, 0, message->powered.message);
  }
}

/* (transfer full): the names of the templates that drifted */
static GPtrArray *
list_drifted (const ScInventory *inventory)
{
  GPtrArray *drifted = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < inventory->templates->len; i++) {
    const ScInventoryTemplate *item = g_ptr_array_index (inventory->templates, i);

    if (item->state == SC_TEMPLATE_DRIFTED)
      g_ptr_array_add (drifted, g_strdup (item->name));
  }
  return drifted;
}

/* A service speaks again that was started before the one that spoke last. */
static void
tell_shared (Seat *seat, const char *id, const ScInventory *inventory)
{
  if (!seat->shared)
    g_warning ("two machines take turns as seat %s (%s, %s): was one cloned with the other's data? Remove the "
               "directory of the service's own data (--state) on one of them and start its service again",
               id, inventory->name, inventory->address);
  seat->shared = TRUE;
}

/* A start of its service: does it know what it knew before? */
static void
look_for_forgetting (ScSeatLog *self, const char *id, const ScInventory *inventory)
{
  Seat *seat = get_seat (self, id);
  g_autoptr (ScCatalogSeat) known = NULL;
  gboolean back;

  if (g_strcmp0 (seat->run, inventory->run) == 0)
    return;
  back = *inventory->run != '\0' && g_strcmp0 (seat->earlier_run, inventory->run) == 0;
  g_free (seat->earlier_run);
  seat->earlier_run = seat->run;
  seat->run = g_strdup (inventory->run);
  if (back) {
    tell_shared (seat, id, inventory);
    return;
  }
  known = sc_catalog_find_seat (self->catalog, id, NULL);
  if (known == NULL || known->forgot == 0 || known->forgot != known->last_seen)
    return; /* it was found out at an earlier start, if at all */
  g_warning ("seat %s (%s) was started again with less than it had known: its disk forgets at restart", id,
             inventory->name);
  add (self, id, "forgot", 0, 0, "its disk forgets at restart what is written");
}

static void
on_inventory (ScSeatHub *hub, const char *id, const ScInventory *inventory, ScSeatLog *self)
{
  Seat *seat = get_seat (self, id);
  GPtrArray *drifted = list_drifted (inventory);
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  g_autofree char *text = NULL;

  look_for_forgetting (self, id, inventory);
  for (guint i = 0; i < drifted->len; i++)
    if (!g_ptr_array_find_with_equal_func (seat->drifted, g_ptr_array_index (drifted, i), g_str_equal, NULL))
      g_ptr_array_add (added, g_ptr_array_index (drifted, i));
  if (added->len > 0) {
    text = name_some (added);
    add (self, id, "drifted", 0, 0, text);
  }
  g_ptr_array_unref (seat->drifted);
  seat->drifted = drifted;
}

static void
on_changed (ScSeatHub *hub, const char *seat, ScSeatLog *self)
{
  g_hash_table_add (self->changed, g_strdup (seat));
  wake (self);
}

/* what the sessions tell */

static void
on_seat_state (ScSessions *sessions, const ScCatalogSession *session, const ScCatalogSessionSeat *row, ScSeatLog *self)
{
  const char *event = event_of (row->state);
  gboolean why = row->state == SC_TRANSFER_REPAIRING || row->state == SC_TRANSFER_FAILED ||
                 row->state == SC_TRANSFER_CANCELLED || row->state == SC_TRANSFER_BUSY;

  if (!session->dry_run && event != NULL)
    note (self, row->seat, event, session->id, session->version, why ? row->reason : NULL);
}

static void
on_going_back (ScSessions *sessions, const char *seat, guint64 version, const char *why, ScSeatLog *self)
{
  note (self, seat, "going-back", 0, version, why);
}

/* writing */

static char *
quote_room (const char *room)
{
  return *room != '\0' ? g_strdup_printf ("“%s”", room) : g_strdup ("no room");
}

static void
look_for_moves (ScSeatLog *self)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->changed);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    Seat *seat = get_seat (self, id);
    g_autofree char *name = NULL;
    g_autofree char *room = NULL;

    sc_catalog_dup_seat_labels (self->catalog, id, &name, &room);
    if (seat->room != NULL && !g_str_equal (seat->room, room)) {
      g_autofree char *from = quote_room (seat->room);
      g_autofree char *to = quote_room (room);
      g_autofree char *text = g_strdup_printf ("%s → %s", from, to);

      add (self, id, "moved", 0, 0, text);
    }
    g_free (seat->room);
    seat->room = g_steal_pointer (&room);
  }
  g_hash_table_remove_all (self->changed);
}

void
sc_seat_log_flush (ScSeatLog *self)
{
  g_autoptr (GError) error = NULL;

  look_for_moves (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->pending->len == 0)
    return;
  if (sc_catalog_add_seat_log (self->catalog, self->pending, &error)) {
    g_ptr_array_set_size (self->pending, 0);
    self->failed = FALSE;
    return;
  }
  if (!self->failed)
    g_warning ("the seats' log could not be written, which is tried again: %s", error->message);
  self->failed = TRUE;
  wake (self);
}

/* As the seats were when the engine ended, so that what is the same is not noted again. */
static void
learn_seats (ScSeatLog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (self->catalog, NULL, &error);

  if (seats == NULL)
    g_warning ("the seats' log does not know how the seats were: %s", error->message);
  for (guint i = 0; seats != NULL && i < seats->len; i++) {
    const ScCatalogSeat *known = g_ptr_array_index (seats, i);
    Seat *seat = get_seat (self, known->inventory->seat);

    seat->room = g_strdup (known->room);
    g_ptr_array_unref (seat->drifted);
    seat->drifted = list_drifted (known->inventory);
  }
}

ScSeatLog *
sc_seat_log_new (ScCatalog *catalog, ScSeatHub *hub, ScSessions *sessions)
{
  ScSeatLog *self = g_new0 (ScSeatLog, 1);

  self->catalog = catalog;
  self->hub = hub;
  self->sessions = sessions;
  self->seats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, seat_free);
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_seat_log_entry_free);
  learn_seats (self);
  g_signal_connect (hub, "seat-connected", G_CALLBACK (on_connected), self);
  g_signal_connect (hub, "seat-gone", G_CALLBACK (on_gone), self);
  g_signal_connect (hub, "message", G_CALLBACK (on_message), self);
  g_signal_connect (hub, "inventory", G_CALLBACK (on_inventory), self);
  g_signal_connect (hub, "seat-changed", G_CALLBACK (on_changed), self);
  g_signal_connect (sessions, "seat-state", G_CALLBACK (on_seat_state), self);
  g_signal_connect (sessions, "going-back", G_CALLBACK (on_going_back), self);
  return self;
}

void
sc_seat_log_free (ScSeatLog *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->hub, self);
  g_signal_handlers_disconnect_by_data (self->sessions, self);
  sc_seat_log_flush (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_hash_table_unref (self->seats);
  g_hash_table_unref (self->changed);
  g_ptr_array_unref (self->pending);
  g_free (self);
}
