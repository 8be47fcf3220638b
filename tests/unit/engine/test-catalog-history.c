/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-activity.h"
#include "console/engine/catalog/sc-catalog-seat-log.h"
#include "console/engine/catalog/sc-catalog-settings.h"
#include "tests/unit/engine/catalog-fixture.h"

/* Who did what, what happened to a seat, settings, and how fast sessions were. */

static guint64
add_activity (CatalogFixture *fixture, const char *action, guint n_seats)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new (action);
  g_autoptr (GError) error = NULL;

  entry->time = NOW;
  entry->version = 3;
  entry->session = 7;
  entry->done = n_seats > 0;
  sc_activity_entry_set_text (&entry->who, "anna@büro");
  sc_activity_entry_set_text (&entry->room, "Lab 1");
  sc_activity_entry_set_text (&entry->error, n_seats > 0 ? NULL : "no seat is online");
  for (guint i = 0; i < n_seats; i++) {
    g_autofree char *name = g_strdup_printf ("pc-%u", i);

    sc_activity_entry_add_seat (entry, name);
  }
  g_assert_true (sc_catalog_add_activity (fixture->catalog, entry, &error));
  g_assert_no_error (error);
  return entry->id;
}

static void
test_activity (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) earlier = NULL;
  const ScActivityEntry *entry;

  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (add_activity (fixture, "pause", 0), ==, i + 1);
  add_activity (fixture, "deploy", 80);
  catalog_fixture_reopen (fixture);
  entries = sc_catalog_list_activity (fixture->catalog, 0, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 3);
  entry = g_ptr_array_index (entries, 0);
  g_assert_cmpuint (entry->id, ==, 6);
  g_assert_cmpint (entry->time, ==, NOW);
  g_assert_cmpstr (entry->who, ==, "anna@büro");
  g_assert_cmpstr (entry->address, ==, "");
  g_assert_cmpstr (entry->action, ==, "deploy");
  g_assert_cmpuint (entry->version, ==, 3);
  g_assert_cmpuint (entry->session, ==, 7);
  g_assert_cmpstr (entry->room, ==, "Lab 1");
  g_assert_cmpuint (entry->n_seats, ==, 80);
  g_assert_cmpuint (entry->seats->len, ==, SC_ACTIVITY_MAX_SEATS);
  g_assert_cmpstr (g_ptr_array_index (entry->seats, 7), ==, "pc-7");
  g_assert_true (entry->done);
  entry = g_ptr_array_index (entries, 1);
  g_assert_false (entry->done);
  g_assert_cmpstr (entry->error, ==, "no seat is online");

  earlier = sc_catalog_list_activity (fixture->catalog, 3, 1000, &error);
  g_assert_cmpuint (earlier->len, ==, 2);
  g_assert_cmpuint (((const ScActivityEntry *) g_ptr_array_index (earlier, 0))->id, ==, 2);
}

static void
log_event (GPtrArray *entries, const char *seat, const char *event, gint64 time)
{
  ScSeatLogEntry *entry = sc_seat_log_entry_new (seat, event, time);

  entry->session = 4;
  entry->version = 2;
  entry->text = g_strdup ("why");
  g_ptr_array_add (entries, entry);
}

