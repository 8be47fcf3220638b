/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-refusals.h"

#include "common/sc-text.h"

#define LOG_INTERVAL G_TIME_SPAN_MINUTE
#define RECORD_INTERVAL G_TIME_SPAN_HOUR
#define OTHERS ""    /* stands for the addresses beyond those that are known */
#define MAX_WHY 256u /* bytes; it may quote what came from outside */

typedef struct {
  gint64 logged, recorded; /* when last, µs, monotonic */
} Address;

struct _ScApiRefusals {
  const ScApiParts *parts;
  GHashTable *addresses; /* utf8 → Address */
};

static gboolean
is_past (gpointer key, gpointer value, gpointer data)
{
  const Address *address = value;

  return *(const gint64 *) data - address->recorded >= RECORD_INTERVAL;
}

static Address *
get_address (ScApiRefusals *self, const char *text, gint64 now)
{
  Address *address = g_hash_table_lookup (self->addresses, text);

  if (address != NULL)
    return address;
  if (g_hash_table_size (self->addresses) >= SC_API_REFUSALS_MAX)
    g_hash_table_foreach_remove (self->addresses, is_past, &now);
  if (g_hash_table_size (self->addresses) >= SC_API_REFUSALS_MAX && !g_str_equal (text, OTHERS))
    return get_address (self, OTHERS, now);
  address = g_new0 (Address, 1);
  address->logged = address->recorded = G_MININT64 / 2;
  g_hash_table_insert (self->addresses, g_strdup (text), address);
  return address;
}

/* (transfer full) (nullable): the seat @id, or else the only one that was last at @address and is not connected */
static ScCatalogSeat *
find_seat (ScApiRefusals *self, const char *address, const char *id)
{
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (self->parts->catalog, NULL, NULL);
  gint found = -1;

  for (guint i = 0; seats != NULL && i < seats->len; i++) {
    const ScInventory *inventory = ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory;
    gboolean fits = id != NULL ? g_str_equal (inventory->seat, id)
                               : g_strcmp0 (inventory->address, address) == 0 &&
                                     !sc_seat_hub_is_online (self->parts->hub, inventory->seat);

    if (fits && found >= 0)
      return NULL;
    if (fits)
      found = (gint) i;
  }
  return found >= 0 ? g_ptr_array_steal_index (seats, (guint) found) : NULL;
}

/* One line of at most MAX_WHY bytes: what is quoted in it came from outside. (transfer full) */
static char *
clean (const char *text)
{
  GString *line = g_string_new (NULL);

  sc_text_append_line (line, text, MAX_WHY);
  return g_string_free (line, FALSE);
}

static void
record (ScApiRefusals *self, const char *address, const ScCatalogSeat *seat, const char *why)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("seat-refused");

  sc_activity_entry_set_text (&entry->address, address);
  sc_activity_entry_set_text (&entry->error, why);
  if (seat != NULL) {
    sc_activity_entry_add_seat (entry, seat->inventory->name);
    sc_activity_entry_set_text (&entry->room, seat->room);
    sc_seat_log_refused (self->parts->seat_log, seat->inventory->seat, address, why);
  }
  sc_activity_record (self->parts->activity, entry);
}

void
sc_api_refusals_note (ScApiRefusals *self, const char *address, const char *seat, const char *why, gint64 now)
{
  Address *known = get_address (self, address, now);
  gboolean log = now - known->logged >= LOG_INTERVAL, keep = now - known->recorded >= RECORD_INTERVAL;
  g_autoptr (ScCatalogSeat) found = NULL;
  g_autofree char *text = NULL;

  if (!log && !keep)
    return;
  text = clean (why);
  found = find_seat (self, address, seat);
  if (log) {
    g_message ("a seat at %s%s%s%s was refused: %s", address, found != NULL ? " (" : "",
               found != NULL ? found->inventory->name : "", found != NULL ? ")" : "", text);
    known->logged = now;
  }
  if (keep) {
    record (self, address, found, text);
    known->recorded = now;
  }
}

static void
on_refused (ScSeatHub *hub, const char *address, const char *seat, const char *why, ScApiRefusals *self)
{
  sc_api_refusals_note (self, address, seat, why, g_get_monotonic_time ());
}

ScApiRefusals *
sc_api_refusals_new (const ScApiParts *parts)
{
  ScApiRefusals *self = g_new0 (ScApiRefusals, 1);

  self->parts = parts;
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_signal_connect (parts->hub, "refused", G_CALLBACK (on_refused), self);
  return self;
}

void
sc_api_refusals_free (ScApiRefusals *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->parts->hub, self);
  g_hash_table_unref (self->addresses);
  g_free (self);
}
