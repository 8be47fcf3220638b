/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-simulator.h"

/* How fast the stream goes: as the network and most of the seats bear it, and no slower for the sake of one. */

#define SECOND G_GINT64_CONSTANT (1000000)
#define MBIT G_GUINT64_CONSTANT (1000000)
#define BAD 7u /* the seat that is not as the others */

static void
init (ScSimulatorConfig *config, guint n_seats, guint64 content_length)
{
  sc_simulator_config_init (config);
  config->n_seats = n_seats;
  config->content_length = content_length;
  config->window_blocks = 16; /* 37 ms at 1 Gbit/s */
}

static double
seconds_of (ScSimulator *simulator)
{
  return (double) sc_simulator_get_time (simulator) / 1e6;
}

static void
assert_complete (ScSimulator *simulator, guint first, guint n, guint but)
{
  for (guint i = first; i < n; i++) {
    ScSimulatedResult result;

    sc_simulator_get_result (simulator, i, &result);
    if (i == but)
      continue;
    g_assert_cmpint (result.figures.state, ==, SC_CAST_SEAT_ACTIVE);
    g_assert_cmpuint (result.n_wrong, ==, 0);
    g_assert_cmpuint (result.n_blocks, ==, sc_simulator_get_n_blocks (simulator));
  }
}

/* ---- a link that is slower than the cap ---- */

typedef struct {
  const char *name;
  guint n_seats;
  guint64 cap;
  guint64 bottleneck;
  guint32 queue;
  double loss;
  double max_ratio;
  double min_share; /* of what the bottleneck carries */
} Bottleneck;

static const Bottleneck bottlenecks[] = {
  { "100-of-500-mbit", 8, 500 * MBIT, 100 * MBIT, 256 << 10, 0, 1.2, 0.8 },
  { "100-of-500-mbit/1-seat", 1, 500 * MBIT, 100 * MBIT, 256 << 10, 0, 1.2, 0.8 },
  { "100-of-500-mbit/long-queue", 8, 500 * MBIT, 100 * MBIT, 1 << 20, 0, 1.2, 0.8 },
  { "100-of-500-mbit/short-queue", 8, 500 * MBIT, 100 * MBIT, 32 << 10, 0, 1.2, 0.8 },
  { "100-of-500-mbit/1%", 8, 500 * MBIT, 100 * MBIT, 256 << 10, 0.01, 1.25, 0.75 },
  { "no-cap/300-mbit", 8, 0, 300 * MBIT, 256 << 10, 0, 1.2, 0.8 },
  { "no-cap/50-mbit", 2, 0, 50 * MBIT, 128 << 10, 0, 1.2, 0.8 },
};

static void
test_bottleneck (gconstpointer data)
{
  const Bottleneck *c = data;
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  double carried;

  init (&config, c->n_seats, 100000000);
  config.rate = c->cap;
  config.bottleneck = c->bottleneck;
  config.queue = c->queue;
  config.seat.loss = c->loss;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 600 * SECOND));
  assert_complete (simulator, 0, c->n_seats, G_MAXUINT);
  carried = (double) config.content_length * 8 / seconds_of (simulator) / (double) c->bottleneck;
  g_test_message ("sent/content %.4f, content %.3f of what the link carries", sc_simulator_get_ratio (simulator),
                  carried);
  g_assert_cmpfloat (sc_simulator_get_ratio (simulator), <, c->max_ratio);
  g_assert_cmpfloat (carried, >, c->min_share);
}

/* ---- without a cap ---- */

typedef struct {
  const char *name;
  guint64 link;
  double loss, burst;
  double min_mbit; /* of content, on average */
} Uncapped;

static const Uncapped uncapped[] = {
  { "no-loss", 0, 0, 0, 1900 },
  { "5%", 0, 0.05, 0, 1200 },
  { "1%-in-bursts", 0, 0.01, 24, 1900 },
  { "from-a-slow-link", 100 * MBIT, 0, 0, 1000 },
};

