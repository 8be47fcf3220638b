/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system-win32.h"

#include <string.h>

#include "common/platform/sc-nt.h"

/* What a test would do in place of Windows: it never powers anything off. */
static struct {
  guint n;
  UINT flags;
  DWORD reason;
  gboolean was_enabled;
  DWORD code; /* what it fails with */
} call;

static gboolean
is_enabled (void)
{
  g_auto (ScHandle) token = NULL;
  PRIVILEGE_SET wanted = { .PrivilegeCount = 1, .Control = PRIVILEGE_SET_ALL_NECESSARY };
  BOOL enabled = FALSE;
  g_assert_true (OpenProcessToken (GetCurrentProcess (), TOKEN_QUERY, &token));
  g_assert_true (LookupPrivilegeValueW (NULL, L"SeShutdownPrivilege", &wanted.Privilege[0].Luid));
  g_assert_true (PrivilegeCheck (token, &wanted, &enabled));
  return enabled;
}

static BOOL WINAPI
fake_exit (UINT flags, DWORD reason)
{
  call.n++;
  call.flags = flags;
  call.reason = reason;
  call.was_enabled = is_enabled ();
  SetLastError (call.code);
  return call.code == ERROR_SUCCESS;
}

static void
assert_fails (DWORD code, ScError expected)
{
  g_autoptr (GError) error = NULL;
  call.code = code;
  g_assert_false (sc_system_win32_power_off (fake_exit, &error));
  g_assert_error (error, SC_ERROR, (gint) expected);
  g_assert_nonnull (strstr (error->message, "power the machine off"));
}

static void
test_order (void)
{
  g_autoptr (GError) error = NULL;
  gboolean before = is_enabled ();
  memset (&call, 0, sizeof call);
  g_assert_true (sc_system_win32_power_off (fake_exit, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (call.n, ==, 1);
  g_assert_true (call.was_enabled);
  g_assert_cmpint (is_enabled (), ==, before);
  g_assert_cmpuint (call.flags & EWX_POWEROFF, !=, 0);
  g_assert_cmpuint (call.flags & EWX_FORCE, ==, 0); /* a user's unsaved work */
  g_assert_cmpuint (call.reason & SHTDN_REASON_FLAG_PLANNED, !=, 0);
}

static void
test_refused (void)
{
  assert_fails (ERROR_ACCESS_DENIED, SC_ERROR_DENIED);
  assert_fails (ERROR_PRIVILEGE_NOT_HELD, SC_ERROR_DENIED);
  assert_fails (ERROR_SHUTDOWN_IN_PROGRESS, SC_ERROR_BUSY);
  assert_fails (ERROR_GEN_FAILURE, SC_ERROR_SYSTEM);
}

/* Without the privilege nothing is tried. */
static void
test_no_right (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (ScHandle) token = NULL;
  TOKEN_PRIVILEGES removed = { .PrivilegeCount = 1, .Privileges[0].Attributes = SE_PRIVILEGE_REMOVED };
  g_assert_true (OpenProcessToken (GetCurrentProcess (), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token));
  g_assert_true (LookupPrivilegeValueW (NULL, L"SeShutdownPrivilege", &removed.Privileges[0].Luid));
  g_assert_true (AdjustTokenPrivileges (token, FALSE, &removed, 0, NULL, NULL));
  memset (&call, 0, sizeof call);
  g_assert_false (sc_system_win32_power_off (fake_exit, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_nonnull (strstr (error->message, "Shut down the system"));
  g_assert_cmpuint (call.n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/power-off/order", test_order);
  g_test_add_func ("/platform/power-off/refused", test_refused);
  g_test_add_func ("/platform/power-off/no-right", test_no_right);
  return g_test_run ();
}
