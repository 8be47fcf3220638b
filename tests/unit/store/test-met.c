/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-met.h"
#include "tests/unit/store/store-fixture.h"

/* Whether a seat has what it is assigned. */

/* @templates: names with commas between; one that ends with "!" has drifted, with "?" is between two versions */
static ScInventory *
make_inventory (guint64 version, const char *templates)
{
  ScInventory *inventory = sc_inventory_new ();
  g_auto (GStrv) names = g_strsplit (templates, ",", -1);
  ScChunkId id;

  sc_chunk_id_of (&id, "a", 1);
  inventory->version = version;
  for (gsize i = 0; names[i] != NULL; i++) {
    ScTemplateState state = g_str_has_suffix (names[i], "!")   ? SC_TEMPLATE_DRIFTED
                            : g_str_has_suffix (names[i], "?") ? SC_TEMPLATE_UPDATING
                                                               : SC_TEMPLATE_CURRENT;

    if (state != SC_TEMPLATE_CURRENT)
      names[i][strlen (names[i]) - 1] = '\0';
    sc_inventory_add_template (inventory, names[i], &id, version, state);
  }
  return inventory;
}

static gboolean
is_met (ScMet *met, guint64 has, const char *names, guint64 version, const char *templates)
{
  g_autoptr (ScInventory) inventory = make_inventory (has, names);

  return sc_met_check (met, inventory, version, templates);
}

static void
publish (StoreFixture *fixture, const char *path)
{
  store_fixture_write (fixture, path, 1, 1000);
  sc_publish_result_free (store_fixture_publish (fixture));
}

static void
test_whole_version (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (ScMet) met = sc_met_new (fixture->store);

  publish (fixture, "a/disk.vmdk");
  publish (fixture, "b/disk.vmdk"); /* version 2: a and b */
  for (int i = 0; i < 2; i++) {     /* the second time by what is remembered */
    g_assert_true (is_met (met, 1, "a", 1, ""));
    g_assert_true (is_met (met, 2, "b,a", 2, ""));
    g_assert_true (is_met (met, 2, "a,b", 2, NULL));
    g_assert_false (is_met (met, 2, "a,b", 1, ""));
    g_assert_false (is_met (met, 2, "a", 2, ""));
    g_assert_false (is_met (met, 2, "a,b,c", 2, ""));
    g_assert_false (is_met (met, 2, "a,c", 2, ""));
    g_assert_false (is_met (met, 2, "a,b!", 2, ""));
    g_assert_false (is_met (met, 2, "a?,b", 2, ""));
    g_assert_false (is_met (met, 0, "a,b", 0, ""));
  }
}

static void
test_part_of_version (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (ScMet) met = sc_met_new (fixture->store);

  publish (fixture, "a/disk.vmdk");
  publish (fixture, "b/disk.vmdk");
  g_assert_true (is_met (met, 2, "b", 2, "[\"b\"]"));
  g_assert_true (is_met (met, 2, "a,b", 2, "[\"a\",\"b\"]"));
  g_assert_false (is_met (met, 2, "a,b", 2, "[\"b\"]"));
  g_assert_false (is_met (met, 2, "a", 2, "[\"b\"]"));
  g_assert_false (is_met (met, 1, "b", 2, "[\"b\"]"));
  g_assert_false (is_met (met, 2, "b", 2, "what is damaged"));
}

/* A version that came later is known then: that it was not there before is not remembered. */
static void
test_unknown_version (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (ScMet) met = sc_met_new (fixture->store);

  g_assert_true (is_met (met, 1, "any", 1, ""));
  g_assert_false (is_met (met, 1, "any!", 1, ""));
  publish (fixture, "a/disk.vmdk");
  g_assert_false (is_met (met, 1, "any", 1, ""));
  g_assert_true (is_met (met, 1, "a", 1, ""));
}

/* More parts of versions than are remembered. */
static void
test_many (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (ScMet) met = sc_met_new (fixture->store);

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *name = g_strdup_printf ("t%u", i);
    g_autofree char *templates = g_strdup_printf ("[\"t%u\"]", i);

    g_assert_true (is_met (met, 1, name, 1, templates));
    g_assert_false (is_met (met, 1, "t", 1, templates));
  }
  g_assert_true (is_met (met, 1, "t0", 1, "[\"t0\"]"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function)                                                                                           \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)
  TEST ("/met/whole-version", test_whole_version);
  TEST ("/met/part-of-version", test_part_of_version);
  TEST ("/met/unknown-version", test_unknown_version);
  TEST ("/met/many", test_many);
  return g_test_run ();
}