/* Nothing is in the way: it must go beyond what it starts with, whatever is lost at any rate. */
static void
test_uncapped (gconstpointer data)
{
  const Uncapped *c = data;
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  double mbit;

  init (&config, 4, 150000000);
  config.rate = 0;
  config.link = c->link;
  config.window_blocks = 64;
  config.seat.loss = c->loss;
  config.seat.burst = c->burst;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  assert_complete (simulator, 0, 4, G_MAXUINT);
  mbit = (double) config.content_length * 8e-6 / seconds_of (simulator);
  g_test_message ("%.0f Mbit/s of content, sent/content %.4f", mbit, sc_simulator_get_ratio (simulator));
  g_assert_cmpfloat (mbit, >, c->min_mbit);
}

/* A switch starts anew: nothing arrives anywhere for a while. That says nothing about the rate. */
static void
test_outage (void)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;

  init (&config, 8, 100000000);
  config.rate = 500 * MBIT;
  config.seat.deaf_at = SECOND / 2;
  config.seat.deaf_for = SECOND;
  simulator = sc_simulator_new (&config);
  g_assert_true (sc_simulator_run (simulator, 60 * SECOND));
  assert_complete (simulator, 0, 8, G_MAXUINT);
  g_assert_cmpuint (sc_simulator_get_lowest_rate (simulator), ==, config.rate);
}

/* ---- one of 80 ---- */

typedef struct {
  const char *name;
  ScSimulatedSeat seat;
  ScCastSeatState state;
} Straggler;

static const Straggler stragglers[] = {
  { "20%", { .report_delay = 2000, .loss = 0.2 }, SC_CAST_SEAT_OVER_BUDGET },
  { "60%", { .report_delay = 2000, .loss = 0.6 }, SC_CAST_SEAT_OVER_BUDGET },
  { "stopped", { .report_delay = 2000, .dies_at = 2 * SECOND }, SC_CAST_SEAT_SILENT },
  { "late-reports", { .report_delay = 300000 }, SC_CAST_SEAT_TOO_SLOW },
  { "disk-of-2-mb", { .report_delay = 2000, .disk_rate = 2000000 }, SC_CAST_SEAT_STRAINED },
};

static double
run_80 (const Straggler *straggler)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScSimulatedResult result;

  init (&config, 80, 100000000); /* some seconds: what a seat may cost in any case is 0.3 */
  config.rate = 100 * MBIT;
  config.window_blocks = 2;
  simulator = sc_simulator_new (&config);
  if (straggler != NULL)
    *sc_simulator_get_seat (simulator, BAD) = straggler->seat;
  g_assert_true (sc_simulator_run (simulator, 600 * SECOND));
  assert_complete (simulator, 0, 80, straggler != NULL ? BAD : G_MAXUINT);
  if (straggler != NULL) {
    sc_simulator_get_result (simulator, BAD, &result);
    g_assert_cmpint (result.figures.state, ==, straggler->state);
    g_assert_cmpint (result.figures.demoted_at, >, 0);
    g_test_message ("demoted as %s after %.3f s: waited %.3f s, charged %" G_GUINT64_FORMAT,
                    sc_cast_seat_state_to_nick (result.figures.state), (double) result.figures.demoted_at / 1e6 - 1,
                    (double) result.figures.waited / 1e6, result.figures.charged);
  }
  return seconds_of (simulator);
}

/* The other 79 hardly notice. */
static void
test_straggler (gconstpointer data)
{
  static double without; /* seconds */
  double with;

  if (without <= 0)
    without = run_80 (NULL);
  with = run_80 (data);
  g_test_message ("%.3f s, %.3f s without it: %.4f", with, without, with / without);
  g_assert_cmpfloat (with, <, without * 1.05);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bottlenecks); i++) {
    g_autofree char *path = g_strdup_printf ("/simulation/rate/bottleneck/%s", bottlenecks[i].name);

    g_test_add_data_func (path, &bottlenecks[i], test_bottleneck);
  }
  for (guint i = 0; i < G_N_ELEMENTS (uncapped); i++) {
    g_autofree char *path = g_strdup_printf ("/simulation/rate/no-cap/%s", uncapped[i].name);

    g_test_add_data_func (path, &uncapped[i], test_uncapped);
  }
  g_test_add_func ("/simulation/rate/outage", test_outage);
  for (guint i = 0; i < G_N_ELEMENTS (stragglers); i++) {
    g_autofree char *path = g_strdup_printf ("/simulation/rate/one-of-80/%s", stragglers[i].name);

    g_test_add_data_func (path, &stragglers[i], test_straggler);
  }
  return g_test_run ();
}
