/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/schedule/sc-room-policy.h"

static gboolean
change (ScRoomPolicy *policy, const char *text, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (ScJson) json = sc_json_parse_object (text, strlen (text), 4096, &wrong);

  g_assert_no_error (wrong);
  return sc_room_policy_change (policy, json, error);
}

static void
assert_json (const ScRoomPolicy *policy, const char *expected)
{
  g_autoptr (ScJson) json = sc_room_policy_to_json (policy);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) wanted = sc_json_parse_object (expected, strlen (expected), 4096, &error);

  g_assert_no_error (error);
  if (!json_equal (json, wanted)) {
    g_autofree char *text = sc_json_to_text (json);

    g_assert_cmpstr (text, ==, expected);
  }
}

static void
test_defaults (void)
{
  g_auto (ScRoomPolicy) policy = { 0 };

  sc_room_policy_init (&policy);
  assert_json (&policy, "{\"window\":null,\"rate_cap_bits_per_second\":0,\"late\":\"catch-up\",\"wake\":false,"
                        "\"power_off\":false,\"wake_address\":\"\",\"wake_destination\":\"\",\"busy_deadline_hours\":0,"
                        "\"cache\":\"\"}");
}

#define FULL                                                                                                           \
  "{\"window\":{\"days\":[\"mon\",\"sun\"],\"from\":\"18:00\",\"to\":\"06:30\",\"zone\":\"UTC\",\"text\":\"mon,sun "   \
  "18:00-06:30 UTC\"},"                                                                                                \
  "\"rate_cap_bits_per_second\":500000000,\"late\":\"gather\",\"wake\":true,\"power_off\":true,"                       \
  "\"wake_address\":\"192.0.2.1\",\"wake_destination\":\"192.0.2.255:7\",\"busy_deadline_hours\":48,"                  \
  "\"cache\":\"https://cache.example.org:8444\"}"

static void
test_all_members (void)
{
  g_auto (ScRoomPolicy) policy = { 0 };
  g_autoptr (GError) error = NULL;

  sc_room_policy_init (&policy);
  g_assert_true (change (&policy, FULL, &error));
  g_assert_no_error (error);
  assert_json (&policy, FULL);
  g_assert_cmpuint (policy.window.days, ==, 0x41);
  g_assert_cmpuint (policy.window.from, ==, 18 * 60);
  g_auto (ScRoomPolicy) copy = { 0 };
  sc_room_policy_copy (&policy, &copy);
  assert_json (&copy, FULL);
}

static void
test_one_member (void)
{
  g_auto (ScRoomPolicy) policy = { 0 };
  g_autoptr (GError) error = NULL;

  sc_room_policy_init (&policy);
  change (&policy, FULL, &error);
  change (&policy, "{\"late\":\"ask\"}", &error);
  g_assert_no_error (error);
  g_assert_cmpint (policy.late, ==, SC_LATE_ASK);
  g_assert_cmpuint (policy.busy_deadline, ==, 48);
  g_assert_true (sc_window_is_set (&policy.window));
  change (&policy, "{\"window\":null,\"wake_address\":\"\"}", &error);
  g_assert_no_error (error);
  g_assert_false (sc_window_is_set (&policy.window));
  g_assert_cmpstr (policy.wake_address, ==, "");
}

/* What is refused names the member and changes nothing, not even what comes before it. */
static void
test_refused (void)
{
  static const char *const wrong[][2] = {
    { "{\"late\":\"never\"}", "late" },
    { "{\"late\":1}", "late" },
    { "{\"wake\":\"yes\"}", "wake" },
    { "{\"power_off\":1}", "power_off" },
    { "{\"rate_cap_bits_per_second\":-1}", "rate_cap_bits_per_second" },
    { "{\"rate_cap_bits_per_second\":1000}", "rate_cap_bits_per_second" },
    { "{\"busy_deadline_hours\":8761}", "busy_deadline_hours" },
    { "{\"window\":1}", "window" },
    { "{\"window\":{}}", "days" },
    { "{\"window\":{\"days\":[],\"from\":\"18:00\",\"to\":\"06:00\"}}", "days" },
    { "{\"window\":{\"days\":[\"xyz\"],\"from\":\"18:00\",\"to\":\"06:00\"}}", "days" },
    { "{\"window\":{\"days\":[\"mon\"],\"from\":\"1800\",\"to\":\"06:00\"}}", "from" },
    { "{\"window\":{\"days\":[\"mon\"],\"from\":\"18:00\",\"to\":\"24:00\"}}", "to" },
    { "{\"window\":{\"days\":[\"mon\"],\"from\":\"18:00\",\"to\":\"06:00\",\"zone\":\"No/Where\"}}", "No/Where" },
    { "{\"window\":{\"days\":[\"mon\"],\"from\":\"18:00\",\"to\":\"06:00\",\"zone\":1}}", "zone" },
    { "{\"wake_address\":\"::1\"}", "wake_address" },
    { "{\"wake_address\":\"192.0.2.1:9\"}", "wake_address" },
    { "{\"wake_destination\":\"192.0.2\"}", "wake_destination" },
    { "{\"wake_destination\":\"192.0.2.255:0\"}", "wake_destination" },
    { "{\"cache\":\"ftp://x\"}", "cache" },
    { "{\"cache\":\"https://\"}", "cache" },
    { "{\"cache\":\"http://cache.example.org\"}", "cache" }, /* of which seats take none */
    { "{\"cache\":\"https://cache.example.org/path\"}", "cache" },
    { "{\"cache\":\"https://user:word@host\"}", "cache" },
    { "{\"power_off\":false,\"late\":\"catch-up\",\"cache\":\"x\"}", "cache" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (ScRoomPolicy) policy = { 0 };
    g_autoptr (GError) error = NULL;

    sc_room_policy_init (&policy);
    change (&policy, FULL, &error);
    g_assert_no_error (error);
    g_test_message ("%s", wrong[i][0]);
    g_assert_false (change (&policy, wrong[i][0], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, wrong[i][1]));
    assert_json (&policy, FULL);
  }
}

static void
test_nicks (void)
{
  for (guint i = 0; i <= SC_LATE_ASK; i++) {
    ScLatePolicy late = SC_LATE_CATCH_UP;

    g_assert_true (sc_late_policy_from_nick (sc_late_policy_to_nick (i), &late));
    g_assert_cmpint (late, ==, i);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-policy/defaults", test_defaults);
  g_test_add_func ("/room-policy/all-members", test_all_members);
  g_test_add_func ("/room-policy/one-member", test_one_member);
  g_test_add_func ("/room-policy/refused", test_refused);
  g_test_add_func ("/room-policy/nicks", test_nicks);
  return g_test_run ();
}
