/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-world.h"

#include "common/sc-error.h"

static void
test_whole_life (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a prepare, b prepare, c prepare");
  world_prepared (world, "a", 0x000001, 3, 1000);
  world_prepared (world, "b", 0x000103, 3, 0);
  assert_orders (world, "");
  world_prepared (world, "c", 0x080000, 3, 0);
  assert_orders (world, "plan 030108");
  g_assert_cmpuint (world_row (world, "b")->total, ==, 10);
  world_planned (world);
  assert_orders (world, "a join 0, b join 0, c join 0");
  world_say (world, "a", SC_CONTROL_JOINED);
  world_say (world, "b", SC_CONTROL_JOINED);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PREPARING);
  world_say (world, "c", SC_CONTROL_JOINED);
  assert_orders (world, "driver 0 1 2");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PROBING);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_RECEIVING);
  world_say (world, "b", SC_CONTROL_HEARD);
  world_say (world, "c", SC_CONTROL_REPORT);
  assert_orders (world, "heard 1, report 2 window 2");
  g_assert_cmpuint (world_row (world, "c")->lost, ==, 100);
  sc_session_core_sending (world->core, world->now);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_SENDING);
  sc_session_core_sent (world->core, world->now);
  assert_orders (world, "stop, a leave finished, b leave finished, c leave finished");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FINISHING);
  world_say (world, "a", SC_CONTROL_PROGRESS);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_APPLYING);
  g_assert_cmpuint (world_row (world, "a")->done, ==, 5);
  g_assert_true (sc_session_core_holds (world->core, "a"));
  world_repairing (world, "b", 10);
  world_repairing (world, "c", 9);
  g_assert_false (world_row (world, "a")->catch_up);
  g_assert_false (world_row (world, "b")->catch_up); /* the stream had brought it all */
  g_assert_true (world_row (world, "c")->catch_up);
  world_finish_all (world);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_DONE);
  g_assert_cmpuint (world_row (world, "a")->done, ==, 10);
  g_assert_false (sc_session_core_holds (world->core, "a"));
}

static void
test_empty_union (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_ptr_array_set_size (world->orders, 0);
  world_prepared (world, "a", 0, 3, 0);
  world_prepared (world, "b", 0, 3, 0);
  world_prepared (world, "c", 0, 3, 0);
  assert_orders (world, "a leave finished, b leave finished, c leave finished");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FINISHING);
  world_finish_all (world);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
}

/* The seats would refuse it one by one. */
static void
test_layout_that_is_not_valid (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  world_prepared (world, "c", 1, 3, 0);
  g_ptr_array_set_size (world->orders, 0);
  world->symbol_size = SC_CAST_SYMBOL_SIZE_MIN - 1;
  world_planned (world);
  assert_orders (world, "a leave cancelled, b leave cancelled, c leave cancelled");
  g_assert_cmpint ((int) world_state (world), ==, SC_SESSION_FAILED);
  g_assert_nonnull (strstr (sc_session_core_get_session (world->core)->error, "the symbol size is out of bounds"));
}

static void
test_one_lacks_nothing (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_ptr_array_set_size (world->orders, 0);
  world_prepared (world, "a", 0, 3, 0);
  world_prepared (world, "b", 2, 3, 0);
  world_prepared (world, "c", 4, 3, 0);
  assert_orders (world, "a leave finished, plan 060000");
  world_planned (world);
  assert_orders (world, "b join 0, c join 0");
}

static void
test_unsound_lacks (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_ptr_array_set_size (world->orders, 0);
  world_prepared (world, "a", 1, 2, 0);
  world_prepared (world, "b", 1, 4, 0);
  world_prepared (world, "c", 0x100000, 3, 0); /* chunk 20 of 20 */
  assert_orders (world, "a leave cancelled, b leave cancelled, c leave cancelled");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FAILED);
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_FAILED);
  g_assert_nonnull (strstr (sc_session_core_get_session (world->core)->error, "no seat reached the version"));
}

static void
test_no_space_and_failures (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_ptr_array_set_size (world->orders, 0);
  world_prepared (world, "a", 1, 3, 1777);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_FAILED);
  g_assert_nonnull (strstr (world_row (world, "a")->reason, " 777 bytes are missing"));
  world_say (world, "b", SC_CONTROL_FAILED);
  g_assert_cmpstr (world_row (world, "b")->reason, ==, "the disk is full");
  world_prepared (world, "c", 1, 3, 0);
  assert_orders (world, "a leave cancelled, plan 010000");
  world_planned (world);
  world_say (world, "c", SC_CONTROL_JOINED);
  assert_orders (world, "c join 0, driver 2");
  world_say (world, "c", SC_CONTROL_FAILED);
  assert_orders (world, "hold, remove 2, stop");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FAILED);
}

