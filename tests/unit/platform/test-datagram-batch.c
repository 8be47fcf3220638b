/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-datagram-batch.h"

#include <string.h>

typedef struct {
  GArray *lengths; /* gsize */
  guint8 next;
} Found;

/* Datagram i is full of the byte i. */
static void
find (const guint8 *datagram, gsize length, gpointer user_data)
{
  Found *found = user_data;

  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (datagram[i], ==, found->next);
  g_array_append_val (found->lengths, length);
  found->next++;
}

static GArray *
split (const ScDatagramBatch *batch)
{
  Found found = { .lengths = g_array_new (FALSE, FALSE, sizeof (gsize)) };

  sc_datagram_batch_foreach (batch, find, &found);
  return found.lengths;
}

static void
assert_lengths (const ScDatagramBatch *batch, const gsize *lengths, guint n)
{
  g_autoptr (GArray) found = split (batch);

  g_assert_cmpuint (found->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (g_array_index (found, gsize, i), ==, lengths[i]);
}

static void
test_bursts (void)
{
  g_autoptr (ScDatagramBatch) batch = sc_datagram_batch_new ();
  const gsize lengths[] = { 1000, 1000, 400, 0, 20000, 20000, 20000, 700, 500, 500 };
  guint8 *slots = batch->memory;

  g_assert_cmpuint (sc_datagram_batch_get_room (batch), ==, SC_DATAGRAM_BATCH_SLOTS);
  for (guint i = 0; i < 3; i++)
    memset (slots + 1000 * i, (int) i, lengths[i]);
  for (guint i = 0; i < 3; i++)
    memset (slots + 2 * SC_DATAGRAM_SLOT + 20000 * i, 4 + (int) i, 20000);
  memset (slots + 3 * SC_DATAGRAM_SLOT, 7, 700);
  sc_datagram_batch_add (batch, slots, 2400, 1000);
  sc_datagram_batch_add (batch, slots + SC_DATAGRAM_SLOT, 0, 0);
  sc_datagram_batch_add (batch, slots + 2 * SC_DATAGRAM_SLOT, 60000, 20000); /* too large to be moved */
  sc_datagram_batch_add (batch, slots + 3 * SC_DATAGRAM_SLOT, 700, 0);
  g_assert_cmpuint (batch->filled, ==, 2 * SC_DATAGRAM_SLOT + 60700);
  g_assert_cmpuint (sc_datagram_batch_get_room (batch), ==, SC_DATAGRAM_BATCH_SLOTS - 3);
  /* the next call's */
  memset (slots + batch->filled, 8, 500);
  memset (slots + batch->filled + 500, 9, 500);
  sc_datagram_batch_add (batch, slots + batch->filled, 1000, 500);
  assert_lengths (batch, lengths, G_N_ELEMENTS (lengths));
  sc_datagram_batch_clear (batch);
  assert_lengths (batch, lengths, 0);
}

/* A segment's size that is none, or that nothing reaches. */
static void
test_odd_segments (void)
{
  g_autoptr (ScDatagramBatch) batch = sc_datagram_batch_new ();
  const gsize lengths[] = { 100, 100 };

  memset (batch->memory, 0, 100);
  memset (batch->memory + 100, 1, 100);
  sc_datagram_batch_add (batch, batch->memory, 100, G_MAXSIZE);
  sc_datagram_batch_add (batch, batch->memory + 100, 100, 100);
  assert_lengths (batch, lengths, 2);
}

/* Single datagrams take the room that they need, and not a slot each. */
static void
test_small_ones (void)
{
  g_autoptr (ScDatagramBatch) batch = sc_datagram_batch_new ();
  gsize lengths[SC_DATAGRAM_BATCH_MAX_BURSTS];
  guint n = 0, room;

  for (room = sc_datagram_batch_get_room (batch); room > 0; room = sc_datagram_batch_get_room (batch)) {
    const guint8 *base = batch->memory + batch->filled;

    for (guint i = 0; i < room; i++)
      memset ((guint8 *) base + i * SC_DATAGRAM_SLOT, (int) (n + i), 1472);
    for (guint i = 0; i < room; i++) {
      sc_datagram_batch_add (batch, base + i * SC_DATAGRAM_SLOT, 1472, 0);
      lengths[n++] = 1472;
    }
  }
  g_assert_cmpuint (n, ==, SC_DATAGRAM_BATCH_MAX_BURSTS);
  assert_lengths (batch, lengths, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/datagram-batch/bursts", test_bursts);
  g_test_add_func ("/platform/datagram-batch/odd-segments", test_odd_segments);
  g_test_add_func ("/platform/datagram-batch/small-ones", test_small_ones);
  return g_test_run ();
}
