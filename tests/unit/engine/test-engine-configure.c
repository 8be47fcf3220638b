/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What --configure checks and writes, under keys of the test's own. */
#include "common/platform/sc-registry.h"
#include "common/sc-error.h"
#include "console/engine/sc-engine-configure.h"

#include <string.h>
#include <windows.h>

#define POLICY L"SOFTWARE\\Policies\\Seatcast\\"

typedef struct {
  char *program;
  wchar_t *policy; /* key */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree wchar_t *wide = NULL;

  f->program = g_strdup_printf ("Test-engine-%lu", GetCurrentProcessId ());
  wide = (wchar_t *) g_utf8_to_utf16 (f->program, -1, NULL, NULL, NULL);
  f->policy = g_new0 (wchar_t, wcslen (POLICY) + wcslen (wide) + 1);
  wcscpy (f->policy, POLICY);
  wcscat (f->policy, wide);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  LSTATUS code = RegDeleteTreeW (HKEY_LOCAL_MACHINE, f->policy);

  g_assert_true (code == ERROR_SUCCESS || code == ERROR_FILE_NOT_FOUND);
  g_assert_true (sc_registry_remove (f->program, NULL));
  g_free (f->program);
  g_free (f->policy);
}

static void
set_policy (Fixture *f, const wchar_t *name, const wchar_t *text)
{
  LSTATUS code =
      RegSetKeyValueW (HKEY_LOCAL_MACHINE, f->policy, name, REG_SZ, text, (DWORD) ((wcslen (text) + 1) * sizeof *text));

  g_assert_cmpint (code, ==, ERROR_SUCCESS);
}

static void
assert_value (Fixture *f, const char *name, const char *expected)
{
  g_autofree char *value = sc_registry_get (f->program, name);

  g_assert_cmpstr (value, ==, expected);
}

static gboolean
configure (Fixture *f, const char *arguments, ScEngineOptions *complete, GError **error)
{
  g_auto (ScEngineOptions) options = { 0 };
  g_auto (GStrv) argv = g_strsplit (arguments, ";", -1);

  sc_engine_options_init (&options);
  sc_engine_options_parse (&options, NULL, NULL, &argv, error);
  return *error == NULL && sc_engine_settings_write (&options, f->program, complete, error);
}

