/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-demotion.h"
#include "tests/unit/engine/catalog-fixture.h"

/* Sessions in the catalog: what they were started for, and which are not over. */

static guint64
add (CatalogFixture *fixture, ScSessionState state, gboolean suspended)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rooms = g_ptr_array_new ();
  ScCatalogSession session = { 0 };

  g_ptr_array_add (rooms, (gpointer) "A101");
  g_ptr_array_add (rooms, (gpointer) "B “2”");
  session.version = 3;
  session.templates = (char *) "[\"Debian\"]";
  session.room = (char *) "";
  session.rooms = rooms;
  session.origin = (char *) "schedule";
  session.schedule = 17;
  session.suspended = suspended;
  session.any_time = !suspended;
  session.wake = suspended;
  session.power_off = TRUE;
  session.state = state;
  session.error = (char *) "";
  session.created = NOW;
  g_assert_true (sc_catalog_add_session (fixture->catalog, &session, &error));
  g_assert_no_error (error);
  return session.id;
}

static void
assert_whole (const ScCatalogSession *session, gboolean suspended)
{
  g_assert_cmpstr (session->templates, ==, "[\"Debian\"]");
  g_assert_cmpuint (session->rooms->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (session->rooms, 0), ==, "A101");
  g_assert_cmpstr (g_ptr_array_index (session->rooms, 1), ==, "B “2”");
  g_assert_cmpstr (session->origin, ==, "schedule");
  g_assert_cmpuint (session->schedule, ==, 17);
  g_assert_cmpint (session->suspended, ==, suspended);
  g_assert_cmpint (session->any_time, ==, !suspended);
  g_assert_cmpint (session->wake, ==, suspended);
  g_assert_true (session->power_off);
}

static void
test_columns (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 id = add (fixture, SC_SESSION_PAUSED, TRUE);
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (fixture->catalog, id, &error);
  g_autoptr (ScCatalogSession) copy = NULL;

  g_assert_no_error (error);
  assert_whole (session, TRUE);
  session->suspended = FALSE;
  session->any_time = TRUE;
  session->wake = FALSE;
  g_assert_true (sc_catalog_save_session (fixture->catalog, session, &error));
  catalog_fixture_reopen (fixture);
  copy = sc_catalog_session_copy (session);
  g_clear_pointer (&session, sc_catalog_session_free);
  assert_whole (copy, FALSE);
  session = sc_catalog_get_session (fixture->catalog, id, &error);
  g_assert_no_error (error);
  assert_whole (session, FALSE);
}

