/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-world.h"

/* What comes before a session: who hears multicast, how large packets, and manifests by multicast. */
#define SMALL 1444u
#define LARGE SC_CAST_SYMBOL_SIZE_MAX

static const guint8 both[] = { 1, 3 };

static World *
start (void)
{
  World *world = world_new (SC_SESSION_PREPARING);

  world_set_listen (world);
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a listen probes, b listen probes, c listen probes");
  return world;
}

/* The orders so far but for probes, which come again and again. */
static char *
take_without_probes (World *world)
{
  g_autofree char *orders = world_take (world);
  g_auto (GStrv) parts = g_strsplit (orders, ", ", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (char **part = parts; *part != NULL; part++)
    if (!g_str_equal (*part, "probe"))
      g_ptr_array_add (kept, *part);
  g_ptr_array_add (kept, NULL);
  return g_strjoinv (", ", (char **) kept->pdata);
}

#define assert_orders_but_probes(world, expected)                                                                      \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *orders_ = take_without_probes (world);                                                            \
    g_assert_cmpstr (orders_, ==, expected);                                                                           \
  }                                                                                                                    \
  G_STMT_END

static void
everybody_hears (World *world, guint8 lacks_a, guint8 lacks_b, guint8 lacks_c)
{
  world_listening (world, "a", lacks_a);
  world_listening (world, "b", lacks_b);
  world_listening (world, "c", lacks_c);
  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++) {
    world_heard (world, *seat, SMALL);
    world_heard (world, *seat, LARGE);
  }
}

static guint32
planned_size (World *world)
{
  world_prepared (world, "a", 1, 3, 10);
  world_prepared (world, "b", 1, 3, 10);
  if (world_row (world, "c")->state == SC_TRANSFER_WAITING)
    world_prepared (world, "c", 1, 3, 10);
  return sc_session_core_get_symbol_size (world->core);
}

static void
test_all_hear_large_packets (void)
{
  g_autoptr (World) world = start ();

  everybody_hears (world, 0, 0, 0);
  assert_orders (world, "probe, a prepare, b prepare, c prepare");
  g_assert_false (sc_session_core_is_listening (world->core));
  g_assert_cmpuint (planned_size (world), ==, LARGE);
}

/* One seat that hears only ordinary packets decides for all; and they wait for it a quarter of a second. */
static void
test_one_hears_small_packets (void)
{
  g_autoptr (World) world = start ();

  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++) {
    world_listening (world, *seat, 0);
    world_heard (world, *seat, SMALL);
  }
  world_heard (world, "a", LARGE);
  world_heard (world, "b", LARGE);
  world_pass_quickly (world, 200);
  assert_orders_but_probes (world, "");
  world_pass_quickly (world, 50);
  assert_orders_but_probes (world, "a prepare, b prepare, c prepare");
  g_assert_cmpuint (planned_size (world), ==, SMALL);
}

/* A seat may say what it likes: a size that was not probed is none. */
static void
test_lies_about_sizes (void)
{
  g_autoptr (World) world = start ();

  world->probed = SMALL;
  everybody_hears (world, 0, 0, 0);
  world_heard (world, "b", LARGE);
  assert_orders_but_probes (world, "a prepare, b prepare, c prepare");
  g_assert_cmpuint (planned_size (world), ==, SMALL);
}

/* Nor can one seat make the packets tiny for all: what lies between two sizes is the smaller, what is below is none. */
static void
test_sizes_that_nobody_probed (void)
{
  g_autoptr (World) world = start ();

  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++)
    world_listening (world, *seat, 0);
  world_heard (world, "a", LARGE);
  world_heard (world, "b", SMALL + 1);
  world_heard (world, "c", 1);
  world_heard (world, "c", SMALL - 1);
  world_pass_quickly (world, 250);
  assert_orders_but_probes (world, "a prepare, b prepare");
  world_pass_quickly (world, 750);
  assert_orders_but_probes (world, "c is deaf, c catch-up");
  g_assert_cmpuint (planned_size (world), ==, SMALL);
}

