/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-simulator.h"

/* One thing goes wrong at a time: the others must get everything, and the culprit must be named. */

#define SECOND G_GINT64_CONSTANT (1000000)

static void
init (ScSimulatorConfig *config, guint n_seats)
{
  sc_simulator_config_init (config);
  config->n_seats = n_seats;
  config->symbol_size = 256;
  config->block_symbols = 100;
  config->window_blocks = 8;
  config->content_length = 4000000; /* 20 windows */
  config->rate = 100000000;
}

static void
assert_complete (ScSimulator *simulator, guint seat)
{
  ScSimulatedResult result;

  sc_simulator_get_result (simulator, seat, &result);
  g_assert_cmpint (result.state, ==, SC_CAST_SEAT_ACTIVE);
  g_assert_cmpuint (result.n_wrong, ==, 0);
  g_assert_cmpuint (result.n_blocks, ==, sc_simulator_get_n_blocks (simulator));
  g_assert_true (result.finished);
}

static void
assert_state (ScSimulator *simulator, guint seat, ScCastSeatState state)
{
  ScSimulatedResult result;

  sc_simulator_get_result (simulator, seat, &result);
  g_assert_cmpint (result.state, ==, state);
  g_assert_cmpuint (result.n_wrong, ==, 0);
}

static void
test_late_join (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScSimulatedResult result;

  init (&config, 5);
  config.seat.loss = 0.01;
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 4)->joins_at = SECOND / 10;
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  for (guint i = 0; i < 4; i++)
    assert_complete (simulator, i);
  sc_simulator_get_result (simulator, 4, &result);
  g_assert_cmpint (result.state, ==, SC_CAST_SEAT_ACTIVE);
  g_assert_cmpuint (result.first_window, >, 2);
  g_assert_cmpuint (result.first_window, <, 20);
  g_assert_cmpuint (result.n_blocks, ==, result.n_expected); /* all of what follows */
  g_assert_true (result.finished);
}

static void
test_dead_seat (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 5);
  config.seat.loss = 0.01;
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 2)->dies_at = SECOND / 5;
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  for (guint i = 0; i < 5; i++) {
    if (i != 2)
      assert_complete (simulator, i);
  }
  assert_state (simulator, 2, SC_CAST_SEAT_SILENT);
  g_assert_cmpint (sc_simulator_get_time (simulator), <, SECOND); /* they waited for it once */
}

static void
run_deaf (gint64 time, ScSimulator **simulator)
{
  ScSimulatorConfig config;

  init (&config, 4);
  config.content_length = 30000000;
  config.seat.loss = 0.001;
  *simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (*simulator, 1)->deaf_at = SECOND;
  sc_simulator_get_seat (*simulator, 1)->deaf_for = time;
  g_assert_true (sc_simulator_run (*simulator, 60 * SECOND));
  for (guint i = 0; i < 4; i++) {
    if (i != 1)
      assert_complete (*simulator, i);
  }
}

/* A cable has a bad contact for a moment: what was lost is repaired. */
static void
test_deaf_seat (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatedResult result;

  run_deaf (SECOND / 30, &simulator);
  assert_complete (simulator, 1);
  sc_simulator_get_result (simulator, 1, &result);
  g_assert_cmpuint (result.repairs, >, 1000);
}

/* Somebody trips over it: the others do not wait until it is back in its place. */
static void
test_deaf_for_long (void)
{
  g_autoptr (ScSimulator) simulator = NULL;

  run_deaf (2 * SECOND, &simulator);
  assert_state (simulator, 1, SC_CAST_SEAT_SILENT);
  g_assert_cmpint (sc_simulator_get_time (simulator), <, 37 * SECOND / 10); /* 3.2 s without it */
}

static void
test_all_die (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScCastSenderStats stats;

  init (&config, 3);
  config.seat.dies_at = SECOND / 5;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  for (guint i = 0; i < 3; i++)
    assert_state (simulator, i, SC_CAST_SEAT_SILENT);
  sc_simulator_get_sender_stats (simulator, &stats);
  g_assert_cmpuint (stats.content_sent, <, config.content_length); /* the rest was not sent to nobody */
}

static void
test_unheard (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 4);
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 1)->unheard = TRUE;
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  assert_complete (simulator, 0);
  assert_complete (simulator, 2);
  assert_complete (simulator, 3);
  assert_state (simulator, 1, SC_CAST_SEAT_UNHEARD);
}

static void
test_bad_seat (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScSimulatedResult result;

  sc_simulator_config_init (&config);
  config.n_seats = 80;
  config.content_length = 37000000;
  config.window_blocks = 16;
  config.seat.loss = 0.001;
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 7)->loss = 0.5;
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  for (guint i = 0; i < 80; i++) {
    if (i != 7)
      assert_complete (simulator, i);
  }
  assert_state (simulator, 7, SC_CAST_SEAT_OVER_BUDGET);
  sc_simulator_get_result (simulator, 7, &result);
  g_assert_cmpuint (result.repairs, >, 0);
  /* 1.06 without the bad seat */
  g_test_message ("sent/content %.4f", sc_simulator_get_ratio (simulator));
  g_assert_cmpfloat (sc_simulator_get_ratio (simulator), <, 1.1);
}

