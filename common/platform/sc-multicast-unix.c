/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast.h"

#include "common/sc-error.h"

void
sc_multicast_set_interface_error (GError **error, int code, const char *doing, const char *interface_address)
{
  sc_error_set_errno (error, code, SC_ERROR_SYSTEM,
                      "Cannot %s on the interface with the address %s (is it up, and is that its address?)", doing,
                      interface_address);
}
