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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/words/volumes", test_words_of_volumes);
  return g_test_run ();
}