static void
test_lost_reports (void)
{
  guint n_active = 0;
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 8);
  config.seat.loss = 0.02;
  config.seat.report_loss = 0.2;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 120 * SECOND));
  for (guint i = 0; i < 8; i++) {
    ScSimulatedResult result;

    sc_simulator_get_result (simulator, i, &result);
    n_active += result.state == SC_CAST_SEAT_ACTIVE;
    if (result.state == SC_CAST_SEAT_ACTIVE) /* the others had to wait for one that is not */
      assert_complete (simulator, i);
  }
  g_assert_cmpuint (n_active, >, 0);
}

static void
test_slow_reports (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 8);
  config.seat.loss = 0.02;
  config.seat.report_delay = 700000; /* later than MARKs are repeated */
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 600 * SECOND));
  for (guint i = 0; i < 8; i++)
    assert_complete (simulator, i);
}

/* It reports each round just before it would be called silent. */
static void
test_dawdling_seat (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 8);
  config.seat.loss = 0.02;
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 3)->report_delay = 3500000;
  g_assert_true (sc_simulator_run (simulator, 600 * SECOND));
  for (guint i = 0; i < 8; i++) {
    if (i != 3)
      assert_complete (simulator, i);
  }
  assert_state (simulator, 3, SC_CAST_SEAT_SILENT);
  g_assert_cmpint (sc_simulator_get_time (simulator), <, SECOND);
}

/* It asks for a single symbol again and again, far below the budget of repairs. */
static void
test_insatiable_seat (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 8);
  config.seat.report_delay = 20000;
  config.content_length = 40000000;
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 3)->insatiable = TRUE;
  g_assert_true (sc_simulator_run (simulator, 600 * SECOND));
  for (guint i = 0; i < 8; i++) {
    if (i != 3)
      assert_complete (simulator, i);
  }
  assert_state (simulator, 3, SC_CAST_SEAT_TOO_SLOW);
  g_assert_cmpint (sc_simulator_get_time (simulator), <, 5 * SECOND);
}

static void
test_replayed_and_altered (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScSimulatedResult result;

  init (&config, 4);
  config.seat.loss = 0.02;
  config.seat.replayed = 0.1;
  config.seat.altered = 0.1;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  for (guint i = 0; i < 4; i++) {
    assert_complete (simulator, i);
    sc_simulator_get_result (simulator, i, &result);
    g_assert_cmpuint (result.stats.duplicates, >, 0);
    g_assert_cmpuint (result.stats.foreign, >, 0);
  }
}

static void
test_pause (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 4);
  config.seat.loss = 0.02;
  config.pause_at = SECOND / 5;
  config.pause_for = 60 * SECOND; /* far longer than a silent seat is waited for */
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 90 * SECOND));
  for (guint i = 0; i < 4; i++)
    assert_complete (simulator, i);
  g_assert_cmpint (sc_simulator_get_paused_packets (simulator), ==, 0);
  g_assert_cmpint (sc_simulator_get_time (simulator), >, 60 * SECOND);
}

/* Another session takes most of the network for a while: the stream keeps to its share, nobody is sent away for it, and
 * afterwards it is as fast as before at once. */
static void
test_squeezed (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 4);
  config.seat.loss = 0.01;
  config.content_length = 12000000; /* 1 s at the cap */
  config.squeeze_at = SECOND / 2;
  config.squeeze_for = 20 * SECOND; /* longer than strain or waiting is suffered */
  config.squeezed = 1000000;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  for (guint i = 0; i < 4; i++)
    assert_complete (simulator, i);
  g_assert_cmpuint (sc_simulator_get_squeezed_bytes (simulator), <=, 20 * config.squeezed / 8 + 16384 + 1000);
  g_assert_cmpuint (sc_simulator_get_squeezed_bytes (simulator), >=, 19 * config.squeezed / 8);
  g_assert_cmpint (sc_simulator_get_time (simulator), <, 22 * SECOND);
}

/* All disks write at a third of the cap: the rate must come down, and nobody is sent away for it. */
static void
test_slow_disks (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 4);
  config.content_length = 30000000;
  config.seat.disk_rate = 4000000;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 120 * SECOND));
  for (guint i = 0; i < 4; i++)
    assert_complete (simulator, i);
  g_assert_cmpuint (sc_simulator_get_lowest_rate (simulator), <, config.rate / 2);
  g_test_message ("sent/content %.4f", sc_simulator_get_ratio (simulator));
}

/* One disk among many is slow: it may hold the others up for a while, not for ever. */
static void
test_slow_disk (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 8);
  config.content_length = 200000000;
  config.window_blocks = 64;
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 5)->disk_rate = 2500000;
  g_assert_true (sc_simulator_run (simulator, 120 * SECOND));
  for (guint i = 0; i < 8; i++) {
    if (i != 5)
      assert_complete (simulator, i);
  }
  assert_state (simulator, 5, SC_CAST_SEAT_STRAINED);
  g_assert_cmpint (sc_simulator_get_time (simulator), <, 215 * SECOND / 10); /* 20.6 s without it */
}

