/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-burst.h"

#include <string.h>

/* Fills it with datagrams of @size bytes. Returns: how many it took */
static guint
fill (ScCastBurst *burst, gsize size)
{
  guint8 *room;
  guint n = 0;

  while ((room = sc_cast_burst_get_room (burst)) != NULL) {
    memset (room, (int) ++n, size);
    sc_cast_burst_add (burst, size);
  }
  return n;
}

static void
test_full (gconstpointer data)
{
  const guint *sizes = data; /* of a datagram, and how many go into a burst */
  ScCastBurst burst;
  ScMulticastBurst got;

  sc_cast_burst_init (&burst, sizes[0]);
  g_assert_cmpuint (fill (&burst, sizes[0]), ==, sizes[1]);
  got = sc_cast_burst_get (&burst);
  g_assert_cmpuint (got.length, ==, sizes[0] * sizes[1]);
  g_assert_cmpuint (got.length, <=, SC_MULTICAST_BURST_MAX);
  g_assert_cmpuint (got.datagram_size, ==, sizes[0]);
  for (guint i = 0; i < sizes[1]; i++)
    g_assert_cmpuint (got.data[i * sizes[0]], ==, i + 1);
  sc_cast_burst_empty (&burst);
  g_assert_cmpuint (fill (&burst, sizes[0]), ==, sizes[1]);
  sc_cast_burst_clear (&burst);
}

/* UDP GSO cuts off equal pieces: nothing can follow a shorter one. */
static void
test_shorter_one_is_last (void)
{
  ScCastBurst burst;

  sc_cast_burst_init (&burst, 1472);
  sc_cast_burst_add (&burst, 1472);
  sc_cast_burst_add (&burst, 32);
  g_assert_null (sc_cast_burst_get_room (&burst));
  g_assert_cmpuint (sc_cast_burst_get (&burst).length, ==, 1472 + 32);
  sc_cast_burst_empty (&burst);
  g_assert_cmpuint (fill (&burst, 32), ==, 1);
  sc_cast_burst_clear (&burst);
}

int
main (int argc, char **argv)
{
  static const guint usual[] = { 1472, 44 }, jumbo[] = { 8972, 7 }, small[] = { 44, 64 }, largest[] = { 65000, 1 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cast-burst/full", usual, test_full);
  g_test_add_data_func ("/cast-burst/full-of-jumbo-frames", jumbo, test_full);
  g_test_add_data_func ("/cast-burst/full-of-small-ones", small, test_full);
  g_test_add_data_func ("/cast-burst/full-with-one", largest, test_full);
  g_test_add_func ("/cast-burst/shorter-one-is-last", test_shorter_one_is_last);
  return g_test_run ();
}