/* What an upgrade in place does not give again stays. */
static void
test_keeps (Fixture *f, gconstpointer data)
{
  g_auto (ScEngineOptions) first = { 0 };
  g_auto (ScEngineOptions) second = { 0 };
  g_auto (ScEngineOptions) later = { 0 };
  g_autoptr (GError) error = NULL;

  configure (f, "x;--listen=10.1.0.5:8500;--rate=0800.5;--directory=D:\\Räume 1", &first, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first.listen, ==, "10.1.0.5:8500");
  g_assert_cmpint (first.mtu, ==, 9000); /* as nobody says */
  assert_value (f, "Listen", "10.1.0.5:8500");
  assert_value (f, "Rate", "800.5");
  assert_value (f, "Directory", "D:\\Räume 1");
  assert_value (f, "Mtu", NULL);
  configure (f, "x;--listen=;--directory=;--url=https://console:8500;--mtu=1400", &second, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (second.listen, ==, "10.1.0.5:8500");
  assert_value (f, "Listen", "10.1.0.5:8500");
  assert_value (f, "Directory", "D:\\Räume 1");
  assert_value (f, "Url", "https://console:8500");
  sc_engine_options_init (&later);
  sc_engine_settings_complete (&later, f->program, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (later.directory, ==, "D:\\Räume 1");
  g_assert_cmpfloat (later.rate_mbit, ==, 800.5);
  g_assert_cmpint (later.mtu, ==, 1400);
}

/* The firewall's port and the directory's rights must be those that the service will have. */
static void
test_policy_first (Fixture *f, gconstpointer data)
{
  g_auto (ScEngineOptions) complete = { 0 };
  g_autoptr (GError) error = NULL;

  set_policy (f, L"Listen", L"10.1.0.9:9000");
  configure (f, "x;--listen=10.1.0.5:8500", &complete, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (complete.listen, ==, "10.1.0.9:9000");
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  static const char *const wrong[] = {
    "--listen=lab",
    "--url=console",
    "--mtu=1",
    "--listen=none",
    "--metrics=9470",
    "--session-hook=hook.cmd",
    "--log-format=xml",
    "--directory=Data",
    "--directory=\\Data",
    "--directory=C:Data",
    "--directory=D:\\",
    "--directory=\\\\server\\share",
    "--directory=D:\\a\" --listen=x", /* an installer's quotes */
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *arguments = g_strconcat ("x;--rate=800;", wrong[i], NULL);
    g_auto (ScEngineOptions) complete = { 0 };
    g_autofree char *option = g_strndup (wrong[i], strcspn (wrong[i], "="));
    g_autoptr (GError) error = NULL;

    g_assert_false (configure (f, arguments, &complete, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, option));
    assert_value (f, "Rate", NULL); /* nothing at all */
  }
}

/* What there can be none of. */
static void
test_taken_back (Fixture *f, gconstpointer data)
{
  g_auto (ScEngineOptions) first = { 0 };
  g_auto (ScEngineOptions) second = { 0 };
  g_auto (ScEngineOptions) third = { 0 };
  g_autoptr (GError) error = NULL;

  configure (f, "x;--metrics=127.0.0.1:9470;--session-hook=D:\\Tools\\hook.cmd;--log-format=json;--interface=10.1.0.5",
             &first, &error);
  g_assert_no_error (error);
  assert_value (f, "Metrics", "127.0.0.1:9470");
  assert_value (f, "SessionHook", "D:\\Tools\\hook.cmd");
  assert_value (f, "LogFormat", "json");
  configure (f, "x;--metrics=none;--session-hook=none;--interface=none", &second, &error);
  g_assert_no_error (error);
  g_assert_null (second.metrics);
  g_assert_null (second.session_hook);
  assert_value (f, "Metrics", NULL);
  assert_value (f, "SessionHook", NULL);
  assert_value (f, "Interface", NULL);
  assert_value (f, "LogFormat", "json");
  /* a policy stays */
  set_policy (f, L"Metrics", L"127.0.0.1:9471");
  configure (f, "x;--metrics=none", &third, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (third.metrics, ==, "127.0.0.1:9471");
}

/* Of settings that others wrote. */
static void
test_wrong_already (Fixture *f, gconstpointer data)
{
  static const wchar_t *const wrong[][2] = { { L"Rate", L"abc" },
                                             { L"Group", L"10.0.0.1" },
                                             { L"Directory", L"Data" } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (ScEngineOptions) complete = { 0 };
    g_auto (ScEngineOptions) later = { 0 };
    g_autofree char *name = g_utf16_to_utf8 ((const gunichar2 *) wrong[i][0], -1, NULL, NULL, NULL);
    g_autofree char *setting = g_strdup_printf ("the setting %s in the registry's policies", name);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) later_error = NULL;

    set_policy (f, wrong[i][0], wrong[i][1]);
    g_assert_false (configure (f, "x;--listen=10.1.0.5:8500", &complete, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, setting));
    assert_value (f, "Listen", NULL);
    sc_engine_options_init (&later);
    g_assert_false (sc_engine_settings_complete (&later, f->program, &later_error));
    g_assert_cmpstr (later_error->message, ==, error->message);
    g_assert_cmpint (RegDeleteTreeW (HKEY_LOCAL_MACHINE, f->policy), ==, ERROR_SUCCESS);
  }
  g_assert_true (sc_registry_set (f->program, "Mtu", "1", NULL));
  g_auto (ScEngineOptions) complete = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_false (configure (f, "x", &complete, &error));
  g_assert_nonnull (strstr (error->message, "the setting Mtu in the registry:"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/engine-configure/keeps", Fixture, NULL, set_up, test_keeps, tear_down);
  g_test_add ("/engine-configure/policy-first", Fixture, NULL, set_up, test_policy_first, tear_down);
  g_test_add ("/engine-configure/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/engine-configure/taken-back", Fixture, NULL, set_up, test_taken_back, tear_down);
  g_test_add ("/engine-configure/wrong-already", Fixture, NULL, set_up, test_wrong_already, tear_down);
  return g_test_run ();
}
