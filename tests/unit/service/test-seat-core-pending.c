/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a seat does by itself: templates that are in use, updates that were cut off; and verification. */
#include "common/sc-error.h"
#include "sc-test-core.h"

#define VERSION SC_TEST_CORE_VERSION
#define LATEST ((gint64) (SC_SEAT_RESUME_TIME + SC_SEAT_RESUME_SPREAD))

static const char *const nobody[] = { NULL };
static const char *const somebody[] = { "debian", "windows", NULL };

static void
welcome (ScSeatCore *core, gint64 now)
{
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), now);
  sc_seat_core_message (core, sc_test_core_policy (TRUE), now);
}

static ScControlMessage *
verify (ScVerifyAction action)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_VERIFY, 0);

  message->verify.action = action;
  return message;
}

static void
expect_unverified (ScSeatCore *core, ScError code)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);

  g_assert_cmpint (action->message->type, ==, SC_CONTROL_VERIFIED);
  g_assert_cmpstr (action->message->verified->code, ==, sc_error_code_to_nick (code));
  g_assert_cmpstr (action->message->verified->message, !=, "");
}

/* A session's update that leaves templates out, at the time 0. */
static void
to_busy (ScSeatCore *core, guint64 session)
{
  welcome (core, 0);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_CATCH_UP, session, VERSION), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, session, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_begin (core, session, VERSION);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish_with (core, session, somebody, 0);
  sc_test_core_expect_nothing (core);
}

static void
look (ScSeatCore *core, gint64 now, gboolean released)
{
  sc_seat_core_tick (core, now);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_LOOK, 0, VERSION);
  g_assert_cmpint (sc_seat_core_get_transfer (core), ==, SC_TRANSFER_IDLE); /* nothing to show yet */
  sc_seat_core_step_done (core, released);
}

/* The seat's own update from PREPARE on. */
static void
go_on (ScSeatCore *core, const char *const *busy, gint64 now)
{
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 0, VERSION); /* it is pending already */
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 0, VERSION);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish_with (core, 0, busy, now);
}

static void
end_stop (ScSeatCore *core)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_STOP);

  sc_seat_core_step_done (core, FALSE);
}

static void
test_busy (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  gint64 now = SC_SEAT_RETRY_TIME;

  to_busy (core, 3);
  sc_seat_core_tick (core, now - 1);
  sc_test_core_expect_nothing (core);
  for (guint i = 0; i < 3; i++, now += SC_SEAT_RETRY_TIME) {
    look (core, now, FALSE);
    end_stop (core);
    sc_seat_core_tick (core, now + SC_SEAT_RETRY_TIME - 1);
    sc_test_core_expect_nothing (core);
  }
  look (core, now, TRUE);
  go_on (core, somebody, now + 5); /* one of the two */
  sc_seat_core_tick (core, now + 4 + SC_SEAT_RETRY_TIME);
  sc_test_core_expect_nothing (core);
  now += 5 + SC_SEAT_RETRY_TIME;
  look (core, now, TRUE);
  go_on (core, nobody, now);
  sc_seat_core_tick (core, G_MAXINT64 / 2);
  sc_test_core_expect_nothing (core);
}

static void
test_look_fails (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_SYSTEM, "no");

  to_busy (core, 3);
  sc_seat_core_tick (core, SC_SEAT_RETRY_TIME);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_LOOK, 0, VERSION);
  sc_seat_core_step_failed (core, error);
  end_stop (core); /* and nobody is told */
  sc_test_core_expect_nothing (core);
  look (core, 2 * SC_SEAT_RETRY_TIME, FALSE);
}

/* Without the console what is lacking could not be had. */
static void
test_busy_without_link (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  gint64 now = 100 * SC_SEAT_RETRY_TIME;

  to_busy (core, 3);
  sc_seat_core_link_lost (core);
  sc_seat_core_tick (core, now);
  sc_test_core_expect_nothing (core);
  welcome (core, now);
  sc_seat_core_tick (core, now + SC_SEAT_RESUME_TIME - 1); /* the console's orders come first */
  sc_test_core_expect_nothing (core);
  look (core, now + LATEST, FALSE);
}