/* The others go on without it; it is named, and served from the start. */
static void
test_one_hears_nothing (void)
{
  g_autoptr (World) world = start ();

  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++)
    world_listening (world, *seat, 0);
  world_heard (world, "a", LARGE);
  world_heard (world, "b", LARGE);
  world_pass_quickly (world, 250);
  assert_orders_but_probes (world, "a prepare, b prepare");
  world_pass_quickly (world, 700);
  assert_orders_but_probes (world, "");
  world_pass_quickly (world, 50);
  assert_orders_but_probes (world, "c is deaf, c catch-up");
  g_assert_cmpint ((int) world_row (world, "c")->state, ==, SC_TRANSFER_REPAIRING);
  g_assert_true (world_row (world, "c")->catch_up);
  g_assert_true (g_str_has_prefix (world_row (world, "c")->reason, "no multicast reaches this seat"));
  g_assert_nonnull (strstr (world_row (world, "c")->reason, "4711"));
  g_assert_cmpuint (planned_size (world), ==, LARGE);
  assert_orders_but_probes (world, "plan 010000");
}

/* A console that stood still has sent no probes, and what seats said meanwhile it has yet to read. */
static void
test_time_without_ticks_does_not_count (void)
{
  g_autoptr (World) world = start ();

  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++)
    world_listening (world, *seat, 0);
  world->now += 5 * S;
  sc_session_core_tick (world->core, world->now);
  assert_orders_but_probes (world, "");
  world_pass_quickly (world, 100);
  world_heard (world, "a", LARGE);
  world_heard (world, "b", SMALL);
  world->now += 5 * S;
  sc_session_core_tick (world->core, world->now);
  assert_orders_but_probes (world, "");
  world_heard (world, "b", LARGE);
  world_pass_quickly (world, 250);
  assert_orders_but_probes (world, "a prepare, b prepare");
  world_pass_quickly (world, 500);
  assert_orders_but_probes (world, "");
  world_pass_quickly (world, 50);
  assert_orders_but_probes (world, "c is deaf, c catch-up");
}

/* Nothing tells a slow switch from none: all have three seconds. */
static void
test_nobody_hears (void)
{
  g_autoptr (World) world = start ();

  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++)
    world_listening (world, *seat, 0);
  world_pass_quickly (world, 2950);
  assert_orders_but_probes (world, "");
  world_pass_quickly (world, 50);
  assert_orders_but_probes (world, "a is deaf, a catch-up, b is deaf, b catch-up, c is deaf, c catch-up");
  g_assert_cmpint ((int) world_state (world), ==, SC_SESSION_FINISHING);
  world_finish_all (world);
  g_assert_cmpint ((int) world_state (world), ==, SC_SESSION_DONE);
}

/* One that does not answer is asked like before; what it hears is not known, so packets are ordinary. */
static void
test_one_does_not_answer (void)
{
  g_autoptr (World) world = start ();

  world_listening (world, "a", 0);
  world_listening (world, "b", 0);
  world_heard (world, "a", LARGE);
  world_heard (world, "b", LARGE);
  world_pass_quickly (world, 250);
  assert_orders_but_probes (world, "a prepare, b prepare");
  world_pass_quickly (world, 2750);
  assert_orders_but_probes (world, "c prepare");
  g_assert_cmpuint (planned_size (world), ==, 0);
}

/* Without a socket to probe by nobody is judged. */
static void
test_nothing_can_be_sent (void)
{
  g_autoptr (World) world = start ();

  world->probed = 0;
  everybody_hears (world, 7, 7, 7);
  world_pass_quickly (world, 3000);
  assert_orders_but_probes (world, "a prepare, b prepare, c prepare");
}

