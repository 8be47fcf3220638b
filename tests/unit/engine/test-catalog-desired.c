/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-desired.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-enrolment.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "tests/unit/engine/catalog-fixture.h"

/* What rooms and seats are assigned, and how rooms are treated. */

#define TWO "debian,Windows 11 – Ünïcode"

/* @templates: (nullable): with commas between. (transfer full) */
static ScSelection *
make_selection (guint64 version, const char *templates)
{
  g_auto (GStrv) names = g_strsplit (templates != NULL ? templates : "", ",", -1);

  return sc_selection_new (version, (const char *const *) names);
}

static void
assign (ScCatalog *catalog, const char *room, guint64 version, const char *templates, ScDue due, guint64 schedule,
        gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = version != 0 ? make_selection (version, templates) : NULL;

  g_assert_true (sc_catalog_assign (catalog, room, selection, due, schedule, now, &error));
  g_assert_no_error (error);
}

static void
pin (ScCatalog *catalog, const char *seat, guint64 version, const char *templates, ScDue due, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = version != 0 ? make_selection (version, templates) : NULL;

  g_assert_true (sc_catalog_pin (catalog, seat, selection, due, 0, now, &error));
  g_assert_no_error (error);
}

static void
move (ScCatalog *catalog, const char *seat, const char *room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();

  g_ptr_array_add (seats, (gpointer) seat);
  g_assert_true (sc_catalog_assign_room (catalog, seats, room, &error));
  g_assert_no_error (error);
}

/* @expected: "version templates due schedule", "pinned" before it */
static void
assert_seat (ScCatalog *catalog, const char *seat, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (catalog, seat, &error);
  g_autoptr (ScSelection) wanted = NULL;
  g_autofree char *templates = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  wanted = sc_catalog_seat_dup_wanted (found);
  if (wanted != NULL && sc_selection_get_templates (wanted) != NULL)
    templates = g_strjoinv (",", (char **) sc_selection_get_templates (wanted));
  text = g_strdup_printf ("%s%" G_GUINT64_FORMAT " %s %d %" G_GUINT64_FORMAT, found->pinned ? "pinned " : "",
                          wanted != NULL ? sc_selection_get_version (wanted) : 0, templates != NULL ? templates : "all",
                          found->due, found->due_schedule);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_since (ScCatalog *catalog, const char *seat, gint64 assigned)
{
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (catalog, seat, NULL);

  g_assert_cmpint (found->assigned, ==, assigned);
}

/* @expected: (nullable): its templates, "all", NULL: nothing is assigned */
static void
assert_room (ScCatalog *catalog, const char *room, guint64 version, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) found = sc_catalog_load_room (catalog, room, &error);
  g_autofree char *templates = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (found->name, ==, room);
  if (version == 0) {
    g_assert_null (found->assigned);
    return;
  }
  g_assert_cmpuint (sc_selection_get_version (found->assigned), ==, version);
  if (sc_selection_get_templates (found->assigned) != NULL)
    templates = g_strjoinv (",", (char **) sc_selection_get_templates (found->assigned));
  g_assert_cmpstr (templates != NULL ? templates : "all", ==, expected);
}

static void
save_four_seats (ScCatalog *catalog)
{
  catalog_save_seat (catalog, "id-1", "pc-1", "A101", 0);
  catalog_save_seat (catalog, "id-2", "pc-2", "A101", 0);
  catalog_save_seat (catalog, "id-3", "pc-3", "B202", 0);
  catalog_save_seat (catalog, "id-4", "pc-4", "", 0);
}

