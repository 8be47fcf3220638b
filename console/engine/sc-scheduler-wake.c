/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-enrolment.h"
#include "console/engine/sc-scheduler-private.h"

#include <string.h>

/* Magic packets reach a machine only on its own network. So they are sent by the console, from the interface that faces
 * the room, and by seats that are on there: one more than needed, since it may just be going off. */
#define RELAYS 2u

/* Seats that are off, whose packets the same relays send. */
typedef struct {
  char *room;
  char *network; /* "10.1.0.": what their addresses begin with; empty: not known */
  GPtrArray *macs;
} Neighbours;

static void
neighbours_free (gpointer data)
{
  Neighbours *neighbours = data;

  g_free (neighbours->room);
  g_free (neighbours->network);
  g_ptr_array_unref (neighbours->macs);
  g_free (neighbours);
}

static char *
dup_network (const char *address)
{
  const char *dot = strrchr (address, '.');

  return dot != NULL ? g_strndup (address, (gsize) (dot - address) + 1) : g_strdup ("");
}

static gboolean
is_in_network (const char *address, const char *network)
{
  return *network != '\0' && g_str_has_prefix (address, network) && strchr (address + strlen (network), '.') == NULL;
}

static Neighbours *
get_neighbours (GPtrArray *all, const ScSchedulerSeat *seat)
{
  g_autofree char *network = dup_network (seat->address);
  Neighbours *neighbours = NULL;

  for (guint i = 0; i < all->len; i++) {
    neighbours = g_ptr_array_index (all, i);
    if (g_str_equal (neighbours->room, seat->room) && g_str_equal (neighbours->network, network))
      return neighbours;
  }
  neighbours = g_new0 (Neighbours, 1);
  neighbours->room = g_strdup (seat->room);
  neighbours->network = g_steal_pointer (&network);
  neighbours->macs = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (all, neighbours);
  return neighbours;
}

/* How well the seat can wake them: 3 it is in their network and room, 2 in their network, 1 in their room. */
static guint
rate_relay (const Neighbours *neighbours, const ScSchedulerSeat *seat)
{
  return (is_in_network (seat->address, neighbours->network) ? 2u : 0u) +
         (*seat->room != '\0' && g_str_equal (seat->room, neighbours->room) ? 1u : 0u);
}

/* (element-type utf8): ids of those that are on, at most RELAYS of the best there are. One in their network has no need
 * of one that is only in their room. */
static GPtrArray *
choose_relays (ScScheduler *self, const Neighbours *neighbours)
{
  GPtrArray *relays = g_ptr_array_new ();

  for (guint rating = 3; rating > 0 && (relays->len == 0 || (rating > 1 && relays->len < RELAYS)); rating--) {
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init (&iter, self->seats);
    while (relays->len < RELAYS && g_hash_table_iter_next (&iter, NULL, &value)) {
      ScSchedulerSeat *seat = value;

      if (rate_relay (neighbours, seat) == rating && sc_seat_hub_is_online (self->hub, seat->id))
        g_ptr_array_add (relays, seat->id);
    }
  }
  return relays;
}

static gboolean
send_to_relay (ScScheduler *self, const char *relay, GPtrArray *macs)
{
  gboolean sent = FALSE;

  for (guint from = 0; from < macs->len; from += SC_CONTROL_MAX_MACS) {
    g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_WAKE, 0);

    message->wake.destination = g_strdup (""); /* it is on their network: that of the console's own may be another */
    for (guint i = from; i < MIN (macs->len, from + SC_CONTROL_MAX_MACS); i++)
      g_ptr_array_add (message->wake.macs, g_strdup (g_ptr_array_index (macs, i)));
    sent = sc_seat_hub_send (self->hub, relay, message) || sent;
  }
  return sent;
}

static gboolean
relay (ScScheduler *self, const Neighbours *neighbours)
{
  g_autoptr (GPtrArray) relays = choose_relays (self, neighbours);
  gboolean sent = FALSE;

  for (guint i = 0; i < relays->len; i++)
    sent = send_to_relay (self, g_ptr_array_index (relays, i), neighbours->macs) || sent;
  return sent;
}

