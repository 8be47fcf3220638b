/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-world.h"

/* Seats that come late, that come again and again, that never get any further. */

/* The sender waits for a late joiner's reports only once it listens: its renames and local copies may take long. */
static void
test_late_join_takes_long (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_go_offline (world, "b");
  world_come_online (world, "b");
  world_prepared (world, "b", 2, 3, 0);
  assert_orders (world, "remove 1, b prepare, b join 1");
  for (guint i = 0; i < 20; i++) {
    world_pass (world, 25);
    world_say (world, "b", SC_CONTROL_PROGRESS);
  }
  assert_orders (world, "");
  world_say (world, "b", SC_CONTROL_JOINED);
  assert_orders (world, "add 1");
  sc_session_core_seat_added (world->core, 1, 9, world->now);
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_RECEIVING);
  /* one that says nothing any more is not waited for; nor is one that the stream's end overtakes */
  world_go_offline (world, "b");
  world_come_online (world, "b");
  world_prepared (world, "b", 2, 3, 0);
  world_pass (world, 29);
  assert_orders (world, "remove 1, b prepare, b join 1");
  world_pass (world, 1);
  assert_orders (world, "b leave catch-up");
  world_go_offline (world, "c");
  world_come_online (world, "c");
  world_prepared (world, "c", 2, 3, 0);
  g_ptr_array_set_size (world->orders, 0);
  sc_session_core_sent (world->core, world->now);
  assert_orders (world, "stop, a leave finished, c leave finished");
}

/* Nobody but a late joiner that is not ready yet: the stream waits for it. */
static void
test_only_a_late_joiner (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_say (world, "a", SC_CONTROL_DONE);
  world_say (world, "b", SC_CONTROL_DONE);
  world_go_offline (world, "c");
  world_come_online (world, "c");
  world_prepared (world, "c", 2, 3, 0);
  assert_orders (world, "remove 0, remove 1, hold, remove 2, c prepare, c join 1");
  world_pass (world, 20);
  world_say (world, "c", SC_CONTROL_JOINED);
  assert_orders (world, "add 2, go on");
}

/* A service that crashes whenever it applies the version comes back for ever; the session must end. */
static void
test_reconnecting_for_ever (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
  guint n = 0;

  world_bring_to_sending (world);
  sc_session_core_sent (world->core, world->now);
  world_say (world, "a", SC_CONTROL_DONE);
  world_say (world, "b", SC_CONTROL_DONE);
  for (; world_state (world) == SC_SESSION_FINISHING && n < 1000; n++) {
    world_say (world, "c", SC_CONTROL_PROGRESS);
    world_pass (world, 2);
    world_go_offline (world, "c");
    world_pass (world, 5);
    world_come_online (world, "c");
  }
  g_assert_cmpuint (n, <=, SC_SESSION_MAX_BREAKS + 1);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
  g_assert_nonnull (strstr (world_row (world, "c")->reason, "again and again"));
}

/* Nor do the others wait for such a seat before the stream; one that gets further each time may come back often. */
static void
test_reconnecting_while_preparing (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  g_ptr_array_set_size (world->orders, 0);
  for (guint i = 0; i < SC_SESSION_MAX_BREAKS; i++) {
    world_go_offline (world, "c");
    world_pass (world, 20);
    world_come_online (world, "c");
  }
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_FAILED);
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  world_say (world, "b", SC_CONTROL_JOINED);
  for (guint left = 9; left > 0; left--) {
    g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PROGRESS, 7);

    message->progress.state = SC_TRANSFER_REPAIRING;
    message->progress.done = 1;
    message->progress.total = left + 1;
    sc_session_core_message (world->core, "b", message, world->now);
    for (guint i = 0; i < 5; i++) {
      world_go_offline (world, "b");
      world_come_online (world, "b");
    }
  }
  g_assert_cmpint (world_row (world, "b")->state, !=, SC_TRANSFER_FAILED);
}

/* The service answers, the thread that applies hangs on its disk. */
static void
test_same_progress_for_ever (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  sc_session_core_sent (world->core, world->now);
  world_say (world, "a", SC_CONTROL_DONE);
  world_say (world, "b", SC_CONTROL_DONE);
  for (guint i = 0; i < 179; i++) {
    world_say (world, "c", SC_CONTROL_PROGRESS);
    world_pass (world, 60);
  }
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FINISHING);
  world_say (world, "c", SC_CONTROL_PROGRESS);
  world_pass (world, 60);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
  g_assert_nonnull (strstr (world_row (world, "c")->reason, "for hours"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-returns/late-join/takes-long", test_late_join_takes_long);
  g_test_add_func ("/session-returns/late-join/alone", test_only_a_late_joiner);
  g_test_add_func ("/session-returns/disconnect/for-ever", test_reconnecting_for_ever);
  g_test_add_func ("/session-returns/disconnect/for-ever-while-preparing", test_reconnecting_while_preparing);
  g_test_add_func ("/session-returns/same-progress-for-ever", test_same_progress_for_ever);
  return g_test_run ();
}
