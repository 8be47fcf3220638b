/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-seat-log.h"
#include "tests/unit/engine/scheduler-fixture.h"

#include <gio/gio.h>
#include <string.h>

/* Waking seats before a session, and powering them off after it. */

#define ROOM FIXTURE_ROOM

static GSocket *
listen_for_packets (char **destination)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (socket, any, FALSE, &error));
  g_socket_set_blocking (socket, FALSE);
  bound = g_socket_get_local_address (socket, &error);
  *destination = g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return socket;
}

/* @last: of the MAC address. Returns: packets for it that have come since the last time */
static guint
count_packets (GSocket *socket, guint8 last)
{
  guint8 packet[256];
  guint n = 0;

  while (g_socket_receive (socket, (char *) packet, sizeof packet, NULL, NULL) == 102)
    n += packet[101] == last;
  return n;
}

static void
set_policy (SchedulerFixture *fixture, gboolean wake, gboolean power_off, const char *destination)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) room = sc_catalog_load_room (fixture->engine.parts.catalog, ROOM, &error);

  g_assert_no_error (error);
  room->policy.wake = wake;
  room->policy.power_off = power_off;
  if (destination != NULL) {
    g_free (room->policy.wake_address);
    room->policy.wake_address = g_strdup ("127.0.0.1");
    g_free (room->policy.wake_destination);
    room->policy.wake_destination = g_strdup (destination);
  }
  g_assert_true (sc_scheduler_set_policy (fixture->scheduler, ROOM, &room->policy, &error));
  g_assert_no_error (error);
}

static void
add_seat_that_is_off (SchedulerFixture *fixture, guint number, const char *room, const char *address, gboolean has_mac)
{
  g_autoptr (ScControlMessage) message = scheduler_make_inventory (fixture, number, room, 1);
  g_autoptr (GError) error = NULL;

  g_free (message->inventory->address);
  message->inventory->address = g_strdup (address);
  if (!has_mac)
    *message->inventory->mac = '\0';
  g_assert_true (sc_catalog_save_inventory (fixture->engine.parts.catalog, message->inventory, fixture->real, &error));
  g_assert_no_error (error);
}

/* (transfer full): why not, of each */
static GPtrArray *
wake (SchedulerFixture *fixture, guint first, guint second)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (seats, scheduler_seat_id (first));
  g_ptr_array_add (seats, scheduler_seat_id (second));
  return sc_scheduler_wake (fixture->scheduler, seats);
}

/* @expected: MAC addresses with blanks between */
static void
assert_relayed (const SchedulerSeat *relay, const char *expected)
{
  const ScControlMessage *message = scheduler_seat_wait (relay, SC_CONTROL_WAKE, 1);
  g_autoptr (GPtrArray) macs = g_ptr_array_copy (message->wake.macs, (GCopyFunc) (void *) g_strdup, NULL);
  g_autofree char *text = NULL;

  g_ptr_array_add (macs, NULL);
  text = g_strjoinv (" ", (char **) macs->pdata);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpstr (message->wake.destination, ==, "");
}

/* By the console, and by a seat that is on the same network. */
static void
test_wake (SchedulerFixture *fixture, gconstpointer data)
{
  g_autofree char *destination = NULL;
  g_autoptr (GSocket) socket = listen_for_packets (&destination);
  g_autoptr (SchedulerSeat) relay = NULL;
  g_autoptr (SchedulerSeat) elsewhere = NULL;
  g_autoptr (GPtrArray) errors = NULL;
  g_autoptr (GPtrArray) refused = NULL;

  add_seat_that_is_off (fixture, 2, ROOM, "127.0.0.9", TRUE);
  add_seat_that_is_off (fixture, 3, ROOM, "127.0.0.10", TRUE);
  add_seat_that_is_off (fixture, 6, ROOM, "127.0.0.11", FALSE);
  sc_scheduler_start (fixture->scheduler);
  set_policy (fixture, FALSE, FALSE, destination);
  relay = scheduler_seat_new (fixture, 4, ROOM, 1);
  elsewhere = scheduler_seat_new (fixture, 5, "B202", 1); /* the same network, but another room: not needed */
  scheduler_fixture_settle (fixture);

  errors = wake (fixture, 2, 3);
  g_assert_cmpuint (errors->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (errors, 0), ==, NULL);
  g_assert_cmpstr (g_ptr_array_index (errors, 1), ==, NULL);
  g_assert_cmpuint (count_packets (socket, 2), ==, 1); /* at once; the others follow */
  assert_relayed (relay, "02:fc:00:00:00:02 02:fc:00:00:00:03");

  refused = wake (fixture, 4, 6);
  g_assert_nonnull (strstr (g_ptr_array_index (refused, 0), "is on"));
  g_assert_nonnull (strstr (g_ptr_array_index (refused, 1), "MAC"));
}

