/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-fleet.h"

/* A session's end is told at once, and once. */

#define TICK 300000 /* µs: more than between two ticks */

/* The linker puts it in the place of the real one. */
gint64 __real_sc_session_now (void);
gint64 __wrap_sc_session_now (void);

static gint64 later;

gint64
__wrap_sc_session_now (void)
{
  return __real_sc_session_now () + later;
}

static void
deploy_to_a (Fleet *fleet)
{
  fleet_deploy (fleet, &(ScDeployRequest){ .version = 1, .seats = fleet_only_a });
}

/* Else who asks for the state and acts upon it would be recorded ahead of the end. */
static void
test_at_once (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  deploy_to_a (fleet);
  g_assert_true (sc_sessions_cancel (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (fleet->n_ended, ==, 1);
  fleet_assert_over (fleet, SC_SESSION_CANCELLED, SC_TRANSFER_CANCELLED);
  g_assert_cmpuint (fleet->n_ended, ==, 1);
}

/* Time alone ends it, within a tick. */
static void
test_in_a_tick (Fleet *fleet, gconstpointer data)
{
  ScControlMessage *prepare;

  deploy_to_a (fleet);
  prepare = test_seat_expect (fleet->a, SC_CONTROL_PREPARE);
  sc_control_message_free (prepare);
  g_clear_pointer (&fleet->a, test_seat_free);
  g_usleep (TICK);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* it is known that the seat is gone */
  later = SC_SESSION_RETURN_TIMEOUT;
  test_wait_for (fleet_nothing_runs, fleet);
  fleet_assert_over (fleet, SC_SESSION_FAILED, SC_TRANSFER_FAILED);
  g_assert_cmpuint (fleet->n_ended, ==, 1);
  later = 0;
}

#define ADD(name, func) g_test_add ("/session-end/" name, Fleet, NULL, fleet_set_up, func, fleet_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("at-once", test_at_once);
  ADD ("in-a-tick", test_in_a_tick);
  return g_test_run ();
}
