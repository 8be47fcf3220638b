/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-rates.h"

#include "common/sc-error.h"

#define START G_GINT64_CONSTANT (1790000000000000) /* µs since 1970 */
#define NOW (1000 * G_TIME_SPAN_SECOND)
#define MS G_TIME_SPAN_MILLISECOND

static guint
n_samples (const ScJson *json)
{
  guint n = (guint) json_array_size (json_object_get (json, "content_bits_per_second"));

  g_assert_cmpuint (json_array_size (json_object_get (json, "repair_bits_per_second")), ==, n);
  return n;
}

static json_int_t
content_at (const ScJson *json, guint index)
{
  return json_integer_value (json_array_get (json_object_get (json, "content_bits_per_second"), index));
}

static json_int_t
repair_at (const ScJson *json, guint index)
{
  return json_integer_value (json_array_get (json_object_get (json, "repair_bits_per_second"), index));
}

static json_int_t
interval_of (const ScJson *json)
{
  return json_integer_value (json_object_get (json, "interval_ms"));
}

static void
test_empty (void)
{
  g_autoptr (ScSessionRates) rates = sc_session_rates_new (START, NOW);
  g_autoptr (ScJson) json = NULL;

  sc_session_rates_add (rates, NOW, 1000, 0);
  json = sc_session_rates_to_json (rates);
  g_assert_cmpuint (n_samples (json), ==, 0);
  g_assert_cmpint (interval_of (json), ==, 250);
  g_assert_cmpint (json_integer_value (json_object_get (json, "start")), ==, START);
}

/* Called at odd times: what came is spread over the time in which it came. */
static void
test_spread (void)
{
  g_autoptr (ScSessionRates) rates = sc_session_rates_new (START, NOW);
  g_autoptr (ScJson) json = NULL;

  sc_session_rates_add (rates, NOW + 125 * MS, 1000, 0);
  sc_session_rates_add (rates, NOW + 500 * MS, 4000, 300);
  sc_session_rates_add (rates, NOW + 500 * MS, 5000, 300); /* no time has passed: it counts later */
  sc_session_rates_add (rates, NOW + 600 * MS, 6000, 300);
  json = sc_session_rates_to_json (rates);
  g_assert_cmpuint (n_samples (json), ==, 3);
  g_assert_cmpint (content_at (json, 0), ==, (1000 + 1000) * 8 * 4);
  g_assert_cmpint (content_at (json, 1), ==, 2000 * 8 * 4);
  g_assert_cmpint (repair_at (json, 0), ==, 100 * 8 * 4);
  g_assert_cmpint (repair_at (json, 1), ==, 200 * 8 * 4);
  g_assert_cmpint (content_at (json, 2), ==, 2000 * 8 * 10); /* of a tenth of a second */
}

/* However long it is: at most 600 samples, whose sum is all that was sent. */
static void
test_doubles (void)
{
  g_autoptr (ScSessionRates) rates = sc_session_rates_new (START, NOW);
  guint64 sent = 0;
  guint most = 0;

  for (guint i = 1; i <= 100000; i++) {
    sent += 1000 + i % 7;
    sc_session_rates_add (rates, NOW + i * 250 * MS, sent, sent / 10);
    if (i % 997 == 0 || i == 600 || i == 601) {
      g_autoptr (ScJson) json = sc_session_rates_to_json (rates);
      double content = 0, repair = 0;
      guint n = n_samples (json);

      most = MAX (most, n);
      g_assert_cmpint (interval_of (json), ==, i <= 600 ? 250 : interval_of (json));
      for (guint k = 0; k < n; k++) {
        gint64 time = MIN (interval_of (json), (json_int_t) i * 250 - k * interval_of (json));

        content += (double) content_at (json, k) * time / 8000;
        repair += (double) repair_at (json, k) * time / 8000;
      }
      g_assert_cmpfloat_with_epsilon (content, (double) sent, 1e-3 * (double) sent);
      g_assert_cmpfloat_with_epsilon (repair, (double) sent / 10, 1e-2 * (double) sent);
    }
    if (i == 600 || i == 601) {
      g_autoptr (ScJson) json = sc_session_rates_to_json (rates);

      g_assert_cmpuint (n_samples (json), ==, i == 600 ? 600 : 301);
      g_assert_cmpint (interval_of (json), ==, i == 600 ? 250 : 500);
    }
  }
  g_assert_cmpuint (most, <=, SC_SESSION_RATES_MAX_SAMPLES);
  g_assert_cmpuint (most, >, SC_SESSION_RATES_MAX_SAMPLES / 2);
}

/* A main loop that stood still for a day asks once. */
static void
test_long_gap (void)
{
  g_autoptr (ScSessionRates) rates = sc_session_rates_new (START, NOW);
  g_autoptr (ScJson) json = NULL;

  sc_session_rates_add (rates, NOW + G_TIME_SPAN_DAY, 86400, 0);
  json = sc_session_rates_to_json (rates);
  g_assert_cmpuint (n_samples (json), <=, SC_SESSION_RATES_MAX_SAMPLES);
  for (guint i = 0; i < n_samples (json); i++)
    g_assert_cmpint (content_at (json, i), ==, 8);
}

