/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item-list.h"

G_BEGIN_DECLS

typedef enum {
  SC_SESSION_STATE_PREPARING,
  SC_SESSION_STATE_PROBING,
  SC_SESSION_STATE_SENDING,
  SC_SESSION_STATE_PAUSED,
  SC_SESSION_STATE_FINISHING,
  SC_SESSION_STATE_DONE,
  SC_SESSION_STATE_CANCELLED,
  SC_SESSION_STATE_FAILED,
  SC_SESSION_STATE_PLANNED, /* a dry run that has ended */
  SC_SESSION_STATE_UNKNOWN, /* of a later engine */
} ScSessionItemState;

/* Sizes are bytes, rates bits a second on the wire. */
typedef struct {
  guint64 id, version;
  const char *room;   /* empty: all rooms, several, or seats that were picked */
  ScJson *rooms;      /* (nullable): names of all of its rooms */
  ScJson *templates;  /* (nullable): names; NULL: all of the version's */
  const char *origin; /* "staff", "schedule", "assignment", "late"; empty: of an earlier engine */
  guint64 schedule;   /* 0: none */
  gboolean suspended; /* paused until a maintenance window opens: */
  gint64 resumes;     /* µs since 1970; 0: not known */
  gboolean power_off;
  ScSessionItemState state;
  gboolean dry_run;
  const char *error;
  gint64 created, ended;         /* µs since 1970; ended 0 while it runs */
  guint64 rate_cap, share, rate; /* bits/s: its own cap; what all caps leave it; now. A cap of 0: none */
  const char *rate_limit;        /* (nullable): nick of what keeps the rate from being higher; empty: not known */
  guint64 plan_size, content_size, content_sent;
  guint64 content_frames, delta_frames; /* of them, sent as what differs from chunks that the seats have; */
  guint64 delta_saved;                  /* bytes that this saves */
  guint64 wire_bytes, source_packets, parity_packets, catch_up_bytes;
  gboolean has_estimate; /* of a dry run: */
  guint64 estimated_wire_bytes, estimated_seconds;
} ScSessionInfo;

/* A session; lists have the newest first. Dry runs are sessions, too. */
#define SC_TYPE_SESSION_ITEM (sc_session_item_get_type ())
G_DECLARE_FINAL_TYPE (ScSessionItem, sc_session_item, SC, SESSION_ITEM, ScItem)

const ScSessionInfo *sc_session_item_get_info (ScSessionItem *self);
gboolean sc_session_item_is_over (ScSessionItem *self);
/* (transfer none): ScSessionSeatItem (sc-session-seat-item.h), by room and name; empty until the engine has told (see
 * sc_console_load_session()) */
ScItemList *sc_session_item_get_seats (ScSessionItem *self);
gboolean sc_session_item_has_seats (ScSessionItem *self); /* they have been told */
/* 0 to 1: what the seats lacked, and have. */
double sc_session_item_get_progress (ScSessionItem *self);

G_END_DECLS
