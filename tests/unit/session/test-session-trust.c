/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-seat.h"
#include "test-store.h"
#include "test-world.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-certificates.h"
#include "console/engine/session/sc-sessions.h"
#include "console/engine/store/sc-store-signatures.h"

#include <glib/gstdio.h>

/* Who is trusted in a session: by its core alone, then with real connections. */

#define SEAT_A "00000000-0000-4000-8000-00000000000a"
#define SEAT_B "00000000-0000-4000-8000-00000000000b"
#define SEAT_C "00000000-0000-4000-8000-00000000000c"
#define REASON "revoked by staff"

/* ---- the core ---- */

static void
assert_revoked (World *world, const char *seat)
{
  g_assert_cmpint (world_row (world, seat)->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpstr (world_row (world, seat)->reason, ==, "revoked");
  g_assert_false (sc_session_core_holds (world->core, seat));
}

/* Whoever listens is told the new key before the driver uses it; the others are never sent to in vain. */
static void
test_listening (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_shut_out (world, "b", 5);
  assert_orders (world, "b leave cancelled, remove 1, a key 5, c key 5, key 5");
  assert_revoked (world, "b");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_SENDING);
  world_shut_out (world, "b", 6); /* told once, it has nothing more to lose */
  assert_orders (world, "");
  world->tag = 5;
  world_go_offline (world, "c");
  world_come_online (world, "c");
  world_prepared (world, "c", 1, 3, 0);
  assert_orders (world, "remove 2, c prepare, c join 1"); /* which bears the new key: see the world's act_send() */
}

/* It was done, or sent away, and still has the key. */
static void
test_no_longer_listening (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_say (world, "a", SC_CONTROL_DONE);
  world_go_offline (world, "b");
  g_ptr_array_set_size (world->orders, 0);
  world_shut_out (world, "a", 5);
  assert_orders (world, "c key 5, key 5"); /* b gets it when it is back */
  g_assert_cmpint (world_row (world, "a")->state, ==, SC_TRANSFER_DONE);
  world_shut_out (world, "b", 6);
  assert_orders (world, ""); /* it was not told the one in use */
  assert_revoked (world, "b");
  world_come_online (world, "b");
  assert_orders (world, "");
  world_shut_out (world, "nobody", 7);
  assert_orders (world, "");
}

/* Who was never told a key leaves it as it is. */
static void
test_before_the_stream (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_shut_out (world, "a", 5); /* while the version is loaded */
  assert_revoked (world, "a");
  g_ptr_array_set_size (world->orders, 0);
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "b prepare, c prepare");
  world_prepared (world, "b", 1, 3, 0);
  world_shut_out (world, "c", 6); /* the others do not wait for it any more */
  assert_orders (world, "c leave cancelled, plan 010000");
  assert_revoked (world, "c");
}

/* Some have joined, some are about to: the order to join may have left already. */
static void
test_while_they_join (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "b", 1, 3, 0);
  world_prepared (world, "c", 1, 3, 0);
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  g_ptr_array_set_size (world->orders, 0);
  world_shut_out (world, "b", 5);
  assert_orders (world, "b leave cancelled, a key 5, c key 5, key 5");
  world_say (world, "c", SC_CONTROL_JOINED);
  assert_orders (world, "driver 0 2");
}

static void
test_last_one (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world_bring_to_sending (world);
  world_shut_out (world, "a", 5);
  world_shut_out (world, "b", 6);
  g_ptr_array_set_size (world->orders, 0);
  world_shut_out (world, "c", 7);
  assert_orders (world, "c leave cancelled, hold, remove 2, key 7, stop");
  g_assert_cmpint (world_state (world), ==, SC_SESSION_FAILED);
}

/* An order that cannot be signed is not sent: the seat fails, and says why; the others go on. */
static void
test_not_signed (void)
{
  g_autoptr (World) world = world_new (SC_SESSION_PREPARING);

  world->unsigned_seat = "b";
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  assert_orders (world, "a prepare, c prepare");
  g_assert_cmpint (world_row (world, "b")->state, ==, SC_TRANSFER_FAILED);
  g_assert_nonnull (strstr (world_row (world, "b")->reason, "could not be kept"));
  world_prepared (world, "a", 1, 3, 0);
  world_prepared (world, "c", 1, 3, 0);
  assert_orders (world, "plan 010000");
}

/* ---- with connections ---- */

typedef struct {
  TestStore *store;
  ScSeatHub *hub;
  TestGate *gate;
  ScSessions *sessions;
  TestSeat *a, *b, *c;
  guint64 id;
} Fixture;

