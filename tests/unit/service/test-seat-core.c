/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seat's decisions: orders and the ends of steps in, actions out. */
#include "common/sc-error.h"
#include "sc-test-core.h"

static void
test_session (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_heard (core);
  sc_test_core_expect_sent (core, SC_CONTROL_HEARD, 3);
  ScCastReport report = { .window = 2, .round = 1, .n_blocks = 1 };
  sc_seat_core_report (core, &report);
  g_autoptr (ScSeatAction) sent = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);
  g_assert_cmpint (sent->message->type, ==, SC_CONTROL_REPORT);
  g_assert_cmpuint (sent->message->report.window, ==, 2);
  sc_seat_core_complete (core);
  sc_test_core_finish (core, 3);
  sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_FINISHED), 0);
  sc_test_core_expect_nothing (core);
}

/* All is there: the sender's marks are still answered until DONE is said. */
static void
test_reports_while_finishing (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  const char *const nobody[] = { NULL };
  ScCastReport report = { 0 };

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_complete (core);
  sc_seat_core_report (core, &report);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_FINISH, 3, SC_TEST_CORE_VERSION);
  sc_test_core_expect_sent (core, SC_CONTROL_REPORT, 3);
  sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_FINISHED), 0);
  sc_seat_core_stream_ended (core);
  sc_test_core_expect_nothing (core);
  sc_seat_core_finished (core, nobody, 0);
  sc_test_core_expect_sent (core, SC_CONTROL_DONE, 3);
}

static void
test_leave_finished (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_FINISHED), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_DRAIN, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_complete (core); /* from the last blocks written: no second way to the end */
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 3, SC_TEST_CORE_VERSION);
  g_assert_cmpint (sc_seat_core_get_transfer (core), ==, SC_TRANSFER_REPAIRING);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish (core, 3);
}

static void
test_stream_ended (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_stream_ended (core);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_FINISHED), 0);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish (core, 3);
}

/* Whenever the seat is told to catch up, it begins, catches up and finishes. */
static void
test_leave_early (void)
{
  for (int when = 0; when < 3; when++) {
    g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
    sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 3, SC_TEST_CORE_VERSION), 0);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, SC_TEST_CORE_VERSION);
    if (when > 0) {
      sc_seat_core_step_done (core, FALSE);
      sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_PREPARED, 3, SC_TEST_CORE_VERSION);
    }
    if (when == 2) {
      sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
      sc_test_core_expect_begin (core, 3, SC_TEST_CORE_VERSION);
    }
    sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_CATCH_UP), 0);
    if (when == 0)
      sc_seat_core_step_done (core, FALSE);
    if (when < 2)
      sc_test_core_expect_begin (core, 3, SC_TEST_CORE_VERSION);
    sc_test_core_expect_nothing (core);
    sc_seat_core_step_done (core, FALSE);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 3, SC_TEST_CORE_VERSION);
    sc_seat_core_step_done (core, TRUE);
    sc_test_core_finish (core, 3);
  }
}

static void
test_nothing_lacking (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_prepared (core, 3);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_begin (core, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish (core, 3);
}

static void
test_cancelled (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_CANCELLED), 0);
  sc_test_core_expect_pending (core, 0, 0);
  g_autoptr (ScSeatAction) told = sc_test_core_expect (core, SC_SEAT_ACTION_TELL_PROGRESS);
  g_assert_cmpint (told->state, ==, SC_TRANSFER_CANCELLED);
  g_assert_cmpuint (told->session, ==, 3);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_complete (core);
  sc_seat_core_stream_ended (core);
  sc_seat_core_heard (core);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
  sc_test_core_expect_nothing (core);
}

/* The newest order wins, but only once the work of the old one has stopped. */
static void
test_prepare_while_receiving (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 4, 8), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 5, 9), 0);
  sc_seat_core_message (core, sc_test_core_join (5, 9, 2), 0); /* not answered yet, but JOIN says it all */
  sc_test_core_expect_nothing (core);
  g_autoptr (GError) cut_short = g_error_new (SC_ERROR, SC_ERROR_CANCELLED, "cancelled");
  sc_seat_core_step_failed (core, cut_short);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 5, 9);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_begin (core, 5, 9);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_RECEIVE, 5, 9);
  sc_test_core_expect_nothing (core);
}

static void
test_cancel_while_stopping (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 4, 8), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_message (core, sc_test_core_leave (4, SC_LEAVE_CANCELLED), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_TELL_PROGRESS, 4, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

static void
expect_denied (ScSeatCore *core, guint64 session)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);

  g_assert_cmpint (action->message->type, ==, SC_CONTROL_FAILED);
  g_assert_cmpuint (action->message->session, ==, session);
  g_assert_cmpstr (action->message->failed.code, ==, "denied");
  sc_test_core_expect_nothing (core);
}

