/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-installation.h"

#include <string.h>
#include <windows.h>

#include <initguid.h>
#include <knownfolders.h>
#include <shlobj.h>

#include "common/platform/sc-acl.h"
#include "common/platform/sc-firewall.h"
#include "common/platform/sc-nt.h"
#include "common/sc-error.h"

#define ACCOUNT L"NT AUTHORITY\\LocalService"
#define EVENT_SOURCES "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\"
#define EVENT_TYPES ((DWORD) (EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE))
/* After a failure: soon, in case it was an accident; then seldom, but as long as it takes. */
#define RESTART_FIRST 5000u /* ms */
#define RESTART_SECOND 60000u
#define RESTART_LATER 300000u
#define FAILURES_FORGOTTEN (24u * 60 * 60) /* s */
#define PRESHUTDOWN 90000u                 /* ms: an update comes to a point from which it goes on */

/* Keeps the first error, which the caller tells, and logs the others. */
static void
keep (GError **first, GError *error)
{
  if (*first == NULL) {
    *first = error;
    return;
  }
  g_warning ("%s", error->message);
  g_error_free (error);
}

static gboolean
set_error (GError **error, DWORD code, const char *what, const char *name)
{
  ScError hint = code == ERROR_ACCESS_DENIED            ? SC_ERROR_DENIED
                 : code == ERROR_SERVICE_DOES_NOT_EXIST ? SC_ERROR_NOT_FOUND
                                                        : SC_ERROR_SYSTEM;
  return sc_nt_set_error (error, code, hint, "Cannot %s “%s”", what, name);
}

/* One of the service's settings. Wine does not know all of them; every Windows that we support does. */
static void
change_setting (SC_HANDLE service, DWORD level, void *value, const char *what, const char *name, GError **first)
{
  GError *error = NULL;
  if (ChangeServiceConfig2W (service, level, value))
    return;
  DWORD code = GetLastError ();
  if (code == ERROR_INVALID_LEVEL || code == ERROR_CALL_NOT_IMPLEMENTED) {
    g_warning ("This system does not know how to %s “%s”", what, name);
    return;
  }
  set_error (&error, code, what, name);
  keep (first, error);
}

static void
change_settings (SC_HANDLE service, const ScInstallation *self, GError **first)
{
  g_autofree wchar_t *text = (wchar_t *) g_utf8_to_utf16 (self->description, -1, NULL, NULL, NULL);
  SC_ACTION actions[] = { { SC_ACTION_RESTART, RESTART_FIRST },
                          { SC_ACTION_RESTART, RESTART_SECOND },
                          { SC_ACTION_RESTART, RESTART_LATER } };
  /* no reboot, no command: empty, so that what was set is taken back */
  SERVICE_FAILURE_ACTIONSW failure = { .dwResetPeriod = FAILURES_FORGOTTEN,
                                       .lpRebootMsg = (wchar_t *) L"",
                                       .lpCommand = (wchar_t *) L"",
                                       .cActions = G_N_ELEMENTS (actions),
                                       .lpsaActions = actions };
  SERVICE_FAILURE_ACTIONS_FLAG also_stopped = { .fFailureActionsOnNonCrashFailures = TRUE };
  SERVICE_DELAYED_AUTO_START_INFO delayed = { .fDelayedAutostart = TRUE };
  SERVICE_SID_INFO sid = { .dwServiceSidType = SERVICE_SID_TYPE_UNRESTRICTED };
  SERVICE_PRESHUTDOWN_INFO preshutdown = { .dwPreshutdownTimeout = PRESHUTDOWN };
  /* A list of strings, each with its own end. None that a policy may take from LocalService ("Shut down the system"):
   * Windows would not start the service then (error 1297). An empty list takes back what was set. */
  static const wchar_t least[] = L"SeChangeNotifyPrivilege\0";
  static const wchar_t none[] = L"\0";
  SERVICE_REQUIRED_PRIVILEGES_INFOW privileges = { .pmszRequiredPrivileges =
                                                       (wchar_t *) (self->powers_off ? none : least) };
  SERVICE_DESCRIPTIONW description = { .lpDescription = text };
  const char *name = self->service;

  change_setting (service, SERVICE_CONFIG_DESCRIPTION, &description, "set the description of", name, first);
  change_setting (service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure, "set the recovery of", name, first);
  change_setting (service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &also_stopped, "set when to recover", name, first);
  change_setting (service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed, "delay the start of", name, first);
  change_setting (service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "give its own identity to", name, first);
  change_setting (service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &privileges, "limit the privileges of", name,
                  first);
  change_setting (service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &preshutdown, "set the time to end of", name, first);
}

