/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-seat-log.h"
#include "console/engine/catalog/sc-catalog-whole.h"
#include "console/engine/sc-scheduler-private.h"

#define READ_AGAIN 60u                /* s */
#define BUSY_WITH_ANOTHER G_MAXUINT64 /* that is no version's number */

void
sc_scheduler_seat_free (gpointer data)
{
  ScSchedulerSeat *seat = data;

  g_free (seat->id);
  g_free (seat->room);
  g_free (seat->mac);
  g_free (seat->address);
  g_clear_pointer (&seat->wanted, sc_selection_unref);
  g_free (seat->failed);
  g_free (seat->sent_cache);
  g_free (seat);
}

ScSchedulerSeat *
sc_scheduler_find_seat (ScScheduler *self, const char *seat)
{
  return g_hash_table_lookup (self->seats, seat);
}

const ScRoomPolicy *
sc_scheduler_get_policy (ScScheduler *self, const char *room)
{
  const ScCatalogRoom *found = g_hash_table_lookup (self->rooms, room);

  return found != NULL ? &found->policy : NULL;
}

gboolean
sc_scheduler_wakes (ScScheduler *self, const ScSchedulerSeat *seat)
{
  const ScRoomPolicy *policy = sc_scheduler_get_policy (self, seat->room);

  return *seat->mac != '\0' && ((seat->due & SC_DUE_WAKE) != 0 || (policy != NULL && policy->wake));
}

gboolean
sc_scheduler_powers_off (ScScheduler *self, const ScSchedulerSeat *seat)
{
  const ScRoomPolicy *policy = sc_scheduler_get_policy (self, seat->room);

  return (seat->due & SC_DUE_POWER_OFF) != 0 || (policy != NULL && policy->power_off);
}

gboolean
sc_scheduler_set_due (ScScheduler *self, GPtrArray *seats, ScDue due, guint64 schedule)
{
  g_autoptr (GError) error = NULL;
  gboolean kept;

  if (seats->len == 0)
    return TRUE;
  kept = sc_catalog_set_due (self->catalog, seats, due, schedule, &error);
  if (!kept)
    g_warning ("which seats wait for a session could not be kept: %s", error->message);
  for (guint i = 0; kept && i < seats->len; i++)
    sc_scheduler_mark_seat (self, g_ptr_array_index (seats, i));
  return kept;
}

/* POLICY */

void
sc_scheduler_send_policy (ScScheduler *self, ScSchedulerSeat *seat)
{
  const ScRoomPolicy *policy = sc_scheduler_get_policy (self, seat->room);
  const char *cache = policy != NULL ? policy->cache : "";
  g_autoptr (ScControlMessage) message = NULL;

  if (!seat->fetch_known ||
      (seat->policy_sent && seat->sent_fetch == seat->fetch && g_strcmp0 (seat->sent_cache, cache) == 0))
    return;
  message = sc_control_message_new (SC_CONTROL_POLICY, 0);
  message->policy.fetch = seat->fetch;
  message->policy.cache = g_strdup (cache);
  if (!sc_seat_hub_send (self->hub, seat->id, message))
    return; /* it is gone, and is told when it is back */
  seat->policy_sent = TRUE;
  seat->sent_fetch = seat->fetch;
  g_free (seat->sent_cache);
  seat->sent_cache = g_strdup (cache);
}

/* rooms */

/* @room: (transfer full) */
static void
take_room (ScScheduler *self, ScCatalogRoom *room)
{
  const ScPlannerRoom told = { .name = room->name, .policy = &room->policy };

  sc_planner_set_room (self->planner, &told);
  sc_sessions_set_room_cap (self->sessions, room->name, room->policy.rate_cap);
  g_hash_table_replace (self->rooms, g_strdup (room->name), room);
}

static void
forget_room (ScScheduler *self, const char *room)
{
  g_autofree char *name = g_strdup (room);

  if (!g_hash_table_remove (self->rooms, name))
    return;
  sc_planner_remove_room (self->planner, name);
  sc_sessions_set_room_cap (self->sessions, name, 0);
}

