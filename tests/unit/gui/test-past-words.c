/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-seat-history-words.h"
#include "console/gui/words/sc-activity-words.h"

typedef struct {
  const char *json, *words;
} Case;

static void
check (const Case *cases, gsize n, char *(*describe) (ScJson *) )
{
  for (gsize i = 0; i < n; i++) {
    g_autoptr (ScJson) json = json_loads (cases[i].json, 0, NULL);
    g_autofree char *words = NULL;

    g_assert_nonnull (json);
    words = describe (json);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

static void
test_activity (void)
{
  static const Case cases[] = {
    { "{\"action\":\"deploy\",\"version\":4,\"room\":\"Lab 1\",\"n_seats\":40}", "Deploy version 4 to Lab 1" },
    { "{\"action\":\"deploy\",\"version\":4,\"room\":\"\",\"n_seats\":0}", "Deploy version 4 to all rooms" },
    { "{\"action\":\"deploy\",\"version\":4,\"room\":\"\",\"n_seats\":2}", "Deploy version 4 to 2 seats" },
    { "{\"action\":\"rollback\",\"version\":3,\"n_seats\":1,\"seats\":[\"pc-1\"]}", "Roll back pc-1 to version 3" },
    { "{\"action\":\"rollback\",\"version\":0,\"room\":\"Lab 1\"}", "Roll back Lab 1 to an earlier version" },
    { "{\"action\":\"dry-run\",\"version\":4,\"room\":\"Lab 1\"}", "Ask what version 4 takes: Lab 1" },
    { "{\"action\":\"catch-up\",\"version\":4,\"n_seats\":1,\"seats\":[\"pc-1\"]}", "Catch up pc-1 to version 4" },
    { "{\"action\":\"pause\",\"session\":12}", "Pause session 12" },
    { "{\"action\":\"verify-cancel\",\"n_seats\":1,\"seats\":[\"pc-1\"]}", "Stop verifying pc-1" },
    { "{\"action\":\"room-create\",\"room\":\"100 %s\"}", "Add room 100 %s" },
    { "{\"action\":\"room-assign\",\"room\":\"\",\"n_seats\":2}", "Move 2 seats to the room that the service names" },
    { "{\"action\":\"settings\",\"detail\":\"publish_directory=/srv/my templates\"}",
      "Publish from /srv/my templates" },
    { "{\"action\":\"settings\",\"detail\":\"rate_cap_bits_per_second=1 publish_directory=/a\"}",
      "Change settings: rate_cap_bits_per_second=1 publish_directory=/a" },
    { "{\"action\":\"store-gc\"}", "Free what no version needs" },
    { "{\"action\":\"operation-cancel\",\"detail\":\"7\"}", "Cancel operation 7" },
    { "{\"action\":\"session-end\",\"session\":12,\"detail\":\"cancelled\"}", "Session 12 was cancelled" },
    { "{\"action\":\"session-end\",\"session\":12,\"detail\":\"newer\"}", "Session 12 ended" },
    { "{\"action\":\"session-end\",\"session\":3,\"detail\":\"done\",\"done\":true,\"error\":\"1 of 4 seats failed\"}",
      "Session 3 is done: 1 of 4 seats failed" },
    { "{\"action\":\"session-end\",\"session\":3,\"detail\":\"failed\",\"done\":false,\"error\":\"no seat\"}",
      "Session 3 failed" },
    { "{\"action\":\"publish-end\",\"version\":0,\"detail\":\"failed\"}", "Publishing failed" },
    { "{\"action\":\"seat-refused\",\"address\":\"10.1.0.17\"}", "A seat at 10.1.0.17 was refused" },
    { "{\"action\":\"seat-refused\",\"address\":\"10.1.0.17\",\"seats\":[\"pc-7\"],\"n_seats\":1}",
      "pc-7 at 10.1.0.17 was refused" },
    { "{\"action\":\"of-a-later-engine\"}", "of-a-later-engine" },
    { "{}", "" },
    { "{\"action\":3,\"seats\":\"x\"}", "" },
  };

  check (cases, G_N_ELEMENTS (cases), sc_activity_words);
}

static void
test_verification (void)
{
  static const Case cases[] = {
    { "{\"state\":\"never\",\"ended\":null}", "Never verified" },
    { "{}", "Never verified" },
    { "{\"state\":\"running\"}", "Running now" },
    { "{\"state\":\"done\",\"ended\":\"2020-01-02T03:04:00Z\",\"bytes\":5000000000,\"n_files\":0}",
      "2 Jan 2020 03:04: every file is as it should be, 5.0\u00a0GB read" },
    { "{\"state\":\"done\",\"ended\":\"2020-01-02T03:04:00Z\",\"n_files\":1,\"n_templates\":1}",
      "2 Jan 2020 03:04: 1 file of 1 template differs. Catch up or the next deploy mends it." },
    { "{\"state\":\"failed\",\"ended\":\"2020-01-02T03:04:00Z\",\"message\":\"it was switched off\"}",
      "2 Jan 2020 03:04: not done to the end: it was switched off" },
  };

  check (cases, G_N_ELEMENTS (cases), sc_seat_history_verification);
}

static void
test_log (void)
{
  static const Case cases[] = {
    { "{\"event\":\"connected\",\"session\":0,\"version\":0}", "Connected" },
    { "{\"event\":\"receiving\",\"session\":12,\"version\":4}", "Receiving: Version 4 (session 12)" },
    { "{\"event\":\"repairing\",\"session\":0,\"version\":4}", "Catching up: Version 4" },
    { "{\"event\":\"going-back\",\"session\":0,\"version\":3}",
      "Going back, as its update was not finished: Version 3" },
    { "{\"event\":\"powered-off\",\"session\":0,\"version\":0}", "Powered off" },
    { "{\"event\":\"not-powered-off\",\"session\":0,\"version\":0}", "Not powered off" },
    { "{\"event\":\"hook-failed\",\"session\":0,\"version\":4}", "A program of the version failed: Version 4" },
    { "{\"event\":\"of-a-later-engine\"}", "of-a-later-engine" },
  };

  check (cases, G_N_ELEMENTS (cases), sc_seat_history_event);
}

static void
test_outcome (void)
{
  static const Case cases[] = {
    { "{\"state\":\"done\",\"total_bytes\":0}", "Done" },
    { "{\"state\":\"failed\",\"total_bytes\":2000,\"done_bytes\":1000,\"reason\":\"the disk is full\"}",
      "Failed, 1.0\u00a0kB of 2.0\u00a0kB: the disk is full" },
    { "{\"state\":\"done\",\"catch_up\":true}", "Done, by catch-up" },
    { "{\"state\":\"of-a-later-engine\"}", "Idle" },
  };

  check (cases, G_N_ELEMENTS (cases), sc_seat_history_outcome);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/past-words/activity", test_activity);
  g_test_add_func ("/gui/past-words/verification", test_verification);
  g_test_add_func ("/gui/past-words/log", test_log);
  g_test_add_func ("/gui/past-words/outcome", test_outcome);
  return g_test_run ();
}
