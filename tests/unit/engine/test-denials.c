/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-denials.h"

static void
test_count (void)
{
  g_autoptr (ScDenials) denials = sc_denials_new (4, 3, 60);

  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1000), ==, 0);
  sc_denials_note (denials, "a", 1000);
  sc_denials_note (denials, "a", 1010);
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1020), ==, 0);
  sc_denials_note (denials, "a", 1020);
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1020), ==, 40);
  g_assert_cmpint (sc_denials_get_wait (denials, "b", 1020), ==, 0);
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1059), ==, 1);
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1060), ==, 0);
  sc_denials_note (denials, "a", 1060); /* begins anew */
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1060), ==, 0);
}

/* Nobody is kept out for longer because the clock was set back. */
static void
test_clock (void)
{
  g_autoptr (ScDenials) denials = sc_denials_new (4, 1, 60);

  sc_denials_note (denials, "a", 5000);
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 5000), ==, 60);
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1000), ==, 0);
  sc_denials_note (denials, "a", 1000);
  g_assert_cmpint (sc_denials_get_wait (denials, "a", 1001), ==, 59);
}

/* Who comes from many addresses fills no memory, and puts nobody else out. */
static void
test_many_addresses (void)
{
  g_autoptr (ScDenials) denials = sc_denials_new (4, 1, 60);

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *address = g_strdup_printf ("address %u", i);

    sc_denials_note (denials, address, 1000 + i / 100);
    g_assert_cmpuint (sc_denials_count_addresses (denials), <=, 4);
  }
  g_assert_cmpint (sc_denials_get_wait (denials, "address 999", 1010), >, 0);
  g_assert_cmpint (sc_denials_get_wait (denials, "address 0", 1010), ==, 0);
  g_assert_cmpint (sc_denials_get_wait (denials, "somebody else", 1010), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/denials/count", test_count);
  g_test_add_func ("/denials/clock", test_clock);
  g_test_add_func ("/denials/many-addresses", test_many_addresses);
  return g_test_run ();
}