/* Those that are in none: no staff's wishes hold for them. */
static void
take_no_room (ScScheduler *self)
{
  ScCatalogRoom *room = g_new0 (ScCatalogRoom, 1);

  room->name = g_strdup ("");
  sc_room_policy_init (&room->policy);
  take_room (self, room);
}

/* Returns: whether it is known now. A room whose policy cannot be read is not: nothing is sent there. */
static gboolean
need_room (ScScheduler *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  ScCatalogRoom *room = NULL;

  if (g_hash_table_contains (self->rooms, name))
    return TRUE;
  room = sc_catalog_load_room (self->catalog, name, &error);
  if (room == NULL)
    g_warning ("the seats of room “%s” are not looked after: %s", name, error->message);
  else
    take_room (self, room);
  return room != NULL;
}

/* seats */

static gboolean
has_state (const ScInventory *inventory, ScTemplateState state)
{
  for (guint i = 0; i < inventory->templates->len; i++)
    if (((const ScInventoryTemplate *) g_ptr_array_index (inventory->templates, i))->state == state)
      return TRUE;
  return FALSE;
}

static gboolean
has_busy (const ScInventory *inventory)
{
  for (guint i = 0; i < inventory->templates->len; i++)
    if (((const ScInventoryTemplate *) g_ptr_array_index (inventory->templates, i))->busy)
      return TRUE;
  return FALSE;
}

/* Whether it was already on its way to @version when it was left. */
static gboolean
is_between (const ScInventory *inventory, guint64 version)
{
  for (guint i = 0; i < inventory->templates->len; i++) {
    const ScInventoryTemplate *template = g_ptr_array_index (inventory->templates, i);

    if (template->state == SC_TEMPLATE_UPDATING && template->version != version)
      return FALSE;
  }
  return TRUE;
}

/* What it had wholly before this update, and nothing else that it could go back to: staff may have withdrawn that. In
 * mid-update the seat does not tell all its ways back, as it would have to read what is in its files: so it is to try.
 * 0: none. One that was being mended, or got more of the same version, is where it was. */
static guint64
find_way_back (ScScheduler *self, const ScCatalogSeat *found)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *templates = NULL;
  guint64 version = 0;
  gboolean left = FALSE;

  if (!sc_catalog_find_whole (self->catalog, found->inventory->seat, &version, &templates, &left, &error))
    g_warning ("what seat %s had before is not known: %s", found->inventory->seat, error->message);
  return version == found->assigned_version && !left ? 0 : version;
}

static void
set_text (char **member, const char *text)
{
  if (g_strcmp0 (*member, text) == 0)
    return;
  g_free (*member);
  *member = g_strdup (text);
}

/* What failed or waited on the way to something else says nothing of this. */
static void
take_wanted (ScSchedulerSeat *seat, const ScCatalogSeat *found)
{
  ScSelection *wanted = sc_catalog_seat_dup_wanted (found);

  if (!sc_selection_equal (seat->wanted, wanted) || ((found->due & ~seat->due) & SC_DUE_SESSION) != 0)
    g_clear_pointer (&seat->failed, g_free);
  if (!sc_selection_equal (seat->wanted, wanted)) {
    seat->busy_since = 0;
    seat->busy_version = seat->wanted != NULL ? BUSY_WITH_ANOTHER : 0;
    seat->told.at = -1; /* what comes next may be the same; what it is to have is to be told */
  }
  g_clear_pointer (&seat->wanted, sc_selection_unref);
  seat->wanted = wanted;
  seat->assigned = found->assigned;
  seat->due = found->due;
  seat->due_schedule = found->due_schedule;
}

