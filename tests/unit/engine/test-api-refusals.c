/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-refusals.h"
#include "tests/unit/engine/engine-fixture.h"
#include "tests/unit/engine/openapi-schema.h"

/* Seats whose connection is refused are seen at the console, and cannot fill it. */

static const char *
string_of (const ScJson *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

/* (transfer full): the array at @path, of which each entry fits @schema of openapi.json */
static ScJson *
get_entries (EngineFixture *fixture, const char *path, const char *schema)
{
  g_autoptr (ScJson) list = engine_fixture_json (fixture, "GET", path, NULL, 200);
  g_autoptr (ScJson) document = openapi_load ();
  g_autofree char *where = g_strdup_printf ("#/components/schemas/%s", schema);
  g_autoptr (ScJson) reference = json_pack ("{s:s}", "$ref", where);
  g_autoptr (GError) error = NULL;

  openapi_validate (document, reference, list, "$", &error);
  g_assert_no_error (error);
  return json_incref (json_object_get (list, "entries"));
}

/* (transfer full): what the activity has of refused seats, newest first */
static ScJson *
get_refusals (EngineFixture *fixture)
{
  g_autoptr (ScJson) entries = get_entries (fixture, "/v1/activity?max=1000", "ActivityList");
  ScJson *refusals = json_array ();

  for (gsize i = 0; i < json_array_size (entries); i++)
    if (g_strcmp0 (string_of (json_array_get (entries, i), "action"), "seat-refused") == 0)
      json_array_append (refusals, json_array_get (entries, i));
  return refusals;
}

static void
assert_n_refusals (EngineFixture *fixture, gsize n)
{
  g_autoptr (ScJson) refusals = get_refusals (fixture);

  g_assert_cmpuint (json_array_size (refusals), ==, n);
}

/* The newest entry of the known seat's log. */
static void
assert_in_log (EngineFixture *fixture, const char *text)
{
  g_autoptr (ScJson) entries = get_entries (fixture, "/v1/seats/" FIXTURE_SEAT "/log", "SeatLog");
  gboolean found = FALSE;

  for (gsize i = 0; i < json_array_size (entries); i++)
    if (g_strcmp0 (string_of (json_array_get (entries, i), "event"), "refused") == 0) {
      g_assert_nonnull (strstr (string_of (json_array_get (entries, i), "text"), text));
      found = TRUE;
    }
  g_assert_true (found);
}

static void
knock_without_token (EngineFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect (fixture, "/v1/seat", FALSE, &error);

  g_assert_null (seat);
  g_assert_nonnull (error);
}

/* The seat that was here once is at the address from which it comes. */
static void
test_no_certificate (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) message = engine_fixture_make_inventory ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) refusals = NULL;
  ScJson *entry;

  sc_catalog_save_inventory (fixture->parts.catalog, message->inventory, g_get_real_time (), &error);
  g_assert_no_error (error);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE,
                         "a seat at 127.0.0.1 (pc-1) was refused: *shows no certificate*");
  knock_without_token (fixture);
  g_test_assert_expected_messages ();
  knock_without_token (fixture);
  refusals = get_refusals (fixture);
  g_assert_cmpuint (json_array_size (refusals), ==, 1);
  entry = json_array_get (refusals, 0);
  g_assert_cmpstr (string_of (entry, "address"), ==, "127.0.0.1");
  g_assert_cmpstr (string_of (entry, "who"), ==, "");
  g_assert_false (json_is_true (json_object_get (entry, "done")));
  g_assert_nonnull (strstr (string_of (entry, "error"), "certificate"));
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (entry, "seats"), 0)), ==, FIXTURE_SEAT_NAME);
  assert_in_log (fixture, "at 127.0.0.1: this is for seats that have enrolled");
}

static void
wait_for_close (SoupWebsocketConnection *seat)
{
  while (soup_websocket_connection_get_state (seat) != SOUP_WEBSOCKET_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_bad_inventory (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect (fixture, "/v1/seat", TRUE, &error);
  g_autoptr (ScJson) refusals = NULL;

  g_assert_no_error (error);
  soup_websocket_connection_send_text (seat, "{\"type\":\"inventory\",\"session\":0,\"seat\":\"" FIXTURE_SEAT "\"}");
  wait_for_close (seat);
  refusals = get_refusals (fixture);
  g_assert_cmpuint (json_array_size (refusals), ==, 1);
  g_assert_nonnull (strstr (string_of (json_array_get (refusals, 0), "error"), "inventory"));
  assert_in_log (fixture, "inventory");
}

/* A seat that does not speak the console's protocol hangs up, and says why. */
static void
test_other_protocol (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);

  soup_websocket_connection_close (seat, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "it speaks protocol 9 and this seat 1");
  wait_for_close (seat);
  while (sc_seat_hub_is_online (fixture->parts.hub, FIXTURE_SEAT))
    g_main_context_iteration (NULL, TRUE);
  assert_n_refusals (fixture, 1);
  assert_in_log (fixture, "it speaks protocol 9");
}

/* Each address once an hour; of many addresses those that are too many together. */
static void
test_bounds (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScApiRefusals) refusals = sc_api_refusals_new (&fixture->parts);
  gint64 now = 5;

  for (guint i = 0; i < 3 * SC_API_REFUSALS_MAX; i++) {
    g_autofree char *address = g_strdup_printf ("10.1.0.%u", i);

    sc_api_refusals_note (refusals, address, NULL, "why", now);
    sc_api_refusals_note (refusals, address, NULL, "why", now + G_TIME_SPAN_HOUR - 1);
  }
  assert_n_refusals (fixture, SC_API_REFUSALS_MAX + 1);
  sc_api_refusals_note (refusals, "10.1.0.1", NULL, "why", now + G_TIME_SPAN_HOUR);
  assert_n_refusals (fixture, SC_API_REFUSALS_MAX + 2);
  sc_api_refusals_note (refusals, "10.9.0.1", NULL, "a\nb\xff", now + G_TIME_SPAN_HOUR); /* the past ones give room */
  assert_n_refusals (fixture, SC_API_REFUSALS_MAX + 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test)                                                                                                \
  g_test_add ("/api-refusals/" name, EngineFixture, NULL, engine_fixture_set_up, test, engine_fixture_tear_down)
  ADD ("no-certificate", test_no_certificate);
  ADD ("bad-inventory", test_bad_inventory);
  ADD ("other-protocol", test_other_protocol);
  ADD ("bounds", test_bounds);
  return g_test_run ();
}
