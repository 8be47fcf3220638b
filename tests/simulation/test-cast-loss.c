/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-simulator.h"

/* Whose loss it is: of all at any rate, of a link that is full, or of a few bad seats. By how fast it goes, and who is
 * left behind. */

#define SECOND G_GINT64_CONSTANT (1000000)
#define MBIT G_GUINT64_CONSTANT (1000000)
#define SEEDS 3u
#define GSO 44 /* datagrams that Linux hands over at once, and loses at once */

typedef struct {
  const char *name;
  guint n_seats;
  guint64 cap; /* Mbit/s, as all rates here; 0: none */
  double loss; /* at each seat */
  double burst;
  guint n_bad; /* seats that lose more, and are left behind … */
  double bad_loss;
  guint64 bottleneck; /* before all seats but the first @n_before; 0: none */
  guint n_before;
  guint64 link;
  guint64 content;  /* MB */
  double min_mbit;  /* of content, on average */
  double max_ratio; /* sent/content */
  gboolean many;    /* … or not: so many are a matter of the room */
  guint n_late;     /* seats that join after 4 s */
} Case;

static const Case cases[] = {
  /* the same at any rate: a lower one would help nobody, and none of those that lose alike is bad */
  { "all/1%", 2, 300, 0.01, 0, 0, 0, 0, 0, 0, 100, 260, 1.08 },
  { "all/1%-in-bursts", 2, 300, 0.01, GSO, 0, 0, 0, 0, 0, 100, 260, 1.08 },
  { "all/1%-in-bursts/8-seats", 8, 300, 0.01, GSO, 0, 0, 0, 0, 0, 100, 250, 1.12 },
  { "all/20%", 2, 300, 0.2, 0, 0, 0, 0, 0, 0, 100, 180, 1.45 },
  { "all/20%-in-bursts", 2, 300, 0.2, GSO, 0, 0, 0, 0, 0, 100, 150, 1.65 },
  { "all/20%-in-bursts/8-seats", 8, 300, 0.2, GSO, 0, 0, 0, 0, 0, 100, 120, 1.9 },
  { "all/28%-in-bursts/8-seats", 8, 300, 0.28, GSO, 0, 0, 0, 0, 0, 100, 80, 2.5 },
  { "all/10%-in-bursts/16-seats", 16, 300, 0.1, GSO, 0, 0, 0, 0, 0, 60, 180, 1.4 },
  { "all/12%-of-2.5-mbit", 4, 2, 0.12, 0, 0, 0, 0, 0, 0, 4, 1.2, 1.3 },
  { "all/2.2%/no-cap", 4, 0, 0.022, 0, 0, 0, 0, 0, 1000, 150, 1200, 1.1 },
  { "all/2.5%/no-cap/100-mbit", 4, 0, 0.025, 0, 0, 0, 0, 0, 100, 150, 300, 1.1 },
  { "all/20%-in-bursts-of-100/12-seats", 12, 300, 0.2, 100, 0, 0, 0, 0, 0, 80, 50, 3 },
  { "all/20%-in-bursts/4-late", 8, 300, 0.2, GSO, 0, 0, 0, 0, 0, 150, 100, 2, FALSE, 4 },
  /* half of the seats for themselves: as it does not go by the rate, it is no matter of the rate */
  { "half/20%-in-bursts", 4, 100, 0, GSO, 2, 0.2, 0, 0, 0, 60, 45, 1.6, TRUE },
  { "half/40%", 4, 300, 0, 0, 2, 0.4, 0, 0, 0, 60, 60, 2.6, TRUE },
  { "half/10%", 4, 300, 0, 0, 2, 0.1, 0, 0, 0, 60, 160, 1.3, TRUE },
  { "half/20%-of-1000-mbit", 8, 1000, 0, 0, 4, 0.2, 0, 0, 0, 100, 350, 1.5, TRUE },
  { "half/35%-of-1000-mbit", 8, 1000, 0, 0, 4, 0.35, 0, 0, 0, 100, 250, 2.6, TRUE },
  /* a link that is full, and what is lost besides */
  { "link/10%-besides", 8, 500, 0.1, 0, 0, 0, 100, 0, 0, 100, 60, 1.45 },
  { "link/half-of-the-seats", 8, 500, 0, 0, 0, 0, 100, 4, 0, 100, 80, 1.3 },
  { "link/two-of-four", 4, 500, 0, 0, 0, 0, 100, 2, 0, 60, 75, 1.35 },
  /* bad seats, which do not hide each other */
  { "bad/1-of-2", 2, 300, 0, 0, 1, 0.2, 0, 0, 0, 100, 250, 1.1 },
  { "bad/2-of-15-in-bursts", 15, 100, 0, GSO, 2, 0.2, 0, 0, 0, 60, 80, 1.12 },
  { "bad/3-of-25-in-bursts", 25, 100, 0, GSO, 3, 0.2, 0, 0, 0, 60, 80, 1.12 },
};