/* (transfer full) (element-type utf8): of the card that it was connected by, and of all that it enrolled with */
static GPtrArray *
list_macs (ScScheduler *self, const ScSchedulerSeat *seat)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sc_catalog_dup_macs (self->catalog, seat->id, &error);
  g_auto (GStrv) enrolled = g_strsplit (text != NULL ? text : "", " ", -1);
  GPtrArray *macs = g_ptr_array_new_with_free_func (g_free);

  if (text == NULL)
    g_warning ("the MAC addresses that seat %s enrolled with are not known: %s", seat->id, error->message);
  if (*seat->mac != '\0')
    g_ptr_array_add (macs, g_strdup (seat->mac));
  for (guint i = 0; enrolled[i] != NULL; i++)
    if (*enrolled[i] != '\0' && g_ascii_strcasecmp (enrolled[i], seat->mac) != 0)
      g_ptr_array_add (macs, g_strdup (enrolled[i]));
  return macs;
}

static gboolean
is_ipv4 (const char *address)
{
  g_autoptr (GInetAddress) parsed = address != NULL ? g_inet_address_new_from_string (address) : NULL;

  return parsed != NULL && g_inet_address_get_family (parsed) == G_SOCKET_FAMILY_IPV4 &&
         !g_inet_address_get_is_loopback (parsed);
}

static const char *
none_if_empty (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

/* From the console: what staff say, or else the interface that the room's seats come in by, or else every one. */
static gboolean
send_from_console (ScScheduler *self, const ScSchedulerSeat *seat, GPtrArray *macs, GError **error)
{
  const ScRoomPolicy *policy = sc_scheduler_get_policy (self, seat->room);
  const char *said = policy != NULL ? none_if_empty (policy->wake_address) : NULL;
  const char *destination = policy != NULL ? none_if_empty (policy->wake_destination) : NULL;
  const char *local = g_hash_table_lookup (self->local_addresses, seat->room);

  if (said != NULL)
    return sc_waker_wake (self->waker, macs, said, destination, error);
  if (is_ipv4 (local) && sc_waker_wake (self->waker, macs, local, destination, NULL))
    return TRUE; /* else that interface is gone */
  return sc_waker_wake (self->waker, macs, NULL, destination, error);
}

/* @all: (inout): Neighbours. Returns: (transfer full) (nullable): why the console could not send for it */
static char *
wake_seat (ScScheduler *self, const char *id, GPtrArray *all, Neighbours **neighbours)
{
  const ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);
  g_autoptr (GPtrArray) macs = NULL;
  g_autoptr (GError) error = NULL;

  *neighbours = NULL;
  if (seat == NULL)
    return g_strdup ("there is no such seat: “seatcastctl seats” lists those that there are");
  if (sc_seat_hub_is_online (self->hub, id))
    return g_strdup ("it is on");
  macs = list_macs (self, seat);
  if (macs->len == 0)
    return g_strdup ("no MAC address of it is known: it tells that when it connects by a network card");
  *neighbours = get_neighbours (all, seat);
  for (guint i = 0; i < macs->len; i++)
    g_ptr_array_add ((*neighbours)->macs, g_strdup (g_ptr_array_index (macs, i)));
  if (send_from_console (self, seat, macs, &error))
    return NULL;
  return g_strdup_printf ("%s, and no seat that is on its network is on", error->message);
}

GPtrArray *
sc_scheduler_wake (ScScheduler *self, GPtrArray *seats)
{
  GPtrArray *errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (neighbours_free);
  g_autofree Neighbours **neighbours = g_new0 (Neighbours *, seats->len);
  g_autoptr (GHashTable) relayed = g_hash_table_new (NULL, NULL);

  if (self->started)
    sc_scheduler_take_up (self);
  for (guint i = 0; i < seats->len; i++)
    g_ptr_array_add (errors, wake_seat (self, g_ptr_array_index (seats, i), all, &neighbours[i]));
  for (guint i = 0; i < all->len; i++)
    if (relay (self, g_ptr_array_index (all, i)))
      g_hash_table_add (relayed, g_ptr_array_index (all, i));
  for (guint i = 0; i < errors->len; i++)
    if (neighbours[i] != NULL && g_hash_table_contains (relayed, neighbours[i]))
      g_clear_pointer (&g_ptr_array_index (errors, i), g_free);
  return errors;
}

void
sc_scheduler_on_wake (gpointer data, const char *const *ids)
{
  ScScheduler *self = data;
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  g_autoptr (GPtrArray) errors = NULL;

  for (; *ids != NULL; ids++)
    if (!sc_seat_hub_is_online (self->hub, *ids))
      g_ptr_array_add (seats, (gpointer) *ids);
  errors = sc_scheduler_wake (self, seats);
  for (guint i = 0; i < errors->len; i++)
    if (g_ptr_array_index (errors, i) != NULL)
      g_warning ("seat %s could not be woken: %s", (const char *) g_ptr_array_index (seats, i),
                 (const char *) g_ptr_array_index (errors, i));
}
