/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"

G_BEGIN_DECLS

/* A seat's answer to the end of a round of a window, sent on its control connection. */
typedef struct {
  guint32 window;
  guint32 round;
  guint32 n_blocks;                       /* of the window */
  guint8 deficits[SC_CAST_WINDOW_BLOCKS]; /* symbols that each block still needs, 0 = complete */
  guint64 received;                       /* datagrams of this session so far, valid ones that it had room for */
  guint64 lost;                           /* datagrams that never came, by the gaps in the counter */
  guint64 dropped;                        /* of these, by this seat's own socket */
  guint64 refused;                        /* datagrams that came, and for which it had no memory */
  guint64 backlog;                        /* bytes received and not yet written to disk */
} ScCastReport;

G_END_DECLS