static void
set_up (ScSimulatorConfig *config, const Case *c, guint64 seed)
{
  sc_simulator_config_init (config);
  config->seed = seed;
  config->n_seats = c->n_seats;
  config->content_length = c->content * 1000000;
  config->window_blocks = 16;
  config->rate = c->cap * MBIT;
  config->link = c->link * MBIT;
  config->bottleneck = c->bottleneck * MBIT;
  config->queue = 256 << 10;
  config->n_before = c->n_before;
  config->seat.loss = c->loss;
  config->seat.burst = c->burst;
}

static void
check_seats (ScSimulator *simulator, const Case *c)
{
  for (guint i = 0; i < c->n_seats; i++) {
    ScSimulatedResult result;

    sc_simulator_get_result (simulator, i, &result);
    g_assert_cmpuint (result.n_wrong, ==, 0);
    if (i < c->n_bad && !c->many)
      g_assert_cmpint (result.figures.state, ==, SC_CAST_SEAT_OVER_BUDGET);
    if (i < c->n_bad)
      continue;
    g_assert_cmpint (result.figures.state, ==, SC_CAST_SEAT_ACTIVE);
    g_assert_cmpuint (result.n_blocks, ==, result.n_expected);
  }
}

static void
test_loss (gconstpointer data)
{
  const Case *c = data;
  double mbit = 0, ratio = 0;

  for (guint seed = 1; seed <= SEEDS; seed++) {
    g_autoptr (ScSimulator) simulator = NULL;
    ScSimulatorConfig config;

    set_up (&config, c, seed);
    simulator = sc_simulator_new (&config);
    for (guint i = 0; i < c->n_bad; i++)
      sc_simulator_get_seat (simulator, i)->loss = c->bad_loss;
    for (guint i = 0; i < c->n_late; i++)
      sc_simulator_get_seat (simulator, i)->joins_at = 4 * SECOND;
    g_assert_true (sc_simulator_run (simulator, 900 * SECOND));
    check_seats (simulator, c);
    mbit += (double) config.content_length * 8 / (double) sc_simulator_get_time (simulator) / SEEDS;
    ratio += sc_simulator_get_ratio (simulator) / SEEDS;
    g_test_message ("%.1f s, sent/content %.3f, lowest rate %.0f Mbit/s",
                    (double) sc_simulator_get_time (simulator) / 1e6, sc_simulator_get_ratio (simulator),
                    (double) sc_simulator_get_lowest_rate (simulator) / 1e6);
  }
  g_test_message ("%.1f Mbit/s of content, sent/content %.3f", mbit, ratio);
  g_assert_cmpfloat (mbit, >, c->min_mbit);
  g_assert_cmpfloat (ratio, <, c->max_ratio);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/simulation/loss/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_loss);
  }
  return g_test_run ();
}
