/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-room-health.h"
#include "console/gui/model/sc-seat-census.h"
#include "console/gui/rooms/sc-seat-layout.h"
#include "console/gui/rooms/sc-selection.h"

static void
assert_spot (const ScSeatSpot *spot, guint column, guint row)
{
  g_assert_cmpuint (spot->column, ==, column);
  g_assert_cmpuint (spot->row, ==, row);
}

static void
test_flow (void)
{
  ScSeatSpot spots[] = { { "a" }, { "b", TRUE, 1, 0 }, { "c" }, { "d", TRUE, 1, 0 }, { "e", TRUE, 7, 2 } };

  g_assert_cmpuint (sc_seat_layout_flow (spots, G_N_ELEMENTS (spots), 3), ==, 3);
  assert_spot (&spots[0], 0, 0);
  assert_spot (&spots[1], 1, 0);
  assert_spot (&spots[2], 2, 0); /* the cell that is taken is left out */
  assert_spot (&spots[3], 0, 1); /* two on one cell: the second gets a free one */
  g_assert_false (spots[3].placed);
  assert_spot (&spots[4], 7, 2); /* beyond the width: where it stands */
  g_assert_cmpuint (sc_seat_layout_flow (spots, 0, 0), ==, 0);
}

static void
test_move (void)
{
  ScSeatSpot spots[] = { { "a" }, { "b" }, { "c" }, { "d" } };
  gboolean first[] = { TRUE, FALSE, FALSE, FALSE }, pair[] = { TRUE, TRUE, FALSE, FALSE }, none[4] = { FALSE };

  sc_seat_layout_flow (spots, 4, 4);
  g_assert_false (sc_seat_layout_move (spots, 4, none, 1, 0));
  g_assert_false (sc_seat_layout_move (spots, 4, first, -3, -3)); /* at the edge */
  g_assert_true (sc_seat_layout_move (spots, 4, first, 2, 0));
  assert_spot (&spots[0], 2, 0);
  assert_spot (&spots[2], 0, 0); /* they change places */
  assert_spot (&spots[1], 1, 0);
  for (guint i = 0; i < 4; i++)
    g_assert_true (spots[i].placed); /* what was seen stays */
  /* two that stand side by side, by one: the one in the way takes what they left */
  g_assert_true (sc_seat_layout_move (spots, 4, pair, 1, 0));
  assert_spot (&spots[0], 3, 0);
  assert_spot (&spots[1], 2, 0);
  assert_spot (&spots[3], 1, 0);
  g_assert_true (sc_seat_layout_move (spots, 4, first, 1000, 1000));
  assert_spot (&spots[0], 255, 255);
}

static void
test_json (void)
{
  const ScSeatSpot spots[] = { { "a", TRUE, 3, 4 }, { "b", FALSE, 1, 1 }, { "c", TRUE, 0, 256 } };
  g_autoptr (ScJson) json = sc_seat_layout_to_json (spots, G_N_ELEMENTS (spots), TRUE);
  ScJson *places = json_object_get (json, "places");

  g_assert_cmpuint (json_array_size (places), ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (places, 0), "seat")), ==, "a");
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (places, 0), "column")), ==, 3);
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (places, 0), "row")), ==, 4);
  g_assert_true (json_is_true (json_object_get (json, "clear")));
}

static void
test_next (void)
{
  /* a b .
   * c . d
   * . . .
   * e . . */
  const ScSeatPoint points[] = { { 0, 0 }, { 100, 0 }, { 0, 50 }, { 200, 50 }, { 0, 150 } };

  g_assert_cmpuint (sc_seat_layout_next (points, 5, 0, SC_DIRECTION_RIGHT), ==, 1);
  g_assert_cmpuint (sc_seat_layout_next (points, 5, 2, SC_DIRECTION_RIGHT), ==, 3);
  g_assert_cmpuint (sc_seat_layout_next (points, 5, 3, SC_DIRECTION_RIGHT), ==, 3);
  g_assert_cmpuint (sc_seat_layout_next (points, 5, 3, SC_DIRECTION_LEFT), ==, 2);
  g_assert_cmpuint (sc_seat_layout_next (points, 5, 0, SC_DIRECTION_DOWN), ==, 2);
  g_assert_cmpuint (sc_seat_layout_next (points, 5, 3, SC_DIRECTION_DOWN), ==, 4);
  g_assert_cmpuint (sc_seat_layout_next (points, 5, 4, SC_DIRECTION_UP), ==, 2);
  g_assert_cmpuint (sc_seat_layout_next (points, 5, 1, SC_DIRECTION_UP), ==, 1);
}

