/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-world.h"

/* Seats that are woken for a session, and those that it lets go when their maintenance window closes. */

static void
release (World *world, const char *first, const char *second, const char *third)
{
  const char *const seats[] = { first, second, third, NULL };

  sc_session_core_release (world->core, seats, world->now);
}

static void
go_off (World *world, const char *seat)
{
  g_hash_table_remove (world->online, seat);
}

/* Those that are off are called at once, and again until they are there; the others wait for them. */
static void
test_wake (void)
{
  g_autoptr (World) world = world_new_waking (SC_SESSION_PREPARING, TRUE);

  go_off (world, "b");
  go_off (world, "c");
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a prepare, wake b c");
  world_prepared (world, "a", 1, 3, 0);
  world_pass (world, 29);
  assert_orders (world, "");
  world_pass (world, 1);
  assert_orders (world, "wake b c");
  world_come_online (world, "b");
  world_prepared (world, "b", 2, 3, 0);
  assert_orders (world, "b prepare");
  world_pass (world, 30);
  assert_orders (world, "wake c");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PREPARING);
  world_come_online (world, "c");
  world_prepared (world, "c", 4, 3, 0);
  assert_orders (world, "c prepare, plan 070000");
  world_pass (world, 120);
  assert_orders (world, "");
}

static void
test_wake_in_vain (void)
{
  g_autoptr (World) world = world_new_waking (SC_SESSION_PREPARING, TRUE);
  g_autofree char *orders = NULL;

  go_off (world, "c");
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  world_pass (world, 299);
  orders = world_take (world);
  g_assert_null (strstr (orders, "plan"));
  world_pass (world, 1);
  assert_orders (world, "plan 010000");
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_FAILED);
  g_assert_nonnull (strstr (world_row (world, "c")->reason, "woken"));
}

/* One that was there is not woken when it goes, and is not waited for as long. */
static void
test_gone_while_others_wake (void)
{
  g_autoptr (World) world = world_new_waking (SC_SESSION_PREPARING, TRUE);

  go_off (world, "c");
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a prepare, b prepare, wake c");
  world_go_offline (world, "b");
  world_pass (world, 30);
  assert_orders (world, "wake c");
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_FAILED);
  g_assert_null (strstr (world_row (world, "b")->reason, "woken"));
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_WAITING);
}

static void
test_not_woken (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  go_off (world, "c");
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a prepare, b prepare");
  world_pass (world, 30);
  assert_orders (world, "");
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_FAILED);
}

/* The window of one room closes, the others' does not. */
static void
test_release_some (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  release (world, "a", "nobody", NULL);
  assert_orders (world, "a leave suspended, remove 0");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_SENDING);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_CANCELLED);
  g_assert_nonnull (strstr (world_row (world, "a")->reason, "a later session brings the rest"));
  g_assert_false (sc_session_core_holds (world->core, "a"));
  release (world, "a", NULL, NULL); /* again: nothing more */
  assert_orders (world, "");
  world_go_offline (world, "a");
  world_come_online (world, "a"); /* is not asked again */
  assert_orders (world, "");
  sc_session_core_sent (world->core, world->now);
  world_say (world, "b", SC_CONTROL_DONE);
  world_say (world, "c", SC_CONTROL_DONE);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
}

/* One that had received it all finishes by itself. */
static void
test_done_after_release (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  release (world, "a", NULL, NULL);
  world_say (world, "a", SC_CONTROL_PROGRESS);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_CANCELLED);
  world_say (world, "a", SC_CONTROL_DONE);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_DONE);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_SENDING);
}

static void
assert_suspended (World *world, const char *seat)
{
  const ScCatalogSession *session = sc_session_core_get_session (world->core);

  g_assert_cmpint (session->state, ==, SC_SESSION_PAUSED);
  g_assert_true (session->suspended);
  g_assert_cmpint (world_row (world, seat)->state, ==, SC_TRANSFER_WAITING);
  g_assert_nonnull (strstr (world_row (world, seat)->reason, "window"));
  g_assert_false (sc_session_core_holds (world->core, seat));
}

/* Nothing is done any more, whatever comes: the object is to go. */
static void
test_suspend (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
  g_autoptr (GError) error = NULL;
  guint n_changed;

  world_bring_to_sending (world);
  world_say (world, "b", SC_CONTROL_DONE);
  assert_orders (world, "remove 1");
  n_changed = world->n_changed;
  release (world, "c", "a", "b");
  assert_orders (world, "stop, c leave suspended, a leave suspended");
  g_assert_cmpuint (world->n_changed, ==, n_changed + 3); /* two rows and the session's */
  assert_suspended (world, "a");
  assert_suspended (world, "c");
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_DONE);
  world_go_offline (world, "a");
  world_pass (world, 3600);
  world_say (world, "c", SC_CONTROL_FAILED);
  release (world, "a", "b", "c");
  assert_orders (world, "");
  assert_suspended (world, "a");
  assert_suspended (world, "c");
}

/* Also one that staff had paused, that waits for seats, or that makes its plan. */
static void
test_suspend_stages (void)
{
  for (guint stage = 0; stage < 5; stage++) {
    g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
    g_autoptr (GError) error = NULL;

    if (stage == 1 || stage == 2)
      sc_session_core_start (world->core, N_CHUNKS, world->now);
    for (const char *seat = "abc"; *seat != '\0' && stage == 2; seat++)
      world_prepared (world, (const char[]){ *seat, '\0' }, 1, 3, 0);
    if (stage >= 3)
      world_bring_to_sending (world);
    if (stage == 3)
      g_assert_true (sc_session_core_pause (world->core, world->now, &error));
    if (stage == 4)
      sc_session_core_sent (world->core, world->now);
    g_ptr_array_set_size (world->orders, 0);
    release (world, "a", "b", "c");
    assert_suspended (world, "a");
    g_ptr_array_set_size (world->orders, 0);
    sc_session_core_start (world->core, N_CHUNKS, world->now); /* what the threads still say comes too late */
    world_planned (world);
    sc_session_core_sent (world->core, world->now);
    assert_orders (world, "");
    assert_suspended (world, "b");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-window/wake", test_wake);
  g_test_add_func ("/session-window/wake-in-vain", test_wake_in_vain);
  g_test_add_func ("/session-window/gone-while-others-wake", test_gone_while_others_wake);
  g_test_add_func ("/session-window/not-woken", test_not_woken);
  g_test_add_func ("/session-window/release-some", test_release_some);
  g_test_add_func ("/session-window/done-after-release", test_done_after_release);
  g_test_add_func ("/session-window/suspend", test_suspend);
  g_test_add_func ("/session-window/suspend-stages", test_suspend_stages);
  return g_test_run ();
}
