/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-lock-out.h"

#define START 1000000

static ScLockOutKind
try_password (ScLockOut *lock_out, const char *user, const char *address, ScAttempt outcome, gint64 now)
{
  guint wait = 0;

  g_assert_cmpint (sc_lock_out_begin (lock_out, user, address, now, &wait), ==, SC_LOCK_OUT_NONE);
  g_assert_cmpuint (wait, ==, 0);
  return sc_lock_out_end (lock_out, user, address, outcome, now);
}

static ScLockOutKind
ask (ScLockOut *lock_out, const char *user, const char *address, gint64 now, guint *wait)
{
  ScLockOutKind kind = sc_lock_out_begin (lock_out, user, address, now, wait);

  if (kind == SC_LOCK_OUT_NONE)
    sc_lock_out_end (lock_out, user, address, SC_ATTEMPT_UNKNOWN, now);
  return kind;
}

static void
lock_pair (ScLockOut *lock_out, const char *user, const char *address, gint64 now)
{
  for (guint i = 1; i < SC_LOCK_OUT_PAIR_FAILURES; i++)
    g_assert_cmpint (try_password (lock_out, user, address, SC_ATTEMPT_WRONG, now), ==, SC_LOCK_OUT_NONE);
  g_assert_cmpint (try_password (lock_out, user, address, SC_ATTEMPT_WRONG, now), ==, SC_LOCK_OUT_PAIR);
}

