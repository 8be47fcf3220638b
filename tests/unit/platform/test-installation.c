/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-installation.h"

#include <glib/gstdio.h>
#include <windows.h>

#include "common/sc-error.h"
#include "test-dir.h"

/* Not the real one's name: where this runs, it may be installed. */
#define SERVICE "seatcast-test-installation"
#define SOURCE "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" SERVICE
#define PROGRAM "C:\\Program Files\\Seatcast Test\\bin\\nothing.exe"

static SC_HANDLE
open_service (void)
{
  SC_HANDLE manager = OpenSCManagerW (NULL, NULL, SC_MANAGER_CONNECT);
  SC_HANDLE service = OpenServiceA (manager, SERVICE, SERVICE_ALL_ACCESS);
  CloseServiceHandle (manager);
  return service;
}

static void
register_service (void)
{
  SC_HANDLE manager = OpenSCManagerW (NULL, NULL, SC_MANAGER_CREATE_SERVICE);
  g_assert_nonnull (manager);
  SC_HANDLE service =
      CreateServiceA (manager, SERVICE, SERVICE, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START,
                      SERVICE_ERROR_NORMAL, PROGRAM, NULL, NULL, NULL, NULL, NULL);
  g_assert_nonnull (service);
  CloseServiceHandle (service);
  CloseServiceHandle (manager);
}

static void
remove_service (void)
{
  SC_HANDLE service = open_service ();
  g_assert_nonnull (service);
  g_assert_true (DeleteService (service));
  CloseServiceHandle (service);
}

static gpointer
query (SC_HANDLE service, DWORD level)
{
  DWORD size = 0;
  if (!QueryServiceConfig2W (service, level, NULL, 0, &size) && GetLastError () != ERROR_INSUFFICIENT_BUFFER)
    return NULL; /* not known here */
  gpointer value = g_malloc0 (size);
  g_assert_true (QueryServiceConfig2W (service, level, value, size, &size));
  return value;
}

static void
assert_service (void)
{
  union {
    QUERY_SERVICE_CONFIGW config;
    guint8 space[8192];
  } answer;
  DWORD size = 0;
  SC_HANDLE service = open_service ();
  g_assert_nonnull (service);
  g_assert_true (QueryServiceConfigW (service, &answer.config, sizeof answer, &size));
  g_assert_cmpint (wcscmp (answer.config.lpBinaryPathName, L"\"" PROGRAM "\" --service"), ==, 0);
  g_assert_cmpint (_wcsicmp (answer.config.lpServiceStartName, L"NT AUTHORITY\\LocalService"), ==, 0);
  g_assert_cmpuint (answer.config.dwStartType, ==, SERVICE_AUTO_START);
  g_autofree SERVICE_DESCRIPTIONW *description = query (service, SERVICE_CONFIG_DESCRIPTION);
  g_assert_nonnull (description);
  g_assert_cmpint (wcscmp (description->lpDescription, L"Für einen Test."), ==, 0);
  g_autofree SERVICE_PRESHUTDOWN_INFO *preshutdown = query (service, SERVICE_CONFIG_PRESHUTDOWN_INFO);
  if (preshutdown != NULL)
    g_assert_cmpuint (preshutdown->dwPreshutdownTimeout, ==, 90000);
  g_autofree SERVICE_SID_INFO *sid = query (service, SERVICE_CONFIG_SERVICE_SID_INFO);
  if (sid != NULL)
    g_assert_cmpuint (sid->dwServiceSidType, ==, SERVICE_SID_TYPE_UNRESTRICTED);
  g_autofree SERVICE_FAILURE_ACTIONSW *failure = query (service, SERVICE_CONFIG_FAILURE_ACTIONS);
  if (failure != NULL) {
    g_assert_cmpuint (failure->cActions, ==, 3);
    g_assert_cmpuint (failure->lpsaActions[1].Delay, ==, 60000);
  }
  CloseServiceHandle (service);
}

static void
assert_source (gboolean there)
{
  wchar_t text[MAX_PATH] = L"";
  DWORD types = 0, size = sizeof text;
  LSTATUS code = RegGetValueW (HKEY_LOCAL_MACHINE, L"" SOURCE, L"EventMessageFile", RRF_RT_REG_SZ, NULL, text, &size);
  g_assert_cmpint (code, ==, there ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND);
  if (!there)
    return;
  g_assert_cmpint (wcscmp (text, L"" PROGRAM), ==, 0);
  size = sizeof types;
  code = RegGetValueW (HKEY_LOCAL_MACHINE, L"" SOURCE, L"TypesSupported", RRF_RT_REG_DWORD, NULL, &types, &size);
  g_assert_cmpint (code, ==, ERROR_SUCCESS);
  g_assert_cmpuint (types, ==, 7);
}

static void
ignore_warnings (const char *domain, GLogLevelFlags level, const char *text, gpointer user_data)
{
  g_test_message ("%s", text);
}

