/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/sc-error.h"

#define LOGIND_ANSWER 1000                            /* ms for one answer */
#define LOGIND_POWER_OFF 10000                        /* ms */
#define LOGIND_DEADLINE (2 * (gint64) G_USEC_PER_SEC) /* for all of them */

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

static guint
read_mtu (const char *name)
{
  struct ifreq request = { 0 };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return 0;
  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  gboolean known = ioctl (fd, SIOCGIFMTU, &request) == 0 && request.ifr_mtu > 0;
  close (fd);
  return known ? (guint) request.ifr_mtu : 0;
}

/* Wi-Fi, loopback and a link that is down have no speed: an error, or -1. */
static guint
read_link_mbps (const char *name)
{
  g_autofree char *path = g_build_filename ("/sys/class/net", name, "speed", NULL);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  gint64 speed = g_ascii_strtoll (text, NULL, 10);
  return speed > 0 && speed < G_MAXINT ? (guint) speed : 0;
}

static char *
find_mac (const struct ifaddrs *all, const char *name)
{
  for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
    if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_PACKET || strcmp (i->ifa_name, name) != 0)
      continue;
    const struct sockaddr_ll *link = (const struct sockaddr_ll *) i->ifa_addr;
    const guint8 *a = link->sll_addr;
    if (link->sll_hatype == ARPHRD_ETHER && link->sll_halen == 6)
      return g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
  }
  return g_strdup ("");
}

static ScInterface *
make_interface (const struct ifaddrs *all, const struct ifaddrs *entry)
{
  char address[INET_ADDRSTRLEN];
  const struct sockaddr_in *in = (const struct sockaddr_in *) entry->ifa_addr;
  if (inet_ntop (AF_INET, &in->sin_addr, address, sizeof address) == NULL)
    return NULL;
  /* A label such as "eth0:1" is a second address of eth0 */
  g_autofree char *name = g_strndup (entry->ifa_name, strcspn (entry->ifa_name, ":"));
  ScInterface *interface = g_new0 (ScInterface, 1);
  interface->address = g_strdup (address);
  interface->mac = find_mac (all, name);
  interface->link_mbps = read_link_mbps (name);
  interface->mtu = read_mtu (name);
  interface->name = g_steal_pointer (&name);
  return interface;
}

GPtrArray *
sc_system_list_interfaces (GError **error)
{
  struct ifaddrs *all = NULL;
  if (getifaddrs (&all) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot list the network interfaces");
    return NULL;
  }
  g_autoptr (GPtrArray) interfaces = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_interface_free);
  for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
    if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET || (i->ifa_flags & IFF_UP) == 0)
      continue;
    ScInterface *interface = make_interface (all, i);
    if (interface != NULL)
      g_ptr_array_add (interfaces, interface);
  }
  freeifaddrs (all);
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
    const ScInterface *interface = g_ptr_array_index (interfaces, i);
    if (strcmp (interface->address, address) == 0)
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
  return name != NULL ? name : g_strdup ("Linux");
}

/* Returns: (nullable): NULL when there is no such object, no answer in time, or one of another type */
static GVariant *
ask_logind (GDBusConnection *bus, const char *path, const char *interface, const char *method, GVariant *parameters,
            const char *type)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer =
      g_dbus_connection_call_sync (bus, "org.freedesktop.login1", path, interface, method, parameters,
                                   G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NO_AUTO_START, LOGIND_ANSWER, NULL, &error);
  if (answer == NULL)
    g_debug ("logind's %s of %s: %s", method, path, error->message);
  return answer;
}

/* (nullable): NULL: as ask_logind() */
static GVariant *
get_session (GDBusConnection *bus, const char *path)
{
  g_autoptr (GVariant) answer = ask_logind (bus, path, "org.freedesktop.DBus.Properties", "GetAll",
                                            g_variant_new ("(s)", "org.freedesktop.login1.Session"), "(a{sv})");
  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

static gboolean
is_graphical (const char *type)
{
  return strcmp (type, "x11") == 0 || strcmp (type, "wayland") == 0 || strcmp (type, "mir") == 0;
}

/* A session that is about to end has nobody in it any more, only programs that were left. */
static gboolean
session_is_users (GDBusConnection *bus, const char *path)
{
  g_autoptr (GVariant) properties = get_session (bus, path);
  gboolean remote = TRUE;
  const char *class = "", *type = "", *state = "";
  if (properties == NULL) /* it has ended since */
    return FALSE;
  g_variant_lookup (properties, "Remote", "b", &remote);
  g_variant_lookup (properties, "Class", "&s", &class);
  g_variant_lookup (properties, "Type", "&s", &type);
  g_variant_lookup (properties, "State", "&s", &state);
  return g_str_has_prefix (class, "user") && (!remote || is_graphical (type)) && strcmp (state, "closing") != 0;
}

static gboolean
session_is_in_use (GDBusConnection *bus, const char *path)
{
  g_autoptr (GVariant) properties = get_session (bus, path);
  if (properties == NULL) /* it has ended since */
    return FALSE;
  gboolean active = FALSE, idle = TRUE, remote = TRUE;
  const char *class = "", *type = "";
  g_variant_lookup (properties, "Active", "b", &active);
  g_variant_lookup (properties, "IdleHint", "b", &idle);
  g_variant_lookup (properties, "Remote", "b", &remote);
  g_variant_lookup (properties, "Class", "&s", &class);
  g_variant_lookup (properties, "Type", "&s", &type);
  /* "user-early" and others are kinds of users, too; the login screen is a "greeter" */
  return active && !idle && g_str_has_prefix (class, "user") && (!remote || is_graphical (type));
}

/* (transfer full): a connection of our own: the process's shared one ends the process when the bus does. */
static GDBusConnection *
connect_to_system_bus (GError **error)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  if (address == NULL)
    return NULL;
  return g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, error);
}

