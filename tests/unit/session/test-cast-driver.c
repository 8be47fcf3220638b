/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-store.h"

#include "common/cast/sc-cast-receiver.h"
#include "common/platform/sc-multicast-receiver.h"
#include "common/sc-error.h"
#include "console/engine/session/sc-cast-driver.h"
#include "console/engine/session/sc-session-reader.h"

#define GROUP "239.255.77.9"
#define PORT 38471
#define NUMBER 3u /* the seat's, at the driver */

/* One seat on loopback: a thread that receives, and hands its reports to the main loop as the control connection would.
 */
typedef struct {
  TestStore *store;
  ScSessionPlan *plan;
  ScCastLayout layout;
  ScCastKey key;
  ScCastDriver *driver;
  GMainLoop *loop;

  gboolean deaf;    /* no multicast reaches it */
  guint drop_every; /* loses each so-many-th datagram */
  guint n_datagrams;
  gboolean rekeyed;         /* the stream goes on under a new key when the seat first reports */
  ScCastKey next_key;       /* of it; handed over by … */
  gint told;                /* (atomic) whether the seat has to take it up */
  ScCastReceiver *shut_out; /* (nullable): listens, too, and is not told the new key */
  gboolean impatient;       /* ends the loop as soon as the probe is over */
  ScMulticastReceiver *socket;
  ScCastReceiver *receiver;
  GCancellable *cancellable;
  GThread *thread;
  gboolean said_heard;
  GHashTable *blocks; /* number → GBytes */

  guint n_sending, n_finished;
  ScCastSeatState lost;
  guint32 added_at;
  GError *error;
} Seat;

typedef struct {
  Seat *seat;
  gboolean heard;
  ScCastReport report;
} Word;

/* Four windows at most are on their way until the seat has reported the first: the rest bears the new key. */
static void
change_key (Seat *seat)
{
  sc_cast_key_generate_next (&seat->next_key, &seat->key);
  sc_cast_driver_set_key (seat->driver, &seat->next_key);
  g_atomic_int_set (&seat->told, TRUE);
}

static gboolean
deliver_word (gpointer data)
{
  Word *word = data;

  if (word->seat->driver == NULL)
    return G_SOURCE_REMOVE;
  if (word->seat->rekeyed && !word->heard && word->seat->next_key.tag == 0)
    change_key (word->seat);
  if (word->heard)
    sc_cast_driver_heard (word->seat->driver, NUMBER);
  else
    sc_cast_driver_report (word->seat->driver, NUMBER, &word->report);
  return G_SOURCE_REMOVE;
}

static void
tell (Seat *seat, const ScCastReport *report)
{
  Word *word = g_new0 (Word, 1);

  word->seat = seat;
  word->heard = report == NULL;
  if (report != NULL)
    word->report = *report;
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver_word, word, g_free);
}

static void
on_datagram (const guint8 *datagram, gsize length, gpointer data)
{
  Seat *seat = data;

  if (seat->shut_out != NULL)
    sc_cast_receiver_receive (seat->shut_out, datagram, length, g_get_monotonic_time ());
  if (seat->deaf || (seat->drop_every > 0 && ++seat->n_datagrams % seat->drop_every == 0))
    return;
  sc_cast_receiver_receive (seat->receiver, datagram, length, g_get_monotonic_time ());
}

