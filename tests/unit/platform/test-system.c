/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system.h"

#include <string.h>

#include "common/sc-error.h"
#include "test-dir.h"
#include "test-private.h"

static void
test_interfaces (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) interfaces = sc_system_list_interfaces (&error);
  g_assert_no_error (error);
  for (guint i = 0; i < interfaces->len; i++) {
    const ScInterface *interface = interfaces->pdata[i];
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (interface->address);
    g_autoptr (ScInterface) found = sc_system_find_interface (interface->address);
    g_assert_nonnull (address);
    g_assert_cmpint (g_inet_address_get_family (address), ==, G_SOCKET_FAMILY_IPV4);
    g_assert_cmpuint (interface->mtu, >=, 68); /* RFC 791 */
    g_assert_true (strlen (interface->mac) == 0 || strlen (interface->mac) == 17);
    g_assert_nonnull (found);
  }
}

static void
test_loopback (void)
{
  g_autoptr (ScInterface) loopback = sc_system_find_interface ("127.0.0.1");
  g_autoptr (ScInterface) none = sc_system_find_interface ("192.0.2.77"); /* RFC 5737: nobody's */
  g_assert_nonnull (loopback);
  g_assert_cmpuint (strlen (loopback->name), >, 0);
  g_assert_cmpstr (loopback->mac, ==, "");
  g_assert_cmpuint (loopback->link_mbps, ==, 0);
  g_assert_null (none);
}

static void
test_names (void)
{
  g_autofree char *host = sc_system_get_host_name ();
  g_autofree char *system = sc_system_get_os_name ();
  g_assert_cmpuint (strlen (host), >, 0);
  g_assert_cmpuint (strlen (system), >, 0);
}

static void
test_secret (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "secret", NULL);
  g_autofree char *nowhere = g_build_filename (dir, "no", "secret", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  test_dir_write (path, "for all", 7);
  test_private_open_up (path);
  g_assert_true (sc_system_write_secret (path, "for one\n", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_cmpstr (text, ==, "for one\n");
  test_private_assert (path);
  g_autoptr (GDir) left = g_dir_open (dir, 0, &error);
  g_assert_cmpstr (g_dir_read_name (left), ==, "secret");
  g_assert_null (g_dir_read_name (left)); /* no temporary file */

  g_assert_false (sc_system_write_secret (nowhere, "x", &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == SC_ERROR);
  g_assert_nonnull (strstr (error->message, nowhere));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/system/interfaces", test_interfaces);
  g_test_add_func ("/platform/system/loopback", test_loopback);
  g_test_add_func ("/platform/system/names", test_names);
  g_test_add_func ("/platform/system/secret", test_secret);
  return g_test_run ();
}