/* See org.freedesktop.login1(5). */
gboolean
sc_system_is_in_use (void)
{
  gint64 deadline = g_get_monotonic_time () + LOGIND_DEADLINE;
  g_autoptr (GDBusConnection) bus = connect_to_system_bus (NULL);
  if (bus == NULL)
    return FALSE;
  g_autoptr (GVariant) answer =
      ask_logind (bus, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "ListSessions", NULL, "(a(susso))");
  gboolean in_use = FALSE;
  if (answer != NULL) {
    g_autoptr (GVariantIter) sessions = NULL;
    const char *path;
    g_variant_get (answer, "(a(susso))", &sessions);
    while (!in_use && g_get_monotonic_time () < deadline &&
           g_variant_iter_next (sessions, "(&su&s&s&o)", NULL, NULL, NULL, NULL, &path))
      in_use = session_is_in_use (bus, path);
  }
  g_dbus_connection_close_sync (bus, NULL, NULL);
  return in_use;
}

gboolean
sc_system_has_users (gboolean *users, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + LOGIND_DEADLINE;
  g_autoptr (GDBusConnection) bus = connect_to_system_bus (NULL);
  g_autoptr (GVariant) answer = NULL;
  if (bus != NULL)
    answer = ask_logind (bus, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "ListSessions", NULL,
                         "(a(susso))");
  if (answer == NULL) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_SYSTEM,
                         "Whether anybody is signed in cannot be told: check that systemd-logind runs");
  } else {
    g_autoptr (GVariantIter) sessions = NULL;
    const char *path;
    *users = FALSE;
    g_variant_get (answer, "(a(susso))", &sessions);
    while (!*users && g_variant_iter_next (sessions, "(&su&s&s&o)", NULL, NULL, NULL, NULL, &path))
      *users = g_get_monotonic_time () >= deadline || session_is_users (bus, path); /* it hangs: better not */
  }
  if (bus != NULL)
    g_dbus_connection_close_sync (bus, NULL, NULL);
  return answer != NULL;
}

/* What logind said, for people. Returns: always %FALSE */
static gboolean
set_power_error (GError **error, GError *failure)
{
  g_autofree char *name = g_dbus_error_get_remote_error (failure);
  gboolean denied = g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
                    g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED) ||
                    g_strcmp0 (name, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") == 0;
  g_dbus_error_strip_remote_error (failure);
  if (denied)
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "This account may not power the machine off; run the service as root, or allow the account "
                 "org.freedesktop.login1.power-off by a polkit rule: %s",
                 failure->message);
  else if (g_strcmp0 (name, "org.freedesktop.login1.BlockedByInhibitorLock") == 0 ||
           g_strcmp0 (name, "org.freedesktop.login1.OperationInProgress") == 0)
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "The machine cannot be powered off now; systemd-inhibit --list tells what forbids it: %s",
                 failure->message);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM,
                 "Cannot power the machine off; check that systemd-logind runs on it: %s", failure->message);
  return FALSE;
}

gboolean
sc_system_power_off (GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GDBusConnection) bus = connect_to_system_bus (&failure);
  if (bus == NULL)
    return set_power_error (error, failure);
  /* not interactive: nobody is there to type a password */
  answer = g_dbus_connection_call_sync (bus, "org.freedesktop.login1", "/org/freedesktop/login1",
                                        "org.freedesktop.login1.Manager", "PowerOff", g_variant_new ("(b)", FALSE),
                                        NULL, G_DBUS_CALL_FLAGS_NONE, LOGIND_POWER_OFF, NULL, &failure);
  g_dbus_connection_close_sync (bus, NULL, NULL);
  return answer != NULL || set_power_error (error, failure);
}

char *
sc_system_get_service_directory (void)
{
  return g_strdup ("/var/lib/seatcast-service");
}

char *
sc_system_get_service_connection (void)
{
  return g_strdup ("/etc/seatcast/connection");
}

char *
sc_system_get_console_directory (void)
{
  return g_strdup ("/var/lib/seatcast");
}

char *
sc_system_find_console_directory (void)
{
  return sc_system_get_console_directory ();
}

gboolean
sc_system_write_secret (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) failure = NULL;
  /* A temporary file beside it, made with mode 0600, synced and renamed; then the directory is synced */
  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &failure))
    return TRUE;
  gboolean full = g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_set_error (error, SC_ERROR, full ? SC_ERROR_NO_SPACE : SC_ERROR_SYSTEM, "Cannot write the secret file “%s”: %s",
               path, failure->message);
  return FALSE;
}