static gpointer
seat_thread (gpointer data)
{
  Seat *seat = data;

  while (!g_cancellable_is_cancelled (seat->cancellable)) {
    g_autoptr (GError) error = NULL;
    ScCastReport report;
    guint32 block;
    GBytes *bytes;

    sc_multicast_receiver_receive (seat->socket, 10 * G_TIME_SPAN_MILLISECOND, seat->cancellable, on_datagram, seat,
                                   &error);
    if (g_atomic_int_compare_and_exchange (&seat->told, TRUE, FALSE))
      sc_cast_receiver_add_key (seat->receiver, &seat->next_key);
    while (seat->shut_out != NULL && sc_cast_receiver_take_block (seat->shut_out, &block, &bytes)) {
      sc_cast_receiver_release_block (seat->shut_out, block);
      g_bytes_unref (bytes);
    }
    if (!seat->said_heard && sc_cast_receiver_has_heard (seat->receiver)) {
      seat->said_heard = TRUE;
      tell (seat, NULL);
    }
    while (sc_cast_receiver_take_block (seat->receiver, &block, &bytes)) {
      g_hash_table_insert (seat->blocks, GUINT_TO_POINTER (block), bytes);
      sc_cast_receiver_release_block (seat->receiver, block);
    }
    while (sc_cast_receiver_poll_report (seat->receiver, g_get_monotonic_time (), 0, 0, &report))
      tell (seat, &report);
  }
  return NULL;
}

static void
on_seat_added (gpointer data, guint32 number, guint32 first_window)
{
  Seat *seat = data;

  g_assert_cmpuint (number, ==, NUMBER + 1);
  seat->added_at = first_window;
}

static void
on_seat_lost (gpointer data, guint32 number, ScCastSeatState state)
{
  Seat *seat = data;

  if (number == NUMBER)
    seat->lost = state;
}

static void
on_sending (gpointer data)
{
  Seat *seat = data;

  seat->n_sending++;
  if (seat->impatient)
    g_main_loop_quit (seat->loop);
}

static void
on_finished (gpointer data)
{
  Seat *seat = data;

  seat->n_finished++;
  g_main_loop_quit (seat->loop);
}

static void
on_failed (gpointer data, const GError *error)
{
  Seat *seat = data;

  seat->error = g_error_copy (error);
  g_main_loop_quit (seat->loop);
}

static const ScCastDriverListener listener = { on_seat_added, on_seat_lost, on_sending, on_finished, on_failed };

static gboolean
no_end (gpointer data)
{
  g_error ("the stream does not end");
  return G_SOURCE_REMOVE;
}

static Seat *
seat_new (guint n_chunks)
{
  Seat *seat = g_new0 (Seat, 1);
  g_autoptr (GBytes) bits = NULL;
  g_autoptr (GError) error = NULL;

  seat->store = test_store_new (n_chunks);
  bits = test_store_make_bits (seat->store, 1);
  seat->plan = sc_session_plan_new (seat->store->store, seat->store->chunks, bits, NULL, &error);
  g_assert_no_error (error);
  seat->layout = (ScCastLayout){ SC_CAST_SYMBOL_SIZE, 50, 4, g_bytes_get_size (sc_session_plan_get_bytes (seat->plan)),
                                 sc_session_plan_get_content_length (seat->plan) };
  sc_cast_key_generate (&seat->key);
  seat->loop = g_main_loop_new (NULL, FALSE);
  seat->cancellable = g_cancellable_new ();
  seat->blocks = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  seat->lost = SC_CAST_SEAT_ACTIVE;
  seat->receiver = sc_cast_receiver_new (&seat->layout, &seat->key, 0, g_get_monotonic_time ());
  seat->socket = sc_multicast_receiver_new (GROUP, PORT, "127.0.0.1", &error);
  g_assert_no_error (error);
  return seat;
}

static void
seat_start (Seat *seat)
{
  g_autoptr (GError) error = NULL;
  const guint32 numbers[] = { NUMBER };
  ScMulticastSender *sender = sc_multicast_sender_new (GROUP, PORT, "127.0.0.1", &error);

  g_assert_no_error (error);
  seat->thread = g_thread_new ("seat", seat_thread, seat);
  seat->driver = sc_cast_driver_new (seat->store->store, seat->plan, &seat->layout, &seat->key, 200000000, sender,
                                     numbers, 1, &listener, seat);
}

static void
seat_run (Seat *seat)
{
  guint guard = g_timeout_add_seconds (90, no_end, NULL);

  g_main_loop_run (seat->loop);
  g_source_remove (guard);
}

static void
seat_stop (Seat *seat)
{
  g_cancellable_cancel (seat->cancellable);
  g_clear_pointer (&seat->thread, g_thread_join);
}

