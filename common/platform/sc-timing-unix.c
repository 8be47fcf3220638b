/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-timing.h"

#include <sys/prctl.h>

#define SLACK 1000ul /* ns: prctl(2), PR_SET_TIMERSLACK */

void
sc_timing_make_precise (void)
{
  prctl (PR_SET_TIMERSLACK, SLACK, 0ul, 0ul, 0ul); /* where it is refused, waits are as late as ever */
}
