/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What sending costs the console: the driver with its three threads, sealing, the kernel; content from memory, seats
 * that lose nothing and say so. Nobody receives it, so that only the sender is seen:
 *
 *   ip netns add send; ip netns add away; ip -n send link add d0 type veth peer name d1 netns away
 *   ip -n send addr add 10.9.9.1/24 dev d0; ip -n send link set d0 up; ip -n away link set d1 up
 *   ip netns exec send cast-send 10.9.9.1 [MB] [Mbit/s, 0: no cap] [symbol size] [seats]
 */
#include <sys/resource.h>

#include "console/engine/session/sc-cast-driver.h"

#define GROUP "239.255.77.10"
#define PORT 38481
#define BLOCK_SYMBOLS 200u
#define AHEAD 8u           /* windows from the one that is not done on for which the seats say that they lack nothing */
#define REPORT_INTERVAL 25 /* ms */

typedef struct {
  ScCastLayout layout;
  ScCastDriver *driver;
  GMainLoop *loop;
  guint8 *memory;
  guint n_seats;
} Bench;

static GBytes *
read_block (gpointer object, guint32 block, GError **error)
{
  Bench *bench = object;

  return g_bytes_new_static (bench->memory, sc_cast_layout_block_bytes (&bench->layout, block));
}

static gboolean
report (gpointer data)
{
  Bench *bench = data;
  ScCastSenderStats stats;

  sc_cast_driver_get_stats (bench->driver, &stats);
  for (guint32 w = stats.window; w < MIN (stats.window + AHEAD, sc_cast_layout_n_windows (&bench->layout)); w++) {
    ScCastReport word = { .window = w, .received = stats.source_packets + stats.parity_packets };
    guint32 first;

    word.n_blocks = (guint8) sc_cast_layout_window_blocks (&bench->layout, w, &first);
    for (guint i = 0; i < bench->n_seats; i++)
      sc_cast_driver_report (bench->driver, i, &word);
  }
  return G_SOURCE_CONTINUE;
}

static void
on_seat (gpointer data, guint32 seat, guint32 first_window)
{
}

static void
on_lost (gpointer data, guint32 seat, ScCastSeatState state)
{
  g_error ("seat %u is lost: %s", seat, sc_cast_seat_state_to_nick (state));
}

static void
on_sending (gpointer data)
{
}

static void
on_finished (gpointer data)
{
  g_main_loop_quit (((Bench *) data)->loop);
}

static void
on_failed (gpointer data, const GError *error)
{
  g_error ("%s", error->message);
}

static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static guint64
number (int argc, char **argv, int i, guint64 otherwise)
{
  guint64 value;

  if (argc <= i)
    return otherwise;
  if (!g_ascii_string_to_unsigned (argv[i], 10, 0, G_MAXUINT32, &value, NULL))
    g_error ("“%s” is not a number", argv[i]);
  return value;
}

int
main (int argc, char **argv)
{
  static const ScCastDriverListener listener = { on_seat, on_lost, on_sending, on_finished, on_failed };
  const char *address = argc > 1 ? argv[1] : "127.0.0.1";
  guint64 length = number (argc, argv, 2, 256) * 1000000, cap = number (argc, argv, 3, 0) * 1000000;
  guint32 symbol_size = (guint32) number (argc, argv, 4, SC_CAST_SYMBOL_SIZE);
  Bench bench = { .layout = { symbol_size, BLOCK_SYMBOLS, SC_CAST_WINDOW_BLOCKS, 100000, length },
                  .n_seats = (guint) number (argc, argv, 5, 1) };
  const ScCastSource source = { &bench, read_block, NULL };
  g_autofree guint32 *seats = g_new (guint32, bench.n_seats);
  g_autoptr (GError) error = NULL;
  ScMulticastSender *socket;
  ScCastKey key;
  gint64 start;
  double seconds;

  while (symbol_size * BLOCK_SYMBOLS * bench.layout.window_blocks > SC_CAST_MAX_MEMORY / SC_CAST_MAX_WINDOWS)
    bench.layout.window_blocks--;
  if (!sc_cast_layout_check (&bench.layout, &error) ||
      (socket = sc_multicast_sender_new (GROUP, PORT, address, &error)) == NULL)
    g_error ("%s", error->message);
  bench.memory = g_malloc0 ((gsize) symbol_size * BLOCK_SYMBOLS);
  bench.loop = g_main_loop_new (NULL, FALSE);
  for (guint32 i = 0; i < bench.n_seats; i++)
    seats[i] = i;
  sc_cast_key_generate (&key);
  start = g_get_monotonic_time ();
  bench.driver =
      sc_cast_driver_new_from (&source, &bench.layout, &key, cap, socket, seats, bench.n_seats, &listener, &bench);
  for (guint32 i = 0; i < bench.n_seats; i++)
    sc_cast_driver_heard (bench.driver, i);
  g_timeout_add (REPORT_INTERVAL, report, &bench);
  g_main_loop_run (bench.loop);
  seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  g_print ("{\"benchmark\":\"cast-send\",\"MB\":%.0f,\"symbol\":%u,\"seats\":%u,\"seconds\":%.3f,\"Gbit_per_second\":"
           "%.2f,\"cpu_seconds_per_GB\":%.3f}\n",
           (double) length / 1e6, symbol_size, bench.n_seats, seconds, (double) length * 8e-9 / seconds,
           get_cpu () / ((double) length / 1e9));
  sc_cast_driver_free (bench.driver);
  g_main_loop_unref (bench.loop);
  g_free (bench.memory);
  return 0;
}
