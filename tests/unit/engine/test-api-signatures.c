/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine-fixture.h"

#include "common/sc-error.h"

#include <glib/gstdio.h>

/* What the API says of versions' signatures, and signing one by hand. */

static gboolean
is_signed (EngineFixture *fixture, guint64 number)
{
  g_autofree char *path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT, number);
  g_autoptr (ScJson) version = engine_fixture_json (fixture, "GET", path, NULL, 200);
  g_autoptr (ScJson) versions = engine_fixture_json (fixture, "GET", "/v1/versions", NULL, 200);
  const ScJson *listed = json_array_get (json_object_get (versions, "versions"), number - 1);

  g_assert_true (json_is_boolean (json_object_get (version, "signed")));
  g_assert_true (json_equal (json_object_get (version, "signed"), json_object_get (listed, "signed")));
  return json_is_true (json_object_get (version, "signed"));
}

/* Runs the operation that @path starts. Returns: (transfer full): as it ended */
static ScJson *
run (EngineFixture *fixture, const char *path)
{
  g_autoptr (ScJson) started = engine_fixture_json (fixture, "POST", path, NULL, 202);

  return engine_fixture_finish (fixture, started);
}

static const char *
error_of (const ScJson *json)
{
  return json_string_value (json_object_get (json_object_get (json, "error"), "message"));
}

static void
remove_signature (EngineFixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->directory, "signatures", "2", NULL);
  g_autoptr (ScJson) verified = NULL;
  const ScJson *report = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  verified = run (fixture, "/v1/store/verify");
  report = json_object_get (verified, "result");
  g_assert_cmpint (json_integer_value (json_object_get (report, "damaged")), ==, 1);
  g_assert_nonnull (
      strstr (json_string_value (json_array_get (json_object_get (report, "problems"), 0)), "version 2 is not signed"));
}

static void
test_unsigned_and_signed (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) refused = NULL;
  g_autoptr (ScJson) signed_now = NULL;
  g_autoptr (ScJson) session = NULL;
  g_autoptr (ScJson) activity = NULL;
  const ScJson *entry = NULL;

  g_assert_true (is_signed (fixture, 1));
  g_assert_true (is_signed (fixture, 2));
  remove_signature (fixture);
  g_assert_true (is_signed (fixture, 1));
  g_assert_false (is_signed (fixture, 2));
  refused = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":2}", 409);
  g_assert_nonnull (strstr (error_of (refused), "seatcastctl version sign 2"));

  signed_now = run (fixture, "/v1/versions/2/sign");
  g_assert_cmpstr (json_string_value (json_object_get (signed_now, "kind")), ==, "sign");
  g_assert_cmpstr (json_string_value (json_object_get (signed_now, "state")), ==, "done");
  g_assert_cmpint (json_integer_value (json_object_get (json_object_get (signed_now, "result"), "version")), ==, 2);
  g_assert_true (is_signed (fixture, 2));
  activity = engine_fixture_json (fixture, "GET", "/v1/activity?max=1", NULL, 200);
  entry = json_array_get (json_object_get (activity, "entries"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (entry, "action")), ==, "version-sign");
  g_assert_cmpint (json_integer_value (json_object_get (entry, "version")), ==, 2);
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":2}", 201);
}

static void
test_damaged (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "packs", "00000001.pack", NULL);
  g_autoptr (ScJson) ended = NULL;
  g_autoptr (ScStoreReport) report = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  bytes[length / 2] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
  report =
      sc_store_verify (fixture->parts.store, NULL, NULL, NULL); /* whatever it holds open is not that file any more */
  g_assert_cmpuint (report->damaged, >, 0);
  ended = run (fixture, "/v1/versions/2/sign");
  g_assert_cmpstr (json_string_value (json_object_get (ended, "state")), ==, "failed");
  g_assert_nonnull (strstr (error_of (ended), "version 2 is damaged and was not signed"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                                            \
  g_test_add ("/api-signatures/" name, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)
  ADD ("unsigned-and-signed", test_unsigned_and_signed);
  ADD ("damaged", test_damaged);
  return g_test_run ();
}
