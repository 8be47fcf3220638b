/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cast-receive [MB [RECEIVERS [FOLDER [DIVISOR [RATE]]]]]: what receiving costs, without an engine: a thread seals and
 * sends a session on loopback as fast as the receivers answer, each receiver writes the chunks to a file in FOLDER
 * (default: where temporary files lie). With a DIVISOR (not 0) every so-manieth symbol is left out at first; with a
 * RATE no more MB/s are sent. One JSON line: MB/s, and seconds of CPU a GB of content of each of the receiver's
 * threads. What loopback itself costs is the sender's.
 */
#include "common/cast/sc-cast-plan.h"
#include "common/cast/sc-cast-code.h"
#include "common/platform/sc-multicast-sender.h"
#include "common/sc-chunk-batch.h"
#include "service/sc-receive.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GROUP "239.192.77.251"
#define K 200u
#define WINDOW 32u
#define MAX_RECEIVERS 16u
#define ANSWER_TIME (G_TIME_SPAN_SECOND / 4)
#define STRIDE (SC_CAST_HEADER_SIZE + SC_CAST_SYMBOL_SIZE + SC_CAST_TAG_SIZE)

typedef struct {
  guint8 deficits[SC_CAST_WINDOW_BLOCKS]; /* the most that a receiver has told */
  guint n_answers;                        /* of the round, from those who lack something */
  guint n_complete;                       /* receivers that lack nothing: they do not answer again */
} Window;

typedef struct {
  ScReceive *receive;
  struct _Bench *bench;
  int fd;
  gint n_left;
  gboolean complete, stopped;
  guint8 *has;         /* windows */
  guint32 answered[2]; /* window and round last counted, and one */
} Seat;

typedef struct _Bench {
  guint n_chunks, n_seats, divisor;
  guint8 *content;
  GHashTable *index; /* ScChunkId → number */
  ScChunkId *ids;
  GBytes *plan;
  ScControlMessage *join;
  Seat seats[MAX_RECEIVERS];
  ScMulticastSender *socket;
  ScCastSealer *sealer;
  ScCastCode *code;
  guint8 *burst;
  guint n_burst;
  guint32 counter;
  gint64 n_sent;
  gint64 started;
  guint rate;   /* MB/s; 0: as fast as it goes */
  GMutex mutex; /* guards the next two */
  GCond answered;
  Window *windows;
  guint32 *rounds;
} Bench;

/* ---- the sink ---- */

static gboolean
sink_wants (gpointer object, const ScChunkId *id)
{
  return TRUE;
}

static GArray *
sink_list_wanted (gpointer object, guint max)
{
  return g_array_new (FALSE, FALSE, sizeof (ScChunkId));
}

/* As ScApply does it. All frames of this benchmark are raw. */
static void
sink_put_frames (gpointer object, ScFrameCoder *coder, ScApplyFrame *frames, guint n)
{
  Seat *seat = object;
  const guint8 *chunks[SC_APPLY_MAX_FRAMES] = { 0 };
  gsize lengths[SC_APPLY_MAX_FRAMES] = { 0 };
  ScChunkId found[SC_APPLY_MAX_FRAMES];

  for (guint i = 0; i < n; i++) {
    chunks[i] = frames[i].bytes;
    lengths[i] = frames[i].length;
  }
  sc_chunk_ids_of (chunks, lengths, n, found);
  for (guint i = 0; i < n; i++) {
    guint number = GPOINTER_TO_UINT (g_hash_table_lookup (seat->bench->index, &frames[i].id));
    g_assert_true (sc_chunk_id_equal (&found[i], &frames[i].id));
    g_assert_true (pwrite (seat->fd, chunks[i], SC_CHUNK_SIZE, (off_t) number * SC_CHUNK_SIZE) == SC_CHUNK_SIZE);
  }
  g_atomic_int_add (&seat->n_left, -(int) n);
}

static gboolean
sink_is_complete (gpointer object)
{
  return g_atomic_int_get (&((Seat *) object)->n_left) == 0;
}

/* ---- the content ---- */

