/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-sender.h"
#include "console/engine/session/sc-cast-intake.h"
#include "console/engine/session/sc-cast-outlet.h"

G_BEGIN_DECLS

/**
 * ScCastMaker:
 *
 * Runs a session's ScCastSender on a thread of its own ("cast-make"): takes blocks from an intake, makes parity, seals,
 * and fills an outlet's bursts at the pace that the sender says. What seats report comes in as commands.
 */
typedef struct _ScCastMaker ScCastMaker;

typedef enum {
  SC_CAST_COMMAND_ADD,
  SC_CAST_COMMAND_REMOVE,
  SC_CAST_COMMAND_HEARD,
  SC_CAST_COMMAND_REPORT,
  SC_CAST_COMMAND_KEY,
  SC_CAST_COMMAND_PAUSE,
  SC_CAST_COMMAND_RATE,
  SC_CAST_COMMAND_LINK,
} ScCastCommandKind;

typedef struct {
  ScCastCommandKind kind;
  guint32 seat;
  ScCastReport report;
  ScCastKey key;
  guint64 value; /* whether it is paused, the cap, or the link's bits/s */
} ScCastCommand;

/* Called on the maker's thread. */
typedef struct {
  /* Answer to SC_CAST_COMMAND_ADD: where the seat enters. */
  void (*seat_added) (gpointer data, guint32 seat, guint32 first_window);
  /* The sender does not wait for the seat any more. */
  void (*seat_lost) (gpointer data, guint32 seat, ScCastSeatState state);
  /* Probing is over. */
  void (*sending) (gpointer data);
  /* All is sent, and the socket has it; the thread ends. */
  void (*finished) (gpointer data);
  /* A block could not be read, the socket refused: nothing more is sent, and the thread ends. @error: (transfer full)
   */
  void (*failed) (gpointer data, GError *error);
  /* Wants sc_cast_maker_answer() from the thread by which the seats' reports come in. */
  void (*asked) (gpointer data);
} ScCastMakerListener;

/* @source, @socket: (transfer full). @seats: those that take part from the start. @data outlives the maker. Starts at
 * once. */
ScCastMaker *sc_cast_maker_new (const ScCastSource *source, ScMulticastSender *socket, const ScCastLayout *layout,
                                const ScCastKey *key, guint64 rate_cap, const guint32 *seats, guint n_seats,
                                const ScCastMakerListener *listener, gpointer data);
/* Stops, and waits for the threads. */
void sc_cast_maker_free (ScCastMaker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastMaker, sc_cast_maker_free)

/* The rest is for any thread, and does not wait. */
/* Nothing more is read or sent. */
void sc_cast_maker_stop (ScCastMaker *self);
void sc_cast_maker_push (ScCastMaker *self, const ScCastCommand *command);
/* As long as no answer comes, no report can, and no seat is silent. */
void sc_cast_maker_answer (ScCastMaker *self);
void sc_cast_maker_get_stats (ScCastMaker *self, ScCastSenderStats *stats);
void sc_cast_maker_get_seat_figures (ScCastMaker *self, guint32 seat, ScCastSeatFigures *figures);

G_END_DECLS