/* JOIN is not signed: it leads nowhere that no signed order of the session has led. */
static void
test_join_without_prepare (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  expect_denied (core, 3);
  sc_test_core_to_prepared (core, 3);
  sc_seat_core_message (core, sc_test_core_join (4, SC_TEST_CORE_VERSION, 1), 0);
  expect_denied (core, 4);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION + 1, 1), 0);
  expect_denied (core, 3);
  g_autoptr (ScControlMessage) other = sc_test_core_join (3, SC_TEST_CORE_VERSION, 1);
  other->join.manifest = sc_test_core_manifest_of (8);
  sc_seat_core_message (core, g_steal_pointer (&other), 0);
  expect_denied (core, 3);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_PREPARED); /* it waits for the right one */
}

/* After a failure JOIN says again what PREPARE has said. */
static void
test_join_after_failure (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_NO_SPACE, "the disk is full");

  sc_test_core_to_prepared (core, 3);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_begin (core, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_failed (core, error);
  sc_test_core_expect_sent (core, SC_CONTROL_FAILED, 3);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 3, SC_TEST_CORE_VERSION);
  sc_test_core_expect_nothing (core);
}

static ScControlMessage *
key (guint64 session, guint8 byte)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_KEY, session);

  memset (message->key.key.key, byte, sizeof message->key.key.key);
  return message;
}

/* Another seat was shut out: the stream goes on under a new key, whatever this one is at. */
static void
test_key (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_seat_core_message (core, key (3, 9), 0); /* it listens to nothing */
  sc_test_core_to_prepared (core, 3);
  sc_seat_core_message (core, key (3, 9), 0);
  sc_test_core_expect_nothing (core);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_begin (core, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_message (core, key (3, 2), 0); /* before it listens: it begins with that */
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  g_autoptr (ScSeatAction) receive = sc_test_core_expect (core, SC_SEAT_ACTION_RECEIVE);
  g_assert_cmpuint (receive->join->join.key.key[0], ==, 2);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_sent (core, SC_CONTROL_JOINED, 3);

  sc_seat_core_message (core, key (4, 9), 0); /* of another session */
  sc_test_core_expect_nothing (core);
  sc_seat_core_message (core, key (3, 3), 0);
  g_autoptr (ScSeatAction) add = sc_test_core_expect (core, SC_SEAT_ACTION_ADD_KEY);
  g_assert_cmpuint (add->join->join.key.key[0], ==, 3);
  /* the JOIN of a connection that was made again has it too: it is the same stream */
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 3), 0);
  sc_test_core_expect_sent (core, SC_CONTROL_JOINED, 3);
  sc_test_core_expect_nothing (core);
}

static void
test_second_join (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_sent (core, SC_CONTROL_JOINED, 3);
  sc_test_core_expect_nothing (core);
  /* Another key: the engine was started again; the old stream will not come back */
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 2), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  g_autoptr (ScSeatAction) receive = sc_test_core_expect (core, SC_SEAT_ACTION_RECEIVE);
  g_assert_cmpuint (receive->join->join.key.key[0], ==, 2);
}

static void
test_unknown_session (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_seat_core_message (core, sc_test_core_leave (9, SC_LEAVE_FINISHED), 0);
  sc_seat_core_message (core, sc_test_core_leave (9, SC_LEAVE_CANCELLED), 0);
  sc_test_core_expect_nothing (core);
  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_leave (9, SC_LEAVE_CANCELLED), 0);
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_RECEIVING);
}

static void
test_catch_up (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_CATCH_UP, 0, SC_TEST_CORE_VERSION), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_begin (core, 0, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 0, SC_TEST_CORE_VERSION);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_CATCH_UP, 0, SC_TEST_CORE_VERSION), 0); /* said twice */
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish (core, 0);
}

static void
test_failures (void)
{
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_NO_SPACE, "5 bytes are missing");

  for (int stream = 0; stream < 2; stream++) {
    g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
    sc_test_core_to_receiving (core, 3);
    if (stream)
      sc_seat_core_stream_failed (core, error);
    else
      sc_seat_core_step_failed (core, error);
    g_autoptr (ScSeatAction) sent = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);
    g_assert_cmpint (sent->message->type, ==, SC_CONTROL_FAILED);
    g_assert_cmpstr (sent->message->failed.code, ==, "no-space");
    g_assert_cmpstr (sent->message->failed.message, ==, "5 bytes are missing");
    sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
    sc_seat_core_stream_failed (core, error);
    sc_test_core_expect_nothing (core);
    sc_seat_core_step_done (core, FALSE);
    g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
  }
}