static void
make_content (Bench *bench)
{
  g_autoptr (ScCastPlanBuilder) builder = sc_cast_plan_builder_new ();
  guint64 state = 88172645463325252u;

  bench->content = g_malloc ((gsize) bench->n_chunks * SC_CHUNK_SIZE);
  bench->ids = g_new (ScChunkId, bench->n_chunks);
  bench->index = g_hash_table_new (sc_chunk_id_hash, sc_chunk_id_equal_func);
  for (gsize i = 0; i < (gsize) bench->n_chunks * SC_CHUNK_SIZE; i += sizeof state) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    memcpy (bench->content + i, &state, sizeof state);
  }
  for (guint i = 0; i < bench->n_chunks; i++) {
    sc_chunk_id_of (&bench->ids[i], bench->content + (gsize) i * SC_CHUNK_SIZE, SC_CHUNK_SIZE);
    g_hash_table_insert (bench->index, &bench->ids[i], GUINT_TO_POINTER (i));
    sc_cast_plan_builder_add (builder, &bench->ids[i], SC_ENCODING_RAW, SC_CHUNK_SIZE, NULL);
  }
  bench->plan = sc_cast_plan_builder_end (builder);
}

static void
make_order (Bench *bench)
{
  bench->join = sc_control_message_new (SC_CONTROL_JOIN, 1);
  bench->join->join.layout = (ScCastLayout){ .symbol_size = SC_CAST_SYMBOL_SIZE,
                                             .block_symbols = K,
                                             .window_blocks = WINDOW,
                                             .plan_length = g_bytes_get_size (bench->plan),
                                             .content_length = (guint64) bench->n_chunks * SC_CHUNK_SIZE };
  sc_chunk_id_of (&bench->join->join.plan, g_bytes_get_data (bench->plan, NULL), g_bytes_get_size (bench->plan));
  sc_cast_key_generate (&bench->join->join.key);
  bench->join->join.group = g_strdup (GROUP);
  bench->join->join.port = (guint16) (20000 + getpid () % 20000);
}

/* ---- the sender ---- */

static void
flush (Bench *bench)
{
  gsize lengths[SC_MULTICAST_BATCH];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < bench->n_burst; i++)
    lengths[i] = STRIDE;
  if (bench->n_burst > 0)
    sc_multicast_sender_send (bench->socket, bench->burst, STRIDE, lengths, bench->n_burst, &error);
  g_assert_no_error (error);
  bench->n_burst = 0;
  gint64 early = bench->rate == 0
                     ? 0
                     : bench->n_sent * SC_CAST_SYMBOL_SIZE / bench->rate - (g_get_monotonic_time () - bench->started);
  if (early > 500)
    g_usleep ((gulong) early);
}

/* Symbol @symbol of @block; content is read with zeros behind its end. */
static void
send_symbol (Bench *bench, guint32 block, guint symbol)
{
  const ScCastLayout *layout = &bench->join->join.layout;
  ScCastHeader header = { .type = SC_CAST_PACKET_SYMBOL, .symbol = (guint8) symbol, .block = block };
  guint32 n_source = sc_cast_layout_block_symbols (layout, block);
  guint8 payload[SC_CAST_SYMBOL_SIZE] = { 0 }, last[SC_CAST_SYMBOL_SIZE] = { 0 };
  const guint8 *source[K], *from;
  gboolean is_plan;
  guint64 offset = sc_cast_layout_block_offset (layout, block, &is_plan);
  gsize length = sc_cast_layout_block_bytes (layout, block), at = (gsize) (n_source - 1) * SC_CAST_SYMBOL_SIZE;

  from = (is_plan ? (const guint8 *) g_bytes_get_data (bench->plan, NULL) : bench->content) + offset;
  memcpy (last, from + at, length - at);
  for (guint32 i = 0; i < n_source; i++)
    source[i] = i + 1 < n_source ? from + (gsize) i * SC_CAST_SYMBOL_SIZE : last;
  if (symbol >= n_source)
    sc_cast_code_encode (bench->code, n_source, source, symbol, 1, payload);
  header.counter = bench->counter++;
  sc_cast_sealer_seal (bench->sealer, &header, symbol < n_source ? source[symbol] : payload, SC_CAST_SYMBOL_SIZE,
                       bench->burst + (gsize) bench->n_burst++ * STRIDE);
  bench->n_sent++;
  if (bench->n_burst == SC_MULTICAST_BATCH)
    flush (bench);
}

static void
send_mark (Bench *bench, guint32 window, guint32 round)
{
  ScCastHeader header = { .type = SC_CAST_PACKET_MARK, .block = window, .counter = bench->counter++ };
  guint8 datagram[STRIDE], payload[4] = { 0, 0, 0, (guint8) round };
  g_autoptr (GError) error = NULL;
  gsize length;

  flush (bench);
  length = sc_cast_sealer_seal (bench->sealer, &header, payload, sizeof payload, datagram);
  sc_multicast_sender_send (bench->socket, datagram, STRIDE, &length, 1, &error);
  g_assert_no_error (error);
}