static void
configure_service (const ScInstallation *self, GError **first)
{
  GError *error = NULL;
  g_autofree wchar_t *name = (wchar_t *) g_utf8_to_utf16 (self->service, -1, NULL, NULL, NULL);
  /* quoted: else "C:\Program.exe" would be tried first */
  g_autofree char *line = g_strdup_printf ("\"%s\" --service", self->program);
  g_autofree wchar_t *command = (wchar_t *) g_utf8_to_utf16 (line, -1, NULL, NULL, NULL);
  SC_HANDLE manager = OpenSCManagerW (NULL, NULL, SC_MANAGER_CONNECT);
  /* SERVICE_START: to say that it is restarted */
  SC_HANDLE service = manager != NULL ? OpenServiceW (manager, name, SERVICE_CHANGE_CONFIG | SERVICE_START) : NULL;
  if (service == NULL) {
    set_error (&error, GetLastError (), "configure the service", self->service);
    keep (first, error);
  } else {
    if (!ChangeServiceConfigW (service, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command,
                               NULL, NULL, NULL, ACCOUNT, L"", NULL)) {
      set_error (&error, GetLastError (), "set account and command line of the service", self->service);
      keep (first, error);
    }
    change_settings (service, self, first);
    CloseServiceHandle (service);
  }
  if (manager != NULL)
    CloseServiceHandle (manager);
}

static DWORD
write_event_source (HKEY key, const wchar_t *program)
{
  const DWORD types = EVENT_TYPES;
  LSTATUS code = RegSetValueExW (key, L"EventMessageFile", 0, REG_SZ, (const BYTE *) program,
                                 (DWORD) ((wcslen (program) + 1) * sizeof *program));
  if (code == ERROR_SUCCESS)
    code = RegSetValueExW (key, L"TypesSupported", 0, REG_DWORD, (const BYTE *) &types, sizeof types);
  return (DWORD) code;
}

static void
configure_event_source (const ScInstallation *self, GError **first)
{
  GError *error = NULL;
  g_autofree char *text = g_strconcat (EVENT_SOURCES, self->service, NULL);
  g_autofree wchar_t *path = (wchar_t *) g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
  g_autofree wchar_t *program = (wchar_t *) g_utf8_to_utf16 (self->program, -1, NULL, NULL, NULL);
  HKEY key = NULL;
  DWORD code = (DWORD) RegCreateKeyExW (HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL);
  if (code == ERROR_SUCCESS) {
    code = write_event_source (key, program);
    RegCloseKey (key);
  }
  if (code != ERROR_SUCCESS) {
    set_error (&error, code, "register the event log's source", self->service);
    keep (first, error);
  }
}

static void
configure_firewall (const ScInstallation *self, gboolean udp, guint16 port, gboolean open, GError **first)
{
  GError *error = NULL;
  g_autofree char *name = g_strdup_printf ("%s (%s)", self->service, udp ? "UDP" : "TCP");
  const ScFirewallRule rule = {
    .name = name, .description = self->description, .program = self->program, .udp = udp, .port = port
  };
  if (!(open && port != 0 ? sc_firewall_open (&rule, &error) : sc_firewall_close (name, &error)))
    keep (first, error);
}

static DWORD
take_visible (const char *path)
{
  return sc_acl_take_directory (path, NULL);
}

/* (transfer full) (nullable) */
static char *
program_data (void)
{
  PWSTR wide = NULL;
  char *path = NULL;
  if (SHGetKnownFolderPath (&FOLDERID_ProgramData, 0, NULL, &wide) == S_OK)
    path = g_utf16_to_utf8 ((const gunichar2 *) wide, -1, NULL, NULL, NULL);
  CoTaskMemFree (wide);
  return path;
}

/* Whether @path is @directory, or in it; both with Windows' separators */
static gboolean
is_in (const char *path, const char *directory)
{
  gsize length = strlen (directory);
  while (length > 0 && directory[length - 1] == '\\')
    length--;
  if (strlen (path) < length)
    return FALSE;
  g_autofree char *start = g_utf8_casefold (path, (gssize) length);
  g_autofree char *whole = g_utf8_casefold (directory, (gssize) length);
  return strcmp (start, whole) == 0 && (path[length] == '\0' || path[length] == '\\');
}

/* Any user may make directories in %ProgramData%: those above ours become the system's, else somebody could have put
 * his own in our place. */
