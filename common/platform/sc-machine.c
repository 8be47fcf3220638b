/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-machine.h"

#include "common/platform/sc-machine-private.h"

#include <string.h>

gboolean
sc_machine_is_mac (const guint8 mac[SC_MACHINE_MAC_SIZE])
{
  static const guint8 none[SC_MACHINE_MAC_SIZE];

  return (mac[0] & 1) == 0 && memcmp (mac, none, sizeof none) != 0;
}

void
sc_machine_add_mac (GPtrArray *macs, const guint8 mac[SC_MACHINE_MAC_SIZE])
{
  g_autofree char *text =
      g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);

  if (sc_machine_is_mac (mac) && !g_ptr_array_find_with_equal_func (macs, text, g_str_equal, NULL))
    g_ptr_array_add (macs, g_steal_pointer (&text));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

void
sc_machine_sort_macs (GPtrArray *macs)
{
  g_ptr_array_sort (macs, compare_texts);
}
