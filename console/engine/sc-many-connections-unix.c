/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-many-connections.h"

#include <errno.h>
#include <sys/resource.h>

#define MAX_FILES 65536u

/* A seat is a connection or two and a pack an open file: the usual 1,024 end at 400 seats. What select() cannot take is
 * no matter, for nothing here uses it. */
void
sc_many_connections_allow (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MAX_FILES)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, MAX_FILES);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_warning ("the number of open files stays limited: %s", g_strerror (errno));
}