static void
test_prepare_timeout (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_ptr_array_set_size (world->orders, 0);
  world_prepared (world, "a", 1, 3, 0);
  world_pass (world, 100);
  world_say (world, "b", SC_CONTROL_PROGRESS); /* it still hashes */
  world_pass (world, 19);
  assert_orders (world, "");
  world_pass (world, 1);
  assert_orders (world, "c leave catch-up");
  g_assert_true (world_row (world, "c")->catch_up);
  world_pass (world, 99);
  assert_orders (world, "");
  world_pass (world, 1);
  assert_orders (world, "b leave catch-up, plan 010000");
  /* what comes late does not bring it back */
  world_prepared (world, "c", 2, 3, 0);
  assert_orders (world, "");
}

static void
test_slow_seat_is_not_waited_for (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  g_ptr_array_set_size (world->orders, 0);
  for (guint i = 0; i < 29; i++) {
    world_pass (world, 60);
    world_say (world, "c", SC_CONTROL_PROGRESS);
  }
  assert_orders (world, "");
  world_pass (world, 60);
  assert_orders (world, "plan 010000");
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  world_say (world, "b", SC_CONTROL_JOINED);
  assert_orders (world, "a join 0, b join 0, driver 0 1");
  world_prepared (world, "c", 3, 3, 0); /* ready at last: it enters late */
  assert_orders (world, "c join 1");
  world_say (world, "c", SC_CONTROL_JOINED);
  assert_orders (world, "add 2");
}

static void
test_join_timeout (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  world_prepared (world, "c", 1, 3, 0);
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  g_ptr_array_set_size (world->orders, 0);
  world_pass (world, 20);
  world_say (world, "b", SC_CONTROL_PROGRESS); /* it still copies */
  world_pass (world, 9);
  assert_orders (world, "");
  world_pass (world, 1);
  assert_orders (world, "c leave catch-up");
  world_say (world, "b", SC_CONTROL_JOINED);
  assert_orders (world, "driver 0 1");
  sc_session_core_seat_lost (world->core, 1, SC_CAST_SEAT_UNHEARD, world->now);
  assert_orders (world, "remove 1, b leave catch-up");
  g_assert_nonnull (strstr (world_row (world, "b")->reason, "no multicast reaches this seat"));
  g_assert_nonnull (strstr (world_row (world, "b")->reason, "4711"));
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_REPAIRING);
}

static void
test_all_seats_lost_to_catch_up (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  sc_session_core_seat_lost (world->core, 0, SC_CAST_SEAT_SILENT, world->now);
  sc_session_core_seat_lost (world->core, 1, SC_CAST_SEAT_OVER_BUDGET, world->now);
  sc_session_core_seat_lost (world->core, 2, SC_CAST_SEAT_OVER_BUDGET, world->now);
  assert_orders (world,
                 "remove 0, a leave catch-up, remove 1, b leave catch-up, hold, remove 2, c leave catch-up, stop");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FINISHING);
  world_finish_all (world);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
  g_assert_true (world_row (world, "a")->catch_up);
}

static void
test_disconnect_while_preparing (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  world_go_offline (world, "b");
  world_go_offline (world, "c");
  g_ptr_array_set_size (world->orders, 0);
  world_pass (world, 20);
  world_come_online (world, "c");
  assert_orders (world, "c prepare");
  world_prepared (world, "c", 2, 3, 0);
  world_pass (world, 9);
  assert_orders (world, "");
  world_pass (world, 1);
  assert_orders (world, "plan 030000");
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpstr (
      world_row (world, "b")->reason, ==,
      "offline: it was not connected; when it is back, it goes on as its room's policy for late seats says"); /* it had
                                                                                                                 not
                                                                                                                 begun
                                                                                                               */
}

static void
test_disconnect_while_joining (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  world_prepared (world, "c", 1, 3, 0);
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  g_ptr_array_set_size (world->orders, 0);
  world_go_offline (world, "b");
  world_come_online (world, "b");
  assert_orders (world, "b prepare");
  world_prepared (world, "b", 1, 3, 0);
  assert_orders (world, "b join 0");
  world_say (world, "b", SC_CONTROL_JOINED);
  world_go_offline (world, "c");
  assert_orders (world, "driver 0 1");
}