/* One that is made by hand with the former members only is by staff, of the whole version. */
static void
test_defaults (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 id = catalog_add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (fixture->catalog, id, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (session->templates, ==, "");
  g_assert_cmpuint (session->rooms->len, ==, 0);
  g_assert_cmpstr (session->origin, ==, "staff");
  g_assert_cmpuint (session->schedule, ==, 0);
  g_assert_false (session->suspended || session->any_time || session->wake || session->power_off);
}

/* However many came after them. */
static void
test_open_sessions (CatalogFixture *fixture, gconstpointer data)
{
  static const ScSessionState over[] = { SC_SESSION_DONE, SC_SESSION_CANCELLED, SC_SESSION_FAILED, SC_SESSION_PLANNED };
  static const ScSessionState open[] = { SC_SESSION_PREPARING, SC_SESSION_PROBING, SC_SESSION_SENDING,
                                         SC_SESSION_PAUSED, SC_SESSION_FINISHING };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  guint64 ids[G_N_ELEMENTS (open)];

  for (guint i = 0; i < G_N_ELEMENTS (open); i++)
    ids[i] = add (fixture, open[i], FALSE);
  for (guint i = 0; i < 30; i++)
    add (fixture, over[i % G_N_ELEMENTS (over)], FALSE);
  found = sc_catalog_list_open_sessions (fixture->catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (open));
  for (guint i = 0; i < found->len; i++)
    g_assert_cmpuint (((const ScCatalogSession *) g_ptr_array_index (found, i))->id, ==, ids[i]);
}

/* What is counted of a seat, and each time that it was taken off the stream. */
static void
test_seat_figures (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 id = catalog_add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_REPAIRING);
  g_autoptr (ScCatalogSessionSeat) seat = sc_catalog_get_session_seat (fixture->catalog, id, "id-1", &error);
  g_autoptr (ScCatalogSessionSeat) copy = NULL;
  const ScDemotion *demotion = NULL;

  g_assert_no_error (error);
  g_assert_null (seat->demotions);
  seat->dropped = 31;
  seat->charged = 32;
  seat->waited = 33;
  seat->backlog = 34;
  sc_demotions_add (&seat->demotions, NOW, "silent");
  sc_demotions_add (&seat->demotions, NOW + 1, "of a later engine");
  g_assert_true (sc_catalog_save_session_seat (fixture->catalog, id, seat, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  g_clear_pointer (&seat, sc_catalog_session_seat_free);
  seat = sc_catalog_get_session_seat (fixture->catalog, id, "id-1", &error);
  copy = sc_catalog_session_seat_copy (seat);
  g_clear_pointer (&seat, sc_catalog_session_seat_free);
  g_assert_cmpuint (copy->lost, ==, 23);
  g_assert_cmpuint (copy->dropped, ==, 31);
  g_assert_cmpuint (copy->charged, ==, 32);
  g_assert_cmpint (copy->waited, ==, 33);
  g_assert_cmpuint (copy->backlog, ==, 0); /* of now only */
  g_assert_cmpuint (copy->demotions->len, ==, 2);
  demotion = g_ptr_array_index (copy->demotions, 0);
  g_assert_cmpint (demotion->time, ==, NOW);
  g_assert_cmpstr (sc_demotion_describe (demotion->reason), ==, "nothing was heard of it for too long");
  demotion = g_ptr_array_index (copy->demotions, 1);
  g_assert_cmpint (demotion->time, ==, NOW + 1);
  g_assert_cmpstr (sc_demotion_describe (demotion->reason), ==, "of a later engine");
}

/* A seat that comes and goes all day does not fill the catalog. */
static void
test_many_demotions (void)
{
  g_autoptr (GPtrArray) demotions = NULL;
  g_autoptr (GPtrArray) damaged = sc_demotions_from_text ("[{\"time\":1},2,{\"reason\":\"silent\"}]");

  for (guint i = 0; i < SC_DEMOTIONS_MAX + 5; i++)
    sc_demotions_add (&demotions, i + 1, "removed");
  g_assert_cmpuint (demotions->len, ==, SC_DEMOTIONS_MAX);
  g_assert_cmpint (((const ScDemotion *) g_ptr_array_index (demotions, 0))->time, ==, 1);
  g_assert_cmpuint (damaged->len, ==, 1);
  g_assert_null (sc_demotions_from_text ("no JSON"));
}

static void
test_slowest_link (CatalogFixture *fixture, gconstpointer data)
{
  static const guint links[] = { 1000, 0, 100, 10000 };
  g_autoptr (GError) error = NULL;
  guint64 id = catalog_add_session (fixture->catalog, 1, "A101", "id-0", SC_TRANSFER_DONE), link = 1;

  g_assert_true (sc_catalog_get_slowest_link (fixture->catalog, id, &link, &error));
  g_assert_cmpuint (link, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    g_autofree char *seat = g_strdup_printf ("id-%u", i);
    g_autoptr (ScInventory) inventory = catalog_make_inventory (seat, seat, "A101");
    ScCatalogSessionSeat row = { .seat = seat, .reason = (char *) "" };

    inventory->link_mbps = links[i];
    g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, NOW, &error));
    g_assert_true (sc_catalog_save_session_seat (fixture->catalog, id, &row, &error));
    g_assert_no_error (error);
  }
  g_assert_true (sc_catalog_get_slowest_link (fixture->catalog, id, &link, &error));
  g_assert_cmpuint (link, ==, 100000000);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/catalog/sessions/" name, CatalogFixture, NULL, catalog_fixture_set_up, func, catalog_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("columns", test_columns);
  ADD ("defaults", test_defaults);
  ADD ("open-sessions", test_open_sessions);
  ADD ("seat-figures", test_seat_figures);
  ADD ("slowest-link", test_slowest_link);
  g_test_add_func ("/catalog/sessions/many-demotions", test_many_demotions);
  return g_test_run ();
}