static void
take_inventory (ScScheduler *self, ScSchedulerSeat *seat, const ScCatalogSeat *found)
{
  const ScInventory *inventory = found->inventory;

  set_text (&seat->mac, inventory->mac);
  set_text (&seat->address, inventory->address);
  seat->met = sc_met_check (self->met, inventory, found->assigned_version, found->assigned_templates);
  seat->unfinished = has_state (inventory, SC_TEMPLATE_UPDATING);
  seat->drifted = !seat->met && !seat->unfinished && inventory->version == found->assigned_version &&
                  has_state (inventory, SC_TEMPLATE_DRIFTED);
  seat->has_busy = has_busy (inventory);
  seat->back = seat->unfinished ? find_way_back (self, found) : 0;
  seat->forward = seat->back == found->assigned_version && is_between (inventory, seat->back);
  seat->going_back = seat->going_back && seat->unfinished;
  if (seat->met)
    g_clear_pointer (&seat->failed, g_free);
}

/* The planner counts from when it was told, which after a start of the engine is too late: staff would never be
 * reminded by one that is switched off each night. */
static void
take_busy_since (ScScheduler *self, ScSchedulerSeat *seat, gboolean is_new)
{
  g_autoptr (GError) error = NULL;

  if (!is_new || !seat->has_busy)
    seat->busy_since = seat->has_busy ? seat->busy_since : 0;
  else if (!sc_catalog_find_busy_since (self->catalog, seat->id, &seat->busy_since, &error))
    g_warning ("since when templates of seat %s are in use is not known: %s", seat->id, error->message);
  else if (seat->busy_since != 0)
    seat->busy_since = MAX (seat->busy_since, seat->assigned);
}

static void
take_seat (ScScheduler *self, const ScCatalogSeat *found)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, found->inventory->seat);
  gboolean is_new = seat == NULL;

  if (seat == NULL) {
    seat = g_new0 (ScSchedulerSeat, 1);
    seat->id = g_strdup (found->inventory->seat);
    g_hash_table_insert (self->seats, seat->id, seat);
  }
  set_text (&seat->room, found->room);
  take_wanted (seat, found);
  take_inventory (self, seat, found);
  take_busy_since (self, seat, is_new);
  if (seat->session != 0 && (seat->due & SC_DUE_SESSION) != 0)
    sc_scheduler_mark_session (self, seat->session); /* that may be what it is due for */
  g_hash_table_add (self->seats_to_tell, g_strdup (seat->id));
}

/* Who has what it is to have waits for nothing: else the session that it was due for would begin on the day on which
 * somebody makes the next template there. */
void
sc_scheduler_end_waits (ScScheduler *self)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->seats_to_tell);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    const ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);

    if (seat != NULL && seat->met && seat->due != SC_DUE_NOT)
      g_ptr_array_add (seats, seat->id);
  }
  if (!sc_scheduler_set_due (self, seats, SC_DUE_NOT, 0))
    return;
  for (guint i = 0; i < seats->len; i++)
    sc_scheduler_find_seat (self, g_ptr_array_index (seats, i))->due = SC_DUE_NOT;
}

static void
forget_seat (ScScheduler *self, const char *seat)
{
  g_autofree char *id = g_strdup (seat);

  sc_planner_remove_seat (self->planner, id);
  g_hash_table_remove (self->seats, id);
}

