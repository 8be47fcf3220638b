/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-session-item.h"
#include "console/gui/words/sc-session-words.h"
#include "console/gui/words/sc-words.h"

#include <locale.h>
#include <string.h>

#define check(text, expected)                                                                                          \
  do {                                                                                                                 \
    g_autofree char *checked_text = (text);                                                                            \
    g_assert_cmpstr (checked_text, ==, expected);                                                                      \
  } while (FALSE)

static ScSeatItem *
new_seat (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_json_parse_object (text, strlen (text), 65536, &error);
  ScItem *item = NULL;

  g_assert_no_error (error);
  item = sc_item_new (SC_TYPE_SEAT_ITEM, json, &error);
  g_assert_no_error (error);
  return SC_SEAT_ITEM (item);
}

static void
test_amounts (void)
{
  /* g_format_size() puts a no-break space before the unit */
  check (sc_words_size_of (12100000, 30000000), "12.1\u00a0MB of 30.0\u00a0MB");
  check (sc_words_size_of (31000000, 30000000), "30.0\u00a0MB of 30.0\u00a0MB");
  check (sc_words_rate (0), "0 kbit/s");
  check (sc_words_rate (1500000), "1.5 Mbit/s");
  check (sc_words_rate (480000000), "480 Mbit/s");
  check (sc_words_rate (2500000000), "2.50 Gbit/s");
  check (sc_words_percent (0.999), "99 %");
  check (sc_words_percent (1.0), "100 %");
  check (sc_words_percent (-1), "0 %");
}

static void
test_times (void)
{
  check (sc_words_duration (2600 * G_TIME_SPAN_MILLISECOND), "2.6 s");
  check (sc_words_duration (59 * G_TIME_SPAN_SECOND), "59 s");
  check (sc_words_duration (125 * G_TIME_SPAN_SECOND), "2 min 5 s");
  check (sc_words_duration (2 * G_TIME_SPAN_HOUR + 61 * G_TIME_SPAN_SECOND), "2 h 1 min");
  check (sc_words_duration (-5), "0.0 s");
  check (sc_words_age (0), "just now");
  check (sc_words_age (G_TIME_SPAN_MINUTE), "1 minute ago");
  check (sc_words_age (3 * G_TIME_SPAN_HOUR), "3 hours ago");
  check (sc_words_age (2 * G_TIME_SPAN_DAY), "2 days ago");
  check (sc_words_time (0), "");
}

static void
test_seat (void)
{
  g_autoptr (ScSeatItem) running =
      new_seat ("{\"id\": \"a\", \"name\": \"pc-7\", \"presence\": \"online\", \"version\": 3, \"assigned_version\": 4,"
                " \"version_state\": \"behind\", \"transfer\": {\"state\": \"receiving\", \"done_bytes\": 500, "
                "\"total_bytes\": 1000, \"template\": \"Debian\", \"throttled\": true}}");
  g_autoptr (ScSeatItem) failed = new_seat (
      "{\"id\": \"a\", \"name\": \"pc-7\", \"presence\": \"online\", \"total_bytes\": 100, \"free_bytes\": 10,"
      " \"reserve_bytes\": 9, \"transfer\": {\"state\": \"failed\", \"reason\": \"the disk is full\"}}");
  g_autoptr (ScSeatItem) between = new_seat ("{\"id\": \"a\", \"assigned_version\": 4}");
  g_autoptr (ScSeatItem) busy = new_seat (
      "{\"id\": \"a\", \"presence\": \"online\", \"templates\": [{\"name\": \"Debian\", \"state\": \"current\","
      " \"busy\": true}, {\"name\": \"Win\", \"state\": \"current\"}]}");
  g_autoptr (ScSeatItem) half = new_seat ("{\"id\": \"a\", \"name\": \"pc-7\", \"presence\": \"online\", "
                                          "\"assigned_version\": 4, \"version_state\": \"behind\","
                                          " \"templates\": [{\"name\": \"Debian\", \"state\": \"updating\"}]}");
  g_autoptr (ScSeatItem) half_failed = new_seat ("{\"id\": \"a\", \"presence\": \"online\", \"transfer\": {\"state\": "
                                                 "\"failed\", \"reason\": \"the disk is full\"},"
                                                 " \"templates\": [{\"name\": \"Debian\", \"state\": \"updating\"}]}");

  g_assert_cmpstr (sc_words_seat_state (running), ==, "Receiving");
  check (sc_words_seat_detail (running),
         "Receiving Debian, 500 bytes of 1.0\u00a0kB, slowly: somebody uses the machine");
  check (sc_words_seat_version (running), "3 → 4");
  check (sc_words_seat_detail (failed), "Failed: the disk is full");
  check (sc_words_seat_version (failed), "–");
  check (sc_words_seat_version (between), "→ 4");
  check (sc_words_seat_sentence (failed), "pc-7, Failed: the disk is full, No version, Low space");
  check (sc_words_seat_detail (busy), "Waits until Debian is no longer in use");
  g_assert_cmpstr (sc_words_seat_state (half), ==, "Half updated");
  check (sc_words_seat_detail (half), "Half updated: Debian");
  check (sc_words_seat_sentence (half), "pc-7, Half updated: Debian, No version");
  check (sc_words_seat_detail (half_failed), "Failed: the disk is full; half updated: Debian");
}