static void
count_signal (gpointer object, guint *n)
{
  (*n)++;
}

static void
test_selection (void)
{
  g_autoptr (ScSelection) selection = sc_selection_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  guint n = 0;

  g_signal_connect (selection, "changed", G_CALLBACK (count_signal), &n);
  g_ptr_array_add (ids, (gpointer) "a");
  g_ptr_array_add (ids, (gpointer) "b");
  g_ptr_array_add (ids, (gpointer) "a");
  sc_selection_set (selection, ids);
  g_assert_cmpuint (sc_selection_get_length (selection), ==, 2);
  g_assert_cmpuint (n, ==, 1);
  sc_selection_add (selection, ids);
  g_assert_cmpuint (n, ==, 1); /* nothing new */
  sc_selection_toggle (selection, "a");
  g_assert_false (sc_selection_contains (selection, "a"));
  sc_selection_remove (selection, "a");
  g_assert_cmpuint (n, ==, 2);
  sc_selection_set_one (selection, "b");
  g_assert_cmpuint (n, ==, 2);
  sc_selection_set_one (selection, NULL);
  g_assert_cmpuint (sc_selection_get_length (selection), ==, 0);
  g_assert_cmpuint (n, ==, 3);
}

static void
put_seat (ScItemList *seats, const char *id, const char *room, const char *presence, const char *state)
{
  g_autoptr (ScJson) json =
      json_pack ("{s:s, s:s, s:s, s:s, s:s, s:i, s:i}", "id", id, "name", id, "room", room, "presence", presence,
                 "version_state", state, "version", 3, "assigned_version", g_str_equal (state, "behind") ? 4 : 3);

  sc_item_list_put (seats, json);
}

static void
test_census (void)
{
  g_autoptr (ScItemList) seats = sc_item_list_new (SC_TYPE_SEAT_ITEM);
  g_autoptr (ScSeatCensus) census = NULL;
  g_autofree char *words = NULL, *all_words = NULL, *no_words = NULL;
  guint n = 0;

  put_seat (seats, "a", "Lab 1", "online", "current");
  census = sc_seat_census_new (seats);
  g_signal_connect (census, "changed", G_CALLBACK (count_signal), &n);
  put_seat (seats, "b", "Lab 1", "online", "behind");
  put_seat (seats, "c", "Lab 2", "offline", "current");
  put_seat (seats, "d", "", "online", "current");
  g_assert_cmpuint (sc_seat_census_count (census, NULL, SC_SEATS_ALL), ==, 4);
  g_assert_cmpuint (sc_seat_census_count (census, NULL, SC_SEATS_ONLINE), ==, 3);
  g_assert_cmpuint (sc_seat_census_count (census, "Lab 1", SC_SEATS_BEHIND), ==, 1);
  g_assert_cmpuint (sc_seat_census_count (census, "Lab 3", SC_SEATS_ALL), ==, 0);
  words = sc_room_health_words (census, "Lab 1");
  g_assert_cmpstr (words, ==, "1 behind");
  g_assert_cmpstr (sc_room_health_icon (census, "Lab 1"), ==, "sc-behind-symbolic");
  put_seat (seats, "b", "Lab 1", "online", "current"); /* it has got its version */
  put_seat (seats, "c", "", "offline", "current");     /* it was moved, and is at another position now */
  g_assert_cmpuint (sc_seat_census_count (census, "Lab 1", SC_SEATS_BEHIND), ==, 0);
  g_assert_cmpuint (sc_seat_census_count (census, "Lab 2", SC_SEATS_ALL), ==, 0);
  g_assert_cmpuint (sc_seat_census_count (census, "", SC_SEATS_ALL), ==, 2);
  sc_item_list_remove (seats, "d");
  g_assert_cmpuint (sc_seat_census_count (census, "", SC_SEATS_ONLINE), ==, 0);
  all_words = sc_room_health_words (census, "Lab 1");
  g_assert_cmpstr (all_words, ==, "All current");
  no_words = sc_room_health_words (census, "Lab 2");
  g_assert_cmpstr (no_words, ==, "No seats");
  g_assert_null (sc_room_health_class (census, "Lab 2"));
  g_assert_cmpuint (n, ==, 0); /* told once, later */
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rooms/layout/flow", test_flow);
  g_test_add_func ("/rooms/layout/move", test_move);
  g_test_add_func ("/rooms/layout/json", test_json);
  g_test_add_func ("/rooms/layout/next", test_next);
  g_test_add_func ("/rooms/selection", test_selection);
  g_test_add_func ("/rooms/census", test_census);
  return g_test_run ();
}