/* Nor when the console stops being able to: what was heard before counts on. */
static void
test_probes_that_fail_later (void)
{
  g_autoptr (World) world = start ();

  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++)
    world_listening (world, *seat, 0);
  world_heard (world, "a", LARGE);
  world_pass_quickly (world, 50);
  world->probed = 0;
  world_pass_quickly (world, 100);
  world_heard (world, "b", LARGE); /* of an earlier one */
  world_pass_quickly (world, 500);
  assert_orders_but_probes (world, "a prepare, b prepare, c prepare");
}

static void
test_who_comes_later_is_probed (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_set_listen (world);
  world_go_offline (world, "c");
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_listening (world, "a", 0);
  world_listening (world, "b", 0);
  world_heard (world, "a", LARGE);
  world_heard (world, "b", LARGE);
  assert_orders_but_probes (world, "a listen probes, b listen probes, a prepare, b prepare");
  world_prepared (world, "a", 1, 3, 10);
  world_prepared (world, "b", 1, 3, 10);
  world_come_online (world, "c");
  assert_orders_but_probes (world, "c listen probes");
  g_assert_true (sc_session_core_is_listening (world->core));
  world_listening (world, "c", 7);
  world_heard (world, "c", LARGE);
  assert_orders_but_probes (world, "c prepare");
  world_go_offline (world, "c");
  world_come_online (world, "c");
  assert_orders_but_probes (world, "c prepare"); /* it is known */
  world_prepared (world, "c", 2, 3, 10);
  assert_orders_but_probes (world, "plan 030000");
}

/* A stream of large packets for a and b, when c is away of which nothing is known. */
static World *
send_large_packets (void)
{
  World *world = start ();

  for (const char *const *seat = (const char *const[]){ "a", "b", NULL }; *seat != NULL; seat++) {
    world_listening (world, *seat, 0);
    world_heard (world, *seat, LARGE);
  }
  world_pass_quickly (world, 3000);
  assert_orders_but_probes (world, "a prepare, b prepare, c prepare");
  world_prepared (world, "c", 1, 3, 10);
  world_prepared (world, "a", 1, 3, 10);
  world_prepared (world, "b", 1, 3, 10);
  world_go_offline (world, "c");
  g_assert_cmpuint (sc_session_core_get_symbol_size (world->core), ==, LARGE);
  world->symbol_size = LARGE;
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  world_say (world, "b", SC_CONTROL_JOINED);
  sc_session_core_sending (world->core, world->now);
  assert_orders_but_probes (world, "plan 010000, a join 0, b join 0, driver 0 1");
  world_come_online (world, "c");
  assert_orders_but_probes (world, "c listen probes");
  g_assert_true (sc_session_core_is_listening (world->core));
  world_listening (world, "c", 0);
  return world;
}

/* Into such a stream only who hears it: else all would wait for it. */
static void
test_who_comes_to_the_stream_is_probed (void)
{
  g_autoptr (World) world = send_large_packets ();
  g_autoptr (World) other = send_large_packets ();

  world_heard (world, "c", LARGE);
  assert_orders_but_probes (world, "c prepare");
  world_prepared (world, "c", 1, 3, 10);
  assert_orders (world, "c join 1");

  world_heard (other, "c", SMALL);
  world_pass_quickly (other, 250);
  assert_orders_but_probes (other, "c is deaf, c catch-up");
  g_assert_nonnull (strstr (world_row (other, "c")->reason, "MTU"));
  world_go_offline (other, "c");
  world_come_online (other, "c");
  assert_orders (other, "c catch-up");
  g_assert_cmpint ((int) world_state (other), ==, SC_SESSION_SENDING);
}

static World *
start_manifests (void)
{
  World *world = start ();

  /* 1 and 3 are lacked by two seats, 2 by one; c lacks nothing that is sent */
  everybody_hears (world, 1 | 4, 1 | 2 | 4, 0);
  assert_orders (world, "probe, c prepare, make 1 3 by 8944");
  world_manifests_made (world, both, G_N_ELEMENTS (both));
  assert_orders (world, "a listen manifests, b listen manifests");
  world_listening (world, "a", 3);
  assert_orders (world, "");
  world_listening (world, "b", 3);
  assert_orders (world, "cast 0 1");
  return world;
}

