/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system.h"

#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <initguid.h>
#include <knownfolders.h>
#include <sddl.h>
#include <shlobj.h>
#include <wtsapi32.h>

#include "common/platform/sc-nt.h"
#include "common/platform/sc-registry.h"
#include "common/platform/sc-system-win32.h"

#define ADAPTERS_SIZE (32u * 1024u) /* what Microsoft advises to begin with */
#define ADAPTERS_ATTEMPTS 4u
#define IDLE_TICKS (G_GINT64_CONSTANT (5) * 60 * 10000000) /* 5 minutes without a key or a move, in 100 ns */

/* WTSSessionInfoEx and WTSINFOEXW, missing in mingw's headers of Debian 12. */
#define SESSION_INFO_CLASS ((WTS_INFO_CLASS) 25)
#define SESSION_LOCKED 0
typedef struct {
  DWORD level;
  gint64 align[0]; /* what follows is a union with such a member */
  ULONG session;
  WTS_CONNECTSTATE_CLASS state;
  LONG flags;
  WCHAR station_name[33];
  WCHAR user_name[21];
  WCHAR domain_name[18];
  gint64 log_on;
  gint64 connect;
  gint64 disconnect;
  gint64 last_input; /* 100 ns since 1601; 0: not known */
  gint64 current;
  DWORD counters[6];
} SessionInfo;

void
sc_interface_free (ScInterface *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->address);
  g_free (self->mac);
  g_free (self);
}

static ScInterface *
make_interface (const IP_ADAPTER_ADDRESSES *adapter, const SOCKET_ADDRESS *entry)
{
  char address[INET_ADDRSTRLEN];
  const struct sockaddr_in *in = (const struct sockaddr_in *) entry->lpSockaddr;
  if (inet_ntop (AF_INET, (void *) &in->sin_addr, address, sizeof address) == NULL)
    return NULL;
  gboolean loopback = adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK;
  const guint8 *a = adapter->PhysicalAddress;
  ScInterface *found = g_new0 (ScInterface, 1);
  found->name = g_utf16_to_utf8 ((const gunichar2 *) adapter->FriendlyName, -1, NULL, NULL, NULL);
  if (found->name == NULL)
    found->name = g_strdup (adapter->AdapterName);
  found->address = g_strdup (address);
  found->mac = !loopback && adapter->PhysicalAddressLength == 6
                   ? g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5])
                   : g_strdup ("");
  /* all bits set: unknown */
  if (!loopback && adapter->TransmitLinkSpeed != G_MAXUINT64)
    found->link_mbps = (guint) MIN (adapter->TransmitLinkSpeed / 1000000, G_MAXINT);
  found->mtu = adapter->Mtu;
  return found;
}

GPtrArray *
sc_system_list_interfaces (GError **error)
{
  const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  g_autofree IP_ADAPTER_ADDRESSES *adapters = NULL;
  ULONG size = ADAPTERS_SIZE;
  ULONG code = ERROR_BUFFER_OVERFLOW;
  for (guint i = 0; code == ERROR_BUFFER_OVERFLOW && i < ADAPTERS_ATTEMPTS; i++) {
    g_free (adapters);
    adapters = g_malloc0 (size);
    code = GetAdaptersAddresses (AF_INET, flags, NULL, adapters, &size);
  }
  g_autoptr (GPtrArray) interfaces = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_interface_free);
  if (code == ERROR_NO_DATA)
    return g_steal_pointer (&interfaces);
  if (code != ERROR_SUCCESS) {
    sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "Cannot list the network interfaces");
    return NULL;
  }
  for (const IP_ADAPTER_ADDRESSES *adapter = adapters; adapter != NULL; adapter = adapter->Next) {
    if (adapter->OperStatus != IfOperStatusUp)
      continue;
    for (const IP_ADAPTER_UNICAST_ADDRESS *i = adapter->FirstUnicastAddress; i != NULL; i = i->Next) {
      ScInterface *found = make_interface (adapter, &i->Address);
      if (found != NULL)
        g_ptr_array_add (interfaces, found);
    }
  }
  return g_steal_pointer (&interfaces);
}

ScInterface *
sc_system_find_interface (const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) interfaces = sc_system_list_interfaces (&error);
  if (interfaces == NULL) {
    g_warning ("%s", error->message);
    return NULL;
  }
  for (guint i = 0; i < interfaces->len; i++) {
    const ScInterface *found = g_ptr_array_index (interfaces, i);
    if (strcmp (found->address, address) == 0)
      return g_ptr_array_steal_index (interfaces, i);
  }
  return NULL;
}

char *
sc_system_get_host_name (void)
{
  return g_strdup (g_get_host_name ());
}