static void
send_window (Bench *bench, guint32 window)
{
  guint32 first, n = sc_cast_layout_window_blocks (&bench->join->join.layout, window, &first);

  for (guint symbol = 0; symbol < K; symbol++)
    for (guint32 b = 0; b < n; b++)
      if (symbol < sc_cast_layout_block_symbols (&bench->join->join.layout, first + b) &&
          (bench->divisor == 0 || (symbol * n + b + window) % bench->divisor != 0))
        send_symbol (bench, first + b, symbol);
  send_mark (bench, window, 0);
}

/* Until everybody has the window: parity that was not sent yet, then from its start again. */
static void
repair_window (Bench *bench, guint32 window)
{
  guint32 first, n = sc_cast_layout_window_blocks (&bench->join->join.layout, window, &first);
  guint next[WINDOW] = { 0 };

  for (;;) {
    Window answer;
    guint total = 0;
    g_mutex_lock (&bench->mutex);
    gint64 until = g_get_monotonic_time () + ANSWER_TIME;
    gboolean in_time = TRUE;
    while (bench->windows[window].n_answers + bench->windows[window].n_complete < bench->n_seats && in_time)
      in_time = g_cond_wait_until (&bench->answered, &bench->mutex, until);
    answer = bench->windows[window];
    if (in_time) {
      bench->windows[window] = (Window){ .n_complete = answer.n_complete };
      bench->rounds[window]++;
    }
    guint32 round = bench->rounds[window];
    g_mutex_unlock (&bench->mutex);
    for (guint32 b = 0; in_time && b < n; b++) {
      guint32 n_source = sc_cast_layout_block_symbols (&bench->join->join.layout, first + b);
      for (guint i = 0; i < answer.deficits[b]; i++, next[b]++)
        send_symbol (bench, first + b, (n_source + next[b]) % SC_CAST_MAX_SYMBOLS);
      total += answer.deficits[b];
    }
    if (in_time && total == 0)
      return;
    send_mark (bench, window, round);
  }
}

static gpointer
send_main (gpointer data)
{
  Bench *bench = data;
  guint32 n = sc_cast_layout_n_windows (&bench->join->join.layout);

  for (guint32 w = 0; w < n; w++) {
    if (w >= 2)
      repair_window (bench, w - 2);
    send_window (bench, w);
  }
  for (guint32 w = n - MIN (n, 2); w < n; w++)
    repair_window (bench, w);
  return NULL;
}

/* ---- the main thread ---- */

static void
take_report (Seat *seat, const ScCastReport *report)
{
  Bench *bench = seat->bench;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bench->mutex);
  Window *window = &bench->windows[report->window];

  gboolean has = TRUE;

  for (guint i = 0; i < report->n_blocks; i++)
    has = has && report->deficits[i] == 0;
  if (seat->has[report->window])
    return;
  if (has) {
    seat->has[report->window] = 1;
    window->n_complete++;
    g_cond_signal (&bench->answered);
    return;
  }
  if (report->round != bench->rounds[report->window] ||
      (seat->answered[0] == report->window + 1 && seat->answered[1] == report->round + 1))
    return;
  seat->answered[0] = report->window + 1;
  seat->answered[1] = report->round + 1;
  for (guint i = 0; i < report->n_blocks; i++)
    window->deficits[i] = MAX (window->deficits[i], report->deficits[i]);
  window->n_answers++;
  g_cond_signal (&bench->answered);
}

static void
on_event (ScReceive *receive, const ScReceiveEvent *event, gpointer user_data)
{
  Seat *seat = user_data;

  if (event->type == SC_RECEIVE_REPORT)
    take_report (seat, &event->report);
  else if (event->type == SC_RECEIVE_FAILED)
    g_error ("%s", event->error->message);
  else if (event->type == SC_RECEIVE_COMPLETE)
    seat->complete = TRUE;
  else if (event->type == SC_RECEIVE_STOPPED)
    seat->stopped = TRUE;
}

