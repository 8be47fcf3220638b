/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file of its own, so that a test can put its own clock in its place. */
#include "console/engine/session/sc-session-private.h"

gint64
sc_session_now (void)
{
  return g_get_monotonic_time ();
}
