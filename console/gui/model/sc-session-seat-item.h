/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

typedef struct {
  const char *id, *name, *room;
  ScTransferState state;
  const char *reason;
  gboolean catch_up; /* it was moved from the stream to catch-up */
  guint64 version_before;
  guint64 total, done;             /* bytes */
  guint64 repair_symbols, charged; /* asked for; of these, what it alone caused */
  guint64 received, lost, dropped; /* packets; dropped: of those lost, by its own socket */
  guint64 backlog;                 /* bytes received and not yet written */
  ScJson *demotions;               /* (nullable): the API's list of Demotion */
  ScJson *needs;                   /* (nullable): the API's Needs */
} ScSessionSeatInfo;

/* A seat as it takes, or took, part in a session. */
#define SC_TYPE_SESSION_SEAT_ITEM (sc_session_seat_item_get_type ())
G_DECLARE_FINAL_TYPE (ScSessionSeatItem, sc_session_seat_item, SC, SESSION_SEAT_ITEM, ScItem)

const ScSessionSeatInfo *sc_session_seat_item_get_info (ScSessionSeatItem *self);
/* The session still waits for it. */
gboolean sc_session_seat_item_is_awaited (ScSessionSeatItem *self);

G_END_DECLS
