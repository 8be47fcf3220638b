/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-audit.h"
#include "tests/unit/engine/catalog-fixture.h"

#include <stdio.h>
#include <string.h>

#define N_ENTRIES 6u

static void
add_entry (CatalogFixture *fixture, const char *action, const char *who)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new (action);
  g_autoptr (GError) error = NULL;

  entry->time = NOW;
  entry->version = 3;
  entry->session = 7;
  entry->done = TRUE;
  sc_activity_entry_set_text (&entry->who, who);
  sc_activity_entry_set_text (&entry->role, "operator");
  sc_activity_entry_set_text (&entry->address, "10.1.0.9");
  sc_activity_entry_set_text (&entry->room, "Lab 1");
  sc_activity_entry_set_text (&entry->detail, "detail");
  sc_activity_entry_add_seat (entry, "pc-1");
  g_assert_true (sc_catalog_add_activity (fixture->catalog, entry, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (entry->hash), ==, SC_AUDIT_HEX_LENGTH);
}

static void
add_entries (CatalogFixture *fixture)
{
  for (guint i = 0; i < N_ENTRIES; i++)
    add_entry (fixture, "deploy", "anna");
}

static ScAudit
verify (CatalogFixture *fixture, const char *head)
{
  g_autofree char *path = sc_catalog_dup_path (fixture->catalog);
  g_autoptr (GError) error = NULL;
  ScAudit audit;

  g_assert_true (sc_audit_verify (path, head, &audit, &error));
  g_assert_no_error (error);
  g_assert_cmpint (audit.intact, ==, audit.first_bad == 0);
  return audit;
}

static void
assert_intact (CatalogFixture *fixture, guint64 entries)
{
  const ScAudit audit = verify (fixture, NULL);

  g_assert_true (audit.intact);
  g_assert_cmpuint (audit.entries, ==, entries);
}

static void
assert_bad (CatalogFixture *fixture, guint64 id)
{
  const ScAudit audit = verify (fixture, NULL);

  g_assert_false (audit.intact);
  g_assert_cmpuint (audit.first_bad, ==, id);
}

static gboolean
run_sql (CatalogFixture *fixture, const char *sql, GError **error)
{
  return sc_database_exec (fixture->catalog->database, sql, error);
}

/* As one does who has the disk: without the triggers. */
static void
tamper (CatalogFixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (run_sql (fixture,
                          "DROP TRIGGER IF EXISTS activity_is_not_changed;"
                          "DROP TRIGGER IF EXISTS activity_is_not_deleted",
                          &error));
  g_assert_true (run_sql (fixture, sql, &error));
  g_assert_no_error (error);
}

/* The hash of a known entry, as Python's hashlib has it: whoever checks the log by their own program gets the same. */
static void
test_known (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  add_entry (fixture, "deploy", "anna@büro");
  add_entry (fixture, "cancel", "");
  entries = sc_catalog_list_activity (fixture->catalog, 0, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((const ScActivityEntry *) g_ptr_array_index (entries, 1))->hash, ==,
                   "a3f3d9ac74501cc8dffc8157767a5fa09f54c3c1a1e891afa0e01970957bd2bb");
  g_assert_cmpstr (((const ScActivityEntry *) g_ptr_array_index (entries, 0))->hash, ==,
                   "c225a566aa30cc60293970a6ef67f80ab28491b260859ae0b6268ee3bcb682f5");
}

static void
test_chain (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  const ScActivityEntry *third = NULL;
  g_autofree char *upper = NULL;
  ScAudit audit = verify (fixture, NULL);

  g_assert_true (audit.intact);
  g_assert_cmpuint (audit.entries, ==, 0);
  g_assert_cmpstr (audit.head, ==, "");
  add_entries (fixture);
  catalog_fixture_reopen (fixture);
  add_entries (fixture);
  assert_intact (fixture, 2 * N_ENTRIES);

  entries = sc_catalog_list_activity (fixture->catalog, 0, 100, &error);
  g_assert_no_error (error);
  third = g_ptr_array_index (entries, 2 * N_ENTRIES - 3);
  g_assert_cmpuint (third->id, ==, 3);
  upper = g_ascii_strup (third->hash, -1);
  audit = verify (fixture, upper);
  g_assert_cmpuint (audit.found, ==, 3);
  g_assert_cmpstr (audit.head, ==, ((const ScActivityEntry *) g_ptr_array_index (entries, 0))->hash);
  upper[0] = upper[0] == '0' ? '1' : '0';
  audit = verify (fixture, upper);
  g_assert_cmpuint (audit.found, ==, 0);
  g_assert_true (audit.intact);
}

/* Each column of an entry is covered. */
static void
test_changed (CatalogFixture *fixture, gconstpointer data)
{
  static const char *const changes[] = {
    "time = time + 1",
    "who = 'bert'",
    "role = 'viewer'",
    "address = ''",
    "action = 'dry-run'",
    "version = 4",
    "room = 'Lab 2'",
    "seats = '{\"seats\":[]}'",
    "n_seats = 80",
    "session = 0",
    "detail = detail || 'x'",
    "done = 0",
    "error = 'x'",
    "hash = zeroblob (32)",
    "hash = x''",
    "who = 'ann', role = 'aoperator'", /* moves what is between two fields */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *sql = g_strdup_printf ("SAVEPOINT s; UPDATE activity SET %s WHERE id = 4; RELEASE s", changes[i]);
    g_autofree char *restore = g_strdup_printf ("UPDATE activity SET (time, who, role, address, action, version, room,"
                                                " seats, n_seats, session, detail, done, error, hash) ="
                                                " (SELECT time, who, role, address, action, version, room, seats,"
                                                " n_seats, session, detail, done, error, hash FROM kept)"
                                                " WHERE id = 4; DROP TABLE kept");

    g_test_message ("%s", changes[i]);
    if (i == 0)
      add_entries (fixture);
    tamper (fixture, "CREATE TABLE kept AS SELECT * FROM activity WHERE id = 4");
    tamper (fixture, sql);
    assert_bad (fixture, 4);
    tamper (fixture, restore);
    assert_intact (fixture, N_ENTRIES);
  }
}

