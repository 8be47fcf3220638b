/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-session-core.h"

G_BEGIN_DECLS

#define N_CHUNKS 20u
#define S G_TIME_SPAN_SECOND

/* A session with seats a, b, c and nothing but a record of what it orders. */
typedef struct {
  ScSessionCore *core;
  GHashTable *online; /* utf8 */
  GPtrArray *orders;  /* utf8: "a prepare", "a leave finished", "plan 1f0000", "driver 0 1", "add 1", … */
  gboolean driver_fails;
  const char *unsigned_seat; /* (nullable): its orders cannot be signed */
  guint64 n_signed;
  guint16 tag; /* of the key that is in use */
  guint n_changed;
  guint32 probed; /* the largest symbol that can be probed */
  gboolean manifests_fail;
  guint32 symbol_size; /* of the plan that is made; 0: 1,444 bytes */
  gint64 now;
} World;

World *world_new (ScSessionState state);
/* Its seats that are off are woken, if @wake. */
World *world_new_waking (ScSessionState state, gboolean wake);
void world_free (World *world);
/* It has a prelude, with three manifests. */
void world_set_listen (World *world);
/* @lacks: of the three manifests, bit by bit */
void world_listening (World *world, const char *seat, guint8 lacks);
void world_heard (World *world, const char *seat, guint32 payload);
/* The manifests with these first bytes are ready to be sent. */
void world_manifests_made (World *world, const guint8 *first, guint n);
/* Waits @milliseconds with a tick every 50. */
void world_pass_quickly (World *world, guint milliseconds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
/* Takes the orders so far, as one text. */
char *world_take (World *world);
ScCatalogSessionSeat *world_row (World *world, const char *seat);
ScSessionState world_state (World *world);
void world_say (World *world, const char *seat, ScControlType type);
/* As PROGRESS, of a seat that fetches by HTTPS what the stream did not bring. */
void world_repairing (World *world, const char *seat, guint64 done);
void world_prepared (World *world, const char *seat, guint32 bits, gsize length, guint64 needed);
void world_planned (World *world);
/* @tag: of the key that is used from then on, if one is */
void world_shut_out (World *world, const char *seat, guint16 tag);
/* Waits @seconds with a tick each second. */
void world_pass (World *world, guint seconds);
void world_go_offline (World *world, const char *seat);
void world_come_online (World *world, const char *seat);
/* All three lack something and listen; the driver sends. */
void world_bring_to_sending (World *world);
/* Everybody says DONE. */
void world_finish_all (World *world);
void world_add_seat (World *world, const char *seat, ScTransferState state);

#define assert_orders(world, expected)                                                                                 \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *orders_ = world_take (world);                                                                     \
    g_assert_cmpstr (orders_, ==, expected);                                                                           \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