static void
start_seat (Bench *bench, Seat *seat, const char *folder)
{
  const ScChunkSink sink = { .object = seat,
                             .wants = sink_wants,
                             .list_wanted = sink_list_wanted,
                             .put_frames = sink_put_frames,
                             .is_complete = sink_is_complete };
  g_autofree char *path = g_build_filename (folder, "cast-receive-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  seat->bench = bench;
  seat->n_left = (int) bench->n_chunks;
  seat->has = g_malloc0 (sc_cast_layout_n_windows (&bench->join->join.layout));
  seat->fd = g_mkstemp_full (path, O_RDWR, 0600);
  g_assert_cmpint (seat->fd, >=, 0);
  g_unlink (path);
  g_assert_true (posix_fallocate (seat->fd, 0, (off_t) bench->n_chunks * SC_CHUNK_SIZE) == 0);
  seat->receive = sc_receive_new (bench->join, "127.0.0.1", &sink, on_event, seat, &error);
  g_assert_no_error (error);
}

/* Seconds of CPU of this process's threads of that name. */
static double
cpu_of (const char *name)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  double total = 0;

  for (const char *task = g_dir_read_name (dir); task != NULL; task = g_dir_read_name (dir)) {
    g_autofree char *comm_path = g_build_filename ("/proc/self/task", task, "comm", NULL);
    g_autofree char *stat_path = g_build_filename ("/proc/self/task", task, "schedstat", NULL);
    g_autofree char *comm = NULL, *stat = NULL;

    if (g_file_get_contents (comm_path, &comm, NULL, NULL) && g_str_equal (g_strchomp (comm), name) &&
        g_file_get_contents (stat_path, &stat, NULL, NULL))
      total += (double) g_ascii_strtoull (stat, NULL, 10) / 1e9;
  }
  return total;
}

static void
print_figures (Bench *bench, gint64 time)
{
  static const char *const names[] = { "sc-receive", "sc-open", "sc-write" };
  double gigabytes = (double) bench->n_chunks * SC_CHUNK_SIZE / 1e9, total = 0;

  printf ("{\"benchmark\": \"cast-receive\", \"receivers\": %u, \"mb\": %.0f, \"mb_per_second\": %.0f, \"sent\": %.3f",
          bench->n_seats, gigabytes * 1000, gigabytes * 1000 / ((double) time / 1e6),
          (double) bench->n_sent * SC_CAST_SYMBOL_SIZE / (gigabytes * 1e9));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    double seconds = cpu_of (names[i]) / bench->n_seats / gigabytes;
    total += seconds;
    printf (", \"%s_cpu_seconds_per_gb\": %.3f", names[i], seconds);
  }
  printf (", \"cpu_seconds_per_gb\": %.3f}\n", total);
}

int
main (int argc, char **argv)
{
  Bench bench = { .n_chunks =
                      (guint) ((argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 256) * 1000000 / SC_CHUNK_SIZE),
                  .n_seats = argc > 2 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : 1,
                  .rate = argc > 5 ? (guint) g_ascii_strtoull (argv[5], NULL, 10) : 0,
                  .divisor = argc > 4 ? (guint) g_ascii_strtoull (argv[4], NULL, 10) : 0 };
  const char *folder = argc > 3 ? argv[3] : g_get_tmp_dir ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (bench.n_chunks, >, 0);
  g_assert_cmpuint (bench.n_seats, <=, MAX_RECEIVERS);
  make_content (&bench);
  make_order (&bench);
  bench.windows = g_new0 (Window, sc_cast_layout_n_windows (&bench.join->join.layout));
  bench.rounds = g_new0 (guint32, sc_cast_layout_n_windows (&bench.join->join.layout));
  bench.sealer = sc_cast_sealer_new (&bench.join->join.key);
  bench.code = sc_cast_code_new (SC_CAST_SYMBOL_SIZE);
  bench.burst = g_malloc (STRIDE * SC_MULTICAST_BATCH);
  bench.socket = sc_multicast_sender_new (GROUP, bench.join->join.port, "127.0.0.1", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < bench.n_seats; i++)
    start_seat (&bench, &bench.seats[i], folder);

  bench.started = g_get_monotonic_time ();
  g_thread_unref (g_thread_new ("bench-send", send_main, &bench));
  for (guint i = 0; i < bench.n_seats; i++)
    while (!bench.seats[i].complete)
      g_main_context_iteration (NULL, TRUE);
  gint64 time = g_get_monotonic_time () - bench.started;
  print_figures (&bench, time);
  for (guint i = 0; i < bench.n_seats; i++) {
    /* the sender still waits for the last answers */
    while (bench.seats[i].receive != NULL && !bench.seats[i].stopped) {
      sc_receive_stop (bench.seats[i].receive, FALSE);
      g_main_context_iteration (NULL, TRUE);
    }
  }
  return 0;
}
