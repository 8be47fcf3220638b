/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-tile-accessible.h"

#include "console/gui/rooms/sc-seat-tile.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScSeatTileAccessible {
  GtkWidgetAccessible parent_instance;
  char *name; /* as it was told last */
};

static void sc_seat_tile_accessible_action_init (AtkActionIface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ScSeatTileAccessible, sc_seat_tile_accessible, GTK_TYPE_WIDGET_ACCESSIBLE,
                               G_IMPLEMENT_INTERFACE (ATK_TYPE_ACTION, sc_seat_tile_accessible_action_init))

static ScSeatTile *
get_tile (gpointer accessible)
{
  GtkWidget *widget = gtk_accessible_get_widget (GTK_ACCESSIBLE (accessible));

  return widget != NULL ? SC_SEAT_TILE (widget) : NULL;
}

static const char *
sc_seat_tile_accessible_get_name (AtkObject *object)
{
  ScSeatTileAccessible *self = SC_SEAT_TILE_ACCESSIBLE (object);
  ScSeatTile *tile = get_tile (self);

  if (tile != NULL) {
    g_free (self->name);
    self->name = sc_words_seat_sentence (sc_seat_tile_get_seat (tile));
  }
  return self->name;
}

static AtkStateSet *
sc_seat_tile_accessible_ref_state_set (AtkObject *object)
{
  AtkStateSet *set = ATK_OBJECT_CLASS (sc_seat_tile_accessible_parent_class)->ref_state_set (object);
  ScSeatTile *tile = get_tile (object);

  atk_state_set_add_state (set, ATK_STATE_SELECTABLE);
  if (tile != NULL && (gtk_widget_get_state_flags (GTK_WIDGET (tile)) & GTK_STATE_FLAG_SELECTED) != 0)
    atk_state_set_add_state (set, ATK_STATE_SELECTED);
  return set;
}

static int
sc_seat_tile_accessible_get_n_actions (AtkAction *action)
{
  return 2;
}

static const char *
sc_seat_tile_accessible_get_action_name (AtkAction *action, int i)
{
  return i == 0 ? "select" : "activate";
}

static const char *
sc_seat_tile_accessible_get_action_label (AtkAction *action, int i)
{
  return i == 0 ? _ ("Select") : _ ("Show the seat");
}

static gboolean
sc_seat_tile_accessible_do_action (AtkAction *action, int i)
{
  ScSeatTile *tile = get_tile (action);

  if (tile == NULL)
    return FALSE;
  sc_seat_tile_do (tile, i != 0);
  return TRUE;
}

static void
sc_seat_tile_accessible_action_init (AtkActionIface *interface)
{
  interface->get_n_actions = sc_seat_tile_accessible_get_n_actions;
  interface->get_name = sc_seat_tile_accessible_get_action_name;
  interface->get_localized_name = sc_seat_tile_accessible_get_action_label;
  interface->do_action = sc_seat_tile_accessible_do_action;
}

static void
sc_seat_tile_accessible_finalize (GObject *object)
{
  g_free (SC_SEAT_TILE_ACCESSIBLE (object)->name);
  G_OBJECT_CLASS (sc_seat_tile_accessible_parent_class)->finalize (object);
}

static void
sc_seat_tile_accessible_class_init (ScSeatTileAccessibleClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_seat_tile_accessible_finalize;
  ATK_OBJECT_CLASS (class)->get_name = sc_seat_tile_accessible_get_name;
  ATK_OBJECT_CLASS (class)->ref_state_set = sc_seat_tile_accessible_ref_state_set;
}

static void
sc_seat_tile_accessible_init (ScSeatTileAccessible *self)
{
}
