/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-timing.h"

#include <windows.h>

#include <timeapi.h>

#define RESOLUTION 1u /* ms */

void
sc_timing_make_precise (void)
{
  static gsize asked;
  /* of the whole process, until it ends; asking again would only be counted */
  if (g_once_init_enter (&asked)) {
    timeBeginPeriod (RESOLUTION);
    g_once_init_leave (&asked, 1);
  }
}
