/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-volume.h"
#include "common/sc-control.h"
#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

/* The one thing that staff want to know of a seat, worst first. */
typedef enum {
  SC_CONDITION_FAILED,  /* its last transfer failed */
  SC_CONDITION_RUNNING, /* it takes part in a transfer */
  SC_CONDITION_VERIFYING,
  SC_CONDITION_BUSY,     /* the update of a template waits because it is in use */
  SC_CONDITION_DRIFTED,  /* somebody changed files on it */
  SC_CONDITION_UPDATING, /* a template is between two versions, and nothing runs */
  SC_CONDITION_BEHIND,   /* it has not the version that it is assigned */
  SC_CONDITION_CURRENT,
  SC_CONDITION_UNKNOWN, /* it is assigned no version */
  SC_CONDITION_OFFLINE,
  SC_N_CONDITIONS
} ScSeatCondition;

typedef struct {
  const char *name;
  guint64 version;
  ScTemplateState state;
  gboolean busy;
} ScSeatTemplate;

/* A volume that it writes to. */
typedef struct {
  ScVolumeTraits traits, refused;
  const char *reason; /* from the seat, not translated */
} ScSeatVolume;

/* Why it is not where it should be, and what comes next. Nicks of the API; empty: an earlier engine. */
typedef struct {
  const char *behind; /* "not", "offline", "due", "late", "busy", "failed", "updating", "drifted", "cancelled" */
  const char *next;   /* "nothing", "session", "catch-up", "return", "release", "staff" */
  gint64 at;          /* µs since 1970, when that comes at the earliest; 0: at once, or not known */
  guint64 schedule;   /* that brings it; 0: none */
} ScSeatOutlook;

/* Sizes are bytes. Strings are never NULL. */
typedef struct {
  const char *id, *name;
  const char *room;     /* as staff have assigned it, else as the seat says; may be empty */
  const char *own_room; /* as the seat says */
  gboolean online;
  const char *presence; /* "online", "stale", "offline" */
  struct {
    ScTransferState state;
    guint64 session; /* 0: outside sessions */
    guint64 done, total;
    guint64 rate; /* bytes/s */
    gboolean throttled;
    const char *template_name;
    const char *reason; /* of a failure; from the engine, not translated */
  } transfer;
  const char *version_state;  /* "current", "behind", "drifted", "unknown" */
  guint64 version;            /* 0: none or mixed */
  guint64 assigned_version;   /* 0: none */
  ScJson *assigned_templates; /* (nullable): names; NULL: all of the version's */
  gboolean pinned;            /* it has an assignment of its own */
  ScSeatOutlook outlook;
  guint64 free_space, reserve, undo, total_space;
  ScSeatVolume volume;       /* the templates' */
  ScSeatVolume state_volume; /* that of the service's own data */
  gint64 forgot;             /* µs since 1970: it was found to forget at restart; 0: no */
  GArray *back;              /* guint64: versions it can go back to without the network */
  GPtrArray *templates;      /* ScSeatTemplate */
  const char *os, *service_version, *address, *mac;
  guint64 link_mbps; /* 0: unknown */
  gint64 last_seen;  /* µs since 1970 */
  gboolean placed;   /* staff have said where it stands: */
  guint column, row;
} ScSeatInfo;

#define SC_TYPE_SEAT_ITEM (sc_seat_item_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatItem, sc_seat_item, SC, SEAT_ITEM, ScItem)

const ScSeatInfo *sc_seat_item_get_info (ScSeatItem *self);
ScSeatCondition sc_seat_item_get_condition (ScSeatItem *self);
/* Less than twice the reserve that must stay free: the next update may not fit. */
gboolean sc_seat_item_is_low_on_space (ScSeatItem *self);
/* Its disk is not as an update needs it: refused, or one that forgets what was not accepted to be forgotten. */
gboolean sc_seat_item_has_unsuitable_disk (ScSeatItem *self);
gboolean sc_seat_item_is_drifted (ScSeatItem *self);
/* A template's update waits because it is in use. */
gboolean sc_seat_item_is_busy (ScSeatItem *self);
/* Whether a bar shall be shown: something with a known amount runs. @fraction: (out): 0 to 1 */
gboolean sc_seat_item_get_progress (ScSeatItem *self, double *fraction);
/* Whether its name, room, address, templates or OS contain @text, whatever the case. */
gboolean sc_seat_item_matches (ScSeatItem *self, const char *text);

/* What the counters above a room count, and filter by; they overlap. */
typedef enum {
  SC_SEATS_ALL,
  SC_SEATS_ONLINE,
  SC_SEATS_CURRENT,
  SC_SEATS_BEHIND,
  SC_SEATS_RUNNING, /* transfers and verifications */
  SC_SEATS_FAILED,
  SC_SEATS_DRIFTED,
  SC_SEATS_BUSY,
  SC_SEATS_LOW_SPACE,
  SC_SEATS_UNSUITABLE_DISK,
  SC_SEATS_OFFLINE,
  SC_N_SEAT_COUNTERS
} ScSeatCounter;
gboolean sc_seat_item_counts_as (ScSeatItem *self, ScSeatCounter counter);

G_END_DECLS
