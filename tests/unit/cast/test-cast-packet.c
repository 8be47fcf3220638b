/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-packet.h"

#include <string.h>

static const ScCastKey key = { .key = { 1, 2, 3 }, .salt = { 9, 8, 7 }, .tag = 0xabcd };

typedef struct {
  ScCastSealer *sealer;
  guint8 payload[100];
  guint8 datagram[SC_CAST_HEADER_SIZE + 100 + SC_CAST_TAG_SIZE];
  gsize length;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  ScCastHeader header = { .type = SC_CAST_PACKET_SYMBOL, .symbol = 200, .block = 0x01020304, .counter = 0xfffefdfc };

  fixture->sealer = sc_cast_sealer_new (&key);
  for (guint i = 0; i < sizeof fixture->payload; i++)
    fixture->payload[i] = (guint8) i;
  fixture->length =
      sc_cast_sealer_seal (fixture->sealer, &header, fixture->payload, sizeof fixture->payload, fixture->datagram);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sc_cast_sealer_free (fixture->sealer);
}

static gboolean
open_with (const ScCastKey *other, const guint8 *datagram, gsize length)
{
  g_autoptr (ScCastSealer) sealer = sc_cast_sealer_new (other);
  guint8 payload[200];
  ScCastHeader header;
  gsize size;

  return sc_cast_sealer_open (sealer, datagram, length, &header, payload, &size);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  static const guint8 header_bytes[] = { 0x51, 200, 0xab, 0xcd, 1, 2, 3, 4, 0xff, 0xfe, 0xfd, 0xfc };
  guint8 payload[100];
  ScCastHeader header;
  gsize size;

  g_assert_cmpuint (fixture->length, ==, 128);
  g_assert_cmpmem (fixture->datagram, 12, header_bytes, 12);
  g_assert_true (memcmp (fixture->datagram + 12, fixture->payload, 100) != 0);
  g_assert_true (sc_cast_sealer_open (fixture->sealer, fixture->datagram, fixture->length, &header, payload, &size));
  g_assert_cmpmem (payload, size, fixture->payload, 100);
  g_assert_cmpint (header.type, ==, SC_CAST_PACKET_SYMBOL);
  g_assert_cmpuint (header.symbol, ==, 200);
  g_assert_cmpuint (header.block, ==, 0x01020304);
  g_assert_cmpuint (header.counter, ==, 0xfffefdfc);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  ScCastHeader header = { .type = SC_CAST_PACKET_END, .counter = 3 };
  gsize size = 7;

  fixture->length = sc_cast_sealer_seal (fixture->sealer, &header, NULL, 0, fixture->datagram);
  g_assert_cmpuint (fixture->length, ==, 28);
  g_assert_true (sc_cast_sealer_open (fixture->sealer, fixture->datagram, 28, &header, fixture->payload, &size));
  g_assert_cmpuint (size, ==, 0);
}

/* One bit anywhere, header or payload or tag, and it is as if it had never come; so is any piece of it. */
static void
test_altered (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < fixture->length * 8; i++) {
    fixture->datagram[i / 8] ^= (guint8) (1u << i % 8);
    g_assert_false (open_with (&key, fixture->datagram, fixture->length));
    fixture->datagram[i / 8] ^= (guint8) (1u << i % 8);
  }
  for (gsize n = 0; n < fixture->length; n++)
    g_assert_false (open_with (&key, fixture->datagram, n));
  g_assert_true (open_with (&key, fixture->datagram, fixture->length));
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  ScCastKey other = key;

  other.tag++;
  g_assert_false (open_with (&other, fixture->datagram, fixture->length));
  other = key;
  other.key[0]++;
  g_assert_false (open_with (&other, fixture->datagram, fixture->length));
  other = key;
  other.salt[7]++;
  g_assert_false (open_with (&other, fixture->datagram, fixture->length));
}

static void
test_generate (void)
{
  ScCastKey a, b;

  sc_cast_key_generate (&a);
  sc_cast_key_generate (&b);
  g_assert_true (memcmp (a.key, b.key, sizeof a.key) != 0);
  g_assert_true (memcmp (a.salt, b.salt, sizeof a.salt) != 0);
}

/* A datagram of a session that got a new key is told by its tag to be of the one or of the other. */
static void
test_next_key (void)
{
  ScCastKey before = { .tag = 0 }, next;

  /* left to chance, two in a row would have the same one seven times on average */
  for (guint i = 0; i < 500000; i++) {
    sc_cast_key_generate_next (&next, &before);
    g_assert_cmpuint (next.tag, !=, before.tag);
    g_assert_true (memcmp (next.key, before.key, sizeof next.key) != 0);
    before = next;
  }
  sc_cast_key_generate_next (&next, &next);
  g_assert_cmpuint (next.tag, !=, before.tag);
  sc_cast_key_wipe (&next);
  for (gsize i = 0; i < sizeof next; i++)
    g_assert_cmpuint (((const guint8 *) &next)[i], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/cast/packet/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("empty", test_empty);
  ADD ("altered", test_altered);
  ADD ("foreign", test_foreign);
  g_test_add_func ("/cast/packet/generate", test_generate);
  g_test_add_func ("/cast/packet/next-key", test_next_key);
  return g_test_run ();
}
