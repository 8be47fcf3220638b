/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-time-zone.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *name, *rule;
} Zone;

static const Zone zones[] = {
#include "common/platform/sc-time-zones.inc"
};

static int
compare (const void *name, const void *zone)
{
  return strcmp (name, ((const Zone *) zone)->name);
}

GTimeZone *
sc_time_zone_new (const char *name)
{
  const Zone *zone = bsearch (name, zones, G_N_ELEMENTS (zones), sizeof zones[0], compare);

  return g_time_zone_new_identifier (zone != NULL ? zone->rule : name);
}