static void
test_late_join (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_go_offline (world, "b");
  assert_orders (world, "remove 1");
  world_pass (world, 300); /* the others go on, so it may take its time */
  world_come_online (world, "b");
  world_prepared (world, "b", 2, 3, 0);
  assert_orders (world, "b prepare, b join 1");
  world_say (world, "b", SC_CONTROL_JOINED);
  world_say (world, "b", SC_CONTROL_HEARD);
  sc_session_core_seat_added (world->core, 1, 5, world->now);
  assert_orders (world, "add 1, heard 1");
  /* too late for any window */
  world_go_offline (world, "c");
  world_come_online (world, "c");
  world_prepared (world, "c", 2, 3, 0);
  world_say (world, "c", SC_CONTROL_JOINED);
  g_ptr_array_set_size (world->orders, 0);
  sc_session_core_seat_added (world->core, 2, 1000, world->now);
  assert_orders (world, "remove 2, c leave finished");
}

static void
test_everybody_away_while_sending (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_go_offline (world, "a");
  world_go_offline (world, "b");
  world_go_offline (world, "c");
  assert_orders (world, "remove 0, remove 1, hold, remove 2");
  world_pass (world, 30);
  world_come_online (world, "a");
  world_prepared (world, "a", 1, 3, 0);
  assert_orders (world, "a prepare, a join 1");
  world_say (world, "a", SC_CONTROL_JOINED);
  assert_orders (world, "add 0, go on");
  world_go_offline (world, "a");
  assert_orders (world, "hold, remove 0");
  world_pass (world, 59);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_SENDING);
  world_pass (world, 1);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FAILED);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_FAILED);
}

static void
test_disconnect_while_finishing (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_go_offline (world, "c");
  world_pass (world, 100);
  sc_session_core_sent (world->core, world->now);
  g_ptr_array_set_size (world->orders, 0);
  world_go_offline (world, "a");
  world_pass (world, 10);
  world_come_online (world, "a");
  assert_orders (world, "a catch-up"); /* it says DONE again if it was */
  world_say (world, "a", SC_CONTROL_DONE);
  world_pass (world, 49);
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_RECEIVING);
  world_pass (world, 1);
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpstr (world_row (world, "c")->reason, ==,
                   "offline: it was not connected any more; it goes on by itself when it is back");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FINISHING);
  /* b says nothing any more */
  world_pass (world, 540);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
  g_assert_nonnull (strstr (world_row (world, "b")->reason, "no progress"));
}

static void
test_pause (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
  g_autoptr (GError) error = NULL;

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_assert_false (sc_session_core_pause (world->core, world->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  world_free (g_steal_pointer (&world));

  world = world_new (SC_SESSION_PREPARING);
  world_bring_to_sending (world);
  g_assert_false (sc_session_core_resume (world->core, world->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_assert_true (sc_session_core_pause (world->core, world->now, &error));
  g_assert_no_error (error);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PAUSED);
  assert_orders (world, "hold");
  /* a night with all seats switched off */
  world_go_offline (world, "a");
  world_go_offline (world, "b");
  world_go_offline (world, "c");
  world_pass (world, 3600);
  world_come_online (world, "a");
  world_prepared (world, "a", 1, 3, 0);
  world_say (world, "a", SC_CONTROL_JOINED);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PAUSED);
  assert_orders (world, "remove 0, remove 1, remove 2, a prepare, a join 1, add 0");
  g_assert_true (sc_session_core_resume (world->core, world->now, &error));
  g_assert_no_error (error);
  assert_orders (world, "go on");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_SENDING);
  world_pass (world, 1);
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_RECEIVING); /* still awaited */
  sc_session_core_sent (world->core, world->now);
  g_assert_false (sc_session_core_pause (world->core, world->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_assert_nonnull (strstr (error->message, "everything is sent"));
}

static void
test_cancel (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
  g_autoptr (GError) error = NULL;

  world_bring_to_sending (world);
  world_say (world, "b", SC_CONTROL_DONE);
  g_ptr_array_set_size (world->orders, 0);
  g_assert_true (sc_session_core_cancel (world->core, world->now, &error));
  assert_orders (world, "stop, a leave cancelled, c leave cancelled");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_CANCELLED);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_CANCELLED);
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_DONE);
  g_assert_false (sc_session_core_cancel (world->core, world->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  world_say (world, "a", SC_CONTROL_DONE);
  sc_session_core_sent (world->core, world->now);
  world_pass (world, 1000);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_CANCELLED);
}

static void
test_cancel_before_the_plan (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
  g_autoptr (GError) error = NULL;

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  world_prepared (world, "c", 1, 3, 0);
  g_ptr_array_set_size (world->orders, 0);
  g_assert_true (sc_session_core_cancel (world->core, world->now, &error));
  assert_orders (world, "a leave cancelled, b leave cancelled, c leave cancelled");
  world_planned (world);
  assert_orders (world, "");
}

