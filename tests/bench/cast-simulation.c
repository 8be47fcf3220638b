/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-simulator.h"

/*
 * What a session sends for each byte of content: everything counted, Ethernet headers included, in virtual time with
 * the production sender and receivers. One JSON line for each number of seats and loss. Without arguments all
 * combinations; else `cast-simulation SEATS LOSS_PERCENT`. `cast-simulation sender` measures instead the processor's
 * time that the sender takes for each packet, with few seats and with many.
 */

#define LIMIT G_GINT64_CONSTANT (3600000000)

static gboolean
measure (guint n_seats, double loss_percent)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScCastSenderStats stats;
  gint64 start = g_get_monotonic_time ();
  guint n_complete = 0;

  sc_simulator_config_init (&config);
  config.n_seats = n_seats;
  config.seat.loss = loss_percent / 100;
  /* four hundred receivers with whole windows would need 7 GB: theirs are shorter, which changes nothing but the number
   * of MARKs */
  config.window_blocks = n_seats > 100 ? 16 : SC_CAST_WINDOW_BLOCKS;
  /* three full production windows, 55 MB; a few of the shorter ones for very many seats */
  config.content_length = (guint64) config.symbol_size * config.block_symbols * (n_seats > 100 ? 4 * 16 : 3 * 64);
  simulator = sc_simulator_new (&config);
  if (!sc_simulator_run (simulator, LIMIT)) {
    g_printerr ("the session of %u seats at %g %% loss did not end\n", n_seats, loss_percent);
    return FALSE;
  }
  for (guint i = 0; i < n_seats; i++) {
    ScSimulatedResult result;

    sc_simulator_get_result (simulator, i, &result);
    n_complete += result.n_wrong == 0 && result.n_blocks == sc_simulator_get_n_blocks (simulator);
  }
  sc_simulator_get_sender_stats (simulator, &stats);
  g_print ("{\"benchmark\":\"cast-simulation\",\"seats\":%u,\"loss_percent\":%g,\"sent_per_content\":%.4f,\"content\":"
           "%" G_GUINT64_FORMAT ",\"sent\":%" G_GUINT64_FORMAT ",\"source_packets\":%" G_GUINT64_FORMAT
           ",\"repair_packets\":%" G_GUINT64_FORMAT ",\"other_packets\":%" G_GUINT64_FORMAT
           ",\"window_blocks\":%u,\"complete_seats\":%u,\"virtual_seconds\":%.3f,"
           "\"seconds\":%.1f}\n",
           n_seats, loss_percent, sc_simulator_get_ratio (simulator), config.content_length, stats.wire_bytes,
           stats.source_packets, stats.parity_packets, stats.other_packets, config.window_blocks, n_complete,
           (double) sc_simulator_get_time (simulator) / 1e6, (double) (g_get_monotonic_time () - start) / 1e6);
  return n_complete == n_seats;
}

/* Small symbols, so that what each seat costs is not hidden behind the sealing of large ones. */
static gboolean
measure_sender (guint n_seats)
{
  g_autoptr (ScSimulator) simulator = NULL;
  ScSimulatorConfig config;
  ScCastSenderStats stats;
  guint64 packets;

  sc_simulator_config_init (&config);
  config.n_seats = n_seats;
  config.seat.loss = 0.01;
  config.symbol_size = 64;
  config.block_symbols = 50;
  config.window_blocks = 64; /* windows of 3,200 packets, a quarter of the production's */
  config.content_length = 8u * 64 * 50 * 64;
  config.rate = 10000000;
  config.count_cpu = TRUE;
  simulator = sc_simulator_new (&config);
  if (!sc_simulator_run (simulator, LIMIT))
    return FALSE;
  sc_simulator_get_sender_stats (simulator, &stats);
  packets = stats.source_packets + stats.parity_packets + stats.other_packets;
  g_print ("{\"benchmark\":\"cast-sender\",\"seats\":%u,\"packets\":%" G_GUINT64_FORMAT
           ",\"sender_cpu_seconds\":%.4f,\"cpu_us_per_packet\":%.3f}\n",
           n_seats, packets, sc_simulator_get_sender_cpu (simulator),
           sc_simulator_get_sender_cpu (simulator) * 1e6 / (double) packets);
  return TRUE;
}

int
main (int argc, char **argv)
{
  static const guint seats[] = { 1, 8, 80, 400 };
  static const double losses[] = { 0, 0.1, 1, 5 };
  gboolean ok = TRUE;

  if (argc == 2 && g_str_equal (argv[1], "sender"))
    return measure_sender (8) && measure_sender (80) && measure_sender (1000) ? 0 : 1;
  if (argc == 3) {
    guint64 n;

    if (!g_ascii_string_to_unsigned (argv[1], 10, 1, 10000, &n, NULL))
      return 2;
    return measure ((guint) n, g_ascii_strtod (argv[2], NULL)) ? 0 : 1;
  }
  if (argc != 1) {
    g_printerr ("usage: cast-simulation [SEATS LOSS_PERCENT | sender]\n");
    return 2;
  }
  for (guint i = 0; i < G_N_ELEMENTS (seats); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (losses); j++)
      ok = measure (seats[i], losses[j]) && ok;
  }
  return ok ? 0 : 1;
}