char *
sc_system_get_os_name (void)
{
  char *name = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  return name != NULL ? name : g_strdup ("Windows");
}

/* A service's session has neither screen nor keyboard, so GetLastInputInfo() would say nothing there: the session
 * manager is asked about each session. It does not know the last input of every one at the screen; then the lock
 * alone tells. */
static gboolean
session_is_in_use (DWORD session)
{
  SessionInfo *answer = NULL;
  DWORD size = 0;
  if (!WTSQuerySessionInformationW (WTS_CURRENT_SERVER_HANDLE, session, SESSION_INFO_CLASS, (LPWSTR *) &answer, &size))
    return GetLastError () == ERROR_ACCESS_DENIED; /* it is active, and that is all we may know; else it has ended */
  gboolean in_use = size >= sizeof *answer && answer->level == 1 && answer->state == WTSActive &&
                    answer->user_name[0] != L'\0' && answer->flags != SESSION_LOCKED &&
                    (answer->last_input <= 0 || answer->current - answer->last_input < IDLE_TICKS);
  WTSFreeMemory (answer);
  return in_use;
}

gboolean
sc_system_is_in_use (void)
{
  WTS_SESSION_INFOW *sessions = NULL;
  DWORD n = 0;
  gboolean in_use = FALSE;
  if (!WTSEnumerateSessionsW (WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &n))
    return FALSE;
  for (DWORD i = 0; i < n && !in_use; i++)
    in_use = sessions[i].State == WTSActive && session_is_in_use (sessions[i].SessionId);
  WTSFreeMemory (sessions);
  return in_use;
}

/* Active or disconnected, locked or not. Session 0 is that of services. */
static gboolean
session_is_users (const WTS_SESSION_INFOW *session)
{
  LPWSTR name = NULL;
  DWORD size = 0;
  if (session->SessionId == 0 || (session->State != WTSActive && session->State != WTSDisconnected))
    return FALSE;
  if (!WTSQuerySessionInformationW (WTS_CURRENT_SERVER_HANDLE, session->SessionId, WTSUserName, &name, &size))
    return GetLastError () == ERROR_ACCESS_DENIED; /* it is there, and that is all we may know; else it has ended */
  gboolean is = name != NULL && name[0] != L'\0';  /* the one at the log-on screen has no name */
  WTSFreeMemory (name);
  return is;
}

gboolean
sc_system_has_users (gboolean *users, GError **error)
{
  WTS_SESSION_INFOW *sessions = NULL;
  DWORD n = 0;
  if (!WTSEnumerateSessionsW (WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &n))
    return sc_nt_set_error (error, GetLastError (), SC_ERROR_SYSTEM, "Whether anybody is signed in cannot be told");
  *users = FALSE;
  for (DWORD i = 0; i < n && !*users; i++)
    *users = session_is_users (&sessions[i]);
  WTSFreeMemory (sessions);
  return TRUE;
}

/* @was: (out): the attributes before. Returns: FALSE with GetLastError() */
static gboolean
set_shutdown_privilege (HANDLE token, DWORD attributes, DWORD *was)
{
  TOKEN_PRIVILEGES wanted = { .PrivilegeCount = 1, .Privileges[0].Attributes = attributes };
  TOKEN_PRIVILEGES before = { 0 };
  DWORD size = sizeof before;
  if (!LookupPrivilegeValueW (NULL, L"SeShutdownPrivilege", &wanted.Privileges[0].Luid) ||
      !AdjustTokenPrivileges (token, FALSE, &wanted, sizeof before, &before, &size))
    return FALSE;
  *was = before.PrivilegeCount == 0 ? attributes : before.Privileges[0].Attributes; /* what changed is told */
  return GetLastError () == ERROR_SUCCESS;                                          /* else ERROR_NOT_ALL_ASSIGNED */
}

static gboolean
set_power_error (GError **error, DWORD code)
{
  if (code == ERROR_NOT_ALL_ASSIGNED || code == ERROR_PRIVILEGE_NOT_HELD || code == ERROR_ACCESS_DENIED)
    return sc_nt_set_error (error, code, SC_ERROR_DENIED,
                            "This account may not power the machine off; give it the user right “Shut down the system” "
                            "(Local Security Policy), and for the service run seatcast-service.exe --configure again");
  return sc_nt_set_error (
      error, code, code == ERROR_SHUTDOWN_IN_PROGRESS || code == ERROR_NOT_READY ? SC_ERROR_BUSY : SC_ERROR_SYSTEM,
      "Cannot power the machine off");
}