static void
test_seat_log (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_seat_log_entry_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) other = NULL;
  const ScSeatLogEntry *entry;

  log_event (entries, "id-2", "drifted", NOW);
  for (guint i = 0; i < SC_SEAT_LOG_MAX_ROWS * 2 + 10; i++)
    log_event (entries, "id-1", i % 2 == 0 ? "connected" : "disconnected", NOW + i);
  g_assert_true (sc_catalog_add_seat_log (fixture->catalog, entries, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  found = sc_catalog_list_seat_log (fixture->catalog, "id-1", 10000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, SC_SEAT_LOG_MAX_ROWS);
  entry = g_ptr_array_index (found, 0);
  g_assert_cmpint (entry->time, ==, NOW + SC_SEAT_LOG_MAX_ROWS * 2 + 9);
  g_assert_cmpstr (entry->event, ==, "disconnected");
  g_assert_cmpuint (entry->session, ==, 4);
  g_assert_cmpuint (entry->version, ==, 2);
  g_assert_cmpstr (entry->text, ==, "why");
  entry = g_ptr_array_index (found, SC_SEAT_LOG_MAX_ROWS - 1);
  g_assert_cmpint (entry->time, ==, NOW + SC_SEAT_LOG_MAX_ROWS + 10);
  other = sc_catalog_list_seat_log (fixture->catalog, "id-2", 10, &error);
  g_assert_cmpuint (other->len, ==, 1);
}

static void
test_settings (CatalogFixture *fixture, gconstpointer data)
{
  g_auto (ScCatalogSettings) none = { 0 };
  g_auto (ScCatalogSettings) found = { 0 };
  const ScCatalogSettings settings = { TRUE, 300000000, (char *) "/srv/templates" };
  const ScCatalogSettings later = { FALSE, 0, (char *) "/srv/other" };
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_get_settings (fixture->catalog, &none, &error));
  g_assert_false (none.rate_cap_set);
  g_assert_cmpstr (none.publish_directory, ==, "");
  g_assert_true (sc_catalog_save_settings (fixture->catalog, &later, &error));
  g_assert_true (sc_catalog_save_settings (fixture->catalog, &settings, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  g_assert_true (sc_catalog_get_settings (fixture->catalog, &found, &error));
  g_assert_true (found.rate_cap_set);
  g_assert_cmpuint (found.rate_cap, ==, 300000000);
  g_assert_cmpstr (found.publish_directory, ==, "/srv/templates");
}

static void
test_rates (CatalogFixture *fixture, gconstpointer data)
{
  guint64 id = catalog_add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  g_autoptr (ScJson) rates = json_pack ("{s:i, s:[i,i]}", "interval_ms", 250, "content", 1, 2);
  g_autoptr (ScJson) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_catalog_get_rates (fixture->catalog, id, &error));
  g_assert_no_error (error);
  g_assert_true (sc_catalog_save_rates (fixture->catalog, id, rates, &error));
  g_assert_true (sc_catalog_save_rates (fixture->catalog, id, rates, &error));
  g_assert_no_error (error);
  found = sc_catalog_get_rates (fixture->catalog, id, &error);
  g_assert_true (json_equal (rates, found));
}

/* What a seat was in, newest first, and its row there. */
static void
test_sessions_of_a_seat (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) sessions = NULL;
  g_autoptr (ScCatalogSessionSeat) row = NULL;

  for (guint i = 0; i < 4; i++)
    catalog_add_session (fixture->catalog, i + 1, "A101", i == 2 ? "id-2" : "id-1", SC_TRANSFER_FAILED);
  sessions = sc_catalog_list_sessions_of_seat (fixture->catalog, "id-1", 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sessions->len, ==, 2);
  g_assert_cmpuint (g_array_index (sessions, guint64, 0), ==, 4);
  g_assert_cmpuint (g_array_index (sessions, guint64, 1), ==, 2);
  row = sc_catalog_get_session_seat (fixture->catalog, 4, "id-1", &error);
  g_assert_no_error (error);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_FAILED);
  g_assert_null (sc_catalog_get_session_seat (fixture->catalog, 3, "id-1", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_seat_counts (CatalogFixture *fixture, gconstpointer data)
{
  static const ScTransferState states[] = { SC_TRANSFER_DONE,   SC_TRANSFER_DONE,      SC_TRANSFER_BUSY,
                                            SC_TRANSFER_FAILED, SC_TRANSFER_RECEIVING, SC_TRANSFER_CANCELLED };
  guint64 session = catalog_add_session (fixture->catalog, 1, "A101", "id-0", states[0]);
  g_autoptr (GError) error = NULL;
  ScCatalogSeatCounts counts;

  for (guint i = 1; i < G_N_ELEMENTS (states); i++) {
    g_autofree char *id = g_strdup_printf ("id-%u", i);
    ScCatalogSessionSeat seat = { .seat = id, .state = states[i], .reason = (char *) "" };

    g_assert_true (sc_catalog_save_session_seat (fixture->catalog, session, &seat, &error));
    g_assert_no_error (error);
  }
  catalog_add_session (fixture->catalog, 1, "A101", "id-0", SC_TRANSFER_FAILED); /* another's seats do not count */
  g_assert_true (sc_catalog_count_session_seats (fixture->catalog, session, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.all, ==, 6);
  g_assert_cmpuint (counts.done, ==, 2);
  g_assert_cmpuint (counts.busy, ==, 1);
  g_assert_cmpuint (counts.failed, ==, 1);
  g_assert_cmpuint (counts.cancelled, ==, 1);
  g_assert_true (sc_catalog_count_session_seats (fixture->catalog, 99, &counts, &error));
  g_assert_cmpuint (counts.all, ==, 0);
}

#define ADD(path, func) g_test_add (path, CatalogFixture, NULL, catalog_fixture_set_up, func, catalog_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/catalog-history/activity", test_activity);
  ADD ("/catalog-history/seat-log", test_seat_log);
  ADD ("/catalog-history/settings", test_settings);
  ADD ("/catalog-history/rates", test_rates);
  ADD ("/catalog-history/sessions-of-a-seat", test_sessions_of_a_seat);
  ADD ("/catalog-history/seat-counts", test_seat_counts);
  return g_test_run ();
}
