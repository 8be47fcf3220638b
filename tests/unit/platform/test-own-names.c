/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-own-names.h"

#include "common/platform/sc-system.h"

#include <gio/gio.h>
#include <string.h>

static gboolean
has (GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

static void
test_list (void)
{
  g_autoptr (GPtrArray) names = sc_own_names_list ();
  g_autofree char *host_name = sc_system_get_host_name ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) interfaces = sc_system_list_interfaces (&error);

  g_assert_no_error (error);
  g_assert_cmpstr (names->pdata[0], ==, host_name);
  g_assert_true (has (names, "localhost"));
  g_assert_true (has (names, "127.0.0.1"));
  g_assert_true (has (names, "::1"));
  for (guint i = 0; i < interfaces->len; i++) {
    const ScInterface *interface = interfaces->pdata[i];

    g_assert_true (g_str_has_prefix (interface->address, "169.254.") || has (names, interface->address));
  }
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (names->pdata[i]);

    g_assert_true (address == NULL || !g_inet_address_get_is_link_local (address));
    for (guint k = 0; k < i; k++)
      g_assert_cmpstr (names->pdata[i], !=, names->pdata[k]);
  }
}

static void
test_add (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  sc_own_names_add (names, "a");
  sc_own_names_add (names, NULL);
  sc_own_names_add (names, "");
  sc_own_names_add (names, "b");
  sc_own_names_add (names, "a");
  g_assert_cmpuint (names->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/own-names/list", test_list);
  g_test_add_func ("/platform/own-names/add", test_add);
  return g_test_run ();
}
