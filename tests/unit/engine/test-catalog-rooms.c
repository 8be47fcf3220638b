/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "tests/unit/engine/catalog-fixture.h"

/* Rooms, the assignment of seats to them, and places. */

/* @expected: names with commas between */
static void
assert_rooms (ScCatalog *catalog, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rooms = sc_catalog_list_rooms (catalog, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_ptr_array_add (rooms, NULL);
  text = g_strjoinv (",", (char **) rooms->pdata);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_room (ScCatalog *catalog, const char *seat, const char *room, const char *own_room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (catalog, seat, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (found->room, ==, room);
  g_assert_cmpstr (found->inventory->room, ==, own_room);
}

/* @expected: "3,2", or "" for none */
static void
assert_place (ScCatalog *catalog, const char *seat, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (catalog, seat, &error);
  g_autofree char *place = NULL;

  g_assert_no_error (error);
  place = found->place.is_set ? g_strdup_printf ("%u,%u", found->place.column, found->place.row) : g_strdup ("");
  g_assert_cmpstr (place, ==, expected);
}

/* @code: -1: it works */
static void
assign (ScCatalog *catalog, const char *seat, const char *room, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  g_auto (GStrv) ids = g_strsplit (seat, ",", -1);

  for (gsize i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (seats, ids[i]);
  g_assert_cmpint (sc_catalog_assign_room (catalog, seats, room, &error), ==, code < 0);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SC_ERROR, code);
}

static void
place (ScCatalog *catalog, const char *room, const ScCatalogPlacement *places, guint n_places, gboolean clear, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sc_catalog_set_places (catalog, room, places, n_places, clear, &error), ==, code < 0);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SC_ERROR, code);
}

static void
test_own_rooms (CatalogFixture *fixture, gconstpointer data)
{
  assert_rooms (fixture->catalog, "");
  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "B202", 0);
  catalog_save_seat (fixture->catalog, "id-2", "pc-2", "A101", 0);
  catalog_save_seat (fixture->catalog, "id-3", "pc-3", "A101", 0);
  catalog_save_seat (fixture->catalog, "id-4", "pc-4", "", 0);
  catalog_fixture_reopen (fixture);
  assert_rooms (fixture->catalog, "A101,B202");
  assert_room (fixture->catalog, "id-4", "", "");

  /* the last one that leaves does not take the room along: staff may have made it, or want it back */
  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "C303", 0);
  catalog_save_seat (fixture->catalog, "id-2", "pc-2", "", 0);
  assert_rooms (fixture->catalog, "A101,B202,C303");
  assert_room (fixture->catalog, "id-2", "", "");
}

