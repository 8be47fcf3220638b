/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/api/sc-api-needs.h"
#include "tests/unit/engine/engine-fixture.h"

/* The fixture's version 1 has the templates debian and old, version 2 debian with one chunk changed and new. */

static ScCatalogSeat *
add_seat (GPtrArray *seats, const char *room)
{
  ScCatalogSeat *seat = g_new0 (ScCatalogSeat, 1);

  seat->inventory = sc_inventory_new ();
  seat->room = g_strdup (room);
  g_ptr_array_add (seats, seat);
  return seat;
}

static void
give_version (EngineFixture *fixture, ScCatalogSeat *seat, guint64 number, ScTemplateState state)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, number, NULL);

  for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++) {
    const ScManifestTemplate *item = sc_version_manifest_get_template (version, i);

    sc_inventory_add_template (seat->inventory, item->name, &item->id, number, state);
  }
}

static ScJson *
measure (EngineFixture *fixture, GPtrArray *seats, guint64 version)
{
  g_autoptr (ScApiNeeds) needs = sc_api_needs_new (version, seats);
  g_autoptr (GError) error = NULL;
  ScJson *json = sc_api_needs_measure (needs, fixture->parts.store, &error);

  g_assert_no_error (error);
  return json;
}

static guint64
bytes_of_diff (EngineFixture *fixture, const char *path)
{
  g_autoptr (ScJson) diff = engine_fixture_json (fixture, "GET", path, NULL, 200);

  return sc_json_get_optional_uint (diff, "bytes_to_send", 0);
}

static void
assert_needs (const ScJson *needs, const char *room, guint64 seats, guint64 lacking, guint64 bytes, guint64 largest)
{
  g_assert_cmpstr (json_string_value (json_object_get (needs, "room")), ==, room);
  g_assert_cmpuint (sc_json_get_optional_uint (needs, "seats", 99), ==, seats);
  g_assert_cmpuint (sc_json_get_optional_uint (needs, "seats_lacking", 99), ==, lacking);
  g_assert_cmpuint (sc_json_get_optional_uint (needs, "bytes_to_send", 99), ==, bytes);
  g_assert_cmpuint (sc_json_get_optional_uint (needs, "largest_seat_bytes", 99), ==, largest);
}

static void
test_rooms (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);
  guint64 whole = bytes_of_diff (fixture, "/v1/versions/0/diff/2");
  guint64 step = bytes_of_diff (fixture, "/v1/versions/1/diff/2");
  g_autoptr (ScJson) needs = NULL;
  const ScJson *rooms;

  g_assert_cmpuint (step, >, 0);
  g_assert_cmpuint (whole, >, step);
  give_version (fixture, add_seat (seats, "B"), 1, SC_TEMPLATE_CURRENT);
  give_version (fixture, add_seat (seats, "A"), 2, SC_TEMPLATE_CURRENT);
  give_version (fixture, add_seat (seats, "A"), 2, SC_TEMPLATE_DRIFTED); /* counts as having it */
  give_version (fixture, add_seat (seats, "B"), 1, SC_TEMPLATE_CURRENT);
  give_version (fixture, add_seat (seats, "B"), 2, SC_TEMPLATE_CURRENT);
  add_seat (seats, ""); /* has none */
  needs = measure (fixture, seats, 2);
  rooms = json_object_get (needs, "rooms");
  g_assert_cmpuint (json_array_size (rooms), ==, 3);
  assert_needs (json_array_get (rooms, 0), "", 1, 1, whole, whole);
  assert_needs (json_array_get (rooms, 1), "A", 2, 0, 0, 0);
  assert_needs (json_array_get (rooms, 2), "B", 3, 2, step, step);
  assert_needs (json_object_get (needs, "all"), NULL, 6, 3, whole, whole);
}

/* Two seats that lack different chunks: what is sent is the union, and neither lacks all of it. */
static void
test_union (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);
  const ScManifestTemplate *debian = sc_version_manifest_find_template (version, "debian");
  const ScManifestTemplate *other = sc_version_manifest_find_template (version, "new");
  guint64 whole = bytes_of_diff (fixture, "/v1/versions/0/diff/2");
  g_autoptr (ScJson) needs = NULL;
  const ScJson *room;
  guint64 largest;

  sc_inventory_add_template (add_seat (seats, "A")->inventory, "debian", &debian->id, 2, SC_TEMPLATE_CURRENT);
  sc_inventory_add_template (add_seat (seats, "A")->inventory, "new", &other->id, 2, SC_TEMPLATE_UPDATING);
  needs = measure (fixture, seats, 2);
  room = json_array_get (json_object_get (needs, "rooms"), 0);
  largest = sc_json_get_optional_uint (room, "largest_seat_bytes", 0);
  assert_needs (room, "A", 2, 2, whole, largest);
  g_assert_cmpuint (largest, <, whole);
  g_assert_cmpuint (largest, >, whole / 2);
}

/* What a seat claims to have may be anything. */
static void
test_unknown_manifests (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);
  ScCatalogSeat *seat = add_seat (seats, "A");
  guint64 whole = bytes_of_diff (fixture, "/v1/versions/0/diff/2");
  g_autoptr (ScJson) needs = NULL;
  ScChunkId id;

  sc_chunk_id_of (&id, "x", 1);
  sc_inventory_add_template (seat->inventory, "debian", &id, 2, SC_TEMPLATE_CURRENT);
  sc_inventory_add_template (seat->inventory, "new", sc_version_manifest_get_id (version), 2, SC_TEMPLATE_CURRENT);
  needs = measure (fixture, seats, 2);
  assert_needs (json_object_get (needs, "all"), NULL, 1, 1, whole, whole);
}

static void
test_no_seats (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  g_autoptr (ScJson) needs = measure (fixture, seats, 2);
  g_autoptr (ScApiNeeds) unknown = sc_api_needs_new (99, seats);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (json_array_size (json_object_get (needs, "rooms")), ==, 0);
  assert_needs (json_object_get (needs, "all"), NULL, 0, 0, 0, 0);
  g_assert_null (sc_api_needs_measure (unknown, fixture->parts.store, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/needs/rooms", test_rooms);
  ADD ("/needs/union", test_union);
  ADD ("/needs/unknown-manifests", test_unknown_manifests);
  ADD ("/needs/no-seats", test_no_seats);
  return g_test_run ();
}
