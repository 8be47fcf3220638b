/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-seats.h"

#include "console/gui/model/sc-seat-item.h"

#define COUNT_INTERVAL_MS 250u

struct _ScVersionSeats {
  GObject parent;
  ScItemList *seats;
  GHashTable *counts; /* version (guint64 *) → GUINT_TO_POINTER */
  guint count_source;
};

G_DEFINE_FINAL_TYPE (ScVersionSeats, sc_version_seats, G_TYPE_OBJECT)

static guint signal_changed;

static void
sc_version_seats_dispose (GObject *object)
{
  ScVersionSeats *self = SC_VERSION_SEATS (object);

  g_clear_handle_id (&self->count_source, g_source_remove);
  if (self->seats != NULL)
    g_signal_handlers_disconnect_by_data (self->seats, self);
  g_clear_object (&self->seats);
  G_OBJECT_CLASS (sc_version_seats_parent_class)->dispose (object);
}

static void
sc_version_seats_finalize (GObject *object)
{
  g_hash_table_unref (SC_VERSION_SEATS (object)->counts);
  G_OBJECT_CLASS (sc_version_seats_parent_class)->finalize (object);
}

static void
sc_version_seats_class_init (ScVersionSeatsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sc_version_seats_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_version_seats_finalize;
  signal_changed =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_version_seats_init (ScVersionSeats *self)
{
  self->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static guint64
version_at (ScVersionSeats *self, guint position, const ScSeatInfo **info)
{
  *info = sc_seat_item_get_info (sc_item_list_at (self->seats, position));
  return (*info)->version;
}

static void
count (ScVersionSeats *self)
{
  guint n = sc_item_list_get_length (self->seats);

  g_hash_table_remove_all (self->counts);
  for (guint i = 0; i < n; i++) {
    const ScSeatInfo *info = NULL;
    guint64 version = version_at (self, i, &info);
    guint before = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, &version));

    g_hash_table_insert (self->counts, g_memdup2 (&version, sizeof version), GUINT_TO_POINTER (before + 1));
  }
}

static gboolean
on_count (gpointer data)
{
  ScVersionSeats *self = data;

  self->count_source = 0;
  count (self);
  g_signal_emit (self, signal_changed, 0);
  return G_SOURCE_REMOVE;
}

static void
on_seats_changed (ScVersionSeats *self)
{
  if (self->count_source == 0)
    self->count_source = g_timeout_add (COUNT_INTERVAL_MS, on_count, self);
}

ScVersionSeats *
sc_version_seats_new (ScItemList *seats)
{
  ScVersionSeats *self = g_object_new (SC_TYPE_VERSION_SEATS, NULL);

  self->seats = g_object_ref (seats);
  g_signal_connect_swapped (seats, "items-changed", G_CALLBACK (on_seats_changed), self);
  g_signal_connect_swapped (seats, "item-changed", G_CALLBACK (on_seats_changed), self);
  count (self);
  return self;
}

guint
sc_version_seats_count (ScVersionSeats *self, guint64 version)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, &version));
}

guint
sc_version_seats_get_total (ScVersionSeats *self)
{
  return sc_item_list_get_length (self->seats);
}

static void
clear_room (gpointer data)
{
  g_free (((ScVersionRoom *) data)->room);
}

/* The list of seats is in the order of rooms. */
GArray *
sc_version_seats_list_rooms (ScVersionSeats *self, guint64 version)
{
  GArray *rooms = g_array_new (FALSE, FALSE, sizeof (ScVersionRoom));
  guint n = sc_item_list_get_length (self->seats);

  g_array_set_clear_func (rooms, clear_room);
  for (guint i = 0; i < n; i++) {
    const ScSeatInfo *info = NULL;
    gboolean has = version_at (self, i, &info) == version;
    ScVersionRoom *last = rooms->len > 0 ? &g_array_index (rooms, ScVersionRoom, rooms->len - 1) : NULL;

    if (last == NULL || !g_str_equal (last->room, info->room)) {
      ScVersionRoom room = { .room = g_strdup (info->room) };

      g_array_append_val (rooms, room);
      last = &g_array_index (rooms, ScVersionRoom, rooms->len - 1);
    }
    last->total++;
    last->seats += has;
  }
  for (guint i = rooms->len; i > 0; i--)
    if (g_array_index (rooms, ScVersionRoom, i - 1).seats == 0)
      g_array_remove_index (rooms, i - 1);
  return rooms;
}
