/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seat that enrols, and one that its console does not let in any more. */
#include "sc-test-host.h"

/* Says that settings may have changed until the seat has asked so often, or is in: what it asks just then is not asked
 * once more. */
static void
ask_until (ScTestHost *f, guint n)
{
  while (f->enrolment.n_asked < n && sc_seat_host_is_waiting (f->host)) {
    guint reads = f->n_reads;

    sc_test_host_tell_change (f);
    sc_test_host_wait_for_reads (f, reads + 1);
  }
}

/* It enrols first, says once what it waits for, and asks again at once when it is told that something is different. */
static void
test_enrols (ScTestHost *f, gconstpointer data)
{
  f->enrolment.say = SC_TEST_SAY_PENDING;
  sc_test_host_save_connection (f);
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  sc_test_host_set (f->local, "Room", "R 1");
  sc_test_host_expect ("Waiting for approval at the console: for a reason");
  sc_test_host_start (f);
  sc_test_host_wait_to_be_told ();
  ask_until (f, 3);
  sc_test_host_assert_told ();
  g_assert_true (sc_seat_host_is_waiting (f->host));
  g_assert_cmpstr (f->enrolment.asked->token, ==, SC_TEST_TOKEN);
  g_assert_cmpstr (f->enrolment.asked->room, ==, "R 1");
  f->enrolment.say = SC_TEST_SAY_APPROVED;
  ask_until (f, f->enrolment.n_asked + 2); /* one question may have been under way */
  sc_test_service_wait_for_inventory (&f->seat);
  g_assert_false (sc_seat_host_is_waiting (f->host));
  sc_test_host_quit (f);
}

/* What was denied is not asked again until the settings are others. */
static void
test_denied (ScTestHost *f, gconstpointer data)
{
  f->enrolment.say = SC_TEST_SAY_DENIED;
  sc_test_host_set_all (f, f->policy);
  sc_test_host_expect ("The console has denied that this seat enrols*: for a reason");
  sc_test_host_start (f);
  sc_test_host_wait_to_be_told ();
  f->n_reads = 0;
  sc_test_host_tell_change (f);
  sc_test_host_wait_for_reads (f, 1);
  sc_test_host_assert_told ();
  g_assert_cmpuint (f->enrolment.n_asked, ==, 1);
  f->enrolment.say = SC_TEST_SAY_APPROVED;
  sc_test_host_set (f->policy, SC_SETTING_TOKEN, "another");
  sc_test_host_tell_change (f);
  sc_test_service_wait_for_inventory (&f->seat);
  g_assert_cmpstr (f->enrolment.asked->token, ==, "another");
  sc_test_host_quit (f);
}

static void
test_without_token (ScTestHost *f, gconstpointer data)
{
  sc_test_host_set_all (f, f->policy);
  g_hash_table_remove (f->policy, SC_SETTING_TOKEN);
  sc_test_host_expect ("Waiting for settings. Settings are missing (Token): " SC_TEST_HOST_WHERE);
  sc_test_host_start (f);
  sc_test_host_assert_told ();
  sc_test_host_set (f->policy, SC_SETTING_TOKEN, SC_TEST_TOKEN);
  sc_test_host_tell_change (f);
  sc_test_service_wait_for_inventory (&f->seat);
  g_assert_cmpuint (f->enrolment.n_asked, ==, 1);
  /* a seat that has enrolled does not miss it, nor begins anew for another */
  g_assert_true (g_hash_table_remove (f->policy, SC_SETTING_TOKEN));
  f->n_reads = 0;
  sc_test_host_tell_change (f);
  sc_test_host_wait_for_reads (f, 1);
  g_assert_false (sc_seat_host_is_waiting (f->host));
  sc_test_host_quit (f);
}

/* The console has revoked it: the service stays, and the seat asks for another identity beside it, once. */
static void
test_refused (ScTestHost *f, gconstpointer data)
{
  f->enrolment.say = SC_TEST_SAY_PENDING;
  f->refuse = TRUE;
  sc_test_host_set_all (f, f->policy);
  sc_test_host_expect ("Waiting for approval at the console: for a reason");
  sc_test_host_ignore (TRUE);
  sc_test_host_start (f);
  sc_test_host_wait_to_be_told ();
  g_assert_false (sc_seat_host_is_waiting (f->host));
  guint refused = f->n_refused;
  while (f->n_refused < refused + 2) /* it is tried on */
    g_main_context_iteration (NULL, TRUE);
  sc_test_host_assert_told ();
  g_assert_cmpuint (f->enrolment.n_asked, ==, 1);

  f->refuse = FALSE;
  f->enrolment.say = SC_TEST_SAY_APPROVED;
  sc_test_host_tell_change (f);
  sc_test_service_wait_for_inventory (&f->seat);
  sc_test_host_ignore (FALSE);
  sc_test_host_quit (f);
}

/* Approved, and not let in all the same: it does not go round and round. */
static void
test_refused_again (ScTestHost *f, gconstpointer data)
{
  f->refuse = TRUE;
  sc_test_host_set_all (f, f->policy);
  sc_test_host_ignore (TRUE);
  sc_test_host_start (f);
  while (f->n_refused < 6) /* it is told why by every second answer */
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f->enrolment.n_asked, ==, 1);
  f->refuse = FALSE;
  sc_test_service_wait_for_inventory (&f->seat);
  sc_test_host_ignore (FALSE);
  sc_test_host_quit (f);
}

int
main (int argc, char **argv)
{
  sc_test_host_init (&argc, &argv);
  g_test_add ("/seat-host/enrols", ScTestHost, SC_TEST_HOST_STRANGER, sc_test_host_set_up, test_enrols,
              sc_test_host_tear_down);
  g_test_add ("/seat-host/denied", ScTestHost, SC_TEST_HOST_STRANGER, sc_test_host_set_up, test_denied,
              sc_test_host_tear_down);
  g_test_add ("/seat-host/without-token", ScTestHost, SC_TEST_HOST_STRANGER, sc_test_host_set_up, test_without_token,
              sc_test_host_tear_down);
  g_test_add ("/seat-host/refused", ScTestHost, NULL, sc_test_host_set_up, test_refused, sc_test_host_tear_down);
  g_test_add ("/seat-host/refused-again", ScTestHost, NULL, sc_test_host_set_up, test_refused_again,
              sc_test_host_tear_down);
  return g_test_run ();
}
