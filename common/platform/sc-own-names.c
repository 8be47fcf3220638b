/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-own-names.h"

#include "common/platform/sc-system.h"

void
sc_own_names_add (GPtrArray *names, const char *name)
{
  if (name != NULL && name[0] != '\0' && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

GPtrArray *
sc_own_names_list (void)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *host_name = sc_system_get_host_name ();
  g_autofree char *full_name = sc_own_names_get_full (host_name);

  sc_own_names_add (names, host_name);
  sc_own_names_add (names, full_name);
  sc_own_names_add (names, "localhost");
  sc_own_names_add (names, "127.0.0.1");
  sc_own_names_add (names, "::1");
  sc_own_names_add_addresses (names);
  return names;
}