static void
test_add_and_remove (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_add_room (catalog, "Röhre 1", &error));
  g_assert_no_error (error);
  g_assert_false (sc_catalog_add_room (catalog, "Röhre 1", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (sc_catalog_remove_room (catalog, "Röhre 2", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sc_catalog_check_room (catalog, "Röhre 1", &error));
  g_assert_false (sc_catalog_check_room (catalog, "", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  catalog_save_seat (catalog, "id-1", "pc-1", "A101", 0);
  g_assert_false (sc_catalog_remove_room (catalog, "A101", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  assign (catalog, "id-1", "Röhre 1", -1);
  g_assert_false (sc_catalog_remove_room (catalog, "Röhre 1", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_assert_true (sc_catalog_remove_room (catalog, "A101", &error)); /* empty, though the service names it */
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  assert_rooms (fixture->catalog, "Röhre 1");

  /* nor does the service bring it back, before the seat is to be there again */
  catalog_save_seat (fixture->catalog, "id-1", "pc-1 again", "A101", 0);
  assert_rooms (fixture->catalog, "Röhre 1");
  assign (fixture->catalog, "id-1", NULL, -1);
  assert_rooms (fixture->catalog, "A101,Röhre 1");
  assert_room (fixture->catalog, "id-1", "A101", "A101");
}

static void
test_assign (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GPtrArray) seats = NULL;
  g_autofree char *name = NULL;
  g_autofree char *room = NULL;

  catalog_save_seat (catalog, "id-1", "pc-1", "A101", 0);
  catalog_save_seat (catalog, "id-2", "pc-2", "A101", 0);
  g_assert_true (sc_catalog_add_room (catalog, "Lab 2", NULL));
  assign (catalog, "id-1", "nowhere", SC_ERROR_NOT_FOUND);
  assign (catalog, "id-1,id-9", "Lab 2", SC_ERROR_NOT_FOUND);
  assert_room (catalog, "id-1", "A101", "A101"); /* all, or none */
  assign (catalog, "id-1", "Lab 2", -1);
  assert_room (catalog, "id-1", "Lab 2", "A101");

  /* it stays there when it comes back, whatever its service says */
  catalog_save_seat (catalog, "id-1", "pc-1b", "A101", 0);
  assert_room (catalog, "id-1", "Lab 2", "A101");
  catalog_save_seat (catalog, "id-1", "pc-1", "B202", 0);
  catalog_fixture_reopen (fixture);
  catalog = fixture->catalog;
  assert_room (catalog, "id-1", "Lab 2", "B202");
  assert_rooms (catalog, "A101,Lab 2");

  /* everything goes by the room that it is in */
  seats = sc_catalog_list_seats (catalog, "Lab 2", NULL);
  g_assert_cmpuint (seats->len, ==, 1);
  g_clear_pointer (&seats, g_ptr_array_unref);
  seats = sc_catalog_list_seats (catalog, "B202", NULL);
  g_assert_cmpuint (seats->len, ==, 0);
  sc_catalog_dup_seat_labels (catalog, "id-1", &name, &room);
  g_assert_cmpstr (room, ==, "Lab 2");
  catalog_add_session (catalog, 1, "", "id-1", SC_TRANSFER_DONE);
  g_assert_true (sc_catalog_assign_version (catalog, "id-1", 2, NULL));
  catalog_assert_rollback (catalog, "Lab 2", 1);
  catalog_assert_rollback (catalog, "A101", 0);
  catalog_assert_rollback (catalog, "B202", 0);

  assign (catalog, "id-1,id-2", NULL, -1);
  assert_room (catalog, "id-1", "B202", "B202");
  assert_room (catalog, "id-2", "A101", "A101");
  assert_rooms (catalog, "A101,B202,Lab 2");
}

static void
test_rename (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  const ScCatalogPlacement places[] = { { "id-1", 3, 2 } };
  g_autoptr (GError) error = NULL;

  catalog_save_seat (catalog, "id-1", "pc-1", "A101", 0);
  catalog_save_seat (catalog, "id-2", "pc-2", "B202", 0);
  catalog_save_seat (catalog, "id-3", "pc-3", "C303", 0);
  assign (catalog, "id-2", "A101", -1);
  place (catalog, "A101", places, 1, FALSE, -1);

  g_assert_false (sc_catalog_rename_room (catalog, "A101", "C303", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (sc_catalog_rename_room (catalog, "D404", "E505", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sc_catalog_rename_room (catalog, "A101", "A101", &error));
  assert_room (catalog, "id-1", "A101", "A101");
  g_assert_true (sc_catalog_rename_room (catalog, "A101", "Lab 1", &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  catalog = fixture->catalog;

  assert_rooms (catalog, "B202,C303,Lab 1");
  assert_room (catalog, "id-1", "Lab 1", "A101");
  assert_room (catalog, "id-2", "Lab 1", "B202");
  assert_room (catalog, "id-3", "C303", "C303");
  assert_place (catalog, "id-1", "3,2");
  catalog_save_seat (catalog, "id-1", "pc-1 again", "A101", 0);
  assert_room (catalog, "id-1", "Lab 1", "A101");
  catalog_save_seat (catalog, "id-4", "pc-4", "A101", 0); /* a new one, whose service names the old room */
  assert_rooms (catalog, "A101,B202,C303,Lab 1");
}

static void
test_places (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  const ScCatalogPlacement first[] = { { "id-1", 0, 0 }, { "id-2", 255, 255 } };
  const ScCatalogPlacement swapped[] = { { "id-2", 0, 0 }, { "id-1", 255, 255 } };
  const ScCatalogPlacement taken[] = { { "id-3", 4, 4 }, { "id-1", 0, 0 } };
  const ScCatalogPlacement twice[] = { { "id-1", 5, 5 }, { "id-2", 5, 5 } };
  const ScCatalogPlacement elsewhere[] = { { "id-1", 6, 6 }, { "id-4", 0, 0 } };

  catalog_save_seat (catalog, "id-1", "pc-1", "A101", 0);
  catalog_save_seat (catalog, "id-2", "pc-2", "A101", 0);
  catalog_save_seat (catalog, "id-3", "pc-3", "A101", 0);
  catalog_save_seat (catalog, "id-4", "pc-4", "B202", 0);
  place (catalog, "A101", first, 2, FALSE, -1);
  place (catalog, "A101", swapped, 2, FALSE, -1);
  assert_place (catalog, "id-1", "255,255");
  assert_place (catalog, "id-2", "0,0");
  place (catalog, "B202", &(const ScCatalogPlacement){ "id-4", 0, 0 }, 1, FALSE, -1); /* another room's map */

  place (catalog, "A101", taken, 2, FALSE, SC_ERROR_EXISTS);
  place (catalog, "A101", twice, 2, FALSE, SC_ERROR_EXISTS);
  place (catalog, "A101", elsewhere, 2, FALSE, SC_ERROR_STATE);
  place (catalog, "A101", elsewhere, 2, TRUE, SC_ERROR_STATE);
  place (catalog, "nowhere", NULL, 0, TRUE, SC_ERROR_NOT_FOUND);
  catalog_fixture_reopen (fixture); /* nothing of that was kept */
  catalog = fixture->catalog;
  assert_place (catalog, "id-1", "255,255");
  assert_place (catalog, "id-2", "0,0");
  assert_place (catalog, "id-3", "");

  place (catalog, "A101", &taken[1], 1, TRUE, -1);
  assert_place (catalog, "id-1", "0,0");
  assert_place (catalog, "id-2", "");
  assert_place (catalog, "id-4", "0,0");
}

/* A seat has its place in its room, and loses it with the room. */
static void
test_places_of_moved_seats (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  const ScCatalogPlacement places[] = { { "id-1", 1, 0 }, { "id-2", 2, 0 } };

  catalog_save_seat (catalog, "id-1", "pc-1", "A101", 0);
  catalog_save_seat (catalog, "id-2", "pc-2", "A101", 0);
  catalog_save_seat (catalog, "id-3", "pc-3", "B202", 0);
  place (catalog, "A101", places, 2, FALSE, -1);
  place (catalog, "B202", &(const ScCatalogPlacement){ "id-3", 1, 0 }, 1, FALSE, -1);

  catalog_save_seat (catalog, "id-1", "pc-1 again", "A101", 0);
  assert_place (catalog, "id-1", "1,0");
  assign (catalog, "id-1,id-2", "A101", -1); /* they are there: that only nails them down */
  assert_place (catalog, "id-1", "1,0");
  catalog_save_seat (catalog, "id-1", "pc-1", "B202", 0);
  assert_place (catalog, "id-1", "1,0");
  assign (catalog, "id-1", NULL, -1); /* to B202, where another seat stands at this place */
  assert_place (catalog, "id-1", "");
  assign (catalog, "id-2", NULL, -1);
  assert_place (catalog, "id-2", "2,0");
  catalog_save_seat (catalog, "id-2", "pc-2", "B202", 0);
  assert_place (catalog, "id-2", "");
  assert_place (catalog, "id-3", "1,0");
}

#define ADD(path, func) g_test_add (path, CatalogFixture, NULL, catalog_fixture_set_up, func, catalog_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/catalog-rooms/own-rooms", test_own_rooms);
  ADD ("/catalog-rooms/add-and-remove", test_add_and_remove);
  ADD ("/catalog-rooms/assign", test_assign);
  ADD ("/catalog-rooms/rename", test_rename);
  ADD ("/catalog-rooms/places", test_places);
  ADD ("/catalog-rooms/places-of-moved-seats", test_places_of_moved_seats);
  return g_test_run ();
}