/* Orders come first, whatever the seat does by itself; what they begin replaces what was pending. */
static void
test_order_replaces (void)
{
  for (guint when = 0; when < 3; when++) {
    g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

    to_busy (core, 3);
    if (when > 0) {
      sc_seat_core_tick (core, SC_SEAT_RETRY_TIME);
      sc_test_core_expect_step (core, SC_SEAT_ACTION_LOOK, 0, VERSION);
    }
    if (when == 2) {
      sc_seat_core_step_done (core, TRUE);
      sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
    }
    sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_CATCH_UP, 4, 8), SC_SEAT_RETRY_TIME);
    if (when > 0)
      end_stop (core);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 4, 8);
    sc_seat_core_tick (core, G_MAXINT64 / 2);
    sc_test_core_expect_nothing (core);
    sc_seat_core_step_done (core, FALSE);
    sc_test_core_expect_begin (core, 4, 8);
    sc_seat_core_step_done (core, TRUE);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_FINISH, 4, 8);
    sc_seat_core_finished (core, nobody, 0);
    sc_test_core_expect_sent (core, SC_CONTROL_DONE, 4);
    end_stop (core);
    sc_seat_core_tick (core, G_MAXINT64 / 2);
    sc_test_core_expect_nothing (core);
  }
}

/* A question alone (a dry run) changes nothing about what is pending. */
static void
test_dry_run_replaces_nothing (void)
{
  for (guint64 session = 0; session < 2; session++) { /* of both */
    g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

    to_busy (core, session);
    sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, session, 8), 0);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, session, 8);
    sc_seat_core_step_done (core, FALSE);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_PREPARED, session, 8);
    sc_seat_core_tick (core, SC_SEAT_RETRY_TIME);
    sc_test_core_expect_nothing (core);
    sc_seat_core_message (core, sc_test_core_leave (session, SC_LEAVE_CANCELLED), 0);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_TELL_PROGRESS, session, 8);
    end_stop (core);
    look (core, SC_SEAT_RETRY_TIME, FALSE);
  }
}

/* It cuts an update short, though; that goes on afterwards. */
static void
test_dry_run_in_between (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 4, 8), 0);
  end_stop (core);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 4, 8);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_PREPARED, 4, 8);
  sc_seat_core_message (core, sc_test_core_leave (4, SC_LEAVE_CANCELLED), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_TELL_PROGRESS, 4, 8);
  end_stop (core);
  sc_test_core_expect_nothing (core);
  sc_seat_core_tick (core, G_USEC_PER_SEC);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
}

/* Staff cancel the session that the seat has still something of to do. */
static void
test_cancelled (void)
{
  for (guint when = 0; when < 3; when++) {
    g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

    to_busy (core, 3);
    if (when == 1) {
      sc_seat_core_tick (core, SC_SEAT_RETRY_TIME);
      sc_test_core_expect_step (core, SC_SEAT_ACTION_LOOK, 0, VERSION);
    } else if (when == 2) {
      look (core, SC_SEAT_RETRY_TIME, TRUE);
      sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
    }
    sc_seat_core_message (core, sc_test_core_leave (9, SC_LEAVE_CANCELLED), 0);
    sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_FINISHED), 0);
    sc_test_core_expect_nothing (core);
    sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_CANCELLED), 0);
    sc_test_core_expect_pending (core, 0, 0);
    if (when > 0) {
      sc_test_core_expect_step (core, SC_SEAT_ACTION_TELL_PROGRESS, 0, VERSION);
      end_stop (core);
    }
    sc_test_core_expect_nothing (core);
    sc_seat_core_tick (core, G_MAXINT64 / 2);
    sc_test_core_expect_nothing (core);
  }
}

static void
resume_with (ScSeatCore *core, gint64 now)
{
  ScChunkId manifest = sc_test_core_manifest_of (VERSION);

  sc_seat_core_set_pending (core, 3, VERSION, &manifest, NULL, now);
}

/* The wait is at least, and at most, so long; not the same for all seats. */
static void
test_resume (void)
{
  g_autoptr (GHashTable) waits = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint32 seed = 0; seed < 20; seed++) {
    g_autoptr (ScSeatCore) core = sc_seat_core_new (seed);
    const gint64 linked_at = 7 * LATEST, step = G_USEC_PER_SEC / 2;
    gint64 wait = SC_SEAT_RESUME_TIME - 1;

    resume_with (core, linked_at - 1);
    welcome (core, linked_at);
    sc_seat_core_tick (core, linked_at + wait);
    sc_test_core_expect_nothing (core);
    while (sc_seat_core_get_phase (core) == SC_SEAT_IDLE) {
      wait += step;
      sc_seat_core_tick (core, linked_at + wait);
    }
    g_assert_cmpint (wait, <=, LATEST + step);
    g_hash_table_add (waits, g_memdup2 (&wait, sizeof wait));
    go_on (core, nobody, 0);
    sc_seat_core_tick (core, G_MAXINT64 / 2);
    sc_test_core_expect_nothing (core);
  }
  g_assert_cmpuint (g_hash_table_size (waits), >, 5);
}

