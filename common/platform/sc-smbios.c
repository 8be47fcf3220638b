/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-smbios.h"

#include <string.h>

#define HEADER 4u /* type, length, handle */
#define TYPE_SYSTEM 1u
#define TYPE_END 127u
#define UUID_AT 8u
#define UUID_SIZE 16u

/* Behind the formatted part: texts that end with a zero each, and one more behind the last; two where there is none. */
static gsize
skip_texts (const guint8 *tables, gsize length, gsize at)
{
  while (at + 1 < length && (tables[at] != 0 || tables[at + 1] != 0))
    at++;
  return at + 2;
}

/* The first three fields are little-endian since SMBIOS 2.6; all systems print it so. */
static char *
print_uuid (const guint8 *u)
{
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[3], u[2], u[1],
                          u[0], u[5], u[4], u[7], u[6], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

char *
sc_smbios_find_uuid (const guint8 *tables, gsize length)
{
  gsize at = 0;

  while (at + HEADER <= length && tables[at] != TYPE_END) {
    gsize size = tables[at + 1];

    if (size < HEADER || size > length - at)
      return NULL;
    if (tables[at] == TYPE_SYSTEM && size >= UUID_AT + UUID_SIZE)
      return print_uuid (tables + at + UUID_AT);
    at = skip_texts (tables, length, at + size);
  }
  return NULL;
}

gboolean
sc_smbios_is_unique (const char *uuid)
{
  static const char *const shared[] = {
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "03000200-0400-0500-0006-000700080009", /* as a board's manual has it */
    "12345678-1234-5678-90ab-cddeefaabbcc", "fefefefe-fefe-fefe-fefe-fefefefefefe",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shared); i++)
    if (strcmp (uuid, shared[i]) == 0)
      return FALSE;
  return g_uuid_string_is_valid (uuid);
}