/* Where the console cannot send, a relay is enough; without one that is told. */
static void
test_relay_alone (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) neighbour = NULL;
  g_autoptr (GPtrArray) errors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) room = NULL;

  add_seat_that_is_off (fixture, 2, ROOM, "127.0.0.9", TRUE);
  add_seat_that_is_off (fixture, 3, "B202", "10.99.0.9", TRUE);
  sc_scheduler_start (fixture->scheduler);
  room = sc_catalog_load_room (fixture->engine.parts.catalog, ROOM, &error);
  g_free (room->policy.wake_address);
  room->policy.wake_address = g_strdup ("192.0.2.77"); /* no interface of this machine */
  g_assert_true (sc_scheduler_set_policy (fixture->scheduler, ROOM, &room->policy, &error));
  g_assert_true (sc_scheduler_set_policy (fixture->scheduler, "B202", &room->policy, &error));
  neighbour = scheduler_seat_new (fixture, 5, "C303", 1); /* in another room, on the same network */
  scheduler_fixture_settle (fixture);

  errors = wake (fixture, 2, 3);
  g_assert_cmpstr (g_ptr_array_index (errors, 0), ==, NULL);
  g_assert_nonnull (g_ptr_array_index (errors, 1));
  g_assert_nonnull (strstr (g_ptr_array_index (errors, 1), "192.0.2.77"));
  assert_relayed (neighbour, "02:fc:00:00:00:02");
}

/* A session whose room wakes awaits those that are off, and wakes them. */
static void
test_wake_for_session (SchedulerFixture *fixture, gconstpointer data)
{
  g_autofree char *destination = NULL;
  g_autoptr (GSocket) socket = listen_for_packets (&destination);
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (SchedulerSeat) woken = NULL;

  add_seat_that_is_off (fixture, 2, ROOM, "127.0.0.9", TRUE);
  sc_scheduler_start (fixture->scheduler);
  set_policy (fixture, TRUE, FALSE, destination);
  scheduler_fixture_assign (fixture, ROOM, 2);
  scheduler_fixture_settle (fixture);
  for (guint i = 0; i < 4 && count_packets (socket, 2) == 0; i++)
    scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME / 2);
  sessions = sc_catalog_list_sessions (fixture->engine.parts.catalog, 1, NULL);
  g_assert_cmpuint (((ScCatalogSession *) g_ptr_array_index (sessions, 0))->version, ==, 2);
  g_assert_false (sc_session_state_is_over (((ScCatalogSession *) g_ptr_array_index (sessions, 0))->state));
  woken = scheduler_seat_new (fixture, 2, ROOM, 1); /* it hears that, and comes */
  scheduler_seat_wait (woken, SC_CONTROL_PREPARE, 1);
}

/* Returns: (transfer full): the texts of the seat's log that are about being powered off */
static char *
read_power_log (SchedulerFixture *fixture, const char *seat)
{
  g_autoptr (GPtrArray) entries = NULL;
  GString *text = g_string_new (NULL);

  sc_seat_log_flush (fixture->engine.parts.seat_log);
  entries = sc_catalog_list_seat_log (fixture->engine.parts.catalog, seat, 100, NULL);
  for (guint i = 0; i < entries->len; i++) {
    const ScSeatLogEntry *entry = g_ptr_array_index (entries, i);

    if (strstr (entry->event, "powered-off") != NULL)
      g_string_append_printf (text, "%s:%s;", entry->event, entry->text);
  }
  return g_string_free (text, FALSE);
}

