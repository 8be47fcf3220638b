/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-machine-private.h"

#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <netioapi.h>
#include <windows.h>

#include "common/platform/sc-smbios.h"

#define PROVIDER 0x52534d42u /* 'RSMB' */
#define HEAD 8u              /* RawSMBIOSData before its tables: method, versions, length */
#define MAX_TABLES (1024u * 1024u)

char *
sc_machine_read_id (void)
{
  UINT size = GetSystemFirmwareTable (PROVIDER, 0, NULL, 0);

  if (size <= HEAD || size > MAX_TABLES)
    return g_strdup ("");
  g_autofree guint8 *data = g_malloc (size);
  UINT length = GetSystemFirmwareTable (PROVIDER, 0, data, size);
  g_autofree char *uuid = length > HEAD && length <= size ? sc_smbios_find_uuid (data + HEAD, length - HEAD) : NULL;
  return uuid != NULL && sc_smbios_is_unique (uuid) ? g_steal_pointer (&uuid) : g_strdup ("");
}

/* What hypervisors and VPNs add is no hardware. */
static gboolean
is_hardware (const MIB_IF_ROW2 *row)
{
  return row->InterfaceAndOperStatusFlags.HardwareInterface && !row->InterfaceAndOperStatusFlags.FilterInterface &&
         (row->Type == IF_TYPE_ETHERNET_CSMACD || row->Type == IF_TYPE_IEEE80211);
}

GPtrArray *
sc_machine_read_macs (void)
{
  GPtrArray *macs = g_ptr_array_new_with_free_func (g_free);
  MIB_IF_TABLE2 *table = NULL;

  if (GetIfTable2 (&table) != NO_ERROR)
    return macs;
  for (ULONG i = 0; i < table->NumEntries; i++) {
    const MIB_IF_ROW2 *row = &table->Table[i];

    if (!is_hardware (row) || row->PhysicalAddressLength != SC_MACHINE_MAC_SIZE)
      continue;
    sc_machine_add_mac (macs, sc_machine_is_mac (row->PermanentPhysicalAddress) ? row->PermanentPhysicalAddress
                                                                                : row->PhysicalAddress);
  }
  FreeMibTable (table);
  sc_machine_sort_macs (macs);
  return macs;
}
