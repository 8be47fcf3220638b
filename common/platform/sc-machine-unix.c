/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-machine-private.h"

#include "common/platform/sc-smbios.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define DMI "/sys/class/dmi/id/product_uuid"
#define NETWORK "/sys/class/net"

/* Returns: (nullable) */
static char *
read_uuid (const char *path)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_autofree char *uuid = g_ascii_strdown (g_strstrip (text), -1);
  return sc_smbios_is_unique (uuid) ? g_steal_pointer (&uuid) : NULL;
}

char *
sc_machine_read_id (void)
{
  char *uuid = read_uuid (DMI);

  return uuid != NULL ? uuid : g_strdup ("");
}

/* What hardware is behind has a device; its address may be changed, for privacy on a Wi-Fi, but for the permanent one.
 */
static gboolean
is_hardware (const char *name)
{
  g_autofree char *device = g_build_filename (NETWORK, name, "device", NULL);
  g_autofree char *type_path = g_build_filename (NETWORK, name, "type", NULL);
  g_autofree char *type = NULL;

  return g_file_test (device, G_FILE_TEST_EXISTS) && g_file_get_contents (type_path, &type, NULL, NULL) &&
         g_ascii_strtoull (type, NULL, 10) == ARPHRD_ETHER;
}

static gboolean
read_permanent (int fd, const char *name, guint8 mac[SC_MACHINE_MAC_SIZE])
{
  union {
    struct ethtool_perm_addr head;
    guint8 space[sizeof (struct ethtool_perm_addr) + 32];
  } query = { .head = { .cmd = ETHTOOL_GPERMADDR, .size = 32 } };
  struct ifreq request = { .ifr_data = (char *) &query };

  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, SIOCETHTOOL, &request) != 0 || query.head.size != SC_MACHINE_MAC_SIZE)
    return FALSE;
  memcpy (mac, query.space + sizeof (struct ethtool_perm_addr), SC_MACHINE_MAC_SIZE);
  return TRUE;
}

static gboolean
read_current (int fd, const char *name, guint8 mac[SC_MACHINE_MAC_SIZE])
{
  struct ifreq request = { 0 };

  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, SIOCGIFHWADDR, &request) != 0)
    return FALSE;
  memcpy (mac, request.ifr_hwaddr.sa_data, SC_MACHINE_MAC_SIZE);
  return TRUE;
}

GPtrArray *
sc_machine_read_macs (void)
{
  GPtrArray *macs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) directory = g_dir_open (NETWORK, 0, NULL);
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  for (const char *name = directory != NULL ? g_dir_read_name (directory) : NULL; name != NULL;
       name = g_dir_read_name (directory)) {
    guint8 mac[SC_MACHINE_MAC_SIZE];

    if (is_hardware (name) &&
        ((read_permanent (fd, name, mac) && sc_machine_is_mac (mac)) || read_current (fd, name, mac)))
      sc_machine_add_mac (macs, mac);
  }
  if (fd >= 0)
    close (fd);
  sc_machine_sort_macs (macs);
  return macs;
}
