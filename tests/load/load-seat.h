/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-enroller.h"
#include "service/sc-link.h"
#include "tests/load/load-stream.h"

G_BEGIN_DECLS

/**
 * LoadSeat:
 *
 * One of many seats in one process: enrols, connects and answers orders with the service's own parts (ScEnroller,
 * ScFetch, ScLink), but has no repository: it lacks all of every version, takes part in the stream with one receiver
 * for all of them (LoadStream), and says that it is done when that is. Main thread only.
 */
typedef struct _LoadSeat LoadSeat;

/* What all seats have done so far. */
typedef struct {
  guint enrolled, online; /* now; online: welcomed */
  guint64 connects, losses, refusals, fetches;
  guint64 sent, received; /* messages */
  guint64 progress, reports;
  guint prepared, joined, done; /* seats, in their last session */
} LoadCounts;

typedef struct {
  LoadCounts counts;
  LoadStreams *streams;
  const char *interface_address;
  /* One that asked to enrol has its answer. */
  void (*enrolled) (gpointer data, LoadSeat *seat, gboolean ok);
  gpointer data;
} LoadWorld;

/* @directory: of all identities; the seat's remains there, so that it enrols only once. @connection: copied; must be of
 * the seat's room */
LoadSeat *load_seat_new (LoadWorld *world, guint number, const char *directory, const ScConnection *connection,
                         GError **error);
void load_seat_free (LoadSeat *self);
gboolean load_seat_is_enrolled (LoadSeat *self);
void load_seat_enrol (LoadSeat *self);
void load_seat_connect (LoadSeat *self);
/* What the stream that it listens to brings: LoadStreamFunc. */
void load_seat_stream (LoadSeat *self, guint64 session, const ScCastReport *report);
/* To be called 4 times a second: sends PROGRESS as ScService does, if it has changed or was not told for 5 s. */
void load_seat_tick (LoadSeat *self);

G_END_DECLS
