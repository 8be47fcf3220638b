/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a seat hears before a session, over real sockets: probes, and a stream of manifests. */
#include "common/cast/sc-cast-sender.h"
#include "common/platform/sc-multicast-sender.h"
#include "sc-test-console.h"
#include "service/sc-prelude.h"

#define GROUP "239.255.77.44"
#define PORT 38481
#define ADDRESS "127.0.0.1"
#define SEAT 0u
#define RATE 500000000u
#define ROOM (SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE)

typedef struct {
  char *directory;
  ScSeatState *state;
  ScControlMessage *listen;
  ScPrelude *prelude;
  ScMulticastSender *socket;
  ScCastSender *sender; /* (nullable) */
  GBytes *lacks;
  guint32 payload;
  guint n_heard;
  gboolean stopped;
} Fixture;

static void
on_event (ScPrelude *prelude, const ScPreludeEvent *event, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_true (prelude == f->prelude);
  if (event->type == SC_PRELUDE_LISTENING) {
    g_assert_null (f->lacks);
    f->lacks = g_bytes_ref (event->lacks);
  } else if (event->type == SC_PRELUDE_HEARD) {
    f->payload = event->payload;
    f->n_heard++;
    if (f->sender != NULL)
      sc_cast_sender_heard (f->sender, SEAT, g_get_monotonic_time ());
  } else if (event->type == SC_PRELUDE_REPORT) {
    sc_cast_sender_report (f->sender, SEAT, &event->report, g_get_monotonic_time ());
  } else {
    f->stopped = TRUE;
  }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->directory = g_dir_make_tmp ("seatcast-prelude-XXXXXX", &error);
  g_assert_no_error (error);
  f->state = sc_seat_state_open (f->directory, &error);
  g_assert_no_error (error);
  f->listen = sc_control_message_new (SC_CONTROL_LISTEN, 3);
  f->listen->listen.group = g_strdup (GROUP);
  f->listen->listen.port = PORT;
  sc_cast_key_generate (&f->listen->listen.key);
  f->socket = sc_multicast_sender_new (GROUP, PORT, ADDRESS, &error);
  g_assert_no_error (error);
}

static void
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->prelude = sc_prelude_new (f->listen, ADDRESS, f->state, on_event, f, &error);
  g_assert_no_error (error);
  while (f->lacks == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
stop (Fixture *f)
{
  sc_prelude_stop (f->prelude);
  while (!f->stopped)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&f->prelude, sc_prelude_free);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sc_multicast_sender_free (f->socket);
  sc_cast_sender_free (f->sender);
  sc_control_message_free (f->listen);
  sc_seat_state_close (f->state);
  g_clear_pointer (&f->lacks, g_bytes_unref);
  sc_test_remove_tree (f->directory);
  g_free (f->directory);
}

static void
send_datagram (Fixture *f, const guint8 *datagram, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_multicast_sender_send (f->socket, datagram, length, &length, 1, &error));
  g_assert_no_error (error);
}

static void
send_packet (Fixture *f, const ScCastKey *key, ScCastPacketType type, guint32 counter, gsize size)
{
  g_autoptr (ScCastSealer) sealer = sc_cast_sealer_new (key);
  const ScCastHeader header = { .type = type, .counter = counter };
  g_autofree guint8 *payload = g_malloc0 (size);
  guint8 datagram[ROOM];

  send_datagram (f, datagram, sc_cast_sealer_seal (sealer, &header, payload, size, datagram));
}

static void
wait_for_payload (Fixture *f, guint32 payload)
{
  while (f->payload != payload)
    g_main_context_iteration (NULL, TRUE);
}

/* Each that is larger than all before is told, once. What is foreign, altered, or no probe counts for nothing. */
static void
test_probes (Fixture *f, gconstpointer data)
{
  const ScCastKey *key = &f->listen->listen.key;
  guint8 garbage[ROOM + 500] = { SC_CAST_PACKET_PROBE };
  ScCastKey other;

  start (f);
  g_assert_cmpuint (g_bytes_get_size (f->lacks), ==, 0);
  sc_cast_key_generate_next (&other, key);
  send_packet (f, &other, SC_CAST_PACKET_PROBE, 0, 5000);
  send_packet (f, key, SC_CAST_PACKET_SYMBOL, 0, 4000);
  garbage[2] = (guint8) (key->tag >> 8);
  garbage[3] = (guint8) key->tag;
  send_datagram (f, garbage, sizeof garbage);
  send_datagram (f, garbage, 3000);
  send_datagram (f, garbage, 7);
  send_packet (f, key, SC_CAST_PACKET_PROBE, 1, SC_CAST_SYMBOL_SIZE);
  wait_for_payload (f, SC_CAST_SYMBOL_SIZE);
  send_packet (f, key, SC_CAST_PACKET_PROBE, 2, SC_CAST_SYMBOL_SIZE);
  send_packet (f, key, SC_CAST_PACKET_PROBE, 3, 100);
  send_packet (f, key, SC_CAST_PACKET_PROBE, 4, SC_CAST_SYMBOL_SIZE_MAX);
  wait_for_payload (f, SC_CAST_SYMBOL_SIZE_MAX);
  stop (f);
  g_assert_cmpuint (f->n_heard, ==, 2);
}

