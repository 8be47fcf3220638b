/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-scm-state.h"

static void
test_life (void)
{
  ScScmState state = SC_SCM_STATE_INIT;

  g_assert_cmpint (state.phase, ==, SC_SCM_STARTING);
  g_assert_cmpuint (state.checkpoint, ==, 1);
  g_assert_true (sc_scm_state_is_pending (&state));
  g_assert_true (sc_scm_state_step (&state));
  g_assert_true (sc_scm_state_tick (&state));
  g_assert_cmpuint (state.checkpoint, ==, 3);
  g_assert_true (sc_scm_state_running (&state));
  g_assert_cmpint (state.phase, ==, SC_SCM_RUNNING);
  g_assert_cmpuint (state.checkpoint, ==, 0);
  g_assert_false (sc_scm_state_is_pending (&state));
  g_assert_true (sc_scm_state_stopping (&state));
  g_assert_cmpint (state.phase, ==, SC_SCM_STOPPING);
  g_assert_cmpuint (state.checkpoint, ==, 1);
  g_assert_true (sc_scm_state_tick (&state));
  g_assert_cmpuint (state.checkpoint, ==, 2);
  g_assert_true (sc_scm_state_stopped (&state, 0));
  g_assert_cmpint (state.phase, ==, SC_SCM_STOPPED);
  g_assert_cmpuint (state.checkpoint, ==, 0);
  g_assert_cmpuint (state.exit_code, ==, 0);
}

/* Nothing but a step, and each checkpoint, is told while it runs; nothing at all after the end. */
static void
test_not_possible (void)
{
  ScScmState state = SC_SCM_STATE_INIT;

  g_assert_true (sc_scm_state_running (&state));
  g_assert_false (sc_scm_state_running (&state));
  g_assert_false (sc_scm_state_step (&state));
  g_assert_false (sc_scm_state_tick (&state));
  g_assert_cmpuint (state.checkpoint, ==, 0);
  g_assert_true (sc_scm_state_stopping (&state));
  g_assert_false (sc_scm_state_stopping (&state));
  g_assert_false (sc_scm_state_running (&state));
  g_assert_true (sc_scm_state_stopped (&state, 7));
  g_assert_false (sc_scm_state_stopped (&state, 0));
  g_assert_false (sc_scm_state_stopping (&state));
  g_assert_false (sc_scm_state_running (&state));
  g_assert_false (sc_scm_state_step (&state));
  g_assert_false (sc_scm_state_tick (&state));
  g_assert_cmpint (state.phase, ==, SC_SCM_STOPPED);
  g_assert_cmpuint (state.exit_code, ==, 7);
}

/* From every phase it may end by itself; told to stop while it starts, it never says that it runs. */
static void
test_ends (void)
{
  ScScmState failed = SC_SCM_STATE_INIT, early = SC_SCM_STATE_INIT;

  g_assert_true (sc_scm_state_stopped (&failed, 3));
  g_assert_cmpuint (failed.exit_code, ==, 3);
  g_assert_true (sc_scm_state_stopping (&early));
  g_assert_false (sc_scm_state_running (&early));
  g_assert_true (sc_scm_state_stopped (&early, 0));
}

/* What hangs is seen as that: ticks count only so long, and each step of the program gives as many again. */
static void
test_patience (void)
{
  ScScmState state = SC_SCM_STATE_INIT;

  for (guint i = 0; i < SC_SCM_MAX_TICKS; i++)
    g_assert_true (sc_scm_state_tick (&state));
  guint32 last = state.checkpoint;
  g_assert_false (sc_scm_state_tick (&state));
  g_assert_cmpuint (state.checkpoint, ==, last);
  g_assert_true (sc_scm_state_step (&state));
  g_assert_true (sc_scm_state_tick (&state));
  g_assert_cmpuint (state.checkpoint, ==, last + 2);
  /* the SCM must not give up between two ticks */
  g_assert_cmpuint (2 * SC_SCM_TICK, <, SC_SCM_WAIT_HINT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scm-state/life", test_life);
  g_test_add_func ("/scm-state/not-possible", test_not_possible);
  g_test_add_func ("/scm-state/ends", test_ends);
  g_test_add_func ("/scm-state/patience", test_patience);
  return g_test_run ();
}
