/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-words.h"

static void
test_words_of_volumes (void)
{
  static const struct {
    const char *seat, *sign, *words;
  } cases[] = {
    { "{\"volume\": {\"file_system\": \"\", \"traits\": [], \"refused\": [], \"reason\": \"\"}, \"forgot\": null}", "",
      "unknown" },
    { "{\"volume\": {\"file_system\": \"ext4\", \"traits\": [], \"refused\": [], \"reason\": \"\"},"
      " \"forgot\": \"2026-11-23T01:00:00Z\"}",
      "forgets", "ext4" },
    { "{\"volume\": {\"file_system\": \"NTFS\", \"traits\": [\"forgets\", \"compresses\"], \"refused\": [],"
      " \"reason\": \"two things\"}, \"forgot\": \"2026-11-23T01:00:00Z\"}",
      "forgets, compresses", "NTFS: forgets, compresses (two things)" },
    { "{\"volume\": {\"file_system\": \"NTFS\", \"traits\": [\"deduplicates\"], \"refused\": [\"deduplicates\"],"
      " \"reason\": \"deduplication is on for D:\"}, \"forgot\": null}",
      "deduplicates: not written to",
      "NTFS: deduplicates (deduplication is on for D:); it takes no updates, because “deduplicates” is not accepted "
      "there" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (ScJson) seat = json_loads (cases[i].seat, 0, NULL);
    g_assert_nonnull (seat);
    g_autofree char *sign = sc_ctl_seat_volume (seat);
    g_autofree char *words = sc_ctl_volume_in_words (json_object_get (seat, "volume"));
    g_assert_cmpstr (sign, ==, cases[i].sign);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

static void
test_by_what_a_seat_received (void)
{
  const struct {
    const char *seat, *by;
  } cases[] = {
    { "{'done_bytes':5,'received_packets':9,'catch_up':false}", "multicast" },
    { "{'done_bytes':5,'received_packets':0,'catch_up':true}", "catch-up" },
    { "{'done_bytes':5,'received_packets':9,'catch_up':true}", "multicast + catch-up" },
    { "{'done_bytes':5,'received_packets':0,'catch_up':false,'needs':{'lacks_bytes':5}}", "catch-up" },
    { "{'done_bytes':5,'received_packets':0,'catch_up':false,'needs':{'lacks_bytes':0}}", "" },
    { "{'done_bytes':0,'received_packets':9,'catch_up':true}", "" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdelimit (g_strdup (cases[i].seat), "'", '"');
    g_autoptr (ScJson) seat = json_loads (text, 0, NULL);
    g_assert_nonnull (seat);
    g_assert_cmpstr (sc_ctl_seat_by (seat), ==, cases[i].by);
  }
}

static void
test_words_of_a_refused_seat (void)
{
  g_autoptr (ScJson) entry = json_loads ("{\"action\":\"seat-refused\",\"address\":\"10.1.0.17\",\"seats\":[\"pc-7\"],"
                                         "\"n_seats\":1,\"done\":false,\"error\":\"its token is wrong\"}",
                                         0, NULL);
  g_autofree char *who = sc_ctl_activity_who (entry);
  g_autofree char *what = sc_ctl_activity_what (entry);
  g_autofree char *result = sc_ctl_activity_result (entry);
  g_assert_cmpstr (who, ==, "10.1.0.17");
  g_assert_cmpstr (what, ==, "pc-7");
  g_assert_cmpstr (result, ==, "refused: its token is wrong");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/words/volumes", test_words_of_volumes);
  g_test_add_func ("/ctl/seats/by", test_by_what_a_seat_received);
  g_test_add_func ("/ctl/seats/refused", test_words_of_a_refused_seat);
  return g_test_run ();
}
