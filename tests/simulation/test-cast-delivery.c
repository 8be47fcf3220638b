/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-simulator.h"

/* Every seat gets the same bytes, whatever the number of seats and the (common) loss. */

#define MINUTE G_GINT64_CONSTANT (60000000)

static void
assert_all_complete (ScSimulator *simulator, guint n_seats)
{
  for (guint i = 0; i < n_seats; i++) {
    ScSimulatedResult result;

    sc_simulator_get_result (simulator, i, &result);
    g_assert_cmpint (result.state, ==, SC_CAST_SEAT_ACTIVE);
    g_assert_cmpuint (result.n_wrong, ==, 0);
    g_assert_cmpuint (result.n_blocks, ==, sc_simulator_get_n_blocks (simulator));
    g_assert_true (result.finished);
    g_assert_cmpuint (result.stats.foreign, ==, 0);
  }
}

typedef struct {
  const char *name;
  guint n_seats;
  double loss;
  double burst;
  guint64 content_length;
  guint32 block_symbols;
  guint32 symbol_size;
  guint32 window_blocks;
  double max_ratio; /* of the symbols alone, 0: not of interest */
} Case;

static const Case cases[] = {
  { "1-seat/no-loss", 1, 0, 0, 5000000, 200, 1444, 8, 1.055 },
  { "1-seat/0.1%", 1, 0.001, 0, 5000000, 200, 1444, 8, 1.06 },
  { "1-seat/1%", 1, 0.01, 0, 5000000, 200, 1444, 8, 1.07 },
  { "1-seat/5%", 1, 0.05, 0, 5000000, 200, 1444, 8, 1.13 },
  { "1-seat/50%", 1, 0.5, 0, 1000000, 200, 1444, 8, 0 },
  { "8-seats/no-loss", 8, 0, 0, 5000000, 200, 1444, 8, 1.055 },
  { "8-seats/1%", 8, 0.01, 0, 5000000, 200, 1444, 8, 1.08 },
  { "8-seats/5%", 8, 0.05, 0, 5000000, 200, 1444, 8, 1.15 },
  { "8-seats/10%", 8, 0.1, 0, 5000000, 200, 1444, 8, 1.24 },
  { "8-seats/1%-in-bursts", 8, 0.01, 24, 5000000, 200, 1444, 64, 1.12 },
  { "2-seats/10%", 2, 0.1, 0, 20000000, 200, 1444, 8, 1.24 },
  { "80-seats/no-loss", 80, 0, 0, 1500000, 200, 1444, 4, 1.06 },
  { "80-seats/0.1%", 80, 0.001, 0, 1500000, 200, 1444, 4, 1.07 },
  { "80-seats/1%", 80, 0.01, 0, 1500000, 200, 1444, 4, 1.09 },
  { "80-seats/5%", 80, 0.05, 0, 1500000, 200, 1444, 4, 1.165 },
  { "80-seats/10%", 80, 0.1, 0, 1500000, 200, 1444, 4, 1.26 },
  { "80-seats/5%-in-bursts", 80, 0.05, 16, 1500000, 200, 1444, 64, 0 },
  { "1000-seats/1%", 1000, 0.01, 0, 60000, 20, 64, 8, 0 },
  { "small-blocks", 8, 0.05, 0, 100000, 7, 100, 5, 0 },
  { "one-symbol-blocks", 4, 0.1, 0, 5000, 1, 16, 3, 0 },
  { "one-byte", 4, 0.1, 0, 1, 200, 1444, 64, 0 },
  { "no-content", 4, 0.1, 0, 0, 200, 1444, 64, 0 },
};

static void
test_delivery (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScCastSenderStats stats;
  ScRepairLedger *ledger;

  sc_simulator_config_init (&config);
  config.seed = 20 + (guint64) (c - cases);
  config.n_seats = c->n_seats;
  config.seat.loss = c->loss;
  config.seat.burst = c->burst;
  config.content_length = c->content_length;
  config.block_symbols = c->block_symbols;
  config.symbol_size = c->symbol_size;
  config.window_blocks = c->window_blocks;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 10 * MINUTE));
  assert_all_complete (simulator, c->n_seats);
  g_test_message ("sent/content %.4f in %.3f s", sc_simulator_get_ratio (simulator),
                  (double) sc_simulator_get_time (simulator) / 1e6);
  /* one symbol repairs a different loss at each seat, and no need is repaired twice */
  sc_simulator_get_sender_stats (simulator, &stats);
  ledger = sc_simulator_get_ledger (simulator);
  if (sc_repair_ledger_get_repeated (ledger) == 0)
    g_assert_cmpuint (stats.parity_packets, ==, sc_repair_ledger_get_asked (ledger));
  else
    g_assert_cmpfloat (c->loss, >=, 0.5);
  if (c->max_ratio > 0)
    g_assert_cmpfloat (sc_simulator_get_ratio (simulator), <, c->max_ratio);
}

/* The same seed gives the same session, to the packet and the microsecond. */
static void
test_repeatable (void)
{
  ScCastSenderStats stats[2];
  gint64 times[2];

  for (guint i = 0; i < 2; i++) {
    g_autoptr (ScSimulator) simulator = NULL;
    ScSimulatorConfig config;

    sc_simulator_config_init (&config);
    config.n_seats = 5;
    config.seat.loss = 0.03;
    config.content_length = 2000000;
    config.window_blocks = 2;
    simulator = sc_simulator_new (&config);
    g_assert_true (sc_simulator_run (simulator, MINUTE));
    sc_simulator_get_sender_stats (simulator, &stats[i]);
    times[i] = sc_simulator_get_time (simulator);
  }
  g_assert_cmpint (times[0], ==, times[1]);
  g_assert_cmpuint (stats[0].wire_bytes, ==, stats[1].wire_bytes);
  g_assert_cmpuint (stats[0].parity_packets, ==, stats[1].parity_packets);
  g_assert_cmpuint (stats[0].parity_packets, >, 0);
}

/* The rate's cap is kept on the wire, headers counted. */
static void
test_rate (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScCastSenderStats stats;
  double seconds;

  sc_simulator_config_init (&config);
  config.rate = 20000000;
  config.content_length = 10000000;
  config.window_blocks = 4;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, MINUTE));
  assert_all_complete (simulator, 1);
  sc_simulator_get_sender_stats (simulator, &stats);
  seconds = (double) sc_simulator_get_time (simulator) / 1e6;
  g_assert_cmpfloat ((double) stats.wire_bytes * 8 / seconds, <=, 20e6 * 1.01);
  /* several windows in flight hide the reports' delay */
  g_assert_cmpfloat ((double) stats.wire_bytes * 8 / seconds, >=, 20e6 * 0.9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/simulation/delivery/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_delivery);
  }
  g_test_add_func ("/simulation/repeatable", test_repeatable);
  g_test_add_func ("/simulation/rate", test_rate);
  return g_test_run ();
}
