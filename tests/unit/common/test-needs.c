/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-needs.h"

/* Every member has a value of its own. */
static ScNeeds *
make_needs (void)
{
  ScNeeds *needs = sc_needs_new ();

  needs->lacks_bytes = 1;
  needs->local_bytes = 2;
  needs->peak_bytes = 3;
  needs->free_bytes = 4;
  needs->reserve_bytes = 5;
  needs->missing_bytes = G_MAXINT64;
  for (guint i = 0; i < SC_N_WAYS; i++) {
    needs->ways[i].files = 10 + i;
    needs->ways[i].bytes = 20 + i;
  }
  g_ptr_array_add (needs->busy, g_strdup ("Debian"));
  g_ptr_array_add (needs->busy, g_strdup ("Fenêtre"));
  return needs;
}

static void
assert_is_made (const ScNeeds *needs)
{
  g_assert_cmpuint (needs->lacks_bytes, ==, 1);
  g_assert_cmpuint (needs->local_bytes, ==, 2);
  g_assert_cmpuint (needs->peak_bytes, ==, 3);
  g_assert_cmpuint (needs->free_bytes, ==, 4);
  g_assert_cmpuint (needs->reserve_bytes, ==, 5);
  g_assert_cmpuint (needs->missing_bytes, ==, G_MAXINT64);
  for (guint i = 0; i < SC_N_WAYS; i++) {
    g_assert_cmpuint (needs->ways[i].files, ==, 10 + i);
    g_assert_cmpuint (needs->ways[i].bytes, ==, 20 + i);
  }
  g_assert_cmpuint (needs->busy->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (needs->busy, 0), ==, "Debian");
  g_assert_cmpstr (g_ptr_array_index (needs->busy, 1), ==, "Fenêtre");
}

static void
test_round_trip (void)
{
  g_autoptr (ScNeeds) needs = make_needs ();
  g_autoptr (ScNeeds) parsed = NULL;
  g_autoptr (ScJson) object = json_object ();
  g_autoptr (GError) error = NULL;

  sc_needs_to_json (needs, object);
  parsed = sc_needs_from_json (object, &error);
  g_assert_no_error (error);
  assert_is_made (parsed);
}

static void
test_copy (void)
{
  ScNeeds *needs = make_needs ();
  g_autoptr (ScNeeds) copy = sc_needs_copy (needs);

  sc_needs_free (needs); /* the copy holds nothing of it */
  assert_is_made (copy);
}

static void
test_names_of_ways (void)
{
  static const char *const names[] = { "new", "clone", "undo", "forward" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SC_N_WAYS);
  for (guint i = 0; i < SC_N_WAYS; i++)
    g_assert_cmpstr (sc_way_to_nick ((ScWay) i), ==, names[i]);
}

/* No member may be left out or be of another type, and the error names it. */
static void
test_every_member_is_checked (void)
{
  g_autoptr (ScNeeds) needs = make_needs ();
  g_autoptr (ScJson) object = json_object ();
  const char *key;
  json_t *value;

  sc_needs_to_json (needs, object);
  json_object_foreach (object, key, value)
  {
    g_autoptr (ScJson) changed = json_copy (object);
    g_autoptr (GError) missing = NULL;
    g_autoptr (GError) wrong = NULL;

    json_object_del (changed, key);
    g_assert_null (sc_needs_from_json (changed, &missing));
    g_assert_error (missing, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (missing->message, key));
    json_object_set_new (changed, key, json_string ("x"));
    g_assert_null (sc_needs_from_json (changed, &wrong));
    g_assert_nonnull (strstr (wrong->message, key));
  }
}

static void
test_every_way_is_checked (void)
{
  for (guint i = 0; i < SC_N_WAYS; i++) {
    g_autoptr (ScNeeds) needs = make_needs ();
    g_autoptr (ScJson) object = json_object ();
    g_autoptr (GError) error = NULL;
    ScJson *way;

    sc_needs_to_json (needs, object);
    way = json_object_get (json_object_get (object, "ways"), sc_way_to_nick ((ScWay) i));
    json_object_set_new (way, "bytes", json_integer (-1));
    g_assert_null (sc_needs_from_json (object, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    json_object_del (json_object_get (object, "ways"), sc_way_to_nick ((ScWay) i));
    g_assert_null (sc_needs_from_json (object, NULL));
  }
}

/* A list of names has a cap on both ends: the sender cuts it, the receiver refuses a longer one. */
static void
test_busy_is_capped (void)
{
  g_autoptr (ScNeeds) needs = make_needs ();
  g_autoptr (ScNeeds) parsed = NULL;
  g_autoptr (ScJson) object = json_object ();
  g_autoptr (GError) error = NULL;
  g_autofree char *long_name = g_strnfill (2000, 'x');

  for (guint i = 0; i < SC_NEEDS_MAX_BUSY; i++)
    g_ptr_array_add (needs->busy, g_strdup_printf ("%u", i));
  sc_needs_to_json (needs, object);
  parsed = sc_needs_from_json (object, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->busy->len, ==, SC_NEEDS_MAX_BUSY);
  json_array_append_new (json_object_get (object, "busy"), json_string ("one too many"));
  g_assert_null (sc_needs_from_json (object, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  json_array_clear (json_object_get (object, "busy"));
  json_array_append_new (json_object_get (object, "busy"), json_string (long_name));
  g_assert_null (sc_needs_from_json (object, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/needs/round-trip", test_round_trip);
  g_test_add_func ("/needs/copy", test_copy);
  g_test_add_func ("/needs/names-of-ways", test_names_of_ways);
  g_test_add_func ("/needs/every-member-is-checked", test_every_member_is_checked);
  g_test_add_func ("/needs/every-way-is-checked", test_every_way_is_checked);
  g_test_add_func ("/needs/busy-is-capped", test_busy_is_capped);
  return g_test_run ();
}
