/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-simulator.h"

/* Several seats are bad at once, more than a tenth, or the only one there is: the others do not wait for ever, and
 * neither does the session. */

#define SECOND G_GINT64_CONSTANT (1000000)
#define LIMIT (300 * SECOND)

typedef struct {
  const char *name;
  guint n_seats, n_bad;
  ScSimulatedSeat bad;
  ScCastSeatState state;
  gint64 max_time; /* µs */
} Group;

/* 0.5 s when nothing goes wrong */
static const Group groups[] = {
  { "2-of-10-disks-hang", 10, 2, { .report_delay = 2000, .disk_rate = 1 }, SC_CAST_SEAT_STRAINED, 8 * SECOND },
  { "2-of-19-disks-hang", 19, 2, { .report_delay = 2000, .disk_rate = 1 }, SC_CAST_SEAT_STRAINED, 8 * SECOND },
  { "2-of-10-insatiable", 10, 2, { .report_delay = 2000, .insatiable = TRUE }, SC_CAST_SEAT_TOO_SLOW, 4 * SECOND },
  { "4-of-30-insatiable", 30, 4, { .report_delay = 2000, .insatiable = TRUE }, SC_CAST_SEAT_TOO_SLOW, 4 * SECOND },
  { "6-of-10-insatiable", 10, 6, { .report_delay = 2000, .insatiable = TRUE }, SC_CAST_SEAT_TOO_SLOW, 13 * SECOND },
  { "the-only-one-insatiable", 1, 1, { .report_delay = 2000, .insatiable = TRUE }, SC_CAST_SEAT_TOO_SLOW, 13 * SECOND },
  { "the-only-disk-hangs", 1, 1, { .report_delay = 2000, .disk_rate = 1 }, SC_CAST_SEAT_STRAINED, 13 * SECOND },
  { "2-of-10-report-late", 10, 2, { .report_delay = 2 * SECOND }, SC_CAST_SEAT_TOO_SLOW, 5 * SECOND },
  { "20-of-80-stop", 80, 20, { .report_delay = 2000, .dies_at = SECOND / 4 }, SC_CAST_SEAT_SILENT, 27 * SECOND / 10 },
  { "40-of-80-stop", 80, 40, { .report_delay = 2000, .dies_at = SECOND / 4 }, SC_CAST_SEAT_SILENT, 6 * SECOND },
};

static void
test_group (gconstpointer data)
{
  const Group *c = data;
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScSimulatedResult result;
  gboolean over;

  sc_simulator_config_init (&config);
  config.n_seats = c->n_seats;
  config.content_length = c->n_seats > 30 ? 30000000 : 60000000;
  config.window_blocks = 16;
  simulator = sc_simulator_new (&config);
  for (guint i = 0; i < c->n_bad; i++)
    *sc_simulator_get_seat (simulator, i) = c->bad;
  over = sc_simulator_run (simulator, LIMIT);
  sc_simulator_get_result (simulator, 0, &result);
  g_test_message ("%.3f s; the bad ones are %s after %.3f s, waited for %.3f s",
                  (double) sc_simulator_get_time (simulator) / 1e6, sc_cast_seat_state_to_nick (result.state),
                  (double) result.figures.demoted_at / 1e6 - 1, (double) result.figures.waited / 1e6);
  g_assert_true (over);
  for (guint i = 0; i < c->n_seats; i++) {
    sc_simulator_get_result (simulator, i, &result);
    g_assert_cmpuint (result.n_wrong, ==, 0);
    g_assert_cmpint (result.state, ==, i < c->n_bad ? c->state : SC_CAST_SEAT_ACTIVE);
    if (i >= c->n_bad)
      g_assert_cmpuint (result.n_blocks, ==, sc_simulator_get_n_blocks (simulator));
  }
  g_assert_cmpint (sc_simulator_get_time (simulator), <, c->max_time);
}

/* Slow is not stuck: a room whose disks all follow at a tenth of the rate is waited for. */
static void
test_slow_room (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScSimulatedResult result;

  sc_simulator_config_init (&config);
  config.n_seats = 4;
  config.content_length = 100000000;
  config.window_blocks = 16;
  config.rate = 100000000;
  config.seat.disk_rate = 1250000;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, LIMIT));
  for (guint i = 0; i < 4; i++) {
    sc_simulator_get_result (simulator, i, &result);
    g_assert_cmpint (result.state, ==, SC_CAST_SEAT_ACTIVE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    g_autofree char *path = g_strdup_printf ("/simulation/groups/%s", groups[i].name);

    g_test_add_data_func (path, &groups[i], test_group);
  }
  g_test_add_func ("/simulation/groups/slow-room", test_slow_room);
  return g_test_run ();
}
