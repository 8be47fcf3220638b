/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a seat may fetch by itself, sessions that are suspended, orders that must do without the network, and what an
 * update runs. */
#include "common/sc-error.h"
#include "sc-test-core.h"

#define VERSION SC_TEST_CORE_VERSION
#define OTHER (VERSION - 1)
#define LATEST ((gint64) (SC_SEAT_RESUME_TIME + SC_SEAT_RESUME_SPREAD))
#define HOOKS "{\"hooks\":[]}"

static void
welcome (ScSeatCore *core, gboolean fetch, gint64 now)
{
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), now);
  sc_seat_core_message (core, sc_test_core_policy (fetch), now);
}

static void
end_stop (ScSeatCore *core)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_STOP);

  sc_seat_core_step_done (core, FALSE);
}

static void
expect_told (ScSeatCore *core, guint64 session, ScTransferState state)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_TELL_PROGRESS);

  g_assert_cmpuint (action->session, ==, session);
  g_assert_cmpint (action->state, ==, state);
}

static void
expect_failed (ScSeatCore *core, ScError code)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);

  g_assert_cmpint (action->message->type, ==, SC_CONTROL_FAILED);
  g_assert_cmpstr (action->message->failed.code, ==, sc_error_code_to_nick (code));
  g_assert_cmpstr (action->message->failed.message, !=, "");
}

/* What is pending since before the service's start, with the console there. */
static ScSeatCore *
new_pending (gboolean fetch)
{
  ScSeatCore *core = sc_seat_core_new (1);
  const ScChunkId manifest = sc_test_core_manifest_of (VERSION);

  sc_seat_core_set_pending (core, 3, VERSION, &manifest, NULL, 0);
  welcome (core, fetch, 0);
  return core;
}

static void
order (ScSeatCore *core, ScControlType type, guint64 session, guint64 version, gboolean local, const char *hooks)
{
  ScControlMessage *message = sc_test_core_order (type, session, version);

  message->version.local = local;
  message->version.hooks = g_strdup (hooks);
  sc_seat_core_message (core, message, 0);
}

/* From the own order's PREPARE, which lacks something. */
static void
to_repairing (ScSeatCore *core)
{
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 0, VERSION);
}

/* It looks what it lacks, and leaves it at that; until the console lets it. */
static void
test_not_by_itself (void)
{
  ScSeatCore *core = new_pending (FALSE);

  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  expect_told (core, 0, SC_TRANSFER_WAITING);
  end_stop (core);
  sc_seat_core_tick (core, 100 * LATEST);
  sc_test_core_expect_nothing (core);
  g_assert_false (sc_seat_core_wants_ticks (core)); /* it sleeps */

  sc_seat_core_message (core, sc_test_core_policy (TRUE), 200 * LATEST);
  sc_seat_core_tick (core, 200 * LATEST + SC_SEAT_RESUME_TIME - 1);
  sc_test_core_expect_nothing (core);
  sc_seat_core_tick (core, 201 * LATEST);
  to_repairing (core);
  sc_seat_core_free (core);
}

/* The console has not said it yet at this connection. */
static void
test_not_before_it_is_told (void)
{
  ScSeatCore *core = new_pending (TRUE);

  sc_seat_core_link_lost (core);
  sc_seat_core_message (core, sc_control_message_new (SC_CONTROL_WELCOME, 0), 0);
  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  expect_told (core, 0, SC_TRANSFER_WAITING);
  end_stop (core);
  sc_seat_core_free (core);
}

static void
test_what_lacks_nothing (void)
{
  ScSeatCore *core = new_pending (FALSE);

  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 0, VERSION);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish (core, 0);
  sc_seat_core_free (core);
}

/* The window closes while it fetches, or while it is about to. */
static void
test_stopped (gconstpointer data)
{
  guint when = GPOINTER_TO_UINT (data);
  ScSeatCore *core = new_pending (TRUE);

  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  for (guint i = 0; i < when; i++) {
    g_autoptr (ScSeatAction) action = NULL;

    sc_seat_core_step_done (core, FALSE);
    action = sc_seat_core_next_action (core);
    g_assert_cmpint (action->type, ==, i == 0 ? SC_SEAT_ACTION_BEGIN : SC_SEAT_ACTION_CATCH_UP);
  }
  sc_seat_core_message (core, sc_test_core_policy (FALSE), LATEST);
  if (when < 2) {
    sc_test_core_expect_nothing (core);
    sc_seat_core_step_done (core, FALSE);
  }
  expect_told (core, 0, SC_TRANSFER_WAITING);
  end_stop (core);
  sc_seat_core_tick (core, 100 * LATEST);
  sc_test_core_expect_nothing (core);
  sc_seat_core_message (core, sc_test_core_policy (TRUE), 100 * LATEST);
  sc_seat_core_tick (core, 101 * LATEST);
  to_repairing (core);
  sc_seat_core_free (core);
}

/* An order is obeyed although it may not fetch by itself; it is stopped by what the console says after it, and stays
 * pending. */
