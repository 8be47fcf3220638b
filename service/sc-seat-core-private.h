/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-seat-core.h"

G_BEGIN_DECLS

/* What the files of ScSeatCore share: sc-seat-core.c (its life, and how steps follow one another),
 * sc-seat-core-orders.c (the console's messages) and sc-seat-core-pending.c (what it goes on with by itself). */
typedef enum {
  SC_SEAT_ORDER_UPDATE,
  SC_SEAT_ORDER_LOOK,
  SC_SEAT_ORDER_VERIFY,
  SC_SEAT_ORDER_LISTEN,
} ScSeatOrderType;

typedef struct {
  ScSeatOrderType type;
  guint64 session;
  guint64 version;
  ScChunkId manifest;
  char *hooks;              /* (GRefString) (owned) (nullable) */
  ScControlMessage *join;   /* (owned) (nullable) */
  ScControlMessage *listen; /* (owned) (nullable): of a LISTEN, and of nothing else */
  gboolean own;             /* the seat's own, from what is pending */
  gboolean ordered;         /* an order of the console has since asked for the same */
  gboolean local;           /* only if nothing has to be fetched */
  gboolean held;            /* the console has since said that nothing is to be fetched outside sessions */
  gboolean catch_up;        /* without, or no longer by, the stream */
  gboolean heard;           /* something of the stream came */
  gboolean planned_again;   /* as a file had been changed since the first plan */
} ScSeatOrder;

/* What the last PREPARE or CATCH_UP named; version 0: none came yet. */
typedef struct {
  guint64 session;
  guint64 version;
  ScChunkId manifest;
  char *hooks; /* (GRefString) (owned) (nullable) */
} ScSeatNamed;

#define SC_SEAT_AT_ONCE 1 /* as a time: is over */

/* The update that was begun last and has not come to its end; version 0: none. */
typedef struct {
  guint64 session;
  guint64 version;
  ScChunkId manifest;
  char *hooks;     /* (GRefString) (owned) (nullable) */
  gboolean busy;   /* only templates that are in use are left */
  gint64 retry_at; /* µs, 0: only when the console is seen again */
} ScSeatPending;

struct _ScSeatCore {
  GRand *random;
  ScSeatPhase phase;
  ScSeatOrder order; /* in hand, unless IDLE */
  ScSeatOrder next;  /* what comes after STOPPING */
  gboolean has_next;
  ScSeatPending pending;
  ScSeatNamed named;
  gboolean quitting;
  gboolean linked;   /* the console has said something since the link was there */
  gboolean lost;     /* the link broke and the console has said nothing since */
  gboolean fetch;    /* the console lets it fetch by itself; not so until it says so, at each connection */
  gint64 abandon_at; /* µs, 0: no */
  GQueue actions;    /* ScSeatAction */
};

/* (GRefString) (nullable): for another owner */
char *sc_seat_core_ref_hooks (char *hooks);
ScSeatAction *sc_seat_core_push (ScSeatCore *self, ScSeatActionType type);
void sc_seat_core_send_new (ScSeatCore *self, ScControlType type);
/* VERIFIED, of a verification that is not done to the end. */
void sc_seat_core_send_unverified (ScSeatCore *self, const char *code, const char *message);
void sc_seat_core_step (ScSeatCore *self, ScSeatPhase phase, ScSeatActionType type);
void sc_seat_core_stop (ScSeatCore *self);
/* TELL_PROGRESS of @order's session. */
void sc_seat_core_tell (ScSeatCore *self, const ScSeatOrder *order, ScTransferState state);
/* Takes over @order's join, listen and hooks. The newest order wins. */
void sc_seat_core_give_order (ScSeatCore *self, const ScSeatOrder *order);
void sc_seat_core_drop_next (ScSeatCore *self);
/* Ends the order in hand, or forgets the one that comes after STOPPING. */
void sc_seat_core_drop_order (ScSeatCore *self, const ScSeatOrder *order);
/* The order in hand, or the one that comes after STOPPING. */
ScSeatOrder *sc_seat_core_current_order (ScSeatCore *self);
void sc_seat_core_begin (ScSeatCore *self);
/* Whether what is in hand waits for the console, or comes to that. */
gboolean sc_seat_core_may_be_abandoned (ScSeatCore *self);

/* ---- sc-seat-core-pending.c ---- */

gboolean sc_seat_core_is_pending (ScSeatCore *self, const ScSeatOrder *order);
/* The order in hand is begun, so it is what is pending from here on. */
void sc_seat_core_note_pending (ScSeatCore *self);
void sc_seat_core_forget_pending (ScSeatCore *self);
void sc_seat_core_clear_pending (ScSeatCore *self); /* without a note */
/* Whether the order may have fetched what it lacks. */
gboolean sc_seat_core_may_fetch (ScSeatCore *self, const ScSeatOrder *order);
/* What is in hand waits until it may fetch. */
void sc_seat_core_hold (ScSeatCore *self);
void sc_seat_core_set_fetch (ScSeatCore *self, gboolean fetch, gint64 now);
/* The console is there (again): it has this long to order something. */
void sc_seat_core_give_console_time (ScSeatCore *self, gint64 now);
void sc_seat_core_go_on_by_itself (ScSeatCore *self, gint64 now);

G_END_DECLS