/* One of 80 is shut out in the middle of the stream: the others are told a new key, some sooner than others, and
 * finish; it opens nothing that was sent after. */
static void
run_80 (gboolean shut_out, ScSimulator **simulator)
{
  ScSimulatorConfig config;

  sc_simulator_config_init (&config);
  config.n_seats = 80;
  config.content_length = 37000000;
  config.window_blocks = 16;
  config.seat.loss = 0.01;
  *simulator = sc_simulator_new (&config);
  for (guint i = 0; i < 80; i++)
    sc_simulator_get_seat (*simulator, i)->key_delay = 500 + 50 * i; /* µs: 0.5 to 4.5 ms */
  sc_simulator_get_seat (*simulator, 33)->shut_out_at = shut_out ? SECOND / 5 : 0;
  g_assert_true (sc_simulator_run (*simulator, 60 * SECOND));
}

static void
test_shut_out (void)
{
  g_autoptr (ScSimulator) simulator = NULL, undisturbed = NULL;
  ScSimulatedResult result;

  run_80 (FALSE, &undisturbed);
  run_80 (TRUE, &simulator);
  for (guint i = 0; i < 80; i++) {
    if (i != 33)
      assert_complete (simulator, i);
  }
  assert_state (simulator, 33, SC_CAST_SEAT_REMOVED);
  sc_simulator_get_result (simulator, 33, &result);
  g_assert_cmpuint (result.n_blocks, >, 0);
  g_assert_cmpuint (result.n_blocks, <, result.n_expected);
  g_assert_cmpuint (result.stats.foreign, >, 10000); /* what came after */
  g_assert_cmpuint (result.n_after, ==, 0);
  g_test_message ("sent/content %.4f, %.4f without", sc_simulator_get_ratio (simulator),
                  sc_simulator_get_ratio (undisturbed));
  g_assert_cmpfloat (sc_simulator_get_ratio (simulator), <, sc_simulator_get_ratio (undisturbed) + 0.02);
  g_assert_cmpint (sc_simulator_get_time (simulator), <, sc_simulator_get_time (undisturbed) + SECOND / 5);
}

/* A seat whose control connection stands still for a while is told of the new key late: it catches up with the
 * others, and is not held for silent. */
static void
test_late_key (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 5);
  config.content_length = 30000000;
  config.seat.loss = 0.001;
  simulator = sc_simulator_new (&config);
  sc_simulator_get_seat (simulator, 1)->shut_out_at = SECOND;
  sc_simulator_get_seat (simulator, 3)->key_delay = SECOND / 4;
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  for (guint i = 0; i < 5; i++) {
    if (i != 1)
      assert_complete (simulator, i);
  }
}

/* All but one are shut out, one after the other, with keys still under way. */
static void
test_shut_out_one_by_one (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScSimulatedResult result;

  init (&config, 8);
  config.seat.loss = 0.01;
  config.seat.key_delay = 15000;
  simulator = sc_simulator_new (&config);
  for (guint i = 0; i < 7; i++)
    sc_simulator_get_seat (simulator, i)->shut_out_at = SECOND / 20 + 10000 * i;
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  assert_complete (simulator, 7);
  for (guint i = 0; i < 7; i++) {
    sc_simulator_get_result (simulator, i, &result);
    g_assert_cmpuint (result.n_after, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulation/trouble/late-join", test_late_join);
  g_test_add_func ("/simulation/trouble/dead-seat", test_dead_seat);
  g_test_add_func ("/simulation/trouble/deaf-seat", test_deaf_seat);
  g_test_add_func ("/simulation/trouble/deaf-for-long", test_deaf_for_long);
  g_test_add_func ("/simulation/trouble/all-die", test_all_die);
  g_test_add_func ("/simulation/trouble/unheard", test_unheard);
  g_test_add_func ("/simulation/trouble/bad-seat", test_bad_seat);
  g_test_add_func ("/simulation/trouble/lost-reports", test_lost_reports);
  g_test_add_func ("/simulation/trouble/slow-reports", test_slow_reports);
  g_test_add_func ("/simulation/trouble/dawdling-seat", test_dawdling_seat);
  g_test_add_func ("/simulation/trouble/insatiable-seat", test_insatiable_seat);
  g_test_add_func ("/simulation/trouble/replayed-and-altered", test_replayed_and_altered);
  g_test_add_func ("/simulation/trouble/pause", test_pause);
  g_test_add_func ("/simulation/trouble/squeezed", test_squeezed);
  g_test_add_func ("/simulation/trouble/slow-disks", test_slow_disks);
  g_test_add_func ("/simulation/trouble/slow-disk", test_slow_disk);
  g_test_add_func ("/simulation/trouble/shut-out", test_shut_out);
  g_test_add_func ("/simulation/trouble/late-key", test_late_key);
  g_test_add_func ("/simulation/trouble/shut-out-one-by-one", test_shut_out_one_by_one);
  return g_test_run ();
}
