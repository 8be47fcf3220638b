/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "console/engine/session/sc-seat-hub.h"

G_BEGIN_DECLS

/* A console's end for seats: a WebSocket server on loopback that hands every connection to a hub. */
typedef struct {
  SoupServer *server;
  GSocketService *listener;
  ScSeatHub *hub;
  char *url;
  const char *owner; /* (nullable): whose certificate the connections that come next have shown */
} TestGate;

TestGate *test_gate_new (ScSeatHub *hub);
void test_gate_free (TestGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestGate, test_gate_free)

/* A seat's end of the connection, whose words the test says. */
typedef struct {
  char *id;
  SoupSession *session;
  SoupWebsocketConnection *connection; /* NULL before it is there */
  GPtrArray *messages;                 /* ScControlMessage: what came and was not taken, but for TRUST and LISTEN */
  ScAnchors *anchors;                  /* by the last TRUST: what orders have to be signed by; NULL: none came */
  gboolean renew;                      /* by the last TRUST */
  guint n_trusts;
  guint64 last_order; /* every one has to have a higher number */
  gushort close_code; /* 0: open */
} TestSeat;

/* Connects; says nothing yet. */
TestSeat *test_seat_new (TestGate *gate, const char *id);
void test_seat_free (TestSeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestSeat, test_seat_free)
void test_seat_send (TestSeat *self, const ScControlMessage *message);
/* It refuses, or cannot go on. */
void test_seat_send_failed (TestSeat *self, guint64 session);
void test_seat_send_inventory (TestSeat *self, const char *room);
/* Waits for the next message, which must be of @type. (transfer full) */
ScControlMessage *test_seat_expect (TestSeat *self, ScControlType type);
void test_seat_expect_close (TestSeat *self, gushort code);

/* Runs the main loop until @done says TRUE. */
typedef gboolean (*TestFunc) (gpointer data);
void test_wait_for (TestFunc done, gpointer data);

G_END_DECLS