static void
test_resumed_after_restart (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_SENDING);

  g_hash_table_remove_all (world->online);
  world_add_seat (world, "d", SC_TRANSFER_DONE);
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PREPARING);
  world_pass (world, 10);
  world_come_online (world, "b");
  world_come_online (world, "d");
  assert_orders (world, "b prepare"); /* d has been done before */
  world_prepared (world, "b", 1, 3, 0);
  world_pass (world, 19);
  assert_orders (world, "");
  world_pass (world, 1);
  assert_orders (world, "plan 010000");
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_FAILED);
}

static void
test_nobody_back_after_restart (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_FINISHING);

  g_hash_table_remove_all (world->online);
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_pass (world, 30);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FAILED);
  g_assert_nonnull (strstr (sc_session_core_get_session (world->core)->error, "offline"));
}

static void
test_paused_over_restart (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PAUSED);
  g_autoptr (GError) error = NULL;

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_pass (world, 3600);
  assert_orders (world, "");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PAUSED);
  g_assert_true (sc_session_core_holds (world->core, "a"));
  g_assert_true (sc_session_core_resume (world->core, world->now, &error));
  g_assert_no_error (error);
  assert_orders (world, "a prepare, b prepare, c prepare");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PREPARING);
}

static void
test_failures_of_the_engine (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
  g_autoptr (GError) error = g_error_new_literal (SC_ERROR, SC_ERROR_CORRUPT, "a frame is damaged");

  world_bring_to_sending (world);
  sc_session_core_fail (world->core, error, world->now);
  assert_orders (world, "stop, a leave cancelled, b leave cancelled, c leave cancelled");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FAILED);
  g_assert_cmpstr (sc_session_core_get_session (world->core)->error, ==, "a frame is damaged");
  g_assert_cmpstr (world_row (world, "a")->reason, ==, "a frame is damaged");
  world_free (g_steal_pointer (&world));

  world = world_new (SC_SESSION_PREPARING);
  world->driver_fails = TRUE;
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 0, 3, 0);
  world_prepared (world, "c", 0, 3, 0);
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FAILED);
  g_assert_cmpstr (sc_session_core_get_session (world->core)->error, ==, "no such interface");
}

static void
test_foreign_messages (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);
  g_autoptr (ScControlMessage) wrong = sc_control_message_new (SC_CONTROL_DONE, 7);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_ptr_array_set_size (world->orders, 0);
  world_prepared (world, "z", 1, 3, 0);      /* not of this session */
  world_say (world, "a", SC_CONTROL_JOINED); /* not asked to */
  world_say (world, "a", SC_CONTROL_REPORT);
  world_say (world, "a", SC_CONTROL_HEARD);
  wrong->done.version = 2;
  sc_session_core_message (world->core, "a", wrong, world->now);
  sc_session_core_seat_added (world->core, 0, 0, world->now);
  sc_session_core_seat_lost (world->core, 99, SC_CAST_SEAT_SILENT, world->now);
  assert_orders (world, "");
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_WAITING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-core/whole-life", test_whole_life);
  g_test_add_func ("/session-core/empty-union", test_empty_union);
  g_test_add_func ("/session-core/layout-that-is-not-valid", test_layout_that_is_not_valid);
  g_test_add_func ("/session-core/one-lacks-nothing", test_one_lacks_nothing);
  g_test_add_func ("/session-core/unsound-lacks", test_unsound_lacks);
  g_test_add_func ("/session-core/no-space-and-failures", test_no_space_and_failures);
  g_test_add_func ("/session-core/prepare-timeout", test_prepare_timeout);
  g_test_add_func ("/session-core/slow-seat-is-not-waited-for", test_slow_seat_is_not_waited_for);
  g_test_add_func ("/session-core/join-timeout", test_join_timeout);
  g_test_add_func ("/session-core/all-seats-lost", test_all_seats_lost_to_catch_up);
  g_test_add_func ("/session-core/disconnect/preparing", test_disconnect_while_preparing);
  g_test_add_func ("/session-core/disconnect/joining", test_disconnect_while_joining);
  g_test_add_func ("/session-core/disconnect/sending", test_late_join);
  g_test_add_func ("/session-core/disconnect/all", test_everybody_away_while_sending);
  g_test_add_func ("/session-core/disconnect/finishing", test_disconnect_while_finishing);
  g_test_add_func ("/session-core/pause", test_pause);
  g_test_add_func ("/session-core/cancel", test_cancel);
  g_test_add_func ("/session-core/cancel-before-the-plan", test_cancel_before_the_plan);
  g_test_add_func ("/session-core/restart/resumed", test_resumed_after_restart);
  g_test_add_func ("/session-core/restart/nobody-back", test_nobody_back_after_restart);
  g_test_add_func ("/session-core/restart/paused", test_paused_over_restart);
  g_test_add_func ("/session-core/engine-failures", test_failures_of_the_engine);
  g_test_add_func ("/session-core/foreign-messages", test_foreign_messages);
  return g_test_run ();
}