static void
test_ordered (void)
{
  ScSeatCore *core = sc_seat_core_new (1);

  welcome (core, FALSE, 0);
  order (core, SC_CONTROL_CATCH_UP, 0, VERSION, FALSE, NULL);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_message (core, sc_test_core_policy (FALSE), 0);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_pending (core, 0, VERSION);
  expect_told (core, 0, SC_TRANSFER_WAITING);
  end_stop (core);

  order (core, SC_CONTROL_CATCH_UP, 0, VERSION, FALSE, NULL);
  to_repairing (core);
  sc_seat_core_message (core, sc_test_core_policy (FALSE), 0);
  expect_told (core, 0, SC_TRANSFER_WAITING);
  order (core, SC_CONTROL_CATCH_UP, 0, VERSION, FALSE, NULL); /* while it stops */
  end_stop (core);
  to_repairing (core);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish (core, 0);
  sc_seat_core_free (core);
}

/* A session is told by LEAVE. */
static void
test_session_goes_on (void)
{
  ScSeatCore *core = sc_seat_core_new (1);

  welcome (core, TRUE, 0);
  order (core, SC_CONTROL_CATCH_UP, 5, VERSION, FALSE, NULL);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 5, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_begin (core, 5, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_CATCH_UP, 5, VERSION);
  sc_seat_core_message (core, sc_test_core_policy (FALSE), 0);
  sc_test_core_expect_nothing (core);
  sc_seat_core_message (core, sc_test_core_leave (5, SC_LEAVE_SUSPENDED), 0);
  expect_told (core, 5, SC_TRANSFER_WAITING);
  end_stop (core);
  sc_seat_core_free (core);
}

/* Templates that are not in use any more, and for which content is lacking, wait for the window, too. */
static void
test_released_outside (void)
{
  static const char *const somebody[] = { "debian", NULL };
  ScSeatCore *core = new_pending (TRUE);

  sc_seat_core_tick (core, LATEST);
  to_repairing (core);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_finish_with (core, 0, somebody, LATEST);
  sc_seat_core_message (core, sc_test_core_policy (FALSE), LATEST);
  sc_seat_core_tick (core, LATEST + SC_SEAT_RETRY_TIME);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_LOOK, 0, VERSION);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, FALSE);
  expect_told (core, 0, SC_TRANSFER_WAITING);
  end_stop (core);
  sc_seat_core_tick (core, 100 * LATEST);
  sc_test_core_expect_nothing (core);
  sc_seat_core_message (core, sc_test_core_policy (TRUE), 100 * LATEST);
  sc_seat_core_tick (core, 101 * LATEST);
  to_repairing (core);
  sc_seat_core_free (core);
}

static void
test_suspended (void)
{
  ScSeatCore *core = sc_seat_core_new (1);

  welcome (core, TRUE, 0);
  sc_test_core_to_receiving (core, 5);
  sc_seat_core_message (core, sc_test_core_policy (FALSE), 0);
  sc_test_core_expect_nothing (core);
  sc_seat_core_message (core, sc_test_core_leave (5, SC_LEAVE_SUSPENDED), 0);
  expect_told (core, 5, SC_TRANSFER_WAITING);
  end_stop (core);
  sc_seat_core_message (core, sc_test_core_leave (5, SC_LEAVE_SUSPENDED), 0); /* said twice */
  sc_test_core_expect_nothing (core);
  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION); /* perhaps it lacks nothing */
  sc_seat_core_step_done (core, FALSE);
  expect_told (core, 0, SC_TRANSFER_WAITING);
  end_stop (core);

  /* the window opens: the session comes back */
  sc_seat_core_message (core, sc_test_core_policy (TRUE), 100 * LATEST);
  sc_test_core_to_prepared (core, 5);
  sc_seat_core_message (core, sc_test_core_join (5, VERSION, 2), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, 5, VERSION); /* it is what was pending all the time */
  sc_seat_core_free (core);
}

static void
test_suspended_before_it_began (void)
{
  ScSeatCore *core = sc_seat_core_new (1);

  welcome (core, TRUE, 0);
  sc_test_core_to_prepared (core, 5);
  sc_seat_core_message (core, sc_test_core_leave (5, SC_LEAVE_SUSPENDED), 0);
  expect_told (core, 5, SC_TRANSFER_WAITING);
  end_stop (core);
  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_nothing (core);
  sc_seat_core_free (core);
}

/* Nothing is lacking any more: it is brought to its end. */
static void
test_suspended_at_its_end (void)
{
  ScSeatCore *core = sc_seat_core_new (1);

  welcome (core, TRUE, 0);
  sc_test_core_to_receiving (core, 5);
  sc_seat_core_complete (core);
  sc_seat_core_message (core, sc_test_core_leave (5, SC_LEAVE_SUSPENDED), 0);
  sc_test_core_finish (core, 5);
  sc_seat_core_free (core);
}

