/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-private.h"

#include "common/platform/sc-multicast-sender.h"
#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "console/engine/session/sc-session-estimate.h"

#define N_GROUPS 64u

void
sc_session_fill_layout (ScCastLayout *layout, guint32 symbol_size, guint64 plan_length, guint64 content_length)
{
  guint32 window = symbol_size * SC_CAST_MAX_SOURCE_SYMBOLS * SC_CAST_MAX_WINDOWS; /* of one block */

  layout->symbol_size = symbol_size;
  layout->block_symbols = SC_CAST_MAX_SOURCE_SYMBOLS;
  layout->window_blocks = MIN (SC_CAST_WINDOW_BLOCKS, SC_CAST_MAX_MEMORY / window);
  layout->plan_length = plan_length;
  layout->content_length = content_length;
}

/* As large as every seat has heard; where that is not known, what every network carries. */
void
sc_session_make_layout (ScSession *self)
{
  guint32 symbol_size = sc_session_core_get_symbol_size (self->core);
  guint32 ordinary;

  sc_session_estimate_probes (self->parts.config->mtu, &ordinary);
  sc_session_fill_layout (&self->layout, symbol_size != 0 ? symbol_size : ordinary,
                          g_bytes_get_size (sc_session_plan_get_bytes (self->work.plan)),
                          sc_session_plan_get_content_length (self->work.plan));
}

char *
sc_session_make_group (ScSession *self)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->parts.config->group);
  guint8 bytes[4];

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV4)
    return g_strdup (self->parts.config->group);
  memcpy (bytes, g_inet_address_to_bytes (address), sizeof bytes);
  bytes[3] = (guint8) (bytes[3] + sc_session_get_id (self) % N_GROUPS);
  return g_strdup_printf ("%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

const char *
sc_session_choose_interface (ScSession *self)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  const char *best = NULL;
  guint most = 0;

  if (self->parts.config->interface_address != NULL)
    return self->parts.config->interface_address;
  for (guint i = 0; i < sc_session_core_get_n_seats (self->core); i++) {
    const ScCatalogSessionSeat *row = sc_session_core_get_seat (self->core, i, NULL);
    const char *address = sc_seat_hub_get_local_address (self->parts.hub, row->seat);
    guint n;

    if (address == NULL)
      continue;
    n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, address)) + 1;
    g_hash_table_insert (counts, (gpointer) address, GUINT_TO_POINTER (n));
    if (n > most) {
      most = n;
      best = address;
    }
  }
  return best;
}

static void
on_seat_added (gpointer data, guint32 seat, guint32 first_window)
{
  ScSession *self = data;

  sc_session_core_seat_added (self->core, seat, first_window, sc_session_now ());
}

static void
on_seat_lost (gpointer data, guint32 seat, ScCastSeatState state)
{
  ScSession *self = data;

  sc_session_update_figures (self);
  sc_session_core_seat_lost (self->core, seat, state, sc_session_now ());
}

static void
on_sending (gpointer data)
{
  ScSession *self = data;

  sc_session_core_sending (self->core, sc_session_now ());
}

static void
on_finished (gpointer data)
{
  ScSession *self = data;

  sc_session_update_figures (self);
  sc_session_core_sent (self->core, sc_session_now ());
}

static void
on_failed (gpointer data, const GError *error)
{
  ScSession *self = data;

  sc_session_core_fail (self->core, error, sc_session_now ());
}

static const ScCastDriverListener driver_listener = {
  .seat_added = on_seat_added,
  .seat_lost = on_seat_lost,
  .sending = on_sending,
  .finished = on_finished,
  .failed = on_failed,
};

/* Of a session that is taken up again, they go on where they were. */
static ScSessionRates *
load_rates (ScSession *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) kept = sc_catalog_get_rates (self->parts.catalog, sc_session_get_id (self), &error);
  ScSessionRates *rates = NULL;

  if (kept != NULL)
    rates = sc_session_rates_new_from_json (kept, g_get_real_time (), sc_session_now (), &error);
  if (error != NULL)
    sc_log_session_warning (sc_session_get_id (self), "session %" G_GUINT64_FORMAT " begins its rates anew: %s",
                            sc_session_get_id (self), error->message);
  return rates != NULL ? rates : sc_session_rates_new (g_get_real_time (), sc_session_now ());
}