static void
test_removed (CatalogFixture *fixture, gconstpointer data)
{
  add_entries (fixture);
  tamper (fixture, "DELETE FROM activity WHERE id = 3");
  assert_bad (fixture, 3);
}

/* Also where nobody but the one before has to fit: the ids that are left are made to have no gap. */
static void
test_removed_and_renumbered (CatalogFixture *fixture, gconstpointer data)
{
  add_entries (fixture);
  tamper (fixture, "DELETE FROM activity WHERE id = 3; UPDATE activity SET id = id - 1 WHERE id > 3;"
                   "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'activity'");
  assert_bad (fixture, 3);
}

static void
test_first_removed (CatalogFixture *fixture, gconstpointer data)
{
  add_entries (fixture);
  tamper (fixture, "DELETE FROM activity WHERE id = 1");
  assert_bad (fixture, 1);
}

/* The end was cut off: the id that comes next tells it, and an entry that is added later does not hide it. */
static void
test_end_removed (CatalogFixture *fixture, gconstpointer data)
{
  add_entries (fixture);
  tamper (fixture, "DELETE FROM activity WHERE id > 4");
  assert_bad (fixture, 5);
  add_entry (fixture, "deploy", "anna");
  assert_bad (fixture, 5);
}

static void
test_swapped (CatalogFixture *fixture, gconstpointer data)
{
  add_entries (fixture);
  add_entry (fixture, "cancel", "anna");
  add_entry (fixture, "pause", "anna");
  tamper (fixture, "UPDATE activity SET id = 99 WHERE id = 7; UPDATE activity SET id = 7 WHERE id = 8;"
                   "UPDATE activity SET id = 8 WHERE id = 99");
  assert_bad (fixture, 7);
}

static void
test_inserted (CatalogFixture *fixture, gconstpointer data)
{
  add_entries (fixture);
  tamper (fixture,
          "INSERT INTO activity SELECT 7, time, 'bert', address, action, version, room, seats, n_seats, session,"
          " detail, done, error, role, hash FROM activity WHERE id = 6");
  assert_bad (fixture, 7);
}

/* An ordinary statement cannot even do it. */
static void
test_triggers (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add_entries (fixture);
  g_assert_false (run_sql (fixture, "UPDATE activity SET who = '' WHERE id = 3", &error));
  g_assert_nonnull (strstr (error->message, "only added to"));
  g_clear_error (&error);
  g_assert_false (run_sql (fixture, "DELETE FROM activity", &error));
  g_assert_nonnull (strstr (error->message, "only added to"));
  assert_intact (fixture, N_ENTRIES);
}

/* What is not kept leaves no gap. */
static void
test_rolled_back (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add_entries (fixture);
  g_assert_true (sc_catalog_begin (fixture->catalog, &error));
  add_entry (fixture, "deploy", "anna");
  sc_catalog_rollback (fixture->catalog);
  add_entry (fixture, "deploy", "anna");
  assert_intact (fixture, N_ENTRIES + 1);
}

/* While the log is read entries come: what is read is as it was when the reading began. */
static void
test_many (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_begin (fixture->catalog, &error));
  for (guint i = 0; i < 2000; i++)
    add_entry (fixture, "deploy", "anna");
  assert_intact (fixture, 0);
  g_assert_true (sc_catalog_commit (fixture->catalog, &error));
  assert_intact (fixture, 2000);
}

static void
test_no_catalog (void)
{
  g_autoptr (GError) error = NULL;
  ScAudit audit;

  g_assert_false (sc_audit_verify ("/nonexistent/catalog.db", NULL, &audit, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_false (audit.intact);
}

/* For test-audit-docs.py: a catalog in @directory, whose head is printed. */
static int
make_log (const char *directory)
{
  g_autoptr (GError) error = NULL;
  CatalogFixture fixture = { .directory = (char *) directory, .catalog = sc_catalog_open (directory, &error) };
  ScAudit audit;

  g_assert_no_error (error);
  add_entries (&fixture);
  audit = verify (&fixture, NULL);
  printf ("%s\n", audit.head);
  sc_catalog_close (fixture.catalog);
  return 0;
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (CatalogFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/audit/known", test_known },
    { "/audit/chain", test_chain },
    { "/audit/changed", test_changed },
    { "/audit/removed", test_removed },
    { "/audit/removed-and-renumbered", test_removed_and_renumbered },
    { "/audit/first-removed", test_first_removed },
    { "/audit/end-removed", test_end_removed },
    { "/audit/swapped", test_swapped },
    { "/audit/inserted", test_inserted },
    { "/audit/triggers", test_triggers },
    { "/audit/rolled-back", test_rolled_back },
    { "/audit/many", test_many },
  };

  if (argc == 3 && g_str_equal (argv[1], "--make-log"))
    return make_log (argv[2]);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, CatalogFixture, NULL, catalog_fixture_set_up, tests[i].test, catalog_fixture_tear_down);
  g_test_add_func ("/audit/no-catalog", test_no_catalog);
  return g_test_run ();
}