/* The firewall's part is left out: a test opens no ports of the machine that it runs on. */
static void
test_configure_again_and_back (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = test_dir_make ();
  g_autofree char *state = g_build_filename (directory, "Data", "Stäte", NULL);
  g_autofree char *templates = g_build_filename (directory, "Vorlagen", "Raum 1", NULL);
  g_autofree char *template = g_build_filename (templates, "disk.vmdk", NULL);
  const ScInstallationDirectory directories[] = { { state, SC_INSTALLATION_PRIVATE },
                                                  { templates, SC_INSTALLATION_CHANGE } };
  const ScInstallation installation = { .service = SERVICE,
                                        .description = "Für einen Test.",
                                        .program = PROGRAM,
                                        .directories = directories,
                                        .n_directories = G_N_ELEMENTS (directories) };
  register_service ();
  g_assert_false (sc_installation_owns (state));
  g_assert_true (sc_installation_take_directories (&installation, &error));
  g_assert_no_error (error);
  g_assert_true (sc_installation_owns (state));
  g_assert_false (g_file_test (templates, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < 2; i++) {
    g_assert_true (sc_installation_configure (&installation, &error));
    g_assert_no_error (error);
    assert_service ();
    assert_source (TRUE);
    g_assert_true (g_file_test (state, G_FILE_TEST_IS_DIR));
    g_assert_true (g_file_test (templates, G_FILE_TEST_IS_DIR));
    g_assert_true (g_file_set_contents (template, "content", -1, NULL));
  }
  for (guint i = 0; i < 2; i++) {
    g_assert_true (sc_installation_unconfigure (&installation, &error));
    g_assert_no_error (error);
    assert_source (FALSE);
    g_assert_true (g_file_test (state, G_FILE_TEST_IS_DIR));
    g_assert_true (g_file_test (template, G_FILE_TEST_IS_REGULAR));
  }
  remove_service ();
  test_dir_remove (directory);
}

static void
test_everything_else_is_done_without_the_service (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = test_dir_make ();
  g_autofree char *templates = g_build_filename (directory, "templates", NULL);
  const ScInstallationDirectory directories[] = { { templates, SC_INSTALLATION_CHANGE } };
  const ScInstallation installation = {
    .service = SERVICE, .description = "x", .program = PROGRAM, .directories = directories, .n_directories = 1
  };
  g_assert_false (sc_installation_configure (&installation, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  assert_source (TRUE);
  g_assert_true (g_file_test (templates, G_FILE_TEST_IS_DIR));
  g_clear_error (&error);
  g_assert_true (sc_installation_unconfigure (&installation, &error));
  g_assert_no_error (error);
  assert_source (FALSE);
  test_dir_remove (directory);
}

/* Else everybody would be shut out of a disk. */
static void
test_whole_volume_is_not_made_private (void)
{
  g_autoptr (GError) error = NULL;
  const ScInstallationDirectory directories[] = { { "Y:\\", SC_INSTALLATION_PRIVATE } };
  const ScInstallation installation = {
    .service = SERVICE, .description = "x", .program = PROGRAM, .directories = directories, .n_directories = 1
  };
  g_assert_false (sc_installation_take_directories (&installation, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sc_installation_configure (&installation, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (sc_installation_unconfigure (&installation, &error));
}

static void
assert_refused (const char *private_path, const char *path)
{
  g_autoptr (GError) error = NULL;
  const ScInstallationDirectory directories[] = { { path, SC_INSTALLATION_CHANGE },
                                                  { private_path, SC_INSTALLATION_PRIVATE } };
  const ScInstallation installation = { .service = SERVICE,
                                        .description = "x",
                                        .program = PROGRAM,
                                        .directories = directories,
                                        .n_directories = private_path != NULL ? 2 : 1 };
  g_assert_false (sc_installation_take_directories (&installation, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* A slip of the pen would break a machine. */
static void
test_others_directories_are_refused (void)
{
  g_autofree char *directory = test_dir_make ();
  g_autofree char *templates = g_build_filename (directory, "Templates", NULL);
  g_autofree char *state = g_build_filename (directory, "TEMPLATES.state", NULL);
  g_autofree char *lower = g_utf8_strdown (templates, -1);
  const ScInstallationDirectory good[] = { { templates, SC_INSTALLATION_CHANGE }, { state, SC_INSTALLATION_PRIVATE } };
  const ScInstallation installation = {
    .service = SERVICE, .description = "x", .program = PROGRAM, .directories = good, .n_directories = 2
  };
  g_autoptr (GError) error = NULL;
  assert_refused (NULL, "C:\\");
  assert_refused (NULL, "C:/windows/");
  assert_refused (NULL, "C:\\Windows\\system32\\..\\Temp");
  assert_refused (NULL, "C:\\ProgramData");
  assert_refused (lower, templates);
  assert_refused (directory, templates);
  g_assert_true (sc_installation_take_directories (&installation, &error));
  g_assert_no_error (error);
  test_dir_remove (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_log_set_handler ("Seatcast", G_LOG_LEVEL_WARNING, ignore_warnings, NULL);
  g_test_add_func ("/installation/configure", test_configure_again_and_back);
  g_test_add_func ("/installation/no-service", test_everything_else_is_done_without_the_service);
  g_test_add_func ("/installation/volume", test_whole_volume_is_not_made_private);
  g_test_add_func ("/installation/places", test_others_directories_are_refused);
  return g_test_run ();
}
