/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

/* Strings are empty where there is nothing to say. */
typedef struct {
  guint64 id;
  gboolean is_duplicate; /* the console knows the machine by another key */
  const char *reason;    /* why it waits, in the engine's words */
  const char *name, *room, *address, *machine, *os, *service_version;
  ScJson *macs;            /* (nullable): an array of strings */
  gint64 requested, asked; /* µs since 1970: first and last */
  /* the seat that it seems to be; of a duplicate only */
  const char *known_name, *known_room;
  gint64 known_last_seen;
  gboolean known_online;
  ScJson *matched; /* (nullable): an array of "machine", "mac", "name" */
} ScWaitingInfo;

/* A seat that waits for staff: its key is the request's number. Those that are known by another key come first. */
#define SC_TYPE_WAITING_ITEM (sc_waiting_item_get_type ())
G_DECLARE_FINAL_TYPE (ScWaitingItem, sc_waiting_item, SC, WAITING_ITEM, ScItem)

const ScWaitingInfo *sc_waiting_item_get_info (ScWaitingItem *self);

G_END_DECLS