/* After a break the console comes back to a session that still runs; else the seat gives it up. */
static void
test_disconnected (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  ScCastReport report = { 0 };

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_link_lost (core);
  sc_seat_core_tick (core, G_MAXINT64 / 2);
  sc_test_core_expect_nothing (core); /* while it is away, the multicast may well go on */
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), 1000);
  sc_seat_core_tick (core, 1000 + SC_SEAT_ABANDON_TIME - 1);
  sc_test_core_expect_nothing (core);
  sc_seat_core_report (core, &report); /* the stream is alive */
  sc_test_core_expect_sent (core, SC_CONTROL_REPORT, 3);
  sc_seat_core_tick (core, 1000 + SC_SEAT_ABANDON_TIME);
  sc_test_core_expect_nothing (core);

  sc_seat_core_link_lost (core);
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), 2000);
  sc_seat_core_tick (core, 2000 + SC_SEAT_ABANDON_TIME);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);

  /* The first WELCOME of all is no return */
  sc_test_core_to_receiving (core, 4);
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), 2000);
  sc_seat_core_tick (core, G_MAXINT64 / 2);
  sc_test_core_expect_nothing (core);
}

/* The console comes back while this seat still hashes or copies, and has nothing more to say about the session. */
static void
test_abandoned_while_working (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  gint64 now = 1000;

  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 3, SC_TEST_CORE_VERSION), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_link_lost (core);
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), now);
  now += 2 * SC_SEAT_ABANDON_TIME;
  sc_seat_core_tick (core, now); /* what is hashed is not thrown away */
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_PREPARED, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_tick (core, now + SC_SEAT_ABANDON_TIME - 1);
  sc_test_core_expect_nothing (core);
  sc_seat_core_tick (core, now + SC_SEAT_ABANDON_TIME);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);

  /* Catch-up needs no console that remembers it */
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_CATCH_UP, 4, SC_TEST_CORE_VERSION), now);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 4, SC_TEST_CORE_VERSION);
  sc_seat_core_link_lost (core);
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), now);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_begin (core, 4, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 4, SC_TEST_CORE_VERSION);
  sc_seat_core_tick (core, now + 3 * SC_SEAT_ABANDON_TIME);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish (core, 4);
}

/* A file was changed between the plan and its use: the seat plans again, once, and the order goes on. */
static void
test_changed_is_planned_again (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  g_autoptr (GError) changed = g_error_new (SC_ERROR, SC_ERROR_CHANGED, "disk.vmdk was changed");

  sc_test_core_to_prepared (core, 3);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_begin (core, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_failed (core, changed);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 3, SC_TEST_CORE_VERSION);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_failed (core, changed); /* somebody is at work there */
  sc_test_core_expect_sent (core, SC_CONTROL_FAILED, 3);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

/* HEARD may be lost with its connection; without it the sender takes the seat for one that multicast does not reach. */
static void
test_heard_is_repeated (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_heard (core);
  sc_test_core_expect_sent (core, SC_CONTROL_HEARD, 3);
  sc_seat_core_link_lost (core);
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), 0);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_sent (core, SC_CONTROL_JOINED, 3);
  sc_test_core_expect_sent (core, SC_CONTROL_HEARD, 3);
  sc_test_core_expect_nothing (core);

  /* but not for another stream */
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 2), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_RECEIVE, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_sent (core, SC_CONTROL_JOINED, 3);
  sc_seat_core_message (core, sc_test_core_join (3, SC_TEST_CORE_VERSION, 2), 0);
  sc_test_core_expect_sent (core, SC_CONTROL_JOINED, 3);
  sc_test_core_expect_nothing (core);
}

static void
test_quit (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 4, 8), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, SC_TEST_CORE_VERSION);
  sc_seat_core_quit (core);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 5, 8), 0);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/seat-core/session", test_session);
  g_test_add_func ("/service/seat-core/reports-while-finishing", test_reports_while_finishing);
  g_test_add_func ("/service/seat-core/leave-finished", test_leave_finished);
  g_test_add_func ("/service/seat-core/stream-ended", test_stream_ended);
  g_test_add_func ("/service/seat-core/leave-early", test_leave_early);
  g_test_add_func ("/service/seat-core/nothing-lacking", test_nothing_lacking);
  g_test_add_func ("/service/seat-core/cancelled", test_cancelled);
  g_test_add_func ("/service/seat-core/prepare-while-receiving", test_prepare_while_receiving);
  g_test_add_func ("/service/seat-core/cancel-while-stopping", test_cancel_while_stopping);
  g_test_add_func ("/service/seat-core/join-without-prepare", test_join_without_prepare);
  g_test_add_func ("/service/seat-core/join-after-failure", test_join_after_failure);
  g_test_add_func ("/service/seat-core/key", test_key);
  g_test_add_func ("/service/seat-core/second-join", test_second_join);
  g_test_add_func ("/service/seat-core/unknown-session", test_unknown_session);
  g_test_add_func ("/service/seat-core/catch-up", test_catch_up);
  g_test_add_func ("/service/seat-core/failures", test_failures);
  g_test_add_func ("/service/seat-core/disconnected", test_disconnected);
  g_test_add_func ("/service/seat-core/abandoned-while-working", test_abandoned_while_working);
  g_test_add_func ("/service/seat-core/changed-is-planned-again", test_changed_is_planned_again);
  g_test_add_func ("/service/seat-core/heard-is-repeated", test_heard_is_repeated);
  g_test_add_func ("/service/seat-core/quit", test_quit);
  return g_test_run ();
}