gboolean
sc_system_win32_power_off (ScExitWindowsFunc exit_windows, GError **error)
{
  g_auto (ScHandle) token = NULL;
  DWORD was;
  /* The process's token, not a thread's; only while it is needed */
  if (!OpenProcessToken (GetCurrentProcess (), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token) ||
      !set_shutdown_privilege (token, SE_PRIVILEGE_ENABLED, &was))
    return set_power_error (error, GetLastError ());
  /* A whole shutdown, not the hybrid one of "fast startup", from which many network cards do not wake */
  DWORD code =
      exit_windows (EWX_POWEROFF | EWX_FORCEIFHUNG,
                    SHTDN_REASON_MAJOR_APPLICATION | SHTDN_REASON_MINOR_MAINTENANCE | SHTDN_REASON_FLAG_PLANNED)
          ? ERROR_SUCCESS
          : GetLastError ();
  set_shutdown_privilege (token, was, &was);
  return code == ERROR_SUCCESS || set_power_error (error, code);
}

gboolean
sc_system_power_off (GError **error)
{
  return sc_system_win32_power_off (ExitWindowsEx, error);
}

/* Asked of the shell, not of the environment, which a service may have from elsewhere. */
static char *
build_data_path (const char *program, const char *file)
{
  PWSTR wide = NULL;
  g_autofree char *data = NULL;
  if (SHGetKnownFolderPath (&FOLDERID_ProgramData, 0, NULL, &wide) == S_OK)
    data = g_utf16_to_utf8 ((const gunichar2 *) wide, -1, NULL, NULL, NULL);
  CoTaskMemFree (wide);
  return g_build_filename (data != NULL ? data : "C:\\ProgramData", "Seatcast", program, file, NULL);
}

char *
sc_system_get_service_directory (void)
{
  return build_data_path ("Service", NULL);
}

char *
sc_system_get_service_connection (void)
{
  return build_data_path ("Service", "connection");
}

char *
sc_system_get_console_directory (void)
{
  return build_data_path ("Console", NULL);
}

char *
sc_system_find_console_directory (void)
{
  char *directory = sc_registry_get ("Console", "Directory");

  return directory != NULL ? directory : sc_system_get_console_directory ();
}

/* (transfer full): LocalFree(); for the account we run as, the system and its administrators. NULL on an error */
static PSECURITY_DESCRIPTOR
make_secret_descriptor (void)
{
  g_auto (ScHandle) token = NULL;
  union {
    TOKEN_USER user;
    guint8 space[sizeof (TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  } owner;
  DWORD size = 0;
  char *sid = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  if (!OpenProcessToken (GetCurrentProcess (), TOKEN_QUERY, &token) ||
      !GetTokenInformation (token, TokenUser, &owner, sizeof owner, &size) ||
      !ConvertSidToStringSidA (owner.user.User.Sid, &sid))
    return NULL;
  g_autofree char *text = g_strdup_printf ("D:P(A;;FA;;;%s)(A;;FA;;;SY)(A;;FA;;;BA)", sid);
  LocalFree (sid);
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorA (text, SDDL_REVISION_1, &descriptor, NULL))
    return NULL;
  return descriptor;
}

static DWORD
write_new_file (const wchar_t *path, const char *text)
{
  SECURITY_ATTRIBUTES attributes = { .nLength = sizeof attributes, .lpSecurityDescriptor = make_secret_descriptor () };
  if (attributes.lpSecurityDescriptor == NULL)
    return GetLastError ();
  g_auto (ScHandle) handle = CreateFileW (path, GENERIC_WRITE, 0, &attributes, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
  DWORD code = handle == INVALID_HANDLE_VALUE ? GetLastError () : ERROR_SUCCESS;
  handle = handle == INVALID_HANDLE_VALUE ? NULL : handle;
  LocalFree (attributes.lpSecurityDescriptor);
  DWORD n;
  if (code == ERROR_SUCCESS &&
      (!WriteFile (handle, text, (DWORD) strlen (text), &n, NULL) || !FlushFileBuffers (handle)))
    code = GetLastError ();
  return code;
}

gboolean
sc_system_write_secret (const char *path, const char *text, GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *temporary = g_strconcat (path, ".", uuid, NULL);
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  g_autofree wchar_t *wide_temporary = sc_nt_to_wide (temporary);
  guint attempt = 0;
  DWORD code = wide == NULL ? ERROR_INVALID_NAME : write_new_file (wide_temporary, text);
  if (code == ERROR_SUCCESS) {
    do
      code = MoveFileExW (wide_temporary, wide, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) ? ERROR_SUCCESS
                                                                                                    : GetLastError ();
    while (sc_nt_wait_for_others (code, &attempt));
  }
  if (code == ERROR_SUCCESS)
    return TRUE;
  if (wide_temporary != NULL)
    DeleteFileW (wide_temporary);
  return sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "Cannot write the secret file “%s”", path);
}
