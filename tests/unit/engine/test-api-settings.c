/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-request.h"
#include "console/engine/catalog/sc-catalog-settings.h"
#include "tests/unit/engine/engine-fixture.h"

#include <glib/gstdio.h>

/* Settings over the API. */

static const char *
string_of (const ScJson *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static json_int_t
int_of (const ScJson *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

static void
on_event (SoupWebsocketConnection *events, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  g_autoptr (ScJson) event =
      sc_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 1 << 20, NULL);

  g_ptr_array_add (data, g_steal_pointer (&event));
}

static void
json_free (gpointer json)
{
  json_decref (json);
}

/* Waits for an event of @type. Returns: (transfer none) */
static ScJson *
expect_event (GPtrArray *events, const char *type)
{
  while (TRUE) {
    for (guint i = 0; i < events->len; i++)
      if (g_str_equal (string_of (g_ptr_array_index (events, i), "type"), type))
        return g_ptr_array_index (events, i);
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
post (EngineFixture *fixture, const char *path, const char *body, guint status)
{
  g_autoptr (ScJson) answer = engine_fixture_json (fixture, "POST", path, body, status);
}

static void
test_settings (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (json_free);
  g_autoptr (SoupWebsocketConnection) listener = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) before = engine_fixture_json (fixture, "GET", "/v1/settings", NULL, 200);
  g_autoptr (ScJson) after = NULL;
  g_autoptr (ScJson) again = NULL;
  g_autoptr (ScJson) session = NULL;
  ScJson *event;

  g_signal_connect (listener, "message", G_CALLBACK (on_event), events);
  g_assert_cmpint (int_of (before, "rate_cap_bits_per_second"), ==, 10 * 1000 * 1000);
  g_assert_cmpstr (string_of (before, "publish_directory"), ==, "");
  g_assert_cmpstr (string_of (before, "directory"), ==, fixture->directory);
  g_assert_cmpstr (string_of (before, "interface"), ==, "127.0.0.1");
  g_assert_cmpint (int_of (before, "mtu"), ==, 1500);
  g_assert_cmpint (int_of (before, "store_bytes"), >, 10000);
  g_assert_cmpint (int_of (before, "free_bytes"), >, 0);
  after = engine_fixture_json (fixture, "POST", "/v1/settings",
                               "{\"rate_cap_bits_per_second\":3000000,\"publish_directory\":\"/srv/templates\"}", 200);
  event = expect_event (events, "settings");
  json_object_del (event, "type");
  g_assert_true (json_equal (event, after));
  again = engine_fixture_json (fixture, "POST", "/v1/settings", "{\"rate_cap_bits_per_second\":2000000}", 200);
  g_assert_cmpint (int_of (again, "rate_cap_bits_per_second"), ==, 2000000);
  g_assert_cmpstr (string_of (again, "publish_directory"), ==, "/srv/templates"); /* as it was */
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  g_assert_cmpint (int_of (session, "rate_cap_bits_per_second"), ==, 2000000);
  g_signal_handlers_disconnect_by_data (listener, events);
}

/* 0: as fast as the seats take it, which is a rate like any other: it is kept, and is not the default. */
static void
test_without_cap (EngineFixture *fixture, gconstpointer data)
{
  g_auto (ScCatalogSettings) kept = { 0 };
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) before = NULL;
  g_autoptr (ScJson) after = NULL;
  g_autoptr (ScJson) session = NULL;

  before = engine_fixture_json (fixture, "POST", "/v1/settings", "{\"catch_up_seats\":2}", 200);
  g_assert_cmpint (int_of (before, "rate_cap_bits_per_second"), ==, 10 * 1000 * 1000); /* as the engine was started */
  after = engine_fixture_json (fixture, "POST", "/v1/settings", "{\"rate_cap_bits_per_second\":0}", 200);
  g_assert_cmpint (int_of (after, "rate_cap_bits_per_second"), ==, 0);
  g_assert_cmpint (int_of (after, "catch_up_rate_bits_per_second"), ==, 250 * 1000 * 1000);
  g_assert_true (sc_catalog_get_settings (fixture->parts.catalog, &kept, NULL));
  g_assert_true (kept.rate_cap_set);
  g_assert_cmpuint (kept.rate_cap, ==, 0);
  post (fixture, "/v1/settings", "{\"rate_cap_bits_per_second\":999999}", 400);
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  g_assert_cmpint (int_of (session, "rate_cap_bits_per_second"), ==, 0);
  g_assert_cmpint (int_of (session, "share_bits_per_second"), ==, 0);
}

/* 0 is the default again. */
static void
test_catch_up (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) before = engine_fixture_json (fixture, "GET", "/v1/settings", NULL, 200);
  g_autoptr (ScJson) after = NULL;
  g_autoptr (ScJson) again = NULL;

  g_assert_cmpint (int_of (before, "catch_up_rate_bits_per_second"), ==, 2500 * 1000); /* a quarter */
  g_assert_cmpint (int_of (before, "catch_up_seats"), ==, 4);
  after = engine_fixture_json (fixture, "POST", "/v1/settings",
                               "{\"catch_up_rate_bits_per_second\":1000000,\"catch_up_seats\":7}", 200);
  g_assert_cmpint (int_of (after, "catch_up_rate_bits_per_second"), ==, 1000000);
  g_assert_cmpint (int_of (after, "catch_up_seats"), ==, 7);
  g_assert_cmpuint (sc_sessions_get_catch_up_rate (fixture->parts.sessions), ==, 1000000);
  post (fixture, "/v1/settings", "{\"catch_up_rate_bits_per_second\":5}", 400);
  post (fixture, "/v1/settings", "{\"catch_up_seats\":1001}", 400);
  again = engine_fixture_json (fixture, "POST", "/v1/settings",
                               "{\"catch_up_rate_bits_per_second\":0,\"catch_up_seats\":0}", 200);
  g_assert_cmpint (int_of (again, "catch_up_rate_bits_per_second"), ==, 2500 * 1000);
  g_assert_cmpint (int_of (again, "catch_up_seats"), ==, 4);
}