/* Five wrong ones of a user from one address lock out that user from there, and nobody else. */
static void
test_pair (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  lock_pair (lock_out, "anna", "10.0.0.1", START);
  g_assert_cmpint (ask (lock_out, "anna", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_PAIR);
  g_assert_cmpuint (wait, ==, SC_LOCK_OUT_SECONDS);
  g_assert_cmpint (ask (lock_out, "anna", "10.0.0.2", START, &wait), ==, SC_LOCK_OUT_NONE);
  g_assert_cmpint (ask (lock_out, "bert", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_NONE);
  g_assert_cmpint (ask (lock_out, "anna", "10.0.0.1", START + SC_LOCK_OUT_SECONDS - 1, &wait), ==, SC_LOCK_OUT_PAIR);
  g_assert_cmpuint (wait, ==, 1);
  /* then all five are there again */
  lock_pair (lock_out, "anna", "10.0.0.1", START + SC_LOCK_OUT_SECONDS);
}

/* The right one begins the row anew; so does time. */
static void
test_row (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();

  for (guint i = 0; i < 3; i++) {
    for (guint k = 1; k < SC_LOCK_OUT_PAIR_FAILURES; k++)
      g_assert_cmpint (try_password (lock_out, "anna", "10.0.0.1", SC_ATTEMPT_WRONG, START), ==, SC_LOCK_OUT_NONE);
    g_assert_cmpint (try_password (lock_out, "anna", "10.0.0.1", SC_ATTEMPT_RIGHT, START), ==, SC_LOCK_OUT_NONE);
  }
  for (guint k = 1; k < SC_LOCK_OUT_PAIR_FAILURES; k++)
    g_assert_cmpint (try_password (lock_out, "anna", "10.0.0.1", SC_ATTEMPT_WRONG, START), ==, SC_LOCK_OUT_NONE);
  /* what was not found out is neither */
  g_assert_cmpint (try_password (lock_out, "anna", "10.0.0.1", SC_ATTEMPT_UNKNOWN, START), ==, SC_LOCK_OUT_NONE);
  lock_pair (lock_out, "anna", "10.0.0.1", START + SC_LOCK_OUT_SECONDS);
}

/* Fifty of a user from as many addresses as one likes. */
static void
test_user (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  for (guint i = 1; i <= SC_LOCK_OUT_USER_FAILURES; i++) {
    g_autofree char *address = g_strdup_printf ("10.0.0.%u", i);

    g_assert_cmpint (try_password (lock_out, "anna", address, SC_ATTEMPT_WRONG, START), ==,
                     i < SC_LOCK_OUT_USER_FAILURES ? SC_LOCK_OUT_NONE : SC_LOCK_OUT_USER);
  }
  g_assert_cmpint (ask (lock_out, "anna", "10.1.0.1", START + 60, &wait), ==, SC_LOCK_OUT_USER);
  g_assert_cmpuint (wait, ==, SC_LOCK_OUT_SECONDS - 60);
  g_assert_cmpint (ask (lock_out, "bert", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_NONE);
  g_assert_cmpint (ask (lock_out, "anna", "10.1.0.1", START + SC_LOCK_OUT_SECONDS, &wait), ==, SC_LOCK_OUT_NONE);
}

/* A hundred from an address, of users that there are or not; who signs in there in between as themselves wins nothing.
 */
static void
test_address (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  for (guint i = 1; i <= SC_LOCK_OUT_ADDRESS_FAILURES; i++) {
    g_autofree char *user = g_strdup_printf ("user%u", i);

    g_assert_cmpint (try_password (lock_out, user, "10.0.0.1", SC_ATTEMPT_WRONG, START), ==,
                     i < SC_LOCK_OUT_ADDRESS_FAILURES ? SC_LOCK_OUT_NONE : SC_LOCK_OUT_ADDRESS);
    if (i < SC_LOCK_OUT_ADDRESS_FAILURES)
      g_assert_cmpint (try_password (lock_out, "eve", "10.0.0.1", SC_ATTEMPT_RIGHT, START), ==, SC_LOCK_OUT_NONE);
  }
  g_assert_cmpint (ask (lock_out, "eve", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_ADDRESS);
  g_assert_cmpint (ask (lock_out, "eve", "10.0.0.2", START, &wait), ==, SC_LOCK_OUT_NONE);
}

/* A new password ends what is locked of its user, and nothing else: the address stays, for it guesses at all. */
static void
test_forget_user (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  lock_pair (lock_out, "ann", "10.0.0.1", START);
  for (guint i = 1; i <= SC_LOCK_OUT_USER_FAILURES / SC_LOCK_OUT_PAIR_FAILURES; i++) {
    g_autofree char *address = g_strdup_printf ("10.0.1.%u", i);

    for (guint k = 0; k < SC_LOCK_OUT_PAIR_FAILURES; k++)
      try_password (lock_out, "anna", address, SC_ATTEMPT_WRONG, START);
  }
  g_assert_cmpint (ask (lock_out, "anna", "10.0.1.1", START, &wait), ==, SC_LOCK_OUT_USER);
  sc_lock_out_forget_user (lock_out, "anna");
  g_assert_cmpint (ask (lock_out, "ann", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_PAIR);
  g_assert_cmpint (ask (lock_out, "anna", "10.0.1.1", START, &wait), ==, SC_LOCK_OUT_NONE);
  lock_pair (lock_out, "anna", "10.0.1.1", START); /* all five are there again */

  for (guint i = 1; i <= SC_LOCK_OUT_ADDRESS_FAILURES; i++) {
    g_autofree char *user = g_strdup_printf ("user%u", i);

    try_password (lock_out, user, "10.0.0.9", SC_ATTEMPT_WRONG, START);
  }
  sc_lock_out_forget_user (lock_out, "user1");
  g_assert_cmpint (ask (lock_out, "user1", "10.0.0.9", START, &wait), ==, SC_LOCK_OUT_ADDRESS);
}

/* What is being tried meanwhile stays counted as such. */
static void
test_forget_at_once (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  for (guint i = 0; i < SC_LOCK_OUT_PAIR_FAILURES; i++)
    g_assert_cmpint (sc_lock_out_begin (lock_out, "anna", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_NONE);
  sc_lock_out_forget_user (lock_out, "anna");
  g_assert_cmpint (sc_lock_out_begin (lock_out, "anna", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_BUSY);
}

/* Those that are being tried count, too: sending all at once is no way around. */
static void
test_at_once (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  for (guint i = 0; i < SC_LOCK_OUT_PAIR_FAILURES; i++)
    g_assert_cmpint (sc_lock_out_begin (lock_out, "anna", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_NONE);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (sc_lock_out_begin (lock_out, "anna", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_BUSY);
  g_assert_cmpuint (wait, ==, 1);
  g_assert_cmpint (sc_lock_out_begin (lock_out, "bert", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_NONE);
  g_assert_cmpint (sc_lock_out_end (lock_out, "bert", "10.0.0.1", SC_ATTEMPT_RIGHT, START), ==, SC_LOCK_OUT_NONE);
  for (guint i = 0; i < SC_LOCK_OUT_PAIR_FAILURES; i++)
    g_assert_cmpint (sc_lock_out_end (lock_out, "anna", "10.0.0.1", SC_ATTEMPT_WRONG, START), ==,
                     i < SC_LOCK_OUT_PAIR_FAILURES - 1 ? SC_LOCK_OUT_NONE : SC_LOCK_OUT_PAIR);
  g_assert_cmpint (ask (lock_out, "anna", "10.0.0.1", START, &wait), ==, SC_LOCK_OUT_PAIR);
}

/* A clock that is set back locks nobody out for a year. */
static void
test_clock (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  lock_pair (lock_out, "anna", "10.0.0.1", START);
  g_assert_cmpint (ask (lock_out, "anna", "10.0.0.1", START - 500000, &wait), ==, SC_LOCK_OUT_NONE);
}

/* Names and addresses without number take no memory without bound, and do not free who is locked out. */
static void
test_many (void)
{
  g_autoptr (ScLockOut) lock_out = sc_lock_out_new ();
  guint wait = 0;

  lock_pair (lock_out, "anna", "10.0.0.1", START);
  for (guint i = 0; i < 5000; i++) {
    g_autofree char *user = g_strdup_printf ("user%u", i);
    g_autofree char *address = g_strdup_printf ("10.%u.%u.2", i / 250, i % 250);

    g_assert_cmpint (try_password (lock_out, user, address, SC_ATTEMPT_WRONG, START + 1), ==, SC_LOCK_OUT_NONE);
  }
  g_assert_cmpint (ask (lock_out, "anna", "10.0.0.1", START + 2, &wait), ==, SC_LOCK_OUT_PAIR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lock-out/pair", test_pair);
  g_test_add_func ("/lock-out/row", test_row);
  g_test_add_func ("/lock-out/user", test_user);
  g_test_add_func ("/lock-out/address", test_address);
  g_test_add_func ("/lock-out/forget-user", test_forget_user);
  g_test_add_func ("/lock-out/forget-at-once", test_forget_at_once);
  g_test_add_func ("/lock-out/at-once", test_at_once);
  g_test_add_func ("/lock-out/clock", test_clock);
  g_test_add_func ("/lock-out/many", test_many);
  return g_test_run ();
}
