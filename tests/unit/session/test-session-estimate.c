/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-estimate.h"

#define MB (1000ull * 1000)

static void
test_nothing (void)
{
  ScSessionEstimate estimate = sc_session_estimate_stream (0, 0, 1500, 500 * MB);

  g_assert_cmpuint (estimate.wire_bytes, ==, 0);
  g_assert_cmpuint (estimate.seconds, ==, 0);
}

/* However little it is, it takes a packet and a second. */
static void
test_little (void)
{
  ScSessionEstimate estimate = sc_session_estimate_stream (40, 1, 1500, 400000 * MB);

  g_assert_cmpuint (estimate.wire_bytes, ==, 3 * 1514); /* plan, content, parity */
  g_assert_cmpuint (estimate.seconds, ==, 1);
}

static void
test_much (void)
{
  guint64 content = 20000 * MB;
  ScSessionEstimate estimate = sc_session_estimate_stream (content / 1000, content, 1500, 500 * MB);
  gdouble factor = (gdouble) estimate.wire_bytes / (gdouble) (content + content / 1000);

  g_assert_cmpfloat (factor, >, 1.08); /* the simulator's, docs/protocol.md */
  g_assert_cmpfloat (factor, <, 1.09);
  g_assert_cmpuint (estimate.seconds, >=, estimate.wire_bytes * 8 / (500 * MB));
  g_assert_cmpuint (estimate.seconds, <=, estimate.wire_bytes * 8 / (500 * MB) + 1);
  g_assert_cmpuint (sc_session_estimate_stream (0, content, 1500, 250 * MB).seconds, >=, estimate.seconds * 2 - 2);
  g_assert_cmpuint (sc_session_estimate_stream (0, content, 1500, 0).seconds, >, 0); /* does not divide by zero */
}

static void
test_mtu (void)
{
  g_assert_cmpuint (sc_session_estimate_symbol_size (1500), ==, 1444);
  g_assert_cmpuint (sc_session_estimate_symbol_size (0), ==, 1444);
  g_assert_cmpuint (sc_session_estimate_symbol_size (9000), ==, 8944);
  g_assert_cmpuint (sc_session_estimate_symbol_size (G_MAXUINT), ==, 8944);
  g_assert_cmpuint (sc_session_estimate_symbol_size (1), ==, 64);
  g_assert_cmpuint (sc_session_estimate_packet_size (1444), ==, 1514);
  g_assert_cmpuint (sc_session_estimate_stream (0, 1000 * MB, 1500, MB).wire_bytes, <,
                    sc_session_estimate_stream (0, 1000 * MB, 1400, MB).wire_bytes);
  /* nobody knows yet who hears larger ones */
  g_assert_cmpuint (sc_session_estimate_stream (0, 1000 * MB, 9000, MB).wire_bytes, ==,
                    sc_session_estimate_stream (0, 1000 * MB, 1500, MB).wire_bytes);
}

/* What is said bounds what is sent, and nobody hears what is beyond it. */
static void
test_probes (void)
{
  static const struct {
    guint mtu;
    guint32 smallest, largest;
  } cases[] = { { 0, 1444, 8944 },    { 9000, 1444, 8944 }, { 4000, 1444, 3944 },
                { 1501, 1444, 1445 }, { 1500, 1444, 1444 }, { 1400, 1344, 1344 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint32 smallest, largest = sc_session_estimate_probes (cases[i].mtu, &smallest);

    g_assert_cmpuint (smallest, ==, cases[i].smallest);
    g_assert_cmpuint (largest, ==, cases[i].largest);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-estimate/nothing", test_nothing);
  g_test_add_func ("/session-estimate/little", test_little);
  g_test_add_func ("/session-estimate/much", test_much);
  g_test_add_func ("/session-estimate/mtu", test_mtu);
  g_test_add_func ("/session-estimate/probes", test_probes);
  return g_test_run ();
}
