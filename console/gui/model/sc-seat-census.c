/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-seat-census.h"

#define CHANGED_INTERVAL_MS 100

/* What is counted of one seat. */
typedef struct {
  const char *room; /* interned: there are few rooms */
  guint32 mask;     /* 1 << ScSeatCounter */
} Entry;

typedef struct {
  guint counts[SC_N_SEAT_COUNTERS];
} Counts;

struct _ScSeatCensus {
  GObject parent_instance;
  ScItemList *seats;
  GArray *entries;   /* Entry, as the list's items */
  GHashTable *rooms; /* name -> Counts */
  Counts all;
  guint changed_source;
};

G_DEFINE_FINAL_TYPE (ScSeatCensus, sc_seat_census, G_TYPE_OBJECT)

static guint changed_signal;

static gboolean
on_changed_due (gpointer data)
{
  ScSeatCensus *self = data;

  self->changed_source = 0;
  g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

static void
count (ScSeatCensus *self, const Entry *entry, int step)
{
  Counts *room = g_hash_table_lookup (self->rooms, entry->room);

  if (room == NULL) {
    room = g_new0 (Counts, 1);
    g_hash_table_insert (self->rooms, (gpointer) entry->room, room);
  }
  for (guint i = 0; i < SC_N_SEAT_COUNTERS; i++)
    if ((entry->mask & 1u << i) != 0) {
      room->counts[i] += (guint) step;
      self->all.counts[i] += (guint) step;
    }
  if (self->changed_source == 0)
    self->changed_source = g_timeout_add (CHANGED_INTERVAL_MS, on_changed_due, self);
}

static Entry
look_at (ScSeatItem *seat)
{
  Entry entry = { g_intern_string (sc_seat_item_get_info (seat)->room), 0 };

  for (guint i = 0; i < SC_N_SEAT_COUNTERS; i++)
    if (sc_seat_item_counts_as (seat, i))
      entry.mask |= 1u << i;
  return entry;
}

static void
on_item_changed (ScItemList *seats, guint position, ScItem *item, ScSeatCensus *self)
{
  Entry *entry = &g_array_index (self->entries, Entry, position);
  Entry now = look_at (SC_SEAT_ITEM (item));

  if (entry->room == now.room && entry->mask == now.mask)
    return;
  count (self, entry, -1);
  *entry = now;
  count (self, entry, 1);
}

static void
on_items_changed (GListModel *seats, guint position, guint removed, guint added, ScSeatCensus *self)
{
  g_autofree Entry *fresh = g_new (Entry, added);

  for (guint i = 0; i < removed; i++)
    count (self, &g_array_index (self->entries, Entry, position + i), -1);
  if (removed > 0)
    g_array_remove_range (self->entries, position, removed);
  for (guint i = 0; i < added; i++) {
    fresh[i] = look_at (sc_item_list_at (self->seats, position + i));
    count (self, &fresh[i], 1);
  }
  if (added > 0)
    g_array_insert_vals (self->entries, position, fresh, added);
}

static void
sc_seat_census_dispose (GObject *object)
{
  ScSeatCensus *self = SC_SEAT_CENSUS (object);

  g_clear_handle_id (&self->changed_source, g_source_remove);
  if (self->seats != NULL)
    g_signal_handlers_disconnect_by_data (self->seats, self);
  g_clear_object (&self->seats);
  G_OBJECT_CLASS (sc_seat_census_parent_class)->dispose (object);
}

static void
sc_seat_census_finalize (GObject *object)
{
  ScSeatCensus *self = SC_SEAT_CENSUS (object);

  g_array_unref (self->entries);
  g_hash_table_unref (self->rooms);
  G_OBJECT_CLASS (sc_seat_census_parent_class)->finalize (object);
}

static void
sc_seat_census_class_init (ScSeatCensusClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sc_seat_census_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_seat_census_finalize;
  changed_signal =
      g_signal_new ("changed", SC_TYPE_SEAT_CENSUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_seat_census_init (ScSeatCensus *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
}

ScSeatCensus *
sc_seat_census_new (ScItemList *seats)
{
  ScSeatCensus *self = g_object_new (SC_TYPE_SEAT_CENSUS, NULL);

  self->seats = g_object_ref (seats);
  g_signal_connect (seats, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (seats, "item-changed", G_CALLBACK (on_item_changed), self);
  on_items_changed (G_LIST_MODEL (seats), 0, 0, sc_item_list_get_length (seats), self);
  return self;
}

guint
sc_seat_census_count (ScSeatCensus *self, const char *room, ScSeatCounter counter)
{
  const Counts *counts = room == NULL ? &self->all : g_hash_table_lookup (self->rooms, room);

  return counts != NULL ? counts->counts[counter] : 0;
}
