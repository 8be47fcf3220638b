/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-machine.h"

#include "common/platform/sc-machine-private.h"
#include "common/platform/sc-smbios.h"

#include <string.h>

#define VARIABLE "SEATCAST_MACHINE"

/* (nullable) */
static char *
get_given_id (void)
{
  const char *given = g_getenv (VARIABLE);
  g_autofree char *uuid = given != NULL ? g_ascii_strdown (given, -1) : NULL;

  return uuid != NULL && sc_smbios_is_unique (uuid) ? g_steal_pointer (&uuid) : NULL;
}

char *
sc_machine_get_id (void)
{
  char *given = get_given_id ();

  return given != NULL ? given : sc_machine_read_id ();
}

GPtrArray *
sc_machine_list_macs (void)
{
  g_autofree char *given = get_given_id ();

  return given != NULL ? g_ptr_array_new_with_free_func (g_free) : sc_machine_read_macs ();
}

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
