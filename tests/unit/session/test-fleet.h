/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "test-seat.h"
#include "test-store.h"

#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/session/sc-session-private.h"
#include "console/engine/session/sc-sessions-private.h"

G_BEGIN_DECLS

#define SEAT_A "00000000-0000-4000-8000-00000000000a"
#define SEAT_B "00000000-0000-4000-8000-00000000000b"
#define CAP G_GUINT64_CONSTANT (100000000)

/* Sessions of two seats with real connections: one in lab 1, one in lab 2. */
typedef struct {
  TestStore *store;
  ScSeatHub *hub;
  TestGate *gate;
  ScSessions *sessions;
  TestSeat *a, *b;
  GString *woken;
  guint n_ended;
  guint64 id; /* of the session that was started last */
  ScSessionState awaited;
} Fleet;

extern const char *const fleet_only_a[], *const fleet_only_b[], *const fleet_both[];

void fleet_make_sessions (Fleet *fleet);
TestSeat *fleet_join (Fleet *fleet, const char *id, const char *room);
void fleet_set_up (Fleet *fleet, gconstpointer data);
void fleet_tear_down (Fleet *fleet, gconstpointer data);
/* @template_name: (nullable): of version 1, which has “first” and “second”; NULL: all */
ScSelection *fleet_select_one (const char *template_name);
void fleet_assign (Fleet *fleet, const char *room, const char *template_name);
guint64 fleet_deploy (Fleet *fleet, const ScDeployRequest *request);
/* As the scheduler does for what is assigned. */
guint64 fleet_start (Fleet *fleet, const char *const *seats);
ScSessionView *fleet_view (Fleet *fleet);
gboolean fleet_is_in_state (gpointer data);
void fleet_wait_for_state (Fleet *fleet, ScSessionState state);
gboolean fleet_nothing_runs (gpointer data);
const ScCatalogSessionSeat *fleet_row_of (const ScSessionView *found, const char *seat);
/* Waits for PREPARE and answers it. Returns: what it is to be brought to */
ScChunkId fleet_prepare (Fleet *fleet, TestSeat *seat, GBytes *lacks);
void fleet_answer_join (TestSeat *seat);
guint64 fleet_rate_of (Fleet *fleet, guint64 id);
gboolean fleet_sends (gpointer data);
void fleet_bring_to_probing (Fleet *fleet, TestSeat *seat);
void fleet_say_done (TestSeat *seat, guint64 session);
void fleet_expect_leave (TestSeat *seat, ScLeaveReason reason);
void fleet_release (Fleet *fleet, const char *const *seats);
/* The session, and seat A in it. */
void fleet_assert_over (Fleet *fleet, ScSessionState state, ScTransferState seat_state);

G_END_DECLS