static DWORD
for_each_above (const char *path, DWORD (*func) (const char *above))
{
  g_autofree char *data = program_data ();
  DWORD code = ERROR_SUCCESS;
  if (data == NULL || !is_in (path, data))
    return ERROR_SUCCESS;
  const char *below = path + strlen (data);
  for (const char *end = *below != '\0' ? strchr (below + 1, '\\') : NULL; end != NULL && code == ERROR_SUCCESS;
       end = strchr (end + 1, '\\')) {
    g_autofree char *above = g_strndup (path, (gsize) (end - path));
    code = func (above);
  }
  return code;
}

static gboolean
set_private_error (GError **error, DWORD code, const char *path)
{
  if (code == ERROR_SUCCESS)
    return TRUE;
  if (code != ERROR_INVALID_OWNER && code != ERROR_REPARSE_POINT_ENCOUNTERED)
    return set_error (error, code, "set the rights on the directory", path);
  g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
               "The directory “%s”, or one above it, is a link, or was made by a user who is no administrator, and is "
               "not empty or in use: look who made it, remove it and install again",
               path);
  return FALSE;
}

static gboolean
take_private (const char *path, PSID sid, GError **error)
{
  g_autofree char *above = g_path_get_dirname (path);
  DWORD code = for_each_above (path, take_visible);
  if (code == ERROR_SUCCESS && g_mkdir_with_parents (above, 0700) != 0)
    return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot make the directory “%s”", above);
  if (code == ERROR_SUCCESS)
    code = sc_acl_take_directory (path, sid);
  return set_private_error (error, code, path);
}

static gboolean
make_private (const char *path, PSID sid, GError **error)
{
  return take_private (path, sid, error) &&
         set_private_error (error, sc_acl_change_tree (path, sid, SC_ACL_TREE_PRIVATE), path);
}

static gboolean
make_changeable (const char *path, PSID sid, GError **error)
{
  if (g_mkdir_with_parents (path, 0755) != 0)
    return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot make the directory “%s”", path);
  DWORD code = sc_acl_change_tree (path, sid, SC_ACL_TREE_GIVE);
  return code == ERROR_SUCCESS || set_error (error, code, "let the service change everything in the directory", path);
}

/* (transfer full): absolute, with Windows' separators */
static char *
path_of (const ScInstallationDirectory *directory)
{
  return g_strdelimit (g_canonicalize_filename (directory->path, NULL), "/", '\\');
}

static gboolean
is_private (const ScInstallationDirectory *directory)
{
  return (directory->access & SC_INSTALLATION_PRIVATE) != 0;
}

static gboolean
is_below_root (const char *path)
{
  const char *rest = g_path_skip_root (path);
  return rest != NULL && *rest != '\0';
}

static gboolean
refuse_place (GError **error, const char *path, const char *other)
{
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "“%s” cannot be a directory of the service's, because of “%s”, whose rights would change: name another",
               path, other);
  return FALSE;
}

/* A slip of the pen must not change the rights on Windows, on the programs or on everybody's data, nor lock everybody
 * out of the templates. */
static gboolean
check_place (const ScInstallation *self, const ScInstallationDirectory *directory, GError **error)
{
  g_autofree char *path = path_of (directory);
  g_autofree char *data = program_data ();
  wchar_t wide[MAX_PATH] = L"";
  UINT length = GetSystemWindowsDirectoryW (wide, MAX_PATH);
  g_autofree char *windows =
      length > 0 && length < MAX_PATH ? g_utf16_to_utf8 ((const gunichar2 *) wide, -1, NULL, NULL, NULL) : NULL;
  if (is_private (directory) && !is_below_root (path)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "“%s” is a whole volume: name a directory in it for the service's own data", path);
    return FALSE;
  }
  if (windows != NULL && (is_in (windows, path) || is_in (path, windows)))
    return refuse_place (error, path, windows);
  if (self->program != NULL && is_in (self->program, path))
    return refuse_place (error, path, self->program);
  if (data != NULL && is_in (data, path))
    return refuse_place (error, path, data);
  for (guint i = 0; is_private (directory) && i < self->n_directories; i++) {
    g_autofree char *other = path_of (&self->directories[i]);
    if (!is_private (&self->directories[i]) && is_in (other, path))
      return refuse_place (error, path, other);
  }
  return TRUE;
}

