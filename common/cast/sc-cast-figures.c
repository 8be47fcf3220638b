/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-figures.h"

const char *
sc_cast_seat_state_to_nick (ScCastSeatState state)
{
  static const char *const nicks[] = {
    [SC_CAST_SEAT_ACTIVE] = "active",     [SC_CAST_SEAT_UNHEARD] = "unheard",
    [SC_CAST_SEAT_SILENT] = "silent",     [SC_CAST_SEAT_OVER_BUDGET] = "over-budget",
    [SC_CAST_SEAT_TOO_SLOW] = "too-slow", [SC_CAST_SEAT_STRAINED] = "strained",
    [SC_CAST_SEAT_REMOVED] = "removed",
  };

  return nicks[state];
}

const char *
sc_cast_rate_limit_to_nick (ScCastRateLimit limit)
{
  static const char *const nicks[] = {
    [SC_CAST_LIMIT_CAP] = "cap",       [SC_CAST_LIMIT_LINK] = "link",   [SC_CAST_LIMIT_TRYING] = "trying",
    [SC_CAST_LIMIT_PATH] = "path",     [SC_CAST_LIMIT_SEATS] = "seats", [SC_CAST_LIMIT_SOURCE] = "source",
    [SC_CAST_LIMIT_UPLINK] = "uplink",
  };

  return nicks[limit];
}
