/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-time-zone.h"

GTimeZone *
sc_time_zone_new (const char *name)
{
  return g_time_zone_new_identifier (name);
}
