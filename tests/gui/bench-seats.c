/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of rooms with many seats of which each is told of four times a second, as events are: how long the main loop
 * is busy at a stretch, and whether memory stays flat. Usage: with-display --size 1920x1080 bench-seats [--seats N]
 * [--seconds N] [--list] [--panel]. Prints one line of JSON.
 */
#include "console/gui/rooms/sc-rooms-page.h"
#include "tests/gui/gui-fixture.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define UPDATES_PER_SECOND 4u
#define TICK_MS 10u
#define VARIANTS 8u
#define WARM_UP_SECONDS 3

typedef struct {
  ScConsole *console;
  GMainLoop *loop;
  char **texts; /* VARIANTS of each seat, as an event tells it */
  guint n_seats, next, variant;
  gint64 started, due;
  guint64 n_updates;
  GArray *busy; /* gint64 µs: each turn of the main loop */
  GArray *cpu;  /* gint64 µs: the same in the thread's own time: what other processes do does not count */
  gint64 woken, woken_cpu;
  gboolean measuring;
} Bench;

static Bench bench;

static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gint
measure_poll (GPollFD *fds, guint n_fds, gint timeout)
{
  gint64 now = g_get_monotonic_time ();
  gint result;

  if (bench.measuring && bench.woken > 0) {
    gint64 busy = now - bench.woken, cpu = get_cpu_time () - bench.woken_cpu;

    g_array_append_val (bench.busy, busy);
    g_array_append_val (bench.cpu, cpu);
  }
  result = g_poll (fds, n_fds, timeout);
  bench.woken = g_get_monotonic_time ();
  bench.woken_cpu = get_cpu_time ();
  return result;
}

/* All run; some fail or are done at one of the variants, so that conditions change, too. */
static char *
make_text (guint seat, guint variant)
{
  const char *condition = seat % 50 == variant                       ? "failed"
                          : seat % 5 == 0 && variant >= VARIANTS / 2 ? "current"
                                                                     : "running";
  g_autoptr (ScJson) json = gui_fixture_seat (seat + 1, "Lab 1", condition);
  ScJson *transfer = json_object_get (json, "transfer");

  json_object_set_new (
      transfer, "done_bytes",
      json_integer (json_integer_value (json_object_get (transfer, "total_bytes")) / VARIANTS * variant));
  return sc_json_to_text (json);
}

static void
update_one (void)
{
  const char *text = bench.texts[bench.next * VARIANTS + bench.variant];
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_json_parse_object (text, strlen (text), 1 << 20, &error);

  g_assert_no_error (error);
  sc_item_list_put (sc_console_get_seats (bench.console), json);
  bench.n_updates++;
  if (++bench.next == bench.n_seats) {
    bench.next = 0;
    bench.variant = (bench.variant + 1) % VARIANTS;
  }
}

static gboolean
on_tick (gpointer data)
{
  gint64 elapsed = g_get_monotonic_time () - bench.started;
  guint64 wanted = (guint64) elapsed * bench.n_seats * UPDATES_PER_SECOND / G_USEC_PER_SEC;

  /* events come one by one: what a late turn has missed comes in the next ones, not at once */
  for (guint i = 0; bench.n_updates < wanted && i < 2 * bench.n_seats * UPDATES_PER_SECOND * TICK_MS / 1000; i++)
    update_one ();
  return G_SOURCE_CONTINUE;
}

static gboolean
on_due (gpointer data)
{
  g_main_loop_quit (bench.loop);
  return G_SOURCE_REMOVE;
}

static void
run (guint seconds)
{
  g_timeout_add_seconds (seconds, on_due, NULL);
  g_main_loop_run (bench.loop);
}

static double
get_resident_mib (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  words = g_strsplit (text, " ", 3);
  return (double) g_ascii_strtoull (words[1], NULL, 10) * (double) sysconf (_SC_PAGESIZE) / (1 << 20);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 *a_time = a, *b_time = b;

  return *a_time < *b_time ? -1 : *a_time > *b_time;
}

