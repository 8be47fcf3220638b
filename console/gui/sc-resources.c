/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-resources.h"

#include "seatcast-resources.h"

void
sc_resources_register (void)
{
  seatcast_register_resource ();
}