/* What was kept goes on after the engine's restart, with nothing in between. */
static void
test_goes_on (void)
{
  g_autoptr (ScSessionRates) rates = sc_session_rates_new (START, NOW);
  g_autoptr (ScSessionRates) again = NULL;
  g_autoptr (ScJson) kept = NULL;
  g_autoptr (ScJson) json = NULL;
  g_autoptr (GError) error = NULL;

  sc_session_rates_add (rates, NOW + 500 * MS, 4000, 400);
  kept = sc_session_rates_to_json (rates);
  g_assert_cmpuint (sc_session_rates_get_content (rates), ==, 4000);
  again = sc_session_rates_new_from_json (kept, START + 1000 * MS, 77 * MS, &error);
  g_assert_no_error (error);
  sc_session_rates_add (again, (77 + 250) * MS, 1000, 100);
  g_assert_cmpuint (sc_session_rates_get_content (again), ==, 5000);
  json = sc_session_rates_to_json (again);
  g_assert_cmpint (json_integer_value (json_object_get (json, "start")), ==, START);
  g_assert_cmpuint (n_samples (json), ==, 5);
  g_assert_cmpint (content_at (json, 0), ==, 2000 * 8 * 4);
  g_assert_cmpint (content_at (json, 1), ==, 2000 * 8 * 4);
  g_assert_cmpint (content_at (json, 2), ==, 0);
  g_assert_cmpint (content_at (json, 3), ==, 0);
  g_assert_cmpint (content_at (json, 4), ==, 1000 * 8 * 4);
  g_assert_cmpint (repair_at (json, 4), ==, 100 * 8 * 4);
}

/* A sample that had only begun is not taken for a whole one. */
static void
test_part_goes_on (void)
{
  g_autoptr (ScSessionRates) rates = sc_session_rates_new (START, NOW);
  g_autoptr (ScSessionRates) again = NULL;
  g_autoptr (ScJson) kept = NULL;
  g_autoptr (ScJson) json = NULL;

  sc_session_rates_add (rates, NOW + 50 * MS, 1000, 0);
  kept = sc_session_rates_to_json (rates);
  g_assert_cmpint (content_at (kept, 0), ==, 1000 * 8 * 20);
  again = sc_session_rates_new_from_json (kept, START - 1 /* the clock was set back */, 0, NULL);
  sc_session_rates_add (again, 200 * MS, 3000, 0);
  json = sc_session_rates_to_json (again);
  g_assert_cmpuint (n_samples (json), ==, 1);
  g_assert_cmpint (content_at (json, 0), ==, 4000 * 8 * 4);
}

static void
test_idle (void)
{
  g_autoptr (ScSessionRates) rates = sc_session_rates_new (START, NOW);

  g_assert_false (sc_session_rates_is_idle (rates, NOW + 1500 * MS)); /* it has its time to begin */
  g_assert_true (sc_session_rates_is_idle (rates, NOW + 1501 * MS));
  sc_session_rates_add (rates, NOW + 2000 * MS, 1000, 0);
  g_assert_false (sc_session_rates_is_idle (rates, NOW + 2000 * MS));
  sc_session_rates_add (rates, NOW + 3000 * MS, 1000, 10); /* repairs alone */
  sc_session_rates_add (rates, NOW + 4000 * MS, 1000, 10);
  g_assert_false (sc_session_rates_is_idle (rates, NOW + 4500 * MS));
  g_assert_true (sc_session_rates_is_idle (rates, NOW + 4501 * MS));
}

static void
test_damaged (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"start\":1,\"interval_ms\":250}",
    "{\"start\":-1,\"interval_ms\":250,\"content_bits_per_second\":[],\"repair_bits_per_second\":[]}",
    "{\"start\":1,\"interval_ms\":\"x\",\"content_bits_per_second\":[],\"repair_bits_per_second\":[]}",
    "{\"start\":1,\"interval_ms\":250,\"content_bits_per_second\":[1],\"repair_bits_per_second\":{}}",
    "{\"start\":1,\"interval_ms\":250,\"content_bits_per_second\":[1],\"repair_bits_per_second\":[1]}",
  };
  static const char odd[] = "{\"start\":1,\"elapsed\":9000000000000,\"interval_ms\":0,\"content_bits_per_second\":[1,"
                            "\"x\"],\"repair_bits_per_second\":[1]}";
  g_autoptr (ScJson) json = json_loads (odd, 0, NULL);
  g_autoptr (ScSessionRates) rates = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (ScJson) damaged = json_loads (texts[i], 0, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (sc_session_rates_new_from_json (damaged, START, NOW, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
  rates = sc_session_rates_new_from_json (json, 0, NOW, NULL);
  g_assert_nonnull (rates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-rates/empty", test_empty);
  g_test_add_func ("/session-rates/spread", test_spread);
  g_test_add_func ("/session-rates/doubles", test_doubles);
  g_test_add_func ("/session-rates/long-gap", test_long_gap);
  g_test_add_func ("/session-rates/goes-on", test_goes_on);
  g_test_add_func ("/session-rates/part-goes-on", test_part_goes_on);
  g_test_add_func ("/session-rates/idle", test_idle);
  g_test_add_func ("/session-rates/damaged", test_damaged);
  return g_test_run ();
}
