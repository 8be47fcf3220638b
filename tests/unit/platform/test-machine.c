/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By what a machine is known, and the tables of firmware that lies. */
#include "common/platform/sc-machine-private.h"
#include "common/platform/sc-machine.h"
#include "common/platform/sc-smbios.h"

#include <string.h>

#define UUID "33221100-5544-7766-8899-aabbccddeeff"

/* A BIOS's table with two texts, the system's with none, the end. */
static const guint8 tables[] = {
  0,    6,    0,    0,    1,    2,    'A',  'B',  0,    'C',  0,    0,    1,    0x1b, 1,    0,
  0,    0,    0,    0,    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
  0xcc, 0xdd, 0xee, 0xff, 6,    0,    0,    0,    0,    127,  4,    2,    0,    0,    0,
};

static void
test_smbios (void)
{
  g_autofree char *uuid = sc_smbios_find_uuid (tables, sizeof tables);

  g_assert_cmpstr (uuid, ==, UUID);
}

/* Wherever they are cut off nothing is read beyond, and nothing is found in half a table. */
static void
test_smbios_cut (void)
{
  for (gsize length = 0; length < 12 + 0x1b; length++) {
    g_autofree guint8 *copy = g_memdup2 (tables, length);
    g_autofree char *uuid = sc_smbios_find_uuid (copy, length);

    g_assert_null (uuid);
  }
}

static void
test_smbios_wrong (void)
{
  const guint8 too_short[] = { 1, 3, 0, 0, 0, 0, 127, 4, 0, 0, 0, 0 }; /* shorter than its own header */
  const guint8 old[] = { 1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 127, 4, 0, 0, 0, 0 };
  const guint8 ended[] = {
    127, 4, 0, 0, 0, 0, 1, 24, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
  };

  g_assert_null (sc_smbios_find_uuid (too_short, sizeof too_short));
  g_assert_null (sc_smbios_find_uuid (old, sizeof old));
  g_assert_null (sc_smbios_find_uuid (ended, sizeof ended));
}

static void
test_unique (void)
{
  g_assert_true (sc_smbios_is_unique (UUID));
  g_assert_false (sc_smbios_is_unique ("00000000-0000-0000-0000-000000000000"));
  g_assert_false (sc_smbios_is_unique ("03000200-0400-0500-0006-000700080009"));
  g_assert_false (sc_smbios_is_unique ("To be filled by O.E.M."));
  g_assert_false (sc_smbios_is_unique (""));
}

static void
test_macs (void)
{
  const guint8 one[] = { 0x02, 0xfc, 0, 0, 0, 1 }, group[] = { 0x01, 0, 0x5e, 0, 0, 1 }, none[6] = { 0 };
  const guint8 other[] = { 0x00, 0x1b, 0x21, 0xff, 0, 1 };
  g_autoptr (GPtrArray) macs = g_ptr_array_new_with_free_func (g_free);

  sc_machine_add_mac (macs, one);
  sc_machine_add_mac (macs, group);
  sc_machine_add_mac (macs, none);
  sc_machine_add_mac (macs, other);
  sc_machine_add_mac (macs, one);
  sc_machine_sort_macs (macs);
  g_assert_cmpuint (macs->len, ==, 2);
  g_assert_cmpstr (macs->pdata[0], ==, "00:1b:21:ff:00:01");
  g_assert_cmpstr (macs->pdata[1], ==, "02:fc:00:00:00:01");
}

/* Whatever this machine is, it is the same each time, and nothing that only looks like an address. */
static void
test_this (void)
{
  g_autofree char *id = sc_machine_get_id ();
  g_autofree char *again = sc_machine_get_id ();
  g_autoptr (GPtrArray) macs = sc_machine_list_macs ();

  g_assert_cmpstr (id, ==, again);
  g_assert_true (*id == '\0' || sc_smbios_is_unique (id));
  for (guint i = 0; i < macs->len; i++) {
    g_assert_cmpuint (strlen (macs->pdata[i]), ==, 17);
    g_assert_cmpuint (strspn (macs->pdata[i], "0123456789abcdef:"), ==, 17);
  }
}

/* Several seats on one machine. */
static void
test_given (void)
{
  g_setenv ("SEATCAST_MACHINE", "33221100-5544-7766-8899-AABBCCDDEEFF", TRUE);
  g_autofree char *id = sc_machine_get_id ();
  g_autoptr (GPtrArray) macs = sc_machine_list_macs ();

  g_assert_cmpstr (id, ==, UUID);
  g_assert_cmpuint (macs->len, ==, 0);

  g_setenv ("SEATCAST_MACHINE", "00000000-0000-0000-0000-000000000000", TRUE);
  g_autofree char *wrong = sc_machine_get_id ();
  g_autofree char *own = sc_machine_read_id ();
  g_autoptr (GPtrArray) own_macs = sc_machine_list_macs ();
  g_autoptr (GPtrArray) read_macs = sc_machine_read_macs ();

  g_assert_cmpstr (wrong, ==, own);
  g_assert_cmpuint (own_macs->len, ==, read_macs->len);
  g_unsetenv ("SEATCAST_MACHINE");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/smbios", test_smbios);
  g_test_add_func ("/machine/smbios-cut", test_smbios_cut);
  g_test_add_func ("/machine/smbios-wrong", test_smbios_wrong);
  g_test_add_func ("/machine/unique", test_unique);
  g_test_add_func ("/machine/macs", test_macs);
  g_test_add_func ("/machine/this", test_this);
  g_test_add_func ("/machine/given", test_given);
  return g_test_run ();
}
