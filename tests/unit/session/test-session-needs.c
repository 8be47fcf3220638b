/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-world.h"

#include "common/sc-error.h"

/* What seats need and what a dry run makes of it, and templates that are in use. */

static World *
world_new_dry (void)
{
  World *world = world_new (SC_SESSION_PREPARING);

  sc_session_core_get_session (world->core)->dry_run = TRUE;
  return world;
}

static void
say_done_but_busy (World *world, const char *seat, guint n_busy)
{
  static const char *const names[] = { "Debian", "Windows", "BSD", "Haiku", "Plan 9" };
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_DONE, 7);

  message->done.version = 3;
  for (guint i = 0; i < n_busy; i++)
    g_ptr_array_add (message->done.busy, g_strdup (names[i]));
  sc_session_core_message (world->core, seat, message, world->now);
}

/* A seat whose templates are in use has not failed, and has not got the version; the session is over all the same. */
static void
test_busy_templates (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  sc_session_core_sent (world->core, world->now);
  say_done_but_busy (world, "a", 1);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_BUSY);
  g_assert_cmpstr (world_row (world, "a")->reason, ==, "waits for “Debian”, which is in use; it goes on by itself");
  g_assert_cmpuint (world_row (world, "a")->done, <, world_row (world, "a")->total);
  g_assert_false (sc_session_core_holds (world->core, "a"));
  say_done_but_busy (world, "b", 5);
  g_assert_cmpstr (world_row (world, "b")->reason, ==,
                   "waits for “Debian”, “Windows”, “BSD” and 2 more, which are in use; it goes on by itself");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FINISHING);
  world_say (world, "c", SC_CONTROL_FAILED);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_DONE);
}

/* What each seat said it needs stays with its row, also with that of one that is refused. */
static void
test_needs_are_kept (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  g_assert_null (world_row (world, "a")->needs);
  world_prepared (world, "a", 0x000001, 3, 1777);
  world_prepared (world, "b", 0x000001, 3, 12);
  world_prepared (world, "c", 0, 3, 0);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpuint (world_row (world, "a")->needs->missing_bytes, ==, 777);
  g_assert_cmpuint (world_row (world, "b")->needs->missing_bytes, ==, 0);
  g_assert_cmpuint (world_row (world, "b")->needs->peak_bytes, ==, 12);
  assert_orders (world, "a prepare, b prepare, c prepare, a leave cancelled, c leave finished, plan 010000");
  /* asked again, it says something else */
  world_go_offline (world, "b");
  world_come_online (world, "b");
  world_prepared (world, "b", 0x000001, 3, 15);
  g_assert_cmpuint (world_row (world, "b")->needs->peak_bytes, ==, 15);
}

static void
test_dry_run (void)
{
  g_autoptr (World) world = world_new_dry ();

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a prepare, b prepare, c prepare");
  world_prepared (world, "a", 0x000001, 3, 20);
  assert_orders (world, "a leave cancelled");
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_PLANNED);
  g_assert_false (sc_session_core_holds (world->core, "a"));
  world_prepared (world, "b", 0x000100, 3, 1777); /* of no use to it: it has no room */
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_FAILED);
  g_assert_nonnull (strstr (world_row (world, "b")->reason, " 777 bytes are missing"));
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PREPARING);
  world_prepared (world, "c", 0x080000, 3, 0);
  assert_orders (world, "b leave cancelled, c leave cancelled, plan 010008");
  world_planned (world);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PLANNED);
  world_pass (world, 3600);
  assert_orders (world, ""); /* nobody joins, nothing is sent */
  g_assert_cmpuint (world_row (world, "a")->needs->peak_bytes, ==, 20);
}

static void
test_dry_run_that_lacks_nothing (void)
{
  g_autoptr (World) world = world_new_dry ();

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++)
    world_prepared (world, *seat, 0, 3, 0);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PLANNED);
  assert_orders (world, "a prepare, b prepare, c prepare, a leave cancelled, b leave cancelled, c leave cancelled");
}

/* One that is switched off and one that never answers do not keep the others waiting for ever. */
static void
test_dry_run_with_silent_seats (void)
{
  g_autoptr (World) world = world_new_dry ();

  world_go_offline (world, "b");
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 0, 3, 0);
  world_pass (world, SC_SESSION_PREPARE_TIMEOUT / S + 1);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PLANNED);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_PLANNED);
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpstr (world_row (world, "b")->reason, ==, "offline: it was not connected; switch it on and ask again");
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_FAILED);
  assert_orders (world, "a prepare, c prepare, a leave cancelled, c leave cancelled");
}

/* A seat that hashes for hours says so all the time: it is given up like in a deploy. */
static void
test_dry_run_with_a_slow_seat (void)
{
  g_autoptr (World) world = world_new_dry ();

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 0, 3, 0);
  world_prepared (world, "b", 0, 3, 0);
  for (guint i = 0; i < SC_SESSION_PREPARE_MAX / S + 1; i++) {
    world_say (world, "c", SC_CONTROL_PROGRESS);
    world_pass (world, 1);
  }
  g_assert_cmpint (world_state (world), ==, SC_SESSION_PLANNED);
  g_assert_cmpint (world_row (world, "c")->state, ==, SC_TRANSFER_FAILED);
}

static void
test_dry_run_is_cancelled (void)
{
  g_autoptr (World) world = world_new_dry ();
  g_autoptr (GError) error = NULL;

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 0, 3, 0);
  g_assert_false (sc_session_core_pause (world->core, world->now, &error));
  g_clear_error (&error);
  g_assert_true (sc_session_core_cancel (world->core, world->now, &error));
  g_assert_no_error (error);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_CANCELLED);
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_PLANNED);
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-needs/busy-templates", test_busy_templates);
  g_test_add_func ("/session-needs/are-kept", test_needs_are_kept);
  g_test_add_func ("/session-needs/dry-run", test_dry_run);
  g_test_add_func ("/session-needs/dry-run-that-lacks-nothing", test_dry_run_that_lacks_nothing);
  g_test_add_func ("/session-needs/dry-run-with-silent-seats", test_dry_run_with_silent_seats);
  g_test_add_func ("/session-needs/dry-run-with-a-slow-seat", test_dry_run_with_a_slow_seat);
  g_test_add_func ("/session-needs/dry-run-is-cancelled", test_dry_run_is_cancelled);
  return g_test_run ();
}