/* The console comes back to it in time: one order, one piece of work. */
static void
test_resume_ordered (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  resume_with (core, 0);
  welcome (core, 0);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 3, VERSION), 5);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_PREPARED, 3, VERSION);
  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_nothing (core);
  sc_seat_core_message (core, sc_test_core_leave (3, SC_LEAVE_CANCELLED), LATEST);
  sc_test_core_expect_pending (core, 0, 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_TELL_PROGRESS, 3, VERSION);
  end_stop (core);
  sc_seat_core_tick (core, G_MAXINT64 / 2);
  sc_test_core_expect_nothing (core);
}

/* Without the console the seat ends what lacks nothing, and begins nothing that does. */
static void
test_resume_without_link (void)
{
  for (guint lacks = 0; lacks < 2; lacks++) {
    g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

    resume_with (core, 0);
    sc_seat_core_tick (core, SC_SEAT_RESUME_TIME - 1);
    sc_test_core_expect_nothing (core);
    sc_seat_core_tick (core, LATEST);
    sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
    sc_seat_core_step_done (core, !lacks);
    if (!lacks) {
      sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 0, VERSION);
      sc_seat_core_step_done (core, TRUE);
      sc_test_core_finish (core, 0);
      continue;
    }
    end_stop (core);
    sc_seat_core_tick (core, 100 * LATEST);
    sc_test_core_expect_nothing (core);
    welcome (core, 100 * LATEST);
    sc_seat_core_tick (core, 101 * LATEST);
    go_on (core, nobody, 0);
  }
}

/* A failure is told once; the next try comes with the next connection, not every second. */
static void
test_resume_fails (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_NO_SPACE, "5 bytes are missing");

  resume_with (core, 0);
  welcome (core, 0);
  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 0, VERSION);
  sc_seat_core_step_failed (core, error);
  sc_test_core_expect_sent (core, SC_CONTROL_FAILED, 0);
  end_stop (core);
  sc_seat_core_tick (core, 100 * LATEST);
  sc_test_core_expect_nothing (core);
  sc_seat_core_link_lost (core);
  welcome (core, 100 * LATEST);
  sc_seat_core_tick (core, 101 * LATEST);
  go_on (core, nobody, 0);
}

/* A WELCOME in the midst of the update must not start it anew as soon as it fails. */
static void
test_no_retry_after_failure (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_NO_SPACE, "5 bytes are missing");

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_link_lost (core);
  welcome (core, 0);
  sc_seat_core_step_failed (core, error);
  sc_test_core_expect_sent (core, SC_CONTROL_FAILED, 3);
  end_stop (core);
  sc_seat_core_tick (core, G_MAXINT64 / 2);
  sc_test_core_expect_nothing (core);
}

/* The console knows nothing of the session any more: half an update is no use to anybody. */
static void
test_abandoned (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_receiving (core, 3);
  sc_seat_core_link_lost (core);
  welcome (core, 0);
  sc_seat_core_tick (core, SC_SEAT_ABANDON_TIME);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_nothing (core);
  sc_seat_core_tick (core, SC_SEAT_ABANDON_TIME + G_USEC_PER_SEC);
  go_on (core, nobody, 0);
}

