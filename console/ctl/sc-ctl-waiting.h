/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl.h"

G_BEGIN_DECLS

/* Seats that wait to be let in, as GET /v1/waiting-seats lists them. Pure functions of JSON. */

/* Which of them are meant. */
typedef struct {
  char *const *names;  /* (nullable): names or ids; NULL or none: all, or those of @room */
  const char *room;    /* (nullable) */
  gboolean duplicates; /* without names: also those that replace a known seat */
} ScCtlWaitingChoice;

/**
 * sc_ctl_waiting_choose:
 * @waiting: the list
 * @left_out: (out) (transfer full): names of duplicates that the choice does not take along
 *
 * Returns: (transfer full): an array of ids, may be empty. Errors: %SC_ERROR_NOT_FOUND no such name;
 * %SC_ERROR_INVALID a name that several of them have, with their ids: who waits calls itself what it likes
 */
ScJson *sc_ctl_waiting_choose (ScJson *waiting, const ScCtlWaitingChoice *choice, GPtrArray **left_out, GError **error);

/* "pc-07 (Lab 1) by hardware, MAC; online now!"; empty for one that is not known. (transfer full) */
char *sc_ctl_waiting_known (ScJson *seat);

G_END_DECLS