static void
check_volumes (const char *members, gboolean unsuitable, const char *words)
{
  g_autofree char *text = g_strdup_printf ("{\"id\": \"a\", \"name\": \"pc-7\", \"presence\": \"online\"%s}", members);
  g_autoptr (ScSeatItem) seat = new_seat (text);

  check (sc_words_seat_volumes (seat), words);
  g_assert_cmpint (sc_seat_item_has_unsuitable_disk (seat), ==, unsuitable);
  g_assert_cmpint (sc_seat_item_counts_as (seat, SC_SEATS_UNSUITABLE_DISK), ==, unsuitable);
  check (sc_words_seat_sentence (seat),
         unsuitable ? "pc-7, Unassigned, No version, Unsuitable disk" : "pc-7, Unassigned, No version");
}

/* What it says of its disks; what was accepted is no alarm. */
static void
test_volumes (void)
{
  check_volumes ("", FALSE, "");
  check_volumes (", \"volume\": {\"traits\": [], \"refused\": [], \"reason\": \"\"}, \"forgot\": null", FALSE, "");
  check_volumes (", \"volume\": {\"traits\": [\"forgets\", \"compresses\"], \"refused\": [\"forgets\"], \"reason\": "
                 "\"Unified Write Filter protects D:\"}",
                 TRUE,
                 "Takes no updates, because its disk forgets at restart: Unified Write Filter protects D:\n"
                 "Its disk compresses, which is accepted: Unified Write Filter protects D:");
  check_volumes (", \"volume\": {\"traits\": [\"forgets\"], \"refused\": [], \"reason\": \"tmpfs\"}, \"state_volume\": "
                 "{\"traits\": [\"forgets\"], \"refused\": [], \"reason\": \"tmpfs, too\"}",
                 FALSE,
                 "Its disk forgets at restart, which is accepted: tmpfs\n"
                 "The disk of the service's own data forgets at restart: tmpfs, too");
  check_volumes (", \"volume\": {\"traits\": [\"deduplicates\", 7, \"eats\"], \"refused\": [\"deduplicates\"]}", TRUE,
                 "Takes no updates, because its disk deduplicates: ");
  check_volumes (", \"state_volume\": {\"traits\": [\"forgets\"], \"refused\": [], \"reason\": \"frozen\"}", TRUE,
                 "The disk of the service's own data forgets at restart: frozen");
  check_volumes (", \"volume\": {\"traits\": [], \"refused\": [], \"reason\": \"whether T: is thawed cannot be told\"}",
                 FALSE, "whether T: is thawed cannot be told");
  g_autoptr (ScSeatItem) forgot = new_seat ("{\"id\": \"a\", \"forgot\": \"2026-11-23T01:00:00.000000Z\"}");
  g_autofree char *words = sc_words_seat_volumes (forgot);
  g_assert_true (g_str_has_prefix (words, "Its disk forgets at restart: started on "));
  g_assert_true (sc_seat_item_has_unsuitable_disk (forgot));
}

/* Nothing that the model can say is without a word, an icon and a style class. */
static void
test_everything_has_words (void)
{
  for (ScSeatCounter counter = 0; counter < SC_N_SEAT_COUNTERS; counter++)
    g_assert_cmpstr (sc_words_counter (counter), !=, "");
  for (ScSessionItemState state = 0; state <= SC_SESSION_STATE_UNKNOWN; state++)
    g_assert_cmpstr (sc_words_session_state (state), !=, "");
  for (ScTransferState state = 0; state <= SC_TRANSFER_VERIFYING; state++)
    g_assert_cmpstr (sc_words_transfer_state (state), !=, "");
  for (ScSeatCondition condition = 0; condition < SC_N_CONDITIONS; condition++) {
    g_assert_nonnull (sc_words_condition_icon (condition));
    g_assert_nonnull (sc_words_condition_class (condition));
    for (ScSeatCondition other = 0; other < condition; other++)
      g_assert_cmpstr (sc_words_condition_icon (condition), !=, sc_words_condition_icon (other));
  }
}

static void
test_session_target (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) room = json_pack ("{s:i, s:s, s:s}", "id", 1, "room", "Lab 1", "state", "sending");
  g_autoptr (ScJson) seats =
      json_pack ("{s:i, s:s, s:s, s:[{s:s}]}", "id", 2, "room", "", "state", "of a later engine", "seats", "id", "a");
  g_autoptr (ScItem) to_room = sc_item_new (SC_TYPE_SESSION_ITEM, room, &error);
  g_autoptr (ScItem) to_seats = sc_item_new (SC_TYPE_SESSION_ITEM, seats, &error);

  g_assert_no_error (error);
  check (sc_session_words_target (SC_SESSION_ITEM (to_room)), "Lab 1");
  check (sc_session_words_target (SC_SESSION_ITEM (to_seats)), "1 seat");
  g_assert_cmpint (sc_session_item_get_info (SC_SESSION_ITEM (to_seats))->state, ==, SC_SESSION_STATE_UNKNOWN);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/words/amounts", test_amounts);
  g_test_add_func ("/gui/words/times", test_times);
  g_test_add_func ("/gui/words/seat", test_seat);
  g_test_add_func ("/gui/words/volumes", test_volumes);
  g_test_add_func ("/gui/words/everything-has-words", test_everything_has_words);
  g_test_add_func ("/gui/words/session-target", test_session_target);
  return g_test_run ();
}
