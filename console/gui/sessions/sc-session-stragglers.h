/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-session-item.h"
#include "console/gui/model/sc-session-seat-item.h"

G_BEGIN_DECLS

typedef struct {
  ScSessionSeatItem *seat;
  char *why; /* for people, translated but for what the engine says */
} ScStraggler;

/* @seats: the console's (ScSeatItem)
 * Returns: (transfer full) (element-type ScStraggler): the seats that hold a running session up, and of one that is
 * over those that failed; worst first */
GPtrArray *sc_session_find_stragglers (ScSessionItem *session, ScItemList *seats);

G_END_DECLS