static void
take_settings (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GBytes **) data = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
}

/* The disk is asked meanwhile, and others change settings: what is told is what holds. */
static void
test_settings_in_turn (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (json_free);
  g_autoptr (SoupWebsocketConnection) listener = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  g_autoptr (SoupMessage) message = engine_fixture_message (fixture, "POST", "/v1/settings");
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"rate_cap_bits_per_second\":3000000}", 36);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (ScJson) after = NULL;

  g_assert_no_error (error);
  g_signal_connect (listener, "message", G_CALLBACK (on_event), events);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_session_send_and_read_async (fixture->client, message, G_PRIORITY_DEFAULT, NULL, take_settings, &answer);
  while (sc_api_request_count_jobs () == 0)
    g_main_context_iteration (NULL, TRUE);
  sc_sessions_set_rate_cap (fixture->parts.sessions, 5000000);
  while (answer == NULL)
    g_main_context_iteration (NULL, TRUE);
  after = engine_fixture_json (fixture, "GET", "/v1/settings", NULL, 200);
  g_assert_cmpint (int_of (expect_event (events, "settings"), "rate_cap_bits_per_second"), ==,
                   int_of (after, "rate_cap_bits_per_second"));
  g_signal_handlers_disconnect_by_data (listener, events);
}

/* A change that is answered with an error has changed nothing. */
static void
test_settings_without_store (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *packs = g_build_filename (fixture->directory, "packs", NULL);
  g_autofree char *away = g_build_filename (fixture->directory, "away", NULL);
  g_autoptr (ScJson) after = NULL;

  g_assert_cmpint (g_rename (packs, away), ==, 0);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "POST /v1/settings*");
  post (fixture, "/v1/settings", "{\"rate_cap_bits_per_second\":3000000}", 500);
  g_test_assert_expected_messages ();
  g_assert_cmpint (g_rename (away, packs), ==, 0);
  after = engine_fixture_json (fixture, "GET", "/v1/settings", NULL, 200);
  g_assert_cmpint (int_of (after, "rate_cap_bits_per_second"), ==, 10 * 1000 * 1000);
}

static void
publish (EngineFixture *fixture, const char *directory, const char *state)
{
  g_autofree char *body = engine_fixture_publish_body (directory, "next");
  g_autoptr (ScJson) begun = engine_fixture_json (fixture, "POST", "/v1/versions", body, 202);
  g_autoptr (ScJson) ended = engine_fixture_finish (fixture, begun);

  g_assert_cmpstr (string_of (ended, "state"), ==, state);
}

/* What was published is offered the next time, whoever published it; what could not be is not. */
static void
test_published_directory (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (json_free);
  g_autoptr (SoupWebsocketConnection) listener = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  g_autoptr (ScJson) failed = NULL;
  g_autoptr (ScJson) after = NULL;
  ScJson *event;

  g_assert_no_error (error);
  g_signal_connect (listener, "message", G_CALLBACK (on_event), events);
  publish (fixture, "/nowhere/at all", "failed");
  failed = engine_fixture_json (fixture, "GET", "/v1/settings", NULL, 200);
  g_assert_cmpstr (string_of (failed, "publish_directory"), ==, "");
  publish (fixture, fixture->repository, "done");
  after = engine_fixture_json (fixture, "GET", "/v1/settings", NULL, 200);
  g_assert_cmpstr (string_of (after, "publish_directory"), ==, fixture->repository);
  event = expect_event (events, "settings");
  g_assert_cmpstr (string_of (event, "publish_directory"), ==, fixture->repository);
  g_assert_cmpint (int_of (event, "store_bytes"), >, 10000);
  g_assert_cmpint (int_of (event, "rate_cap_bits_per_second"), ==, 10 * 1000 * 1000);
  g_signal_handlers_disconnect_by_data (listener, events);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api-settings/change", test_settings);
  ADD ("/api-settings/without-cap", test_without_cap);
  ADD ("/api-settings/catch-up", test_catch_up);
  ADD ("/api-settings/in-turn", test_settings_in_turn);
  ADD ("/api-settings/published-directory", test_published_directory);
  ADD ("/api-settings/without-store", test_settings_without_store);
  return g_test_run ();
}