static TestSeat *
join (Fixture *fixture, const char *id, const char *room)
{
  TestSeat *seat = test_seat_new (fixture->gate, id);
  g_autoptr (ScControlMessage) welcome = NULL;

  test_seat_send_inventory (seat, room);
  welcome = test_seat_expect (seat, SC_CONTROL_WELCOME);
  return seat;
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  const ScSessionsConfig config = { "239.255.77.22", 38474, NULL, 100000000, 1500, 0 };

  fixture->store = test_store_new (10);
  fixture->hub = sc_seat_hub_new (fixture->store->catalog);
  fixture->gate = test_gate_new (fixture->hub);
  fixture->sessions = sc_sessions_new (fixture->store->store, fixture->store->catalog, fixture->hub, &config);
  if (data == NULL)
    g_assert_true (sc_sessions_use_authority (fixture->sessions, fixture->store->authority, NULL));
  fixture->a = join (fixture, SEAT_A, "lab 1");
  fixture->b = join (fixture, SEAT_B, "lab 1");
  fixture->c = join (fixture, SEAT_C, "lab 2");
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  test_seat_free (fixture->a);
  test_seat_free (fixture->b);
  test_seat_free (fixture->c);
  g_object_unref (fixture->sessions);
  test_gate_free (fixture->gate);
  g_object_unref (fixture->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_store_free (fixture->store);
}

static void
deploy (Fixture *fixture, const char *room)
{
  const ScDeployRequest request = { .version = 1, .room = room };
  g_autoptr (GError) error = NULL;

  fixture->id = sc_sessions_deploy (fixture->sessions, &request, &error);
  g_assert_no_error (error);
}

/* The seat says that it lacks all of the version. */
static void
listen (Fixture *fixture, TestSeat *seat)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_PREPARE);
  g_autoptr (ScControlMessage) prepared = sc_control_message_new (SC_CONTROL_PREPARED, order->session);

  prepared->prepared.lacks = test_store_make_bits (fixture->store, 1);
  prepared->prepared.needs = sc_needs_new ();
  prepared->prepared.needs->lacks_bytes = 4711;
  test_seat_send (seat, prepared);
}

/* Returns: the key that it was told */
static ScCastKey
take_join (TestSeat *seat)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_JOIN);
  g_autoptr (ScControlMessage) joined = sc_control_message_new (SC_CONTROL_JOINED, order->session);

  test_seat_send (seat, joined);
  return order->join.key;
}

/* All that was sent to the seat has come: the answer to what it says last has. */
static void
settle (TestSeat *seat)
{
  g_autoptr (ScControlMessage) joined = sc_control_message_new (SC_CONTROL_JOINED, 777);
  g_autoptr (ScControlMessage) answer = NULL;

  test_seat_send (seat, joined); /* of no session: it is sent away */
  answer = test_seat_expect (seat, SC_CONTROL_LEAVE);
  g_assert_cmpuint (answer->session, ==, 777);
}

/* One seat of a session is shut out: only the session's other seats are told the new key, not the one that is shut out,
 * nor one that is in another session of the same version. */
static void
test_keys_are_the_sessions_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) key = NULL;
  g_autoptr (ScControlMessage) leave = NULL;
  ScCastKey of_a, of_b, of_c;
  guint64 first;

  deploy (fixture, "lab 1");
  first = fixture->id;
  listen (fixture, fixture->a);
  listen (fixture, fixture->b);
  deploy (fixture, "lab 2");
  listen (fixture, fixture->c);
  of_a = take_join (fixture->a);
  of_b = take_join (fixture->b);
  of_c = take_join (fixture->c);
  g_assert_cmpmem (&of_a, sizeof of_a, &of_b, sizeof of_b);
  g_assert_true (memcmp (of_a.key, of_c.key, sizeof of_a.key) != 0);

  sc_sessions_shut_out (fixture->sessions, SEAT_B, REASON);
  key = test_seat_expect (fixture->a, SC_CONTROL_KEY);
  g_assert_cmpuint (key->session, ==, first);
  g_assert_true (memcmp (key->key.key.key, of_a.key, sizeof of_a.key) != 0);
  g_assert_true (memcmp (key->key.key.key, of_c.key, sizeof of_c.key) != 0);
  g_assert_cmpuint (key->key.key.tag, !=, of_a.tag);
  leave = test_seat_expect (fixture->b, SC_CONTROL_LEAVE);
  g_assert_cmpint (leave->leave.reason, ==, SC_LEAVE_CANCELLED);
  settle (fixture->b);
  settle (fixture->c);
  settle (fixture->a);
}

static gboolean
is_revoked (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GPtrArray) rows = sc_catalog_list_session_seats (fixture->store->catalog, fixture->id, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (rows, i);

    if (g_str_equal (row->seat, SEAT_B))
      return row->state == SC_TRANSFER_FAILED && g_str_equal (row->reason, REASON);
  }
  return FALSE;
}

static void
test_revoked_is_kept (Fixture *fixture, gconstpointer data)
{
  deploy (fixture, "lab 1");
  sc_sessions_shut_out (fixture->sessions, SEAT_B, REASON);
  test_wait_for (is_revoked, fixture);
}