static void
test_assign (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = make_selection (3, NULL);

  save_four_seats (catalog);
  assign (catalog, "A101", 3, TWO, SC_DUE_SESSION | SC_DUE_WAKE, 7, NOW);
  catalog_fixture_reopen (fixture);
  catalog = fixture->catalog;
  assert_room (catalog, "A101", 3, "Windows 11 – Ünïcode,debian");
  assert_room (catalog, "B202", 0, NULL);
  assert_seat (catalog, "id-1", "3 Windows 11 – Ünïcode,debian 3 7");
  assert_seat (catalog, "id-2", "3 Windows 11 – Ünïcode,debian 3 7");
  assert_seat (catalog, "id-3", "0 all 0 0");
  assert_seat (catalog, "id-4", "0 all 0 0");

  /* everybody */
  assign (catalog, NULL, 4, NULL, SC_DUE_SESSION, 0, NOW + 1);
  assert_room (catalog, "A101", 4, "all");
  assert_room (catalog, "B202", 4, "all");
  assert_seat (catalog, "id-1", "4 all 1 0");
  assert_seat (catalog, "id-4", "4 all 1 0");
  assert_since (catalog, "id-1", NOW + 1);

  /* the same again: since when that is so stays, who waits for a session does not */
  assign (catalog, "B202", 4, NULL, SC_DUE_NOT, 9, NOW + 2);
  assert_seat (catalog, "id-3", "4 all 0 0");
  assert_since (catalog, "id-3", NOW + 1);

  /* those that are in no room */
  assign (catalog, "", 2, "debian", SC_DUE_SESSION, 0, NOW + 3);
  assert_seat (catalog, "id-4", "2 debian 1 0");
  assert_seat (catalog, "id-3", "4 all 0 0");
  assert_room (catalog, "B202", 4, "all");

  assign (catalog, "A101", 0, NULL, SC_DUE_SESSION, 9, NOW + 4);
  assert_room (catalog, "A101", 0, NULL);
  assert_seat (catalog, "id-1", "0 all 0 0");

  g_assert_false (sc_catalog_assign (catalog, "nowhere", selection, SC_DUE_SESSION, 0, NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_pin (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;

  save_four_seats (catalog);
  assign (catalog, "A101", 3, NULL, SC_DUE_NOT, 0, NOW);
  pin (catalog, "id-1", 2, "debian", SC_DUE_SESSION, NOW + 1);
  assert_seat (catalog, "id-1", "pinned 2 debian 1 0");
  assert_since (catalog, "id-1", NOW + 1);
  assert_seat (catalog, "id-2", "3 all 0 0");

  /* its room's assignment, and another room's, are not its own */
  assign (catalog, "A101", 4, NULL, SC_DUE_SESSION, 0, NOW + 2);
  assign (catalog, NULL, 5, NULL, SC_DUE_SESSION, 0, NOW + 3);
  move (catalog, "id-1", "B202");
  catalog_fixture_reopen (fixture);
  catalog = fixture->catalog;
  assert_seat (catalog, "id-1", "pinned 2 debian 1 0");
  assert_seat (catalog, "id-2", "5 all 1 0");

  /* unpinned it has what the room has that it is in by now */
  assign (catalog, "B202", 6, "debian", SC_DUE_SESSION, 0, NOW + 4);
  pin (catalog, "id-1", 0, NULL, SC_DUE_SESSION, NOW + 5);
  assert_seat (catalog, "id-1", "6 debian 1 0");
  pin (catalog, "id-4", 2, NULL, SC_DUE_NOT, NOW);
  assert_seat (catalog, "id-4", "pinned 2 all 0 0");
  pin (catalog, "id-4", 0, NULL, SC_DUE_SESSION, NOW);
  assert_seat (catalog, "id-4", "0 all 0 0");

  g_assert_false (sc_catalog_pin (catalog, "id-9", NULL, SC_DUE_NOT, 0, NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

/* Whoever comes into a room takes what that is assigned. */
static void
test_follow (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;

  save_four_seats (catalog);
  assign (catalog, "A101", 3, NULL, SC_DUE_NOT, 0, NOW);
  assign (catalog, "B202", 4, "debian", SC_DUE_NOT, 0, NOW);

  catalog_save_seat (catalog, "id-5", "pc-5", "A101", 0); /* anew */
  assert_seat (catalog, "id-5", "3 all 1 0");
  assert_since (catalog, "id-5", NOW);
  move (catalog, "id-1", "B202"); /* by staff */
  assert_seat (catalog, "id-1", "4 debian 1 0");
  catalog_save_seat (catalog, "id-2", "pc-2", "B202", 0); /* by its own service */
  assert_seat (catalog, "id-2", "4 debian 1 0");
  catalog_save_seat (catalog, "id-1", "pc-1", "C303", 0); /* which does not move one that staff have put there */
  assert_seat (catalog, "id-1", "4 debian 1 0");
  catalog_save_seat (catalog, "id-3", "pc-3", "", 0);
  assert_seat (catalog, "id-3", "0 all 0 0");
  catalog_save_seat (catalog, "id-4", "pc-4", "D404", 0); /* a room that comes to be by that */
  assert_seat (catalog, "id-4", "0 all 0 0");

  /* where both rooms want the same, nothing is to be done */
  assign (catalog, "A101", 4, "debian", SC_DUE_NOT, 0, NOW);
  assign (catalog, "B202", 4, "debian", SC_DUE_NOT, 0, NOW);
  move (catalog, "id-1", "A101");
  assert_seat (catalog, "id-1", "4 debian 0 0");
}

static void
test_follow_enrolled (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) macs = g_ptr_array_new ();
  ScEnrolRequest request = { .name = (char *) "pc-1",
                             .room = (char *) "A101",
                             .machine = (char *) "m",
                             .os = (char *) "",
                             .service_version = (char *) "",
                             .macs = macs };

  g_assert_true (sc_catalog_add_room (catalog, "A101", NULL));
  g_assert_true (sc_catalog_add_room (catalog, "B202", NULL));
  assign (catalog, "A101", 3, NULL, SC_DUE_NOT, 0, NOW);
  assign (catalog, "B202", 4, NULL, SC_DUE_NOT, 0, NOW);
  g_assert_true (sc_catalog_enrol_seat (catalog, "id-1", &request, "10.1.0.5", NULL, NOW / G_USEC_PER_SEC, &error));
  g_assert_no_error (error);
  assert_seat (catalog, "id-1", "3 all 1 0");
  g_assert_true (sc_catalog_enrol_seat (catalog, "id-1", &request, "10.1.0.5", "B202", NOW / G_USEC_PER_SEC, &error));
  g_assert_no_error (error);
  assert_seat (catalog, "id-1", "4 all 1 0");
  pin (catalog, "id-1", 2, NULL, SC_DUE_NOT, NOW);
  g_assert_true (sc_catalog_enrol_seat (catalog, "id-1", &request, "10.1.0.5", "A101", NOW / G_USEC_PER_SEC, &error));
  g_assert_no_error (error);
  assert_seat (catalog, "id-1", "pinned 2 all 0 0");
}

static void
add_schedule (ScCatalog *catalog, int id, const char *room, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup_printf (
      "INSERT INTO schedules (id, what, version, templates, room, seats, kind, at, days, minute, zone, wake, power_off,"
      " rate_cap, author, created, next, state) VALUES (%d, 'newest', 0, '', '%s', '[]', 'at', 5, 0, 0, '', 0, 0, 0,"
      " '', 0, 5, '%s')",
      id, room, state);

  g_assert_true (sc_database_exec (catalog->database, sql, &error));
  g_assert_no_error (error);
}

/* @expected: "id room state next" of each, with ";" between */
static void
assert_schedules (ScCatalog *catalog, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStatement) statement =
      sc_database_prepare (catalog->database,
                           "SELECT group_concat (id || ' ' || room || ' ' || state || ' ' || next, ';') FROM"
                           " (SELECT * FROM schedules ORDER BY id)",
                           &error);
  gboolean has_row = FALSE;

  g_assert_no_error (error);
  g_assert_true (sc_database_step (catalog->database, statement, &has_row, &error));
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, expected);
}

static void
test_rename_and_remove (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) room = NULL;
  g_autoptr (ScCatalogRoom) renamed = NULL;

  save_four_seats (catalog);
  assign (catalog, "A101", 3, NULL, SC_DUE_NOT, 0, NOW);
  pin (catalog, "id-2", 2, NULL, SC_DUE_NOT, NOW);
  room = sc_catalog_load_room (catalog, "A101", &error);
  room->policy.rate_cap = 100000000;
  g_assert_true (sc_catalog_save_room_policy (catalog, "A101", &room->policy, &error));
  add_schedule (catalog, 1, "A101", "planned");
  add_schedule (catalog, 2, "A101", "done");
  add_schedule (catalog, 3, "B202", "planned");

  g_assert_true (sc_catalog_rename_room (catalog, "A101", "Lab 1", &error));
  g_assert_no_error (error);
  assert_room (catalog, "Lab 1", 3, "all");
  renamed = sc_catalog_load_room (catalog, "Lab 1", &error);
  g_assert_cmpuint (renamed->policy.rate_cap, ==, 100000000);
  assert_seat (catalog, "id-1", "3 all 0 0");
  assert_seat (catalog, "id-2", "pinned 2 all 0 0");
  assert_schedules (catalog, "1 Lab 1 planned 5;2 Lab 1 done 5;3 B202 planned 5");
  catalog_save_seat (catalog, "id-1", "pc-1 again", "A101", 0);
  assert_seat (catalog, "id-1", "3 all 0 0");

  g_assert_false (sc_catalog_remove_room (catalog, "Lab 1", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  assert_schedules (catalog, "1 Lab 1 planned 5;2 Lab 1 done 5;3 B202 planned 5");
  move (catalog, "id-1", "B202");
  move (catalog, "id-2", "B202");
  assert_seat (catalog, "id-1", "0 all 0 0");
  g_assert_true (sc_catalog_remove_room (catalog, "Lab 1", &error));
  g_assert_no_error (error);
  assert_schedules (catalog, "1 Lab 1 cancelled 0;2 Lab 1 done 5;3 B202 planned 5");
}

static void
test_policy (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) room = NULL;
  g_autoptr (GPtrArray) rooms = NULL;
  g_autoptr (ScJson) change =
      json_pack ("{s:{s:[s], s:s, s:s, s:s}, s:s, s:b, s:s}", "window", "days", "mon", "from", "18:00", "to", "06:00",
                 "zone", "", "late", "gather", "wake", TRUE, "cache", "https://cache-1.example:8471");

  save_four_seats (catalog);
  room = sc_catalog_load_room (catalog, "A101", &error);
  g_assert_no_error (error);
  g_assert_false (sc_window_is_set (&room->policy.window));
  g_assert_cmpint (room->policy.late, ==, SC_LATE_CATCH_UP);
  g_assert_true (sc_room_policy_change (&room->policy, change, &error));
  g_assert_no_error (error);
  g_assert_true (sc_catalog_save_room_policy (catalog, "A101", &room->policy, &error));
  g_assert_no_error (error);
  g_assert_false (sc_catalog_save_room_policy (catalog, "nowhere", &room->policy, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  catalog_fixture_reopen (fixture);
  catalog = fixture->catalog;
  rooms = sc_catalog_load_rooms (catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rooms->len, ==, 2);
  for (guint i = 0; i < rooms->len; i++) {
    const ScCatalogRoom *found = g_ptr_array_index (rooms, i);

    g_assert_cmpstr (found->name, ==, i == 0 ? "A101" : "B202");
    g_assert_cmpint (sc_window_equal (&found->policy.window, &room->policy.window), ==, i == 0);
    g_assert_cmpint (found->policy.late, ==, i == 0 ? SC_LATE_GATHER : SC_LATE_CATCH_UP);
    g_assert_cmpint (found->policy.wake, ==, i == 0);
    g_assert_cmpstr (found->policy.cache, ==, i == 0 ? "https://cache-1.example:8471" : "");
  }
}

static void
test_policy_damaged (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;

  save_four_seats (catalog);
  g_assert_true (sc_database_exec (catalog->database, "UPDATE rooms SET policy = '{' WHERE name = 'B202'", NULL));
  g_assert_null (sc_catalog_load_rooms (catalog, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "B202"));
  assert_room (catalog, "A101", 0, NULL);
}

static void
test_due (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();

  save_four_seats (catalog);
  assign (catalog, NULL, 3, NULL, SC_DUE_SESSION | SC_DUE_POWER_OFF, 8, NOW);
  g_ptr_array_add (seats, (gpointer) "id-1");
  g_ptr_array_add (seats, (gpointer) "id-3");
  g_assert_true (sc_catalog_set_due (catalog, seats, SC_DUE_NOT, 8, &error));
  g_assert_no_error (error);
  assert_seat (catalog, "id-1", "3 all 0 0");
  assert_seat (catalog, "id-2", "3 all 5 8");
  assert_seat (catalog, "id-3", "3 all 0 0");
  g_assert_true (sc_catalog_set_due (catalog, seats, SC_DUE_SESSION, 9, &error));
  assert_seat (catalog, "id-3", "3 all 1 9");
}

/* What is begun around them holds together. */
static void
test_within (CatalogFixture *fixture, gconstpointer data)
{
  ScCatalog *catalog = fixture->catalog;
  g_autoptr (GError) error = NULL;

  save_four_seats (catalog);
  g_assert_true (sc_catalog_begin (catalog, &error));
  assign (catalog, "A101", 3, NULL, SC_DUE_SESSION, 0, NOW);
  pin (catalog, "id-4", 2, NULL, SC_DUE_NOT, NOW);
  sc_catalog_rollback (catalog);
  assert_room (catalog, "A101", 0, NULL);
  assert_seat (catalog, "id-1", "0 all 0 0");
  assert_seat (catalog, "id-4", "0 all 0 0");
  g_assert_true (sc_catalog_begin (catalog, &error));
  assign (catalog, "A101", 3, NULL, SC_DUE_SESSION, 0, NOW);
  g_assert_true (sc_catalog_commit (catalog, &error));
  catalog_fixture_reopen (fixture);
  assert_seat (fixture->catalog, "id-1", "3 all 1 0");
}

#define ADD(path, func) g_test_add (path, CatalogFixture, NULL, catalog_fixture_set_up, func, catalog_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/catalog-desired/assign", test_assign);
  ADD ("/catalog-desired/pin", test_pin);
  ADD ("/catalog-desired/follow", test_follow);
  ADD ("/catalog-desired/follow-enrolled", test_follow_enrolled);
  ADD ("/catalog-desired/rename-and-remove", test_rename_and_remove);
  ADD ("/catalog-desired/policy", test_policy);
  ADD ("/catalog-desired/policy-damaged", test_policy_damaged);
  ADD ("/catalog-desired/due", test_due);
  ADD ("/catalog-desired/within", test_within);
  return g_test_run ();
}