static void
test_manifests_by_multicast (void)
{
  g_autoptr (World) world = start_manifests ();

  world_heard (world, "a", 0);
  world_say (world, "b", SC_CONTROL_REPORT);
  assert_orders (world, "heard 0, report 1 window 2");
  g_assert_cmpint ((int) world_state (world), ==, SC_SESSION_PREPARING);
  sc_session_core_manifests_sent (world->core, world->now);
  assert_orders (world, "end cast, a prepare, b prepare");
  g_assert_cmpuint (planned_size (world), ==, LARGE);
}

/* What one seat alone lacks, it fetches. */
static void
test_manifests_of_one_seat (void)
{
  g_autoptr (World) world = start ();

  everybody_hears (world, 1, 2, 4);
  assert_orders (world, "probe, a prepare, b prepare, c prepare");
}

static void
test_seats_leave_manifests (void)
{
  g_autoptr (World) world = start_manifests ();

  sc_session_core_manifests_lost (world->core, 1, world->now);
  assert_orders (world, "b prepare");
  world_go_offline (world, "a");
  assert_orders (world, "remove 0, end cast");
  world_come_online (world, "a");
  assert_orders (world, "a prepare");
}

/* Neither a sender that fails nor one that never ends holds the session up. */
static void
test_manifests_fail (void)
{
  g_autoptr (World) world = start ();
  g_autoptr (World) endless = start_manifests ();

  world->manifests_fail = TRUE;
  everybody_hears (world, 1, 1, 0);
  world_manifests_made (world, both, 1);
  world_listening (world, "a", 1);
  world_pass_quickly (world, 250); /* b does not answer */
  assert_orders (world, "probe, c prepare, make 1 by 8944, a listen manifests, b listen manifests, b prepare, cast 0, "
                        "a prepare");
  /* what seats still say of them concerns nobody */
  world_say (world, "a", SC_CONTROL_HEARD);
  world_say (world, "a", SC_CONTROL_REPORT);
  world_go_offline (world, "a");
  assert_orders (world, "");
  world_pass_quickly (endless, 60000);
  assert_orders (endless, "end cast, a prepare, b prepare");
}

/* A stream that the seats would refuse is not offered to them. */
static void
test_manifests_are_too_long (void)
{
  g_autoptr (World) world = start ();

  everybody_hears (world, 1, 1, 0);
  world->symbol_size = SC_CAST_SYMBOL_SIZE_MIN - 1;
  world_manifests_made (world, both, 1);
  assert_orders (world, "probe, c prepare, make 1 by 8944, a prepare, b prepare");
}

static void
test_manifests_cannot_be_had (void)
{
  g_autoptr (World) world = start ();

  everybody_hears (world, 1, 1, 0);
  sc_session_core_manifests_made (world->core, NULL, world->now);
  assert_orders (world, "probe, c prepare, make 1 by 8944, a prepare, b prepare");
}

/* What the seats say of what they lack does not have to make sense. */
static void
test_lists_that_do_not_fit (void)
{
  g_autoptr (World) world = start ();
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_LISTENING, 7);

  message->listening.lacks = g_bytes_new_static ("\xff\xff", 2);
  sc_session_core_message (world->core, "a", message, world->now);
  sc_session_core_message (world->core, "b", message, world->now);
  world_listening (world, "c", 0xff);
  world_heard (world, "a", LARGE);
  world_heard (world, "b", LARGE);
  world_heard (world, "c", LARGE);
  assert_orders (world, "probe, a prepare, b prepare, c prepare");
}