static void
seat_free (Seat *seat)
{
  seat_stop (seat);
  g_clear_pointer (&seat->driver, sc_cast_driver_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  sc_multicast_receiver_free (seat->socket);
  sc_cast_receiver_free (seat->receiver);
  sc_cast_receiver_free (seat->shut_out);
  g_hash_table_unref (seat->blocks);
  g_object_unref (seat->cancellable);
  g_main_loop_unref (seat->loop);
  g_clear_error (&seat->error);
  sc_session_plan_unref (seat->plan);
  test_store_free (seat->store);
  g_free (seat);
}

/* Compares what came with what the store says. */
static void
assert_all_received (Seat *seat)
{
  g_autoptr (ScSessionReader) reader = sc_session_reader_new (seat->store->store, seat->plan, &seat->layout);

  seat_stop (seat);
  for (guint32 i = 0; i < sc_cast_layout_n_blocks (&seat->layout); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) expected = sc_session_reader_read_block (reader, i, &error);
    GBytes *got = g_hash_table_lookup (seat->blocks, GUINT_TO_POINTER (i));

    g_assert_no_error (error);
    g_assert_nonnull (got);
    g_assert_true (g_bytes_equal (got, expected));
  }
}

static void
test_delivers (gconstpointer data)
{
  Seat *seat = seat_new (60);
  ScCastSeatFigures figures;
  ScCastSenderStats stats;

  seat->drop_every = GPOINTER_TO_UINT (data);
  seat_start (seat);
  seat_run (seat);
  g_assert_no_error (seat->error);
  g_assert_cmpuint (seat->n_finished, ==, 1);
  g_assert_cmpuint (seat->n_sending, ==, 1);
  g_assert_cmpint (seat->lost, ==, SC_CAST_SEAT_ACTIVE);
  assert_all_received (seat);
  sc_cast_driver_get_stats (seat->driver, &stats);
  g_assert_cmpuint (stats.content_sent, ==, seat->layout.plan_length + seat->layout.content_length);
  if (seat->drop_every > 0) {
    g_assert_cmpuint (stats.parity_packets, >, 0);
    sc_cast_driver_get_seat_figures (seat->driver, NUMBER, &figures);
    g_assert_cmpuint (figures.repairs, >, 0);
  }
  seat_free (seat);
}

/* A seat is shut out in the middle of the stream: the other one gets all of it, it gets no more. */
static void
test_new_key (void)
{
  Seat *seat = seat_new (200);
  ScCastReceiverStats stats;

  seat->rekeyed = TRUE;
  seat->drop_every = 50;
  seat->shut_out = sc_cast_receiver_new (&seat->layout, &seat->key, 0, g_get_monotonic_time ());
  seat_start (seat);
  seat_run (seat);
  g_assert_no_error (seat->error);
  g_assert_cmpint (seat->lost, ==, SC_CAST_SEAT_ACTIVE);
  g_assert_cmpuint (seat->next_key.tag, !=, seat->key.tag);
  assert_all_received (seat);
  g_assert_false (sc_cast_receiver_is_finished (seat->shut_out)); /* not even END */
  sc_cast_receiver_get_stats (seat->shut_out, &stats);
  g_assert_cmpuint (stats.packets, >, 0);
  g_assert_cmpuint (stats.foreign, >, stats.packets);
  seat_free (seat);
}

static void
test_unheard_seat (void)
{
  Seat *seat = seat_new (3);

  seat->deaf = TRUE;
  seat_start (seat);
  seat_run (seat);
  g_assert_no_error (seat->error);
  g_assert_cmpint (seat->lost, ==, SC_CAST_SEAT_UNHEARD);
  seat_free (seat);
}

