/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Machines that a seat has woken, and its own that it powers off. */
#include "common/sc-error.h"
#include "sc-test-service.h"

static GMutex mutex;
static GPtrArray *woken; /* "MAC ADDRESS DESTINATION" */
static gboolean users, users_unknown;
static gint n_power_offs;
static ScError power_error; /* SC_ERROR_INVALID: none */

static gboolean
wake (const char *mac, const char *interface_address, const char *destination, GError **error)
{
  g_mutex_lock (&mutex);
  g_ptr_array_add (woken,
                   g_strdup_printf ("%s %s %s", mac, interface_address, destination != NULL ? destination : "-"));
  g_mutex_unlock (&mutex);
  if (*mac != 'x')
    return TRUE;
  g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "no MAC");
  return FALSE;
}

static gboolean
has_users (gboolean *result, GError **error)
{
  *result = g_atomic_int_get (&users);
  if (users_unknown)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_SYSTEM, "nobody tells");
  return !users_unknown;
}

static gboolean
power_off (GError **error)
{
  g_atomic_int_inc (&n_power_offs);
  if (power_error == SC_ERROR_INVALID)
    return TRUE;
  g_set_error_literal (error, SC_ERROR, power_error, "it is forbidden");
  return FALSE;
}

static void
set_up (ScTestService *f, gconstpointer data)
{
  woken = g_ptr_array_new_with_free_func (g_free);
  users = users_unknown = FALSE;
  n_power_offs = 0;
  power_error = SC_ERROR_INVALID;
  sc_test_service_set_up (f, data);
  sc_test_service_start (f);
  f->service->system = (ScServiceSystem){ wake, has_users, power_off };
  sc_test_service_wait_for_inventory (f);
  sc_test_service_run_until_idle (f);
}

static void
tear_down (ScTestService *f, gconstpointer data)
{
  sc_test_service_tear_down (f, data);
  g_ptr_array_unref (woken);
}

/* @macs: separated by blanks */
static void
say_wake (ScTestService *f, const char *macs, const char *destination)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_WAKE, 0);
  g_auto (GStrv) split = g_strsplit (macs, " ", -1);

  for (guint i = 0; split[i] != NULL; i++)
    g_ptr_array_add (message->wake.macs, g_strdup (split[i]));
  message->wake.destination = g_strdup (destination);
  sc_test_service_say (f, message);
}

static void
wait_for_woken (guint n)
{
  while (woken->len < n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (woken->len, ==, n);
}

/* Each three times, one after the other, from where the console is connected. */
static void
test_wake (ScTestService *f, gconstpointer data)
{
  say_wake (f, "02:fc:00:00:00:01 02:fc:00:00:00:02", "10.1.0.255");
  wait_for_woken (6);
  for (guint i = 0; i < 6; i++) {
    g_autofree char *expected = g_strdup_printf ("02:fc:00:00:00:0%u 127.0.0.1 10.1.0.255", i % 2 + 1);

    g_assert_cmpstr (woken->pdata[i], ==, expected);
  }
  while (f->service->wakes->len > 0)
    g_main_context_iteration (NULL, TRUE);
  g_ptr_array_set_size (woken, 0);
  say_wake (f, "02:fc:00:00:00:03", "");
  wait_for_woken (3);
  g_assert_cmpstr (woken->pdata[0], ==, "02:fc:00:00:00:03 127.0.0.1 -");
}

/* One that is none is told once, and the others are woken. */
static void
test_wake_fails (ScTestService *f, gconstpointer data)
{
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  say_wake (f, "x1 02:fc:00:00:00:02", "");
  wait_for_woken (6);
}

/* In its midst the service ends. */
static void
test_wake_is_cut_short (ScTestService *f, gconstpointer data)
{
  say_wake (f, "02:fc:00:00:00:01 02:fc:00:00:00:02", "");
  wait_for_woken (1);
  sc_test_service_quit (f);
}

/* @why: (nullable): part of why it does not */
static void
expect_powered (ScTestService *f, const char *why)
{
  g_autoptr (ScControlMessage) powered = sc_test_service_wait_for (f, SC_CONTROL_POWERED);

  g_assert_true (powered->powered.off == (why == NULL));
  if (why != NULL)
    g_assert_nonnull (strstr (powered->powered.message, why));
  else
    g_assert_cmpstr (powered->powered.message, ==, "");
}

static void
say_power_off (ScTestService *f)
{
  sc_test_service_say (f, sc_control_message_new (SC_CONTROL_POWER_OFF, 0));
}

static void
test_power_off (ScTestService *f, gconstpointer data)
{
  say_power_off (f);
  say_power_off (f); /* said twice: once is enough */
  expect_powered (f, NULL);
  while (f->service->power_running)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (n_power_offs, ==, 1);
}

static void
test_somebody_is_there (ScTestService *f, gconstpointer data)
{
  users = TRUE;
  say_power_off (f);
  expect_powered (f, "signed in");
  users_unknown = TRUE;
  say_power_off (f);
  expect_powered (f, "nobody tells");
  g_assert_false (f->service->power_running);
  g_assert_cmpint (n_power_offs, ==, 0);
}

/* Between its answer and its end. */
static void
test_somebody_comes (ScTestService *f, gconstpointer data)
{
  say_power_off (f);
  expect_powered (f, NULL);
  g_atomic_int_set (&users, TRUE);
  expect_powered (f, "signed in");
  while (f->service->power_running)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (n_power_offs, ==, 0);
}

static void
test_at_work (ScTestService *f, gconstpointer data)
{
  sc_test_service_order (f, SC_CONTROL_PREPARE, 5, f->second);
  sc_control_message_free (sc_test_service_wait_for (f, SC_CONTROL_PREPARED));
  say_power_off (f);
  expect_powered (f, "at work");
  g_assert_cmpint (n_power_offs, ==, 0);
}

/* The console says it as soon as the last seat's end is told: what the seat still puts away keeps nothing on. */
static void
test_after_work (ScTestService *f, gconstpointer data)
{
  ScControlMessage *leave = sc_control_message_new (SC_CONTROL_LEAVE, 5);

  leave->leave.reason = SC_LEAVE_CANCELLED;
  sc_test_service_order (f, SC_CONTROL_PREPARE, 5, f->second);
  sc_test_service_say (f, leave);
  say_power_off (f);
  expect_powered (f, NULL);
  while (f->service->power_running)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (n_power_offs, ==, 1);
}

/* It has said that it will, and cannot. */
static void
test_refused (ScTestService *f, gconstpointer data)
{
  power_error = SC_ERROR_DENIED;
  say_power_off (f);
  expect_powered (f, NULL);
  expect_powered (f, "forbidden");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/service/power/" name, ScTestService, NULL, set_up, func, tear_down)
  ADD ("wake", test_wake);
  ADD ("wake/fails", test_wake_fails);
  ADD ("wake/cut-short", test_wake_is_cut_short);
  ADD ("off", test_power_off);
  ADD ("off/somebody", test_somebody_is_there);
  ADD ("off/somebody-comes", test_somebody_comes);
  ADD ("off/at-work", test_at_work);
  ADD ("off/after-work", test_after_work);
  ADD ("off/refused", test_refused);
  return g_test_run ();
}