static void
test_cancel (void)
{
  g_autoptr (World) world = start ();
  g_autoptr (World) taking = start_manifests ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_session_core_pause (world->core, world->now, &error));
  g_assert_nonnull (strstr (error->message, "nothing is sent yet"));
  g_assert_true (sc_session_core_cancel (world->core, world->now, NULL));
  assert_orders (world, "a leave cancelled, b leave cancelled, c leave cancelled");
  world_pass_quickly (world, 5000);
  assert_orders (world, "");
  g_assert_cmpint ((int) world_state (world), ==, SC_SESSION_CANCELLED);

  g_assert_true (sc_session_core_cancel (taking->core, taking->now, NULL));
  assert_orders (taking, "end cast, a leave cancelled, b leave cancelled, c leave cancelled");
  sc_session_core_manifests_sent (taking->core, taking->now); /* was on its way */
  sc_session_core_manifests_lost (taking->core, 0, taking->now);
  assert_orders (taking, "");
}

static void
test_suspend (void)
{
  g_autoptr (World) world = start_manifests ();
  const char *const seats[] = { "a", "b", "c", NULL };

  sc_session_core_release (world->core, seats, world->now);
  assert_orders (world, "end cast, a leave suspended, b leave suspended, c leave suspended");
  g_assert_true (sc_session_core_get_session (world->core)->suspended);
}

/* Of what is sent after, it can open nothing. */
static void
test_shut_out (void)
{
  g_autoptr (World) world = start_manifests ();

  world_shut_out (world, "a", 30);
  assert_orders (world, "a leave cancelled, remove 0, end cast, b prepare");
}

static void
test_dry_run_does_not_probe (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_get_session (world->core)->dry_run = TRUE;
  world_set_listen (world);
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a prepare, b prepare, c prepare");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-listen/all-hear-large-packets", test_all_hear_large_packets);
  g_test_add_func ("/session-listen/one-hears-small-packets", test_one_hears_small_packets);
  g_test_add_func ("/session-listen/lies-about-sizes", test_lies_about_sizes);
  g_test_add_func ("/session-listen/sizes-that-nobody-probed", test_sizes_that_nobody_probed);
  g_test_add_func ("/session-listen/one-hears-nothing", test_one_hears_nothing);
  g_test_add_func ("/session-listen/time-without-ticks-does-not-count", test_time_without_ticks_does_not_count);
  g_test_add_func ("/session-listen/nobody-hears", test_nobody_hears);
  g_test_add_func ("/session-listen/one-does-not-answer", test_one_does_not_answer);
  g_test_add_func ("/session-listen/nothing-can-be-sent", test_nothing_can_be_sent);
  g_test_add_func ("/session-listen/probes-that-fail-later", test_probes_that_fail_later);
  g_test_add_func ("/session-listen/who-comes-later-is-probed", test_who_comes_later_is_probed);
  g_test_add_func ("/session-listen/who-comes-to-the-stream-is-probed", test_who_comes_to_the_stream_is_probed);
  g_test_add_func ("/session-listen/manifests-by-multicast", test_manifests_by_multicast);
  g_test_add_func ("/session-listen/manifests-of-one-seat", test_manifests_of_one_seat);
  g_test_add_func ("/session-listen/seats-leave-manifests", test_seats_leave_manifests);
  g_test_add_func ("/session-listen/manifests-fail", test_manifests_fail);
  g_test_add_func ("/session-listen/manifests-are-too-long", test_manifests_are_too_long);
  g_test_add_func ("/session-listen/manifests-cannot-be-had", test_manifests_cannot_be_had);
  g_test_add_func ("/session-listen/lists-that-do-not-fit", test_lists_that_do_not_fit);
  g_test_add_func ("/session-listen/cancel", test_cancel);
  g_test_add_func ("/session-listen/suspend", test_suspend);
  g_test_add_func ("/session-listen/shut-out", test_shut_out);
  g_test_add_func ("/session-listen/dry-run-does-not-probe", test_dry_run_does_not_probe);
  return g_test_run ();
}