/* What does not concern the order in hand does not make it wait longer for the console. */
static void
test_abandoned_despite_others (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_prepared (core, 3);
  sc_seat_core_link_lost (core);
  welcome (core, 0);
  sc_seat_core_message (core, verify (SC_VERIFY_START), 1);
  expect_unverified (core, SC_ERROR_BUSY);
  sc_seat_core_message (core, verify (SC_VERIFY_STOP), 2);
  expect_unverified (core, SC_ERROR_CANCELLED);
  sc_seat_core_message (core, sc_test_core_leave (2, SC_LEAVE_CANCELLED), 3);
  sc_test_core_expect_nothing (core);
  sc_seat_core_tick (core, SC_SEAT_ABANDON_TIME);
  end_stop (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

static void
to_verifying (ScSeatCore *core)
{
  sc_seat_core_message (core, verify (SC_VERIFY_START), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_VERIFY, 0, 0);
  g_assert_cmpint (sc_seat_core_get_transfer (core), ==, SC_TRANSFER_VERIFYING);
  sc_test_core_expect_nothing (core);
}

static void
test_verify (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_SYSTEM, "I/O error");

  to_verifying (core);
  sc_seat_core_message (core, verify (SC_VERIFY_START), 0); /* said twice: one answer */
  sc_seat_core_message (core, sc_test_core_leave (0, SC_LEAVE_CANCELLED), 0);
  sc_seat_core_tick (core, G_MAXINT64 / 2);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_VERIFIED, 0, 0);
  end_stop (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
  sc_test_core_expect_nothing (core);

  to_verifying (core);
  sc_seat_core_step_failed (core, error);
  expect_unverified (core, SC_ERROR_SYSTEM);
  end_stop (core);
  sc_test_core_expect_nothing (core);
}

static void
test_verify_stopped (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_seat_core_message (core, verify (SC_VERIFY_STOP), 0); /* it was before the service was started again */
  expect_unverified (core, SC_ERROR_CANCELLED);
  sc_test_core_expect_nothing (core);
  to_verifying (core);
  sc_seat_core_message (core, verify (SC_VERIFY_STOP), 0);
  expect_unverified (core, SC_ERROR_CANCELLED);
  end_stop (core);
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);

  /* again while the first one is still being stopped, and not after all */
  to_verifying (core);
  sc_seat_core_message (core, verify (SC_VERIFY_STOP), 0);
  expect_unverified (core, SC_ERROR_CANCELLED);
  sc_seat_core_message (core, verify (SC_VERIFY_START), 0);
  sc_seat_core_message (core, verify (SC_VERIFY_STOP), 0);
  end_stop (core);
  expect_unverified (core, SC_ERROR_CANCELLED);
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

static void
test_order_ends_verify (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  to_verifying (core);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 3, VERSION), 0);
  expect_unverified (core, SC_ERROR_CANCELLED);
  end_stop (core);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 3, VERSION);
  sc_test_core_expect_nothing (core);
}

/* While an update is in hand, or comes next, nothing is verified. */
static void
test_verify_refused (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  sc_test_core_to_prepared (core, 3);
  sc_seat_core_message (core, verify (SC_VERIFY_START), 0);
  expect_unverified (core, SC_ERROR_BUSY);
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, 4, VERSION), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, 3, VERSION);
  sc_seat_core_message (core, verify (SC_VERIFY_START), 0);
  expect_unverified (core, SC_ERROR_BUSY);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 4, VERSION);
  sc_test_core_expect_nothing (core);
}

/* A look at templates in use is nothing that staff would wait for; the seat looks again when it has verified. */
static void
test_verify_while_looking (void)
{
  g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

  to_busy (core, 3);
  sc_seat_core_tick (core, SC_SEAT_RETRY_TIME);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_LOOK, 0, VERSION);
  sc_seat_core_message (core, verify (SC_VERIFY_START), 0);
  end_stop (core);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_VERIFY, 0, 0);
  sc_seat_core_tick (core, 9 * SC_SEAT_RETRY_TIME);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_VERIFIED, 0, 0);
  end_stop (core);
  look (core, 9 * SC_SEAT_RETRY_TIME, FALSE);
}

static void
test_quit (void)
{
  for (guint when = 0; when < 2; when++) {
    g_autoptr (ScSeatCore) core = sc_seat_core_new (1);

    if (when == 0) {
      to_verifying (core);
    } else {
      to_busy (core, 3);
      sc_seat_core_tick (core, SC_SEAT_RETRY_TIME);
      sc_test_core_expect_step (core, SC_SEAT_ACTION_LOOK, 0, VERSION);
    }
    sc_seat_core_quit (core);
    end_stop (core); /* what is pending stays so */
    sc_seat_core_tick (core, G_MAXINT64 / 2);
    sc_test_core_expect_nothing (core);
    g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add_func ("/service/seat-core-pending/" name, func)
  ADD ("busy", test_busy);
  ADD ("look-fails", test_look_fails);
  ADD ("busy-without-link", test_busy_without_link);
  ADD ("order-replaces", test_order_replaces);
  ADD ("dry-run-replaces-nothing", test_dry_run_replaces_nothing);
  ADD ("dry-run-in-between", test_dry_run_in_between);
  ADD ("cancelled", test_cancelled);
  ADD ("resume", test_resume);
  ADD ("resume-ordered", test_resume_ordered);
  ADD ("resume-without-link", test_resume_without_link);
  ADD ("resume-fails", test_resume_fails);
  ADD ("no-retry-after-failure", test_no_retry_after_failure);
  ADD ("abandoned", test_abandoned);
  ADD ("abandoned-despite-others", test_abandoned_despite_others);
  ADD ("verify", test_verify);
  ADD ("verify-stopped", test_verify_stopped);
  ADD ("order-ends-verify", test_order_ends_verify);
  ADD ("verify-refused", test_verify_refused);
  ADD ("verify-while-looking", test_verify_while_looking);
  ADD ("quit", test_quit);
  return g_test_run ();
}
