/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes before a session: listening, which any other order ends. */
#include "sc-test-core.h"

#define VERSION SC_TEST_CORE_VERSION
#define SESSION 5u

static ScControlMessage *
make_listen (guint64 session)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_LISTEN, session);

  message->listen.group = g_strdup ("239.1.2.3");
  return message;
}

static void
end_stop (ScSeatCore *core)
{
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, SESSION, 0);
  sc_seat_core_step_done (core, FALSE);
}

static ScSeatCore *
start (void)
{
  ScSeatCore *core = sc_seat_core_new (1);
  g_autoptr (ScSeatAction) action = NULL;

  sc_seat_core_message (core, make_listen (SESSION), 0);
  action = sc_test_core_expect (core, SC_SEAT_ACTION_LISTEN);
  g_assert_cmpuint (action->session, ==, SESSION);
  g_assert_cmpstr (action->listen->listen.group, ==, "239.1.2.3");
  g_assert_cmpint ((int) sc_seat_core_get_phase (core), ==, SC_SEAT_LISTENING);
  g_assert_cmpint ((int) sc_seat_core_get_transfer (core), ==, SC_TRANSFER_WAITING);
  return core;
}

static void
expect_heard (ScSeatCore *core, guint32 payload)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);

  g_assert_cmpint ((int) action->message->type, ==, SC_CONTROL_HEARD);
  g_assert_cmpuint (action->message->session, ==, SESSION);
  g_assert_cmpuint (action->message->heard.payload, ==, payload);
}

static void
test_answers (void)
{
  g_autoptr (ScSeatCore) core = start ();
  g_autoptr (GBytes) lacks = g_bytes_new_static ("\x05", 1);
  g_autoptr (ScSeatAction) answer = NULL;
  const ScCastReport report = { .window = 1 };

  sc_seat_core_listening (core, lacks);
  answer = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);
  g_assert_cmpint ((int) answer->message->type, ==, SC_CONTROL_LISTENING);
  g_assert_true (g_bytes_equal (answer->message->listening.lacks, lacks));
  sc_seat_core_probed (core, 1444);
  expect_heard (core, 1444);
  sc_seat_core_probed (core, 8944);
  expect_heard (core, 8944);
  sc_seat_core_report (core, &report);
  sc_test_core_expect_sent (core, SC_CONTROL_REPORT, SESSION);
  sc_test_core_expect_nothing (core);
}

/* For the manifests, once the probes are over; then what is lacking is looked for. */
static void
test_next_order_ends_it (void)
{
  g_autoptr (ScSeatCore) core = start ();

  sc_seat_core_message (core, make_listen (SESSION), 0);
  sc_seat_core_probed (core, 1444); /* comes too late */
  end_stop (core);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_LISTEN, SESSION, 0);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, SESSION, VERSION), 0);
  end_stop (core);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, SESSION, VERSION);
  sc_seat_core_listening (core, NULL); /* so does this */
  sc_test_core_expect_nothing (core);
}

static void
test_leave_ends_it (void)
{
  const ScLeaveReason reasons[] = { SC_LEAVE_CANCELLED, SC_LEAVE_SUSPENDED, SC_LEAVE_FINISHED, SC_LEAVE_CATCH_UP };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
    g_autoptr (ScSeatCore) core = start ();

    sc_seat_core_message (core, sc_test_core_leave (SESSION + 1, reasons[i]), 0); /* another session's */
    sc_test_core_expect_nothing (core);
    sc_seat_core_message (core, sc_test_core_leave (SESSION, reasons[i]), 0);
    end_stop (core);
    sc_test_core_expect_nothing (core);
    g_assert_cmpint ((int) sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
  }
}

/* A key is for a stream that was joined; this order has none of its kind. */
static void
test_key_is_not_for_it (void)
{
  g_autoptr (ScSeatCore) core = start ();
  ScControlMessage *key = sc_control_message_new (SC_CONTROL_KEY, SESSION);

  memset (&key->key.key, 0xff, sizeof key->key.key);
  sc_seat_core_message (core, key, 0);
  sc_test_core_expect_nothing (core);
}

static void
test_lost_connection_ends_it (void)
{
  g_autoptr (ScSeatCore) core = start ();

  sc_seat_core_link_lost (core);
  end_stop (core);
  g_assert_cmpint ((int) sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

static void
test_forgotten_by_the_console (void)
{
  g_autoptr (ScSeatCore) core = start ();

  sc_seat_core_tick (core, SC_SEAT_LISTEN_TIME - 1);
  sc_test_core_expect_nothing (core);
  sc_seat_core_tick (core, SC_SEAT_LISTEN_TIME);
  end_stop (core);
  g_assert_cmpint ((int) sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

/* What it had been doing by itself goes on when the session comes to nothing. */
static void
test_pending_update_goes_on (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  const ScChunkId manifest = sc_test_core_manifest_of (VERSION);

  sc_seat_core_set_pending (core, 3, VERSION, &manifest, NULL, 0);
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), 0);
  sc_seat_core_tick (core, SC_SEAT_RESUME_TIME + SC_SEAT_RESUME_SPREAD);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_message (core, make_listen (SESSION), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_LISTEN, SESSION, 0);
  sc_seat_core_message (core, sc_test_core_leave (SESSION, SC_LEAVE_CANCELLED), 0);
  end_stop (core);
  sc_seat_core_tick (core, SC_SEAT_RESUME_TIME + SC_SEAT_RESUME_SPREAD + G_USEC_PER_SEC);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seat-core-listen/answers", test_answers);
  g_test_add_func ("/seat-core-listen/next-order-ends-it", test_next_order_ends_it);
  g_test_add_func ("/seat-core-listen/leave-ends-it", test_leave_ends_it);
  g_test_add_func ("/seat-core-listen/key-is-not-for-it", test_key_is_not_for_it);
  g_test_add_func ("/seat-core-listen/lost-connection-ends-it", test_lost_connection_ends_it);
  g_test_add_func ("/seat-core-listen/forgotten-by-the-console", test_forgotten_by_the_console);
  g_test_add_func ("/seat-core-listen/pending-update-goes-on", test_pending_update_goes_on);
  return g_test_run ();
}
