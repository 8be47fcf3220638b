/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-cast-driver.h"
#include "console/engine/session/sc-session-core.h"
#include "console/engine/session/sc-session-holders.h"
#include "console/engine/session/sc-session-keeper.h"
#include "console/engine/session/sc-session-plan.h"
#include "console/engine/session/sc-session-prelude.h"
#include "console/engine/session/sc-session-rates.h"
#include "console/engine/session/sc-session.h"
#include "console/engine/session/sc-worker.h"

G_BEGIN_DECLS

/* What the files of ScSession share: sc-session.c (its life, what the core orders, questions), sc-session-stream.c
 * (layout, group and driver of what is sent) and sc-session-prelude.c (what comes before). */

/* What the worker thread is given and what it made; the main thread looks at it again when the worker is done. */
typedef struct {
  ScStore *store;
  ScVersionManifest *version;
  GBytes *wanted; /* NULL: load the version's chunks; else make the plan */
  ScChunkIndex *chunks;
  ScSessionHolders *holders; /* (nullable): none of the seats lacks anything so far */
  ScSessionPlan *plan;
  GError *error;
} ScSessionWork;

/* Of a seat, in the order of the core's. */
typedef struct {
  guint64 repairs, charged; /* symbols, before this stream: it counts from 0 */
  gint64 waited;            /* µs, before this stream */
  gint64 demoted;           /* the last demotion that is in its row, on the clock of the driver; 0: none */
} ScSessionFormer;

struct _ScSession {
  ScSessionParts parts;
  ScSessionCore *core;
  ScSessionListener listener;
  gpointer data;
  ScSessionWork work;
  ScWorker *worker;
  ScCastKey key;
  ScCastLayout layout;
  ScCastDriver *driver;
  ScSessionRates *rates;   /* (nullable): none before the driver */
  ScCatalogSession before; /* figures only: of what was sent before the engine ended */
  GArray *former;          /* ScSessionFormer, per seat */
  GPtrArray *rooms;        /* utf8, per seat: which it was in when it was started */
  gboolean streaming;      /* there is a driver that sends, or is about to */
  gboolean held;           /* but it is told to wait */
  guint64 rate;            /* bits/s: its share */
  /* (nullable): none of a dry run */
  ScSessionPrelude *prelude;
  guint timer;
  guint over; /* that tells the end */
  gboolean dirty; /* something is to be told */
  gboolean idle;  /* nothing was sent of late */
  ScSessionKeeper *keeper;
  gboolean ended; /* all of its end is marked to be saved */
  gboolean kept;  /* and is saved */
  gint64 saved;   /* when figures were, µs */
};

/* µs of the clock that the core goes by. */
gint64 sc_session_now (void);
/* Sets what sc_session_is_sending() goes by, and tells the listener if that changes. */
void sc_session_set_streaming (ScSession *self, gboolean streaming, gboolean held);
/* Notes what a seat lacks, and what it has instead, for the plan. */
void sc_session_note_lacks (gpointer session, const ScCatalogSessionSeat *seat, GBytes *lacks);
/* Makes the plan: @work->plan, or @work->error. On the worker's thread. */
void sc_session_work_plan (ScSessionWork *work, GCancellable *cancellable);
/* Takes the driver's figures over into the rows. */
void sc_session_update_figures (ScSession *self);
/* @seat: its connection broke, perhaps while the stream counted on it. */
void sc_session_note_removed (ScSession *self, const char *seat);

/* How a stream of symbols of that size goes; its windows fit into a seat's memory. */
void sc_session_fill_layout (ScCastLayout *layout, guint32 symbol_size, guint64 plan_length, guint64 content_length);
/* (nullable): the console's address that most of the session's seats are connected to: the interface that faces the
 * room */
const char *sc_session_choose_interface (ScSession *self);
/* Sets the layout to that of the plan that is made. */
void sc_session_make_layout (ScSession *self);
/* (transfer full): the next of 64 from the configured one on, so that sessions at the same time do not mix */
char *sc_session_make_group (ScSession *self);
/* Begins to send what is planned to the seats with these numbers. */
gboolean sc_session_start_driver (ScSession *self, const guint32 *seats, guint n_seats, GError **error);

G_END_DECLS
