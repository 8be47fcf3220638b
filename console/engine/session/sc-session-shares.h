/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How sessions that send at the same time share the network: max-min fair (Bertsekas and Gallager, Data
 * Networks, 6.5.2: all grow alike until one of the caps that hold them is used up). So nothing is left unused that one
 * of them could use, and no two of which neither is held by a cap of its own get unequal shares.
 */
typedef struct {
  guint64 cap;      /* bits/s: its own; 0: none */
  GPtrArray *rooms; /* utf8: of its seats */
  guint64 rate;     /* (out) bits/s; 0: no cap holds it */
} ScSessionShare;

/* Caps of 0 are none, and so is the rate of one that no cap holds. @cap: bits/s, of all together. @room_caps: utf8 →
 * guint64 *: of all that is sent to that room */
void sc_session_shares_compute (ScSessionShare *shares, guint n_shares, guint64 cap, GHashTable *room_caps);

G_END_DECLS
