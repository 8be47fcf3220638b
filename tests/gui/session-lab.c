/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gui/session-lab.h"

#define GB ((json_int_t) 1000000000)

ScJson *
session_lab_rates (guint n)
{
  ScJson *content = json_array ();
  ScJson *repair = json_array ();

  for (guint i = 0; i < n; i++) {
    guint wave = (i * 37) % 23;
    gboolean stall = i > n / 2 && i < n / 2 + 6;
    json_int_t share = i > n / 3 && i < n / 3 + 60 ? 60 + wave : 4 + wave / 2;

    json_array_append_new (content, json_integer (stall ? 0 : (470 - share + wave / 4) * 1000000));
    json_array_append_new (repair, json_integer (stall ? 0 : share * 1000000));
  }
  return json_pack ("{s:s, s:i, s:o, s:o}", "start", "2026-11-22T12:00:00.000000Z", "interval_ms", 500,
                    "content_bits_per_second", content, "repair_bits_per_second", repair);
}

static ScJson *
make_seat (guint number, const char *state, const char *reason, json_int_t done, gboolean catch_up, json_int_t lost)
{
  g_autofree char *id = g_strdup_printf ("seat-%u", number);
  g_autofree char *name = g_strdup_printf ("pc-%02u", number);
  ScJson *demotions = json_array ();
  gboolean slow = lost > 100000;

  if (catch_up)
    json_array_append_new (demotions, json_pack ("{s:s, s:s, s:s}", "time", "2026-11-22T12:03:04.000000Z", "reason",
                                                 slow ? "over-budget" : "strained", "text", "for people"));
  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:I, s:I, s:I, s:I, s:i, s:I, s:I, s:I, s:o, s:n}", "id", id,
                    "name", name, "room", "Lab 1", "state", state, "reason", reason, "catch_up", catch_up,
                    "version_before", 3, "total_bytes", 30 * GB, "done_bytes", done, "repair_symbols", lost * 11 / 10,
                    "charged_symbols", slow ? lost : 0, "received_packets", 8300000, "lost_packets", lost,
                    "dropped_packets", slow ? lost / 3 : 0, "backlog_bytes", slow ? (json_int_t) 41000000 : 0,
                    "demotions", demotions, "needs");
}

/* In the middle: most receive, a few are worse off. */
static ScJson *
make_running_seat (guint number)
{
  if (number == 2)
    return make_seat (number, "waiting", "", 2 * GB, FALSE, 0);
  if (number == 3)
    return make_seat (number, "repairing", "it lost more than its repair budget", 6 * GB, TRUE, 510000);
  if (number == 17)
    return make_seat (number, "failed", "the disk is full: 3.2 GB more are needed in /srv/templates", 4 * GB, FALSE,
                      1200);
  if (number == 41)
    return make_seat (number, "receiving", "", 12 * GB, FALSE, 320000);
  return make_seat (number, "receiving", "", (json_int_t) 12100000000 + number * 9000000, FALSE, (number * 131) % 9000);
}

static ScJson *
make_past_seat (guint number, const char *state)
{
  if (g_str_equal (state, "cancelled"))
    return make_seat (number, "cancelled", "cancelled by staff", 12 * GB, FALSE, 400);
  if (g_str_equal (state, "failed") || number == 17)
    return make_seat (number, "failed", "the disk is full: 3.2 GB more are needed in /srv/templates", 4 * GB, FALSE,
                      1200);
  if (number == 44)
    return make_seat (number, "failed", "it did not come back within 10 minutes", 9 * GB, FALSE, 0);
  if (number == 50)
    return make_seat (number, "busy", "in use: Windows 11 Education", 30 * GB, FALSE, 31);
  return make_seat (number, "done", "", 30 * GB, number == 3, (number * 131) % 9000);
}

static gboolean
is_over (const char *state)
{
  return g_str_equal (state, "done") || g_str_equal (state, "failed") || g_str_equal (state, "cancelled");
}

ScJson *
session_lab_session (guint64 id, guint n_seats, const char *state)
{
  ScJson *seats = json_array ();
  ScJson *ended = is_over (state) ? json_string ("2026-11-22T12:13:05.000000Z") : json_null ();
  gboolean failed = g_str_equal (state, "failed");

  for (guint i = 1; i <= n_seats; i++)
    json_array_append_new (seats, is_over (state) ? make_past_seat (i, state) : make_running_seat (i));
  return json_pack (
      "{s:I, s:i, s:s, s:s, s:b, s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:I}",
      "id", (json_int_t) id, "version", 4, "room", "Lab 1", "state", state, "dry_run", 0, "error",
      failed ? "no seat reached the version: the disk is full" : "", "created", "2026-11-22T12:00:00.000000Z", "ended",
      ended, "rate_cap_bits_per_second", (json_int_t) 500000000, "plan_bytes", (json_int_t) 12000000, "content_bytes",
      22 * GB, "wire_bytes", (json_int_t) 9400000000, "source_packets", (json_int_t) 6200000, "parity_packets",
      (json_int_t) 212000, "catch_up_bytes", (json_int_t) 820000000, "content_sent_bytes", 9 * GB,
      "rate_bits_per_second", (json_int_t) (is_over (state) ? 0 : 481000000), "seats", seats, "rate_limit",
      is_over (state) ? json_null () : json_string ("seats"), "content_frames", (json_int_t) 458000, "delta_frames",
      (json_int_t) 197500, "delta_saved_bytes", (json_int_t) 2210000000);
}