static void
configure_directories (const ScInstallation *self, GError **first)
{
  g_autofree PSID sid = sc_acl_service_sid (self->service);
  for (guint i = 0; i < self->n_directories; i++) {
    GError *error = NULL;
    g_autofree char *path = path_of (&self->directories[i]);
    if (!check_place (self, &self->directories[i], &error) ||
        !(is_private (&self->directories[i]) ? make_private : make_changeable) (path, sid, &error))
      keep (first, error);
  }
}

/* A path whose disk is there; the rest can be made, unless rights forbid it. */
static gboolean
check_disk (const char *path, GError **error)
{
  const char *rest = g_path_skip_root (path);
  g_autofree char *root = rest != NULL ? g_strndup (path, (gsize) (rest - path)) : g_strdup (path);

  if (g_file_test (root, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "The directory “%s” cannot be made: there is no disk “%s”; connect it, or name another", path, root);
  return FALSE;
}

static gboolean
check_directories (const ScInstallation *self, GError **error)
{
  for (guint i = 0; i < self->n_directories; i++) {
    g_autofree char *path = path_of (&self->directories[i]);
    if (!check_place (self, &self->directories[i], error) || !check_disk (path, error))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
sc_installation_list_missing (const ScInstallation *installation)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < installation->n_directories; i++) {
    char *path = path_of (&installation->directories[i]);
    while (is_below_root (path) && !g_file_test (path, G_FILE_TEST_EXISTS)) {
      char *above = g_path_get_dirname (path);
      g_ptr_array_add (missing, path);
      path = above;
    }
    g_free (path);
  }
  return missing;
}

gboolean
sc_installation_share (const ScInstallation *installation, GError **error)
{
  g_autofree PSID sid = sc_acl_service_sid (installation->service);
  for (guint i = 0; i < installation->n_directories; i++) {
    g_autofree char *path = path_of (&installation->directories[i]);
    if (is_private (&installation->directories[i]) && !make_private (path, sid, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_installation_take_directories (const ScInstallation *installation, GError **error)
{
  g_autofree PSID sid = sc_acl_service_sid (installation->service);
  if (!check_directories (installation, error))
    return FALSE;
  for (guint i = 0; i < installation->n_directories; i++) {
    g_autofree char *path = path_of (&installation->directories[i]);
    if (is_private (&installation->directories[i]) && !take_private (path, sid, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_installation_owns (const char *path)
{
  const ScInstallationDirectory directory = { .path = path };
  g_autofree char *absolute = path_of (&directory);
  return for_each_above (absolute, sc_acl_check_directory) == ERROR_SUCCESS &&
         sc_acl_check_directory (absolute) == ERROR_SUCCESS;
}

gboolean
sc_installation_configure (const ScInstallation *installation, GError **error)
{
  GError *first = NULL;
  configure_directories (installation, &first);
  configure_service (installation, &first);
  configure_event_source (installation, &first);
  configure_firewall (installation, TRUE, installation->udp_port, TRUE, &first);
  configure_firewall (installation, FALSE, installation->tcp_port, TRUE, &first);
  if (first != NULL)
    g_propagate_error (error, first);
  return first == NULL;
}

/* Its own directories stay as they are: whoever removes the service says what becomes of them. */
static void
leave_directories (const ScInstallation *self, GError **first)
{
  g_autofree PSID sid = sc_acl_service_sid (self->service);
  for (guint i = 0; i < self->n_directories; i++) {
    GError *error = NULL;
    const char *path = self->directories[i].path;
    if (is_private (&self->directories[i]))
      continue;
    DWORD code = sc_acl_change_tree (path, sid, SC_ACL_TREE_TAKE);
    if (code == ERROR_SUCCESS || code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)
      continue;
    set_error (&error, code, "take the service's rights back from the directory", path);
    keep (first, error);
  }
}

gboolean
sc_installation_unconfigure (const ScInstallation *installation, GError **error)
{
  GError *first = NULL, *failure = NULL;
  g_autofree char *text = g_strconcat (EVENT_SOURCES, installation->service, NULL);
  g_autofree wchar_t *source = (wchar_t *) g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
  leave_directories (installation, &first);
  configure_firewall (installation, TRUE, 0, FALSE, &first);
  configure_firewall (installation, FALSE, 0, FALSE, &first);
  DWORD code = (DWORD) RegDeleteTreeW (HKEY_LOCAL_MACHINE, source);
  if (code != ERROR_SUCCESS && code != ERROR_FILE_NOT_FOUND) {
    set_error (&failure, code, "remove the event log's source", installation->service);
    keep (&first, failure);
  }
  if (first != NULL)
    g_propagate_error (error, first);
  return first == NULL;
}
