/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/engine-client.h"

#include "tests/unit/engine/openapi-schema.h"

#include <string.h>

static void
on_event (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  g_autoptr (GError) error = NULL;
  ScJson *json = sc_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 1 << 20, &error);

  g_assert_no_error (error);
  g_ptr_array_add (((EngineClient *) data)->events, json);
}

void
engine_client_start (EngineFixture *fixture, EngineClient *client)
{
  g_autoptr (GError) error = NULL;

  client->events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  client->connection = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  g_assert_no_error (error);
  g_signal_connect (client->connection, "message", G_CALLBACK (on_event), client);
  while (!sc_events_has_clients (fixture->parts.events))
    g_main_context_iteration (NULL, TRUE);
}

void
engine_client_stop (EngineClient *client)
{
  g_signal_handlers_disconnect_by_data (client->connection, client);
  g_object_unref (client->connection);
  g_ptr_array_unref (client->events);
}

void
engine_client_expect (EngineClient *client, const char *expected)
{
  g_autoptr (ScJson) wanted = json_loads (expected, 0, NULL);

  g_assert_nonnull (wanted);
  while (TRUE) {
    while (client->events->len == 0)
      g_main_context_iteration (NULL, TRUE);
    g_autoptr (ScJson) event = g_ptr_array_steal_index (client->events, 0);
    g_autoptr (ScJson) both = json_copy (event);

    json_object_update (both, wanted);
    if (json_equal (both, event))
      return;
  }
}

ScJson *
engine_ask (EngineFixture *fixture, const char *method, const char *path, const char *body, guint status,
            const char *schema)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_object ();
  g_autofree char *where = g_strdup_printf ("#/components/schemas/%s", schema);
  g_autoptr (GError) error = NULL;
  ScJson *json = engine_fixture_json (fixture, method, path, body, status);

  json_object_set_new (reference, "$ref", json_string (where));
  openapi_validate (document, reference, json, "$", &error);
  g_assert_no_error (error);
  return json;
}

void
engine_ask_in_vain (EngineFixture *fixture, const char *path, const char *body, guint status, const char *code,
                    const char *says)
{
  g_autoptr (ScJson) json = engine_ask (fixture, "POST", path, body, status, "Error");
  const ScJson *error = json_object_get (json, "error");
  const char *message = json_string_value (json_object_get (error, "message"));

  g_test_message ("%s %s: %s", path, body, message);
  g_assert_cmpstr (json_string_value (json_object_get (error, "code")), ==, code);
  if (says != NULL && strstr (message, says) == NULL)
    g_error ("“%s” does not say “%s”", message, says);
}

void
engine_assert_json (const ScJson *value, const char *expected)
{
  g_autofree char *text = json_dumps (value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);

  g_assert_cmpstr (text, ==, expected);
}
