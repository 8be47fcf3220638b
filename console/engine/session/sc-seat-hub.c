/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-seat-hub.h"

#include "common/sc-error.h"
#include "console/engine/session/sc-seat-link.h"

#define CHANGE_INTERVAL 250 /* ms between "seat-changed" of one seat */

struct _ScSeatHub {
  GObject parent_instance;
  ScCatalog *catalog;
  ScSeatHubTiming timing;
  GPtrArray *strangers; /* ScSeatLink: no inventory yet */
  GHashTable *links;    /* seat → ScSeatLink */
  GHashTable *changed;  /* utf8: seats whose change is to be told when the timer fires */
  GHashTable *told;     /* utf8: seats whose change was told since the timer fired last */
  guint timer;
  guint silence; /* a GSource's id: while there are links */
};

G_DEFINE_FINAL_TYPE (ScSeatHub, sc_seat_hub, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, SIGNAL_CONNECTED, SIGNAL_GONE, SIGNAL_MESSAGE, SIGNAL_INVENTORY, SIGNAL_REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
free_link (ScSeatLink *link)
{
  sc_seat_link_close (link, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  sc_seat_link_unref (link);
}

static void
sc_seat_hub_finalize (GObject *object)
{
  ScSeatHub *self = SC_SEAT_HUB (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->silence, g_source_remove);
  sc_catalog_set_presence (self->catalog, NULL, NULL);
  g_ptr_array_unref (self->strangers);
  g_hash_table_unref (self->links);
  g_hash_table_unref (self->changed);
  g_hash_table_unref (self->told);
  G_OBJECT_CLASS (sc_seat_hub_parent_class)->finalize (object);
}

static void
sc_seat_hub_class_init (ScSeatHubClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_seat_hub_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("seat-changed", SC_TYPE_SEAT_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_CONNECTED] = g_signal_new ("seat-connected", SC_TYPE_SEAT_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_GONE] = g_signal_new ("seat-gone", SC_TYPE_SEAT_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", SC_TYPE_SEAT_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_POINTER);
  signals[SIGNAL_INVENTORY] = g_signal_new ("inventory", SC_TYPE_SEAT_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_POINTER);
  signals[SIGNAL_REFUSED] =
      g_signal_new ("refused", SC_TYPE_SEAT_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sc_seat_hub_init (ScSeatHub *self)
{
  self->timing = (ScSeatHubTiming){ .inventory_timeout = 10000, .keepalive = 10, .silence_timeout = 30000 };
  self->strangers = g_ptr_array_new_with_free_func ((GDestroyNotify) free_link);
  self->links = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) free_link);
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static gboolean
is_online (gpointer data, const char *seat)
{
  return sc_seat_hub_is_online (data, seat);
}

ScSeatHub *
sc_seat_hub_new (ScCatalog *catalog)
{
  ScSeatHub *self = g_object_new (SC_TYPE_SEAT_HUB, NULL);

  self->catalog = catalog;
  sc_catalog_set_presence (catalog, is_online, self);
  return self;
}

void
sc_seat_hub_set_timing (ScSeatHub *self, const ScSeatHubTiming *timing)
{
  self->timing = *timing;
}

/* changes */

static gboolean
tell_changes (gpointer data)
{
  ScSeatHub *self = data;
  g_autoptr (GHashTable) due = g_steal_pointer (&self->changed);
  GHashTableIter iter;
  gpointer seat;

  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_remove_all (self->told);
  if (g_hash_table_size (due) == 0) {
    self->timer = 0;
    return G_SOURCE_REMOVE;
  }
  g_hash_table_iter_init (&iter, due);
  while (g_hash_table_iter_next (&iter, &seat, NULL)) {
    g_hash_table_add (self->told, g_strdup (seat));
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, seat);
  }
  return G_SOURCE_CONTINUE;
}

static void
note_change (ScSeatHub *self, const char *seat)
{
  if (g_hash_table_contains (self->told, seat)) {
    g_hash_table_add (self->changed, g_strdup (seat));
    return;
  }
  g_hash_table_add (self->told, g_strdup (seat));
  if (self->timer == 0)
    self->timer = g_timeout_add (CHANGE_INTERVAL, tell_changes, self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, seat);
}

/* links */

static void
welcome (ScSeatLink *link)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_WELCOME, 0);

  message->welcome.protocol = SC_CONTROL_PROTOCOL;
  message->welcome.console = g_strdup (g_get_host_name ());
  sc_seat_link_send (link, message);
}

static gboolean
check_silence (gpointer data)
{
  ScSeatHub *self = data;
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_seat_link_unref);
  GHashTableIter iter;
  gpointer link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &link))
    g_ptr_array_add (links, sc_seat_link_ref (link));
  for (guint i = 0; i < links->len; i++)
    sc_seat_link_check_silence (g_ptr_array_index (links, i));
  if (links->len > 0)
    return G_SOURCE_CONTINUE;
  self->silence = 0;
  return G_SOURCE_REMOVE;
}

static void
watch_silence (ScSeatHub *self)
{
  guint interval = MAX (self->timing.silence_timeout / 4, 1);

  if (self->silence == 0)
    self->silence = interval >= 1000 ? g_timeout_add_seconds (interval / 1000, check_silence, self)
                                     : g_timeout_add (interval, check_silence, self);
}

