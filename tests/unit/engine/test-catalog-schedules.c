/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-schedules.h"
#include "tests/unit/engine/catalog-fixture.h"

/* Planned sessions. */

static ScCatalogSchedule *
make_schedule (const char *room, gint64 next)
{
  ScCatalogSchedule *schedule = g_new0 (ScCatalogSchedule, 1);

  schedule->what = SC_SCHEDULE_VERSION;
  schedule->version = 7;
  schedule->templates = g_strdup ("[\"debian\",\"ünïcode\"]");
  schedule->room = g_strdup (room);
  schedule->seats = g_ptr_array_new_with_free_func (g_free);
  schedule->kind = SC_SCHEDULE_REPEAT;
  schedule->at = NOW + 1;
  schedule->days = 0x51;
  schedule->minute = 22 * 60 + 30;
  schedule->zone = g_strdup ("Europe/Berlin");
  schedule->wake = TRUE;
  schedule->rate_cap_set = TRUE;
  schedule->rate_cap = 500000000;
  schedule->author = g_strdup ("mara");
  schedule->created = NOW;
  schedule->next = next;
  schedule->error = g_strdup ("");
  return schedule;
}

static guint64
add (ScCatalog *catalog, const char *room, gint64 next)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSchedule) schedule = make_schedule (room, next);

  g_assert_true (sc_catalog_add_schedule (catalog, schedule, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (schedule->id, !=, 0);
  return schedule->id;
}

static ScCatalogSchedule *
get (ScCatalog *catalog, guint64 id)
{
  g_autoptr (GError) error = NULL;
  ScCatalogSchedule *schedule = sc_catalog_get_schedule (catalog, id, &error);

  g_assert_no_error (error);
  return schedule;
}

static void
assert_same (const ScCatalogSchedule *a, const ScCatalogSchedule *b)
{
  g_assert_cmpuint (a->id, ==, b->id);
  g_assert_cmpint (a->what, ==, b->what);
  g_assert_cmpuint (a->version, ==, b->version);
  g_assert_cmpstr (a->templates, ==, b->templates);
  g_assert_cmpstr (a->room, ==, b->room);
  g_assert_cmpuint (a->seats->len, ==, b->seats->len);
  for (guint i = 0; i < a->seats->len; i++)
    g_assert_cmpstr (g_ptr_array_index (a->seats, i), ==, g_ptr_array_index (b->seats, i));
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpint (a->at, ==, b->at);
  g_assert_cmpuint (a->days, ==, b->days);
  g_assert_cmpuint (a->minute, ==, b->minute);
  g_assert_cmpstr (a->zone, ==, b->zone);
  g_assert_cmpint (a->wake, ==, b->wake);
  g_assert_cmpint (a->power_off, ==, b->power_off);
  g_assert_cmpint (a->rate_cap_set, ==, b->rate_cap_set);
  g_assert_cmpuint (a->rate_cap, ==, b->rate_cap);
  g_assert_cmpstr (a->author, ==, b->author);
  g_assert_cmpint (a->created, ==, b->created);
  g_assert_cmpint (a->next, ==, b->next);
  g_assert_cmpint (a->last, ==, b->last);
  g_assert_cmpuint (a->last_session, ==, b->last_session);
  g_assert_cmpint (a->state, ==, b->state);
  g_assert_cmpstr (a->error, ==, b->error);
}

/* ids with commas between, in their order */
static void
assert_list (ScCatalog *catalog, gboolean planned, guint max, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = sc_catalog_list_schedules (catalog, planned, max, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "",
                            ((const ScCatalogSchedule *) g_ptr_array_index (list, i))->id);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_kept_whole (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule = make_schedule ("A101", NOW + 9);
  g_autoptr (ScCatalogSchedule) kept = NULL;
  g_autoptr (ScCatalogSchedule) changed = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (schedule->seats, g_strdup ("id-1"));
  g_ptr_array_add (schedule->seats, g_strdup ("id-2"));
  g_assert_true (sc_catalog_add_schedule (fixture->catalog, schedule, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  kept = get (fixture->catalog, schedule->id);
  assert_same (kept, schedule);

  schedule->what = SC_SCHEDULE_NEWEST;
  schedule->version = 0;
  catalog_set_text (&schedule->templates, "");
  g_ptr_array_set_size (schedule->seats, 0);
  schedule->kind = SC_SCHEDULE_WINDOW;
  schedule->wake = FALSE;
  schedule->power_off = TRUE;
  schedule->rate_cap = 0; /* as fast as the seats take it */
  schedule->next = 0;
  schedule->last = NOW + 9;
  schedule->last_session = 12;
  schedule->state = SC_SCHEDULE_FAILED;
  catalog_set_text (&schedule->error, "there is no version");
  g_assert_true (sc_catalog_save_schedule (fixture->catalog, schedule, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  changed = get (fixture->catalog, schedule->id);
  assert_same (changed, schedule);
}

static void
test_unknown (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule = make_schedule ("A101", NOW);
  g_autoptr (GError) error = NULL;

  schedule->id = 5;
  g_assert_false (sc_catalog_save_schedule (fixture->catalog, schedule, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_catalog_get_schedule (fixture->catalog, 5, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
cancel (ScCatalog *catalog, guint64 id)
{
  g_autoptr (ScCatalogSchedule) schedule = get (catalog, id);
  g_autoptr (GError) error = NULL;

  schedule->state = SC_SCHEDULE_CANCELLED;
  g_assert_true (sc_catalog_save_schedule (catalog, schedule, &error));
  g_assert_no_error (error);
}

static void
test_lists (CatalogFixture *fixture, gconstpointer data)
{
  assert_list (fixture->catalog, TRUE, 10, "");
  g_assert_cmpuint (add (fixture->catalog, "A101", NOW + 30), ==, 1);
  g_assert_cmpuint (add (fixture->catalog, "B202", NOW + 10), ==, 2);
  g_assert_cmpuint (add (fixture->catalog, "B202", NOW + 20), ==, 3);
  g_assert_cmpuint (add (fixture->catalog, "", NOW + 10), ==, 4);
  assert_list (fixture->catalog, TRUE, 10, "2,4,3,1");
  assert_list (fixture->catalog, FALSE, 10, "4,3,2,1");
  cancel (fixture->catalog, 4);
  assert_list (fixture->catalog, TRUE, 10, "2,3,1");
  assert_list (fixture->catalog, TRUE, 2, "2,3");
  assert_list (fixture->catalog, FALSE, 2, "4,3");
}

static void
test_renamed_room (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) first = NULL;
  g_autoptr (ScCatalogSchedule) second = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture->catalog, "A101", NOW);
  add (fixture->catalog, "B202", NOW);
  g_assert_true (sc_catalog_rename_schedules (fixture->catalog, "A101", "Physics", &error));
  g_assert_no_error (error);
  first = get (fixture->catalog, 1);
  second = get (fixture->catalog, 2);
  g_assert_cmpstr (first->room, ==, "Physics");
  g_assert_cmpstr (second->room, ==, "B202");
}

/* What another engine has written, or a damaged disk, is not run as something else. */
static void
test_unreadable (CatalogFixture *fixture, gconstpointer data)
{
  static const char *const changes[] = {
    "UPDATE schedules SET what = 'oldest'",
    "UPDATE schedules SET what = 'version', kind = 'moon'",
    "UPDATE schedules SET kind = 'at', state = 'lost'",
    "UPDATE schedules SET state = 'planned', seats = '[1]'",
    "UPDATE schedules SET seats = '['",
  };
  g_autoptr (GError) error = NULL;

  add (fixture->catalog, "A101", NOW);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_assert_true (sc_database_exec (fixture->catalog->database, changes[i], &error));
    g_assert_no_error (error);
    g_assert_null (sc_catalog_get_schedule (fixture->catalog, 1, &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, "schedule 1"));
    g_clear_error (&error);
    g_assert_null (sc_catalog_list_schedules (fixture->catalog, FALSE, 10, &error));
    g_assert_nonnull (error);
    g_clear_error (&error);
  }
  g_assert_true (sc_database_exec (fixture->catalog->database, "UPDATE schedules SET seats = '[]'", &error));
  sc_catalog_schedule_free (get (fixture->catalog, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function)                                                                                           \
  g_test_add (path, CatalogFixture, NULL, catalog_fixture_set_up, function, catalog_fixture_tear_down)
  TEST ("/catalog-schedules/kept-whole", test_kept_whole);
  TEST ("/catalog-schedules/unknown", test_unknown);
  TEST ("/catalog-schedules/lists", test_lists);
  TEST ("/catalog-schedules/renamed-room", test_renamed_room);
  TEST ("/catalog-schedules/unreadable", test_unreadable);
  return g_test_run ();
}