/* A version that is not signed, or not well, is not deployed, tried out, or fetched: nothing is ordered. */
static void
test_unsigned_version (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->store->directory, "store", "signatures", "1", NULL);
  ScDeployRequest request = { .version = 1 };
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (sc_sessions_use_authority (fixture->sessions, fixture->store->authority, NULL)); /* reads anew */
  for (guint i = 0; i < 2; i++) {
    request.dry_run = i == 1;
    g_assert_cmpuint (sc_sessions_deploy (fixture->sessions, &request, &error), ==, 0);
    g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
    g_assert_nonnull (strstr (error->message, "seatcastctl version sign 1"));
    g_clear_error (&error);
  }
  g_assert_false (sc_sessions_catch_up (fixture->sessions, SEAT_A, 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  seat = sc_catalog_find_seat (fixture->store->catalog, SEAT_A, NULL);
  g_assert_cmpuint (seat->assigned_version, ==, 0);
  settle (fixture->a);
  g_assert_true (sc_store_sign_version (fixture->store->store, 1, NULL, NULL, NULL));
  deploy (fixture, NULL);
}

/* Without an authority nothing is signed, so nothing is ordered. */
static void
test_nobody_signs (Fixture *fixture, gconstpointer data)
{
  const ScDeployRequest request = { .version = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sc_sessions_deploy (fixture->sessions, &request, &error), ==, 0);
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_assert_cmpuint (fixture->a->n_trusts, ==, 0);
}

static gboolean
all_told_twice (gpointer data)
{
  Fixture *fixture = data;

  return fixture->a->n_trusts == 2 && fixture->b->n_trusts == 2 && fixture->c->n_trusts == 2;
}

/* Seat B has one from the next authority already; @revoked: s since 1970, 0: it is good. */
static void
give_certificate (Fixture *fixture, gint64 revoked)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *next = sc_certificate_get_fingerprint (sc_authority_get_next (fixture->store->authority));
  ScCatalogCertificate certificate = {
    .key_id = { 1 }, .seat = (char *) SEAT_B, .authority = next, .certificate = next
  };
  g_autoptr (GError) error = NULL;

  certificate.issued = now;
  certificate.ends = now + 1000;
  certificate.revoked = revoked;
  sc_catalog_save_certificate (fixture->store->catalog, &certificate, &error);
  g_assert_no_error (error);
}

/* Every seat is told what to trust when it connects, and all are when that changes; whoever has no certificate of the
 * next authority is to get one. Orders are good for both. */
static void
test_trust_is_told (Fixture *fixture, gconstpointer data)
{
  const ScAnchors *anchors;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) order = NULL;

  settle (fixture->a);
  anchors = sc_authority_get_anchors (fixture->store->authority);
  g_assert_cmpuint (fixture->a->n_trusts, ==, 1);
  g_assert_true (sc_anchors_equal (fixture->a->anchors, anchors));
  g_assert_false (fixture->a->renew);

  sc_authority_begin_rotation (fixture->store->authority, g_get_real_time () / G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  give_certificate (fixture, 0);
  sc_sessions_use_authority (fixture->sessions, fixture->store->authority, &error);
  g_assert_no_error (error);
  test_wait_for (all_told_twice, fixture);
  anchors = sc_authority_get_anchors (fixture->store->authority);
  g_assert_cmpuint (anchors->n_signing_keys, ==, 2);
  g_assert_true (sc_anchors_equal (fixture->a->anchors, anchors));
  g_assert_true (fixture->a->renew);
  g_assert_false (fixture->b->renew);
  g_assert_true (sc_sessions_catch_up (fixture->sessions, SEAT_A, 1, &error));
  g_assert_no_error (error);
  order = test_seat_expect (fixture->a, SC_CONTROL_CATCH_UP);

  give_certificate (fixture, 1);
  test_seat_free (fixture->b);
  fixture->b = join (fixture, SEAT_B, "lab 1");
  settle (fixture->b);
  g_assert_true (fixture->b->renew);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD_CORE(name, function) g_test_add_func ("/session-trust/core/" name, function)
  ADD_CORE ("listening", test_listening);
  ADD_CORE ("no-longer-listening", test_no_longer_listening);
  ADD_CORE ("before-the-stream", test_before_the_stream);
  ADD_CORE ("while-they-join", test_while_they_join);
  ADD_CORE ("last-one", test_last_one);
  ADD_CORE ("not-signed", test_not_signed);
#define ADD(name, nobody, function)                                                                                    \
  g_test_add ("/session-trust/" name, Fixture, GUINT_TO_POINTER (nobody), setup, function, teardown)
  ADD ("keys-are-the-sessions-own", FALSE, test_keys_are_the_sessions_own);
  ADD ("revoked-is-kept", FALSE, test_revoked_is_kept);
  ADD ("unsigned-version", FALSE, test_unsigned_version);
  ADD ("nobody-signs", TRUE, test_nobody_signs);
  ADD ("trust-is-told", FALSE, test_trust_is_told);
  return g_test_run ();
}