/* Says that the session's version is there. */
static void
finish (SchedulerFixture *fixture, const SchedulerSeat *seat, guint number, guint64 session)
{
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, session);
  g_autoptr (ScControlMessage) inventory = scheduler_make_inventory (fixture, number, ROOM, 2);

  done->done.version = 2;
  engine_fixture_say (seat->connection, inventory);
  engine_fixture_say (seat->connection, done);
}

/* At the end those that are done are powered off, and what they answer is kept. */
static void
test_power_off (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) first = NULL;
  g_autoptr (SchedulerSeat) second = NULL;
  g_autoptr (ScControlMessage) failed = sc_control_message_new (SC_CONTROL_FAILED, 0);
  g_autoptr (ScControlMessage) powered = sc_control_message_new (SC_CONTROL_POWERED, 0);
  g_autofree char *log = NULL;
  guint64 session;

  sc_scheduler_start (fixture->scheduler);
  set_policy (fixture, FALSE, TRUE, NULL);
  first = scheduler_seat_new (fixture, 1, ROOM, 1);
  second = scheduler_seat_new (fixture, 2, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
  session = scheduler_seat_wait (first, SC_CONTROL_PREPARE, 1)->session;
  scheduler_seat_wait (second, SC_CONTROL_PREPARE, 1);
  finish (fixture, first, 1, session);
  failed->session = session;
  failed->failed.code = g_strdup ("io");
  failed->failed.message = g_strdup ("the disk is broken");
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (scheduler_seat_count (first, SC_CONTROL_POWER_OFF), ==, 0); /* others may need it as a neighbour */
  engine_fixture_say (second->connection, failed);
  scheduler_seat_wait (first, SC_CONTROL_POWER_OFF, 1);
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (scheduler_seat_count (second, SC_CONTROL_POWER_OFF), ==, 0);

  powered->powered.message = g_strdup ("somebody is signed in");
  engine_fixture_say (first->connection, powered);
  powered->powered.off = TRUE;
  g_free (powered->powered.message);
  powered->powered.message = g_strdup ("");
  engine_fixture_say (first->connection, powered);
  scheduler_fixture_settle (fixture);
  log = read_power_log (fixture, first->id);
  g_assert_nonnull (strstr (log, "not-powered-off:somebody is signed in;"));
  g_assert_nonnull (strstr (log, "powered-off:;"));
}

/* Whose assignment asked for it is powered off, and not another one of the room that took part. */
static void
test_power_off_one (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) asked = NULL;
  g_autoptr (SchedulerSeat) late = NULL;
  g_autoptr (ScSelection) selection = sc_selection_new (2, NULL);
  g_autoptr (GError) error = NULL;
  guint64 session;

  sc_scheduler_start (fixture->scheduler);
  asked = scheduler_seat_new (fixture, 1, ROOM, 1);
  late = scheduler_seat_new (fixture, 2, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  g_assert_true (
      sc_scheduler_pin (fixture->scheduler, asked->id, selection, SC_DUE_SESSION | SC_DUE_POWER_OFF, &error));
  g_assert_no_error (error);
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
  session = scheduler_seat_wait (asked, SC_CONTROL_PREPARE, 1)->session;
  g_assert_cmpuint (scheduler_seat_wait (late, SC_CONTROL_PREPARE, 1)->session, ==, session);
  finish (fixture, late, 2, session);
  finish (fixture, asked, 1, session);
  scheduler_seat_wait (asked, SC_CONTROL_POWER_OFF, 1);
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (scheduler_seat_count (late, SC_CONTROL_POWER_OFF), ==, 0);
}

#define ADD(path, func)                                                                                                \
  g_test_add (path, SchedulerFixture, NULL, scheduler_fixture_set_up, func, scheduler_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/scheduler/wake/all-ways", test_wake);
  ADD ("/scheduler/wake/relay-alone", test_relay_alone);
  ADD ("/scheduler/wake/for-session", test_wake_for_session);
  ADD ("/scheduler/power-off", test_power_off);
  ADD ("/scheduler/power-off/one", test_power_off_one);
  return g_test_run ();
}