void
sc_scheduler_read_seat (ScScheduler *self, const char *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (self->catalog, seat, &error);

  if (found != NULL)
    take_seat (self, found);
  else if (g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
    forget_seat (self, seat);
  else
    g_warning ("what seat %s is to have is not known: %s", seat, error->message);
}

void
sc_scheduler_read_room (ScScheduler *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = NULL;
  ScCatalogRoom *room = *name != '\0' ? sc_catalog_load_room (self->catalog, name, &error) : NULL;

  if (room != NULL)
    take_room (self, room);
  else if (g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
    forget_room (self, name);
  else if (error != NULL)
    g_warning ("how room “%s” is to be treated is not known: %s", name, error->message);
  g_clear_error (&error);
  seats = sc_catalog_list_seats (self->catalog, name, &error);
  if (seats == NULL)
    g_warning ("what the seats of room “%s” are to have is not known: %s", name, error->message);
  for (guint i = 0; seats != NULL && i < seats->len; i++)
    take_seat (self, g_ptr_array_index (seats, i));
}

static void
forget_others (ScScheduler *self, GPtrArray *rooms, GPtrArray *seats)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) known_rooms = g_hash_table_get_keys (self->rooms);
  g_autoptr (GList) known_seats = g_hash_table_get_keys (self->seats);

  g_hash_table_add (names, (gpointer) "");
  for (guint i = 0; i < rooms->len; i++)
    g_hash_table_add (names, ((ScCatalogRoom *) g_ptr_array_index (rooms, i))->name);
  for (guint i = 0; i < seats->len; i++)
    g_hash_table_add (ids, ((ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory->seat);
  for (GList *item = known_seats; item != NULL; item = item->next)
    if (!g_hash_table_contains (ids, item->data))
      forget_seat (self, item->data);
  for (GList *item = known_rooms; item != NULL; item = item->next)
    if (!g_hash_table_contains (names, item->data))
      forget_room (self, item->data);
}

static gboolean
on_read_again (gpointer data)
{
  ScScheduler *self = data;

  self->read_again = 0;
  sc_scheduler_look (self);
  return G_SOURCE_REMOVE;
}

void
sc_scheduler_read_all (ScScheduler *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rooms = sc_catalog_load_rooms (self->catalog, &error);
  g_autoptr (GPtrArray) seats = rooms != NULL ? sc_catalog_list_seats (self->catalog, NULL, &error) : NULL;

  if (seats == NULL) {
    g_warning ("what rooms and seats are to have is not known, so none is brought there; that is looked at again in a "
               "minute: %s",
               error->message);
    if (self->read_again == 0)
      self->read_again = g_timeout_add_seconds (READ_AGAIN, on_read_again, self);
    return;
  }
  forget_others (self, rooms, seats);
  take_no_room (self);
  while (rooms->len > 0)
    take_room (self, g_ptr_array_steal_index (rooms, rooms->len - 1));
  for (guint i = 0; i < seats->len; i++)
    take_seat (self, g_ptr_array_index (seats, i));
}

/* what is not in the catalog */

/* Outside sessions: what it last said of one is past, or the session knows better. One that may not fetch and says that
 * it waits, waits for that. */
static gboolean
is_working (ScScheduler *self, const ScSchedulerSeat *seat)
{
  const ScSeatTransfer *transfer = sc_seat_hub_get_transfer (self->hub, seat->id);

  if (transfer == NULL || transfer->session != 0)
    return FALSE;
  return (transfer->state > SC_TRANSFER_WAITING && transfer->state <= SC_TRANSFER_APPLYING) ||
         transfer->state == SC_TRANSFER_VERIFYING || (transfer->state == SC_TRANSFER_WAITING && seat->sent_fetch);
}

/* Lacks nothing but what is in use. Where that is not known: what is due has not been tried yet. */
static gboolean
is_busy (const ScSchedulerSeat *seat)
{
  if (!seat->has_busy || seat->unfinished || seat->met || seat->wanted == NULL)
    return FALSE;
  return seat->busy_version == 0 ? (seat->due & SC_DUE_SESSION) == 0
                                 : seat->busy_version == sc_selection_get_version (seat->wanted);
}

/* Where wake packets for its room leave the console, also once all of it is off. */
static void
note_local_address (ScScheduler *self, const ScSchedulerSeat *seat)
{
  const char *address = sc_seat_hub_get_local_address (self->hub, seat->id);

  if (address != NULL && g_strcmp0 (address, g_hash_table_lookup (self->local_addresses, seat->room)) != 0)
    g_hash_table_replace (self->local_addresses, g_strdup (seat->room), g_strdup (address));
}

void
sc_scheduler_tell_seat (ScScheduler *self, const char *id)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);
  ScPlannerSeat told = { 0 };

  if (seat == NULL || !need_room (self, seat->room))
    return;
  seat->online = sc_seat_hub_is_online (self->hub, id);
  seat->working = is_working (self, seat);
  note_local_address (self, seat);
  told.id = id;
  told.room = seat->room;
  told.wanted = seat->wanted;
  told.met = seat->met;
  told.due = (seat->due & SC_DUE_SESSION) != 0;
  told.wake = sc_scheduler_wakes (self, seat);
  told.online = seat->online;
  told.unfinished = seat->unfinished;
  if (!seat->forward || seat->failed == NULL) /* an update that has failed is not done another way */
    told.back = seat->back;
  told.busy = is_busy (seat);
  told.busy_since = seat->busy_since;
  told.drifted = seat->drifted;
  told.held = (seat->due & SC_DUE_HELD) != 0;
  told.working = seat->working || seat->asked;
  told.session = seat->session;
  told.failed = seat->failed;
  if (seat->came_to_end && !told.working) { /* it was quicker than anybody looked */
    told.working = TRUE;
    sc_planner_set_seat (self->planner, &told);
    told.working = FALSE;
  }
  seat->came_to_end = FALSE;
  sc_planner_set_seat (self->planner, &told);
  sc_scheduler_send_policy (self, seat); /* it is in another room, or its room has another cache */
  g_hash_table_add (self->seats_to_show, g_strdup (id));
}