/* (transfer full): of sorted times */
static char *
describe (GArray *times)
{
  static const double quantiles[] = { 0.5, 0.99, 0.999, 1 };
  double ms[G_N_ELEMENTS (quantiles)];

  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++)
    ms[i] = (double) g_array_index (times, gint64, (guint) (quantiles[i] * (times->len - 1))) / 1000;
  return g_strdup_printf ("{\"p50\": %.2f, \"p99\": %.2f, \"p999\": %.2f, \"max\": %.2f}", ms[0], ms[1], ms[2], ms[3]);
}

static void
show_page (gboolean list, gboolean panel)
{
  GtkWidget *page = sc_rooms_page_new (bench.console);

  sc_rooms_page_show_room (SC_ROOMS_PAGE (page), "Lab 1");
  g_action_group_change_action_state (gtk_widget_get_action_group (page, "page"), "view",
                                      g_variant_new_string (list ? "list" : "map"));
  gui_fixture_show (page, 1900, 1050);
  if (panel)
    sc_rooms_page_show_seat (SC_ROOMS_PAGE (page), "seat-7");
}

int
main (int argc, char **argv)
{
  int seconds = 10, seats = 1000;
  gboolean list = FALSE, panel = FALSE;
  const GOptionEntry options[] = { { "seats", 0, 0, G_OPTION_ARG_INT, &seats, "How many", "N" },
                                   { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long", "N" },
                                   { "list", 0, 0, G_OPTION_ARG_NONE, &list, "The list, not the map", NULL },
                                   { "panel", 0, 0, G_OPTION_ARG_NONE, &panel, "With a seat in the panel", NULL },
                                   { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *busy = NULL, *cpu = NULL;
  double begin = 0;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || seats < 1 || seconds < 1)
    g_error ("%s", error != NULL ? error->message : "--seats and --seconds are at least 1");
  gui_fixture_init (&argc, &argv);
  bench.console = sc_console_new ();
  bench.n_seats = (guint) seats;
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.busy = g_array_sized_new (FALSE, FALSE, sizeof (gint64), (guint) seconds * 2000);
  bench.cpu = g_array_sized_new (FALSE, FALSE, sizeof (gint64), (guint) seconds * 2000);
  bench.texts = g_new (char *, bench.n_seats *VARIANTS);
  for (guint i = 0; i < bench.n_seats * VARIANTS; i++)
    bench.texts[i] = make_text (i / VARIANTS, i % VARIANTS);
  gui_fixture_put_seats (bench.console, bench.n_seats, "Lab 1");
  show_page (list, panel);
  g_main_context_set_poll_func (NULL, measure_poll);
  bench.started = g_get_monotonic_time ();
  g_timeout_add (TICK_MS, on_tick, NULL);
  run (WARM_UP_SECONDS);
  begin = get_resident_mib ();
  bench.n_updates = 0;
  bench.started = g_get_monotonic_time ();
  bench.measuring = TRUE;
  run ((guint) seconds);
  g_array_sort (bench.busy, compare_times);
  g_array_sort (bench.cpu, compare_times);
  g_assert_cmpuint (bench.busy->len, >, 0);
  busy = describe (bench.busy);
  cpu = describe (bench.cpu);
  g_print (
      "{\"seats\": %d, \"seconds\": %d, \"view\": \"%s\", \"panel\": %s, \"updates_per_second\": %.0f, \"turns\": %u, "
      "\"busy_ms\": %s, \"cpu_ms\": %s, \"resident_mib\": {\"begin\": %.1f, \"end\": %.1f}}\n",
      seats, seconds, list ? "list" : "map", panel ? "true" : "false", (double) bench.n_updates / seconds,
      bench.busy->len, busy, cpu, begin, get_resident_mib ());
  return EXIT_SUCCESS;
}