/* its share of the network */

gboolean
sc_session_is_sending (ScSession *self)
{
  return self->streaming && !self->held;
}

void
sc_session_set_streaming (ScSession *self, gboolean streaming, gboolean held)
{
  gboolean was_sending = sc_session_is_sending (self);

  self->streaming = streaming;
  self->held = held;
  if (sc_session_is_sending (self) != was_sending)
    self->listener.sending_changed (self->data, self);
}

guint64
sc_session_get_rate_cap (ScSession *self)
{
  return sc_session_core_get_session (self->core)->rate_cap;
}

void
sc_session_set_rate_cap (ScSession *self, guint64 rate_cap)
{
  sc_session_core_get_session (self->core)->rate_cap = rate_cap;
  sc_session_keeper_mark (self->keeper);
  self->dirty = TRUE;
}

GPtrArray *
sc_session_list_rooms (ScSession *self)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sc_session_core_get_n_seats (self->core); i++) {
    const char *room = g_ptr_array_index (self->rooms, i);

    if (sc_session_core_holds (self->core, sc_session_core_get_seat (self->core, i, NULL)->seat) &&
        !g_ptr_array_find_with_equal_func (rooms, room, g_str_equal, NULL))
      g_ptr_array_add (rooms, g_strdup (room));
  }
  return rooms;
}

void
sc_session_set_rate (ScSession *self, guint64 rate)
{
  if (self->rate == rate)
    return;
  self->rate = rate;
  if (self->driver != NULL)
    sc_cast_driver_set_rate (self->driver, rate);
  sc_session_update_manifests_rate (self);
}

guint64
sc_session_get_rate (ScSession *self)
{
  return self->rate;
}

/* Of the console's interface and its seats', in bits/s; 0: unknown. */
static guint64
find_slowest_link (ScSession *self, const char *interface_address)
{
  g_autoptr (ScInterface) interface = sc_system_find_interface (interface_address);
  guint slowest = interface != NULL ? interface->link_mbps : 0;

  for (guint i = 0; i < sc_session_core_get_n_seats (self->core); i++) {
    const ScCatalogSessionSeat *row = sc_session_core_get_seat (self->core, i, NULL);
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->parts.catalog, row->seat, NULL);

    if (seat != NULL && seat->inventory->link_mbps > 0)
      slowest = slowest > 0 ? MIN (slowest, seat->inventory->link_mbps) : seat->inventory->link_mbps;
  }
  return (guint64) slowest * 1000000;
}

gboolean
sc_session_start_driver (ScSession *self, const guint32 *seats, guint n_seats, GError **error)
{
  g_autofree char *group = sc_session_make_group (self);
  const char *interface_address = sc_session_choose_interface (self);
  ScMulticastSender *sender;

  if (interface_address == NULL) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_UNREACHABLE,
                         "all seats lost their connection before the stream began");
    return FALSE;
  }
  sender = sc_multicast_sender_new (group, self->parts.config->port, interface_address, error);
  if (sender == NULL)
    return FALSE;
  sc_log_session_message (
      sc_session_get_id (self), "session %" G_GUINT64_FORMAT " is sent to %s:%u from %s by symbols of %u bytes",
      sc_session_get_id (self), group, self->parts.config->port, interface_address, self->layout.symbol_size);
  sc_session_end_manifests (self);
  self->rates = load_rates (self);
  sc_session_keeper_set_rates (self->keeper, self->rates);
  self->rate = sc_session_get_rate_cap (self);
  sc_session_set_streaming (self, TRUE, FALSE); /* gives it its share, before anything is sent */
  self->driver = sc_cast_driver_new (self->parts.store, self->work.plan, &self->layout, &self->key, self->rate, sender,
                                     seats, n_seats, &driver_listener, self);
  sc_cast_driver_set_link (self->driver, find_slowest_link (self, interface_address));
  return TRUE;
}
