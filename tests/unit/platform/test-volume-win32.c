/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-volume.h"
#include "common/platform/sc-wmi.h"
#include "common/sc-error.h"
#include "test-dir.h"
#include "test-volume.h"

#include <string.h>
#include <windows.h>

/* Whatever it is: of a disk of Wine's nothing is said that is not so. */
static void
test_inspect (void)
{
  test_auto_dir directory = test_dir_make ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVolume) volume = sc_volume_inspect (directory, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (volume->file_system, !=, "");
  g_assert_cmpuint (volume->traits, ==, 0);
  g_assert_cmpstr (volume->reason, ==, "");
}

static LSTATUS
set_frozen (const wchar_t *state)
{
  return RegSetKeyValueW (HKEY_LOCAL_MACHINE, L"SOFTWARE\\WOW6432Node\\Faronics\\Deep Freeze 6", L"DF Status", REG_SZ,
                          state, (DWORD) ((wcslen (state) + 1) * sizeof *state));
}

/* The tests have a machine of their own: Wine's prefix. On a real one they are not let. */
static void
test_deep_freeze (void)
{
  wchar_t windows[MAX_PATH];
  g_autoptr (GError) error = NULL;

  if (GetModuleHandleW (L"ntdll.dll") == NULL ||
      GetProcAddress (GetModuleHandleW (L"ntdll.dll"), "wine_get_version") == NULL) {
    g_test_skip ("only in Wine: the registry of this machine is not touched");
    return;
  }
  g_assert_cmpuint (GetSystemWindowsDirectoryW (windows, G_N_ELEMENTS (windows)), >, 0);
  g_autofree char *system = g_utf16_to_utf8 ((const gunichar2 *) windows, -1, NULL, NULL, NULL);
  g_assert_cmpint (set_frozen (L"Frozen"), ==, ERROR_SUCCESS);
  g_autoptr (ScVolume) frozen = sc_volume_inspect (system, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (set_frozen (L"Thawed"), ==, ERROR_SUCCESS);
  g_autoptr (ScVolume) thawed = sc_volume_inspect (system, TRUE, &error);
  RegDeleteTreeW (HKEY_LOCAL_MACHINE, L"SOFTWARE\\WOW6432Node\\Faronics");
  g_assert_no_error (error);
  g_assert_cmpuint (frozen->traits, ==, SC_VOLUME_FORGETS);
  g_assert_cmpstr (frozen->reason, ==, "Deep Freeze is frozen, and Windows is on C:");
  g_assert_cmpuint (thawed->traits, ==, 0);
}

static void
test_query (void)
{
  static const char *const properties[] = { "Caption", "BuildNumber", "Primary", "NoSuchProperty", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sc_wmi_query ("root\\cimv2", "SELECT * FROM Win32_OperatingSystem", properties, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  GStrv row = rows->pdata[0];
  g_assert_cmpuint (g_strv_length (row), ==, 4);
  g_assert_nonnull (strstr (row[0], "Windows"));
  g_assert_cmpuint (g_ascii_strtoull (row[1], NULL, 10), >, 0);
  g_assert_cmpstr (row[2], ==, "true");
  g_assert_cmpstr (row[3], ==, "");
}

static void
test_not_there (void)
{
  static const char *const properties[] = { "CurrentEnabled", NULL };
  g_autoptr (GError) error = NULL;
  gboolean result = FALSE;

  g_autoptr (GPtrArray) rows = sc_wmi_query ("root\\cimv2", "SELECT * FROM Seatcast_NoSuchClass", properties, &error);
  if (rows == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
    g_clear_error (&error);
  } else {
    g_assert_cmpuint (rows->len, ==, 0); /* Wine's answer */
  }
  g_assert_null (sc_wmi_query ("root\\seatcast", "SELECT * FROM Anything", properties, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sc_wmi_ask ("root\\cimv2", "Seatcast_NoSuchClass=1", "Find", "Name", "x", "Found", &result, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

void
test_volume_add_system (void)
{
  g_test_add_func ("/volume/inspect", test_inspect);
  g_test_add_func ("/volume/deep-freeze", test_deep_freeze);
  g_test_add_func ("/wmi/query", test_query);
  g_test_add_func ("/wmi/not-there", test_not_there);
}