/* A stranger has said who it is. */
static void
admit_link (ScSeatHub *self, ScSeatLink *link)
{
  g_autofree char *seat = g_strdup (sc_seat_link_get_seat (link));
  gboolean replaced = g_hash_table_contains (self->links, seat);
  guint index = 0;

  if (!g_ptr_array_find (self->strangers, link, &index))
    return;
  g_ptr_array_steal_index_fast (self->strangers, index);
  g_hash_table_replace (self->links, g_strdup (seat), link);
  if (replaced) {
    g_message ("seat %s connected again: its earlier connection is closed", seat);
    g_signal_emit (self, signals[SIGNAL_GONE], 0, seat);
  }
  watch_silence (self);
  welcome (link);
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0, seat);
}

static void
link_message (gpointer data, ScSeatLink *link, const ScControlMessage *message)
{
  ScSeatHub *self = data;
  const char *seat = sc_seat_link_get_seat (link);
  g_autoptr (GError) error = NULL;

  if (message->type == SC_CONTROL_INVENTORY) {
    if (!sc_catalog_save_inventory (self->catalog, message->inventory, g_get_real_time (), &error))
      g_warning ("the inventory of seat %s could not be kept: %s", seat, error->message);
    if (g_hash_table_lookup (self->links, seat) != link)
      admit_link (self, link);
    g_signal_emit (self, signals[SIGNAL_INVENTORY], 0, seat, message->inventory);
  } else {
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, seat, message);
  }
  if (message->type != SC_CONTROL_REPORT && message->type != SC_CONTROL_HEARD)
    note_change (self, seat);
}

/* While it receives it sends no inventory, so nothing else keeps this up. */
static void
save_last_seen (ScSeatHub *self, ScSeatLink *link)
{
  const char *seat = sc_seat_link_get_seat (link);
  g_autoptr (GError) error = NULL;

  if (!sc_catalog_save_last_seen (self->catalog, seat, g_get_real_time () - sc_seat_link_get_silence (link), &error))
    g_warning ("when seat %s was last seen could not be kept: %s", seat, error->message);
}

static void
link_closed (gpointer data, ScSeatLink *link)
{
  ScSeatHub *self = data;
  g_autofree char *seat = g_strdup (sc_seat_link_get_seat (link));

  if (seat == NULL || g_hash_table_lookup (self->links, seat) != link) {
    g_ptr_array_remove_fast (self->strangers, link);
    return;
  }
  save_last_seen (self, link);
  g_hash_table_remove (self->links, seat);
  g_signal_emit (self, signals[SIGNAL_GONE], 0, seat);
  note_change (self, seat);
}

static void
link_refused (gpointer data, ScSeatLink *link, const char *claimed, const char *why)
{
  g_signal_emit (data, signals[SIGNAL_REFUSED], 0, sc_seat_link_get_remote_address (link), claimed, why);
}

static const ScSeatLinkListener link_listener = { .message = link_message,
                                                  .refused = link_refused,
                                                  .closed = link_closed };

void
sc_seat_hub_accept (ScSeatHub *self, SoupWebsocketConnection *connection, const char *seat, const char *local_address,
                    const char *remote_address)
{
  g_ptr_array_add (self->strangers, sc_seat_link_new (connection, seat, local_address, remote_address, &self->timing,
                                                      &link_listener, self));
}

void
sc_seat_hub_shut_out (ScSeatHub *self, const char *seat)
{
  ScSeatLink *link = g_hash_table_lookup (self->links, seat);

  for (guint i = self->strangers->len; i-- > 0;) {
    ScSeatLink *stranger = g_ptr_array_index (self->strangers, i);

    if (g_strcmp0 (sc_seat_link_get_owner (stranger), seat) == 0) {
      sc_seat_link_close (stranger, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "shut out");
      g_ptr_array_remove_index_fast (self->strangers, i);
    }
  }
  if (link == NULL)
    return;
  sc_seat_link_close (link, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "shut out");
  link_closed (self, link);
}

void
sc_seat_hub_touch (ScSeatHub *self, const char *seat)
{
  note_change (self, seat);
}

GPtrArray *
sc_seat_hub_list_online (ScSeatHub *self)
{
  GPtrArray *seats = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer seat;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, &seat, NULL))
    g_ptr_array_add (seats, g_strdup (seat));
  return seats;
}

gboolean
sc_seat_hub_is_online (ScSeatHub *self, const char *seat)
{
  return g_hash_table_contains (self->links, seat);
}

const char *
sc_seat_hub_get_local_address (ScSeatHub *self, const char *seat)
{
  ScSeatLink *link = g_hash_table_lookup (self->links, seat);

  return link != NULL ? sc_seat_link_get_local_address (link) : NULL;
}

gboolean
sc_seat_hub_send (ScSeatHub *self, const char *seat, const ScControlMessage *message)
{
  ScSeatLink *link = g_hash_table_lookup (self->links, seat);

  if (link == NULL || !sc_seat_link_send (link, message))
    return FALSE;
  if (message->type == SC_CONTROL_VERIFY)
    note_change (self, seat);
  return TRUE;
}

const ScSeatTransfer *
sc_seat_hub_get_transfer (ScSeatHub *self, const char *seat)
{
  ScSeatLink *link = g_hash_table_lookup (self->links, seat);

  return link != NULL ? sc_seat_link_get_transfer (link) : NULL;
}

void
sc_seat_hub_fail (ScSeatHub *self, const char *seat, guint64 session, const char *reason)
{
  ScSeatLink *link = g_hash_table_lookup (self->links, seat);

  if (link == NULL)
    return;
  sc_seat_link_fail (link, session, reason);
  note_change (self, seat);
}

void
sc_seat_hub_restore (ScSeatHub *self, const char *seat, guint64 session)
{
  ScSeatLink *link = g_hash_table_lookup (self->links, seat);

  if (link == NULL)
    return;
  sc_seat_link_restore (link, session);
  note_change (self, seat);
}