static void
test_local (void)
{
  ScSeatCore *core = new_pending (FALSE);

  order (core, SC_CONTROL_CATCH_UP, 0, OTHER, TRUE, NULL);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, OTHER);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_expect_begin (core, 0, OTHER);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_FINISH, 0, OTHER);
  sc_seat_core_free (core);
}

/* Nothing is begun, and what was pending is so still. */
static void
test_local_lacks (void)
{
  ScSeatCore *core = new_pending (TRUE);

  order (core, SC_CONTROL_CATCH_UP, 0, OTHER, TRUE, NULL);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, OTHER);
  sc_seat_core_step_done (core, FALSE);
  expect_failed (core, SC_ERROR_STATE);
  end_stop (core);
  sc_seat_core_tick (core, LATEST);
  to_repairing (core);
  sc_seat_core_free (core);
}

/* A source turns out to be damaged half-way. */
static void
test_local_damaged (void)
{
  ScSeatCore *core = new_pending (TRUE);

  order (core, SC_CONTROL_CATCH_UP, 0, OTHER, TRUE, NULL);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, OTHER);
  sc_seat_core_step_done (core, TRUE);
  sc_test_core_expect_begin (core, 0, OTHER);
  sc_seat_core_step_done (core, FALSE);
  expect_failed (core, SC_ERROR_STATE);
  end_stop (core);
  sc_seat_core_free (core);
}

static void
expect_hooks (ScSeatCore *core, ScSeatActionType type, const char *hooks)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, type);

  g_assert_cmpstr (action->hooks, ==, hooks);
}

/* What an order runs goes with it: through the session, through JOIN after a loss, and by what is pending. */
static void
test_hooks (void)
{
  ScSeatCore *core = sc_seat_core_new (1);
  const ScChunkId manifest = sc_test_core_manifest_of (VERSION);

  welcome (core, TRUE, 0);
  order (core, SC_CONTROL_PREPARE, 5, VERSION, FALSE, HOOKS);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 5, VERSION);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_PREPARED, 5, VERSION);
  sc_seat_core_message (core, sc_test_core_join (5, VERSION, 1), 0);
  expect_hooks (core, SC_SEAT_ACTION_NOTE_PENDING, HOOKS);
  expect_hooks (core, SC_SEAT_ACTION_BEGIN, HOOKS);
  sc_seat_core_message (core, sc_test_core_leave (5, SC_LEAVE_SUSPENDED), 0);
  expect_told (core, 5, SC_TRANSFER_WAITING);
  end_stop (core);

  sc_seat_core_message (core, sc_test_core_join (5, VERSION, 2), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 5, VERSION);
  sc_seat_core_step_done (core, TRUE);
  expect_hooks (core, SC_SEAT_ACTION_BEGIN, HOOKS);
  sc_seat_core_step_done (core, TRUE);
  expect_hooks (core, SC_SEAT_ACTION_FINISH, HOOKS);
  sc_seat_core_free (core);

  core = sc_seat_core_new (1);
  sc_seat_core_set_pending (core, 5, VERSION, &manifest, HOOKS, 0);
  welcome (core, TRUE, 0);
  sc_seat_core_tick (core, LATEST);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, 0, VERSION);
  sc_seat_core_step_done (core, TRUE);
  expect_hooks (core, SC_SEAT_ACTION_BEGIN, HOOKS);

  /* an administrator has mended them: the order that says so holds */
  order (core, SC_CONTROL_CATCH_UP, 0, VERSION, FALSE, NULL);
  expect_hooks (core, SC_SEAT_ACTION_NOTE_PENDING, NULL);
  sc_seat_core_step_done (core, TRUE);
  expect_hooks (core, SC_SEAT_ACTION_FINISH, NULL);
  sc_seat_core_free (core);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seat-core/policy/not-by-itself", test_not_by_itself);
  g_test_add_func ("/seat-core/policy/not-before-told", test_not_before_it_is_told);
  g_test_add_func ("/seat-core/policy/lacks-nothing", test_what_lacks_nothing);
  g_test_add_data_func ("/seat-core/policy/stopped/preparing", GUINT_TO_POINTER (0), test_stopped);
  g_test_add_data_func ("/seat-core/policy/stopped/beginning", GUINT_TO_POINTER (1), test_stopped);
  g_test_add_data_func ("/seat-core/policy/stopped/repairing", GUINT_TO_POINTER (2), test_stopped);
  g_test_add_func ("/seat-core/policy/ordered", test_ordered);
  g_test_add_func ("/seat-core/policy/session", test_session_goes_on);
  g_test_add_func ("/seat-core/policy/released", test_released_outside);
  g_test_add_func ("/seat-core/suspended", test_suspended);
  g_test_add_func ("/seat-core/suspended/early", test_suspended_before_it_began);
  g_test_add_func ("/seat-core/suspended/at-the-end", test_suspended_at_its_end);
  g_test_add_func ("/seat-core/local", test_local);
  g_test_add_func ("/seat-core/local/lacks", test_local_lacks);
  g_test_add_func ("/seat-core/local/damaged", test_local_damaged);
  g_test_add_func ("/seat-core/hooks", test_hooks);
  return g_test_run ();
}