/* Three manifests, of which the seat has the first, and the last is announced under a hash that it does not have. */
static GBytes *
announce (Fixture *f, GBytes *manifests[3])
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++) {
    guint32 size = 3000 + 100000 * i;
    guint8 *bytes = g_malloc (size);
    ScChunkId id;

    for (guint j = 0; j < size; j++)
      bytes[j] = (guint8) (j * 7 + j / 251 + i);
    sc_chunk_id_of (&id, bytes, size);
    manifests[i] = g_bytes_new_take (bytes, size);
    id.bytes[0] ^= i == 2 ? 1 : 0;
    g_byte_array_append (content, bytes, size);
    g_array_append_val (f->listen->listen.manifests, id);
    g_array_append_val (f->listen->listen.sizes, size);
    g_assert_true (i > 0 || sc_seat_state_save_manifest (f->state, &id, manifests[i], &error));
    g_assert_no_error (error);
  }
  f->listen->listen.what = SC_LISTEN_MANIFESTS;
  f->listen->listen.layout = (ScCastLayout){ SC_CAST_SYMBOL_SIZE, 50, 4, content->len, 0 };
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}

static void
send_due (Fixture *f, GBytes *content)
{
  const ScCastLayout *layout = &f->listen->listen.layout;
  guint8 datagram[ROOM];
  guint32 block;
  gsize length;

  while (sc_cast_sender_wants_block (f->sender, &block)) {
    g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (
        content, (gsize) sc_cast_layout_block_offset (layout, block, NULL), sc_cast_layout_block_bytes (layout, block));
    sc_cast_sender_supply_block (f->sender, block, bytes);
  }
  while ((length = sc_cast_sender_send (f->sender, g_get_monotonic_time (), datagram)) > 0)
    send_datagram (f, datagram, length);
}

static void
test_manifests (Fixture *f, gconstpointer data)
{
  GBytes *manifests[3];
  g_autoptr (GBytes) content = announce (f, manifests);

  start (f);
  g_assert_cmpuint (*(const guint8 *) g_bytes_get_data (f->lacks, NULL), ==, 6);
  f->sender = sc_cast_sender_new (&f->listen->listen.layout, &f->listen->listen.key, RATE, g_get_monotonic_time ());
  sc_cast_sender_add_seat (f->sender, SEAT, g_get_monotonic_time ());
  while (sc_cast_sender_get_state (f->sender) != SC_CAST_SENDER_FINISHED) {
    send_due (f, content);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (100);
  }
  g_assert_cmpint ((int) sc_cast_sender_get_seat_state (f->sender, SEAT), ==, SC_CAST_SEAT_ACTIVE);
  stop (f);
  g_assert_cmpuint (f->n_heard, ==, 1);
  for (guint i = 0; i < 3; i++) {
    const ScChunkId *id = &g_array_index (f->listen->listen.manifests, ScChunkId, i);
    g_autoptr (GBytes) kept = sc_seat_state_load_manifest (f->state, id, NULL);

    g_assert_true (sc_seat_state_has_manifest (f->state, id) == (i < 2));
    g_assert_true (i == 2 ? kept == NULL : g_bytes_equal (kept, manifests[i]));
    g_bytes_unref (manifests[i]);
  }
}

/* Cut short, nothing is kept that is not whole. */
static void
test_cut_short (Fixture *f, gconstpointer data)
{
  GBytes *manifests[3];
  g_autoptr (GBytes) content = announce (f, manifests);

  start (f);
  send_packet (f, &f->listen->listen.key, SC_CAST_PACKET_PROBE, 0, 4);
  while (f->n_heard == 0)
    g_main_context_iteration (NULL, TRUE);
  stop (f);
  g_assert_false (sc_seat_state_has_manifest (f->state, &g_array_index (f->listen->listen.manifests, ScChunkId, 1)));
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (manifests[i]);
}

static void
test_no_group (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->listen->listen.group[0] = '1';
  g_assert_null (sc_prelude_new (f->listen, ADDRESS, f->state, on_event, f, &error));
  g_assert_nonnull (strstr (error->message, "not an IPv4 multicast group"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/seat-prelude/probes", Fixture, NULL, set_up, test_probes, tear_down);
  g_test_add ("/seat-prelude/manifests", Fixture, NULL, set_up, test_manifests, tear_down);
  g_test_add ("/seat-prelude/cut-short", Fixture, NULL, set_up, test_cut_short, tear_down);
  g_test_add ("/seat-prelude/no-group", Fixture, NULL, set_up, test_no_group, tear_down);
  return g_test_run ();
}