/* what the hub tells */

static void
on_connected (ScSeatHub *hub, const char *id, ScScheduler *self)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);

  if (seat == NULL)
    return; /* its inventory follows */
  seat->policy_sent = FALSE;
  sc_scheduler_send_policy (self, seat);
  sc_scheduler_mark_live (self, id);
}

static void
on_gone (ScSeatHub *hub, const char *id, ScScheduler *self)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);

  if (seat != NULL)
    seat->policy_sent = FALSE;
  sc_scheduler_mark_live (self, id);
}

static void
on_inventory (ScSeatHub *hub, const char *id, const ScInventory *inventory, ScScheduler *self)
{
  sc_scheduler_mark_seat (self, id);
}

static void
on_changed (ScSeatHub *hub, const char *id, ScScheduler *self)
{
  const ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);

  if (seat != NULL && seat->working != is_working (self, seat))
    sc_scheduler_mark_live (self, id);
}

static void
take_failure (ScScheduler *self, ScSchedulerSeat *seat, const char *why)
{
  if (seat->going_back && sc_sessions_is_on_way_back (self->sessions, seat->id)) /* nobody has it catch up meanwhile */
    g_message ("seat %s, which is between two versions, could not go back: %s", seat->id, why);
  else
    set_text (&seat->failed, why);
  seat->going_back = FALSE;
  seat->came_to_end = TRUE;
}

static void
on_message (ScSeatHub *hub, const char *id, const ScControlMessage *message, ScScheduler *self)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);

  if (seat == NULL)
    return;
  if (message->type == SC_CONTROL_DONE) {
    if (seat->wanted == NULL || message->done.version == sc_selection_get_version (seat->wanted))
      g_clear_pointer (&seat->failed, g_free); /* one that has gone back has still failed */
    seat->came_to_end = message->session == 0;
    seat->busy_version = message->done.busy->len > 0 ? message->done.version : 0;
    sc_scheduler_mark_live (self, id);
  } else if (message->type == SC_CONTROL_FAILED && message->session == 0) {
    take_failure (self, seat, message->failed.message);
    sc_scheduler_mark_live (self, id);
  }
}

void
sc_scheduler_watch_hub (ScScheduler *self)
{
  g_signal_connect (self->hub, "seat-connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->hub, "seat-gone", G_CALLBACK (on_gone), self);
  g_signal_connect (self->hub, "inventory", G_CALLBACK (on_inventory), self);
  g_signal_connect (self->hub, "seat-changed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->hub, "message", G_CALLBACK (on_message), self);
}