static void
test_damaged_store (void)
{
  Seat *seat = seat_new (60);

  test_store_damage (seat->store, 40);
  seat_start (seat);
  seat_run (seat);
  g_assert_error (seat->error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_cmpuint (seat->n_finished, ==, 0);
  seat_free (seat);
}

static gboolean
go_on (gpointer data)
{
  Seat *seat = data;
  ScCastSenderStats stats;

  sc_cast_driver_get_stats (seat->driver, &stats);
  g_assert_cmpuint (seat->n_finished, ==, 0);
  g_assert_cmpuint (stats.source_packets, ==, 0);
  sc_cast_driver_add_seat (seat->driver, NUMBER + 1);
  sc_cast_driver_remove_seat (seat->driver, NUMBER + 1);
  sc_cast_driver_set_paused (seat->driver, FALSE);
  return G_SOURCE_REMOVE;
}

static void
test_pause_and_seats (void)
{
  Seat *seat = seat_new (10);

  seat->added_at = G_MAXUINT32;
  seat_start (seat);
  sc_cast_driver_set_paused (seat->driver, TRUE);
  g_timeout_add (300, go_on, seat);
  seat_run (seat);
  g_assert_no_error (seat->error);
  g_assert_cmpuint (seat->added_at, <=, sc_cast_layout_n_windows (&seat->layout));
  assert_all_received (seat);
  seat_free (seat);
}

/* The catalog's disk hangs, and with it the main loop, for longer than a seat may be silent. */
static void
test_main_loop_stands_still (void)
{
  Seat *seat = seat_new (60);

  seat->impatient = TRUE;
  seat_start (seat);
  seat_run (seat);
  seat->impatient = FALSE;
  g_usleep (SC_CAST_SILENT_TIME + 2 * G_USEC_PER_SEC);
  seat_run (seat);
  g_assert_no_error (seat->error);
  g_assert_cmpint (seat->lost, ==, SC_CAST_SEAT_ACTIVE);
  assert_all_received (seat);
  seat_free (seat);
}

static gboolean
has_rate (Seat *seat, guint64 rate)
{
  ScCastSenderStats stats;

  sc_cast_driver_get_stats (seat->driver, &stats);
  return stats.rate == rate;
}

/* Another session begins, and ends, while it runs. */
static void
test_changed_rate (void)
{
  Seat *seat = seat_new (60);
  ScCastSenderStats stats;

  seat->impatient = TRUE;
  seat_start (seat);
  seat_run (seat);
  seat->impatient = FALSE;
  sc_cast_driver_set_rate (seat->driver, 150000);
  while (!has_rate (seat, 150000)) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_assert_cmpuint (seat->n_finished, ==, 0);
  sc_cast_driver_set_rate (seat->driver, 300000000);
  seat_run (seat);
  g_assert_no_error (seat->error);
  /* as fast as before at once, and beyond that as the seat follows */
  sc_cast_driver_get_stats (seat->driver, &stats);
  g_assert_cmpuint (stats.cap, ==, 300000000);
  g_assert_cmpuint (stats.rate, >=, 200000000);
  assert_all_received (seat);
  seat_free (seat);
}

static void
test_freed_while_sending (void)
{
  Seat *seat = seat_new (60);

  seat->impatient = TRUE;
  seat_start (seat);
  seat_run (seat);
  g_assert_cmpuint (seat->n_sending, ==, 1);
  g_clear_pointer (&seat->driver, sc_cast_driver_free);
  g_assert_cmpuint (seat->n_finished, ==, 0);
  seat_free (seat);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cast-driver/delivers", GUINT_TO_POINTER (0), test_delivers);
  g_test_add_data_func ("/cast-driver/delivers-with-loss", GUINT_TO_POINTER (50), test_delivers);
  g_test_add_func ("/cast-driver/new-key", test_new_key);
  g_test_add_func ("/cast-driver/unheard-seat", test_unheard_seat);
  g_test_add_func ("/cast-driver/damaged-store", test_damaged_store);
  g_test_add_func ("/cast-driver/pause-and-seats", test_pause_and_seats);
  g_test_add_func ("/cast-driver/main-loop-stands-still", test_main_loop_stands_still);
  g_test_add_func ("/cast-driver/changed-rate", test_changed_rate);
  g_test_add_func ("/cast-driver/freed-while-sending", test_freed_while_sending);
  return g_test_run ();
}
