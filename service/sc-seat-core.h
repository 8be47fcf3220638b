/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"

G_BEGIN_DECLS

/**
 * ScSeatCore:
 *
 * What a seat does with the console's orders, as a state machine: no sockets, no threads, no clock of its own. Messages
 * and the ends of the steps go in, actions come out; the driver does one step at a time and tells how it ended. All
 * work of an order is stopped (%SC_SEAT_ACTION_STOP) before the next one starts, so that two never touch the repository
 * at once.
 *
 *   LISTEN    → LISTENING (answered, and whatever is heard), until the next order or the connection's end
 *   PREPARE   → PREPARING → PREPARED (answered)
 *   JOIN      → BEGINNING → RECEIVING (answered) → all is there, or the stream ended → REPAIRING → FINISHING → DONE
 *   LEAVE     → DRAINING → REPAIRING → FINISHING → DONE; or, cancelled, → STOPPING
 *   CATCH_UP  → PREPARING → BEGINNING → REPAIRING → FINISHING → DONE
 *   KEY       → the same stream under another key
 *   VERIFY    → VERIFYING → VERIFIED (answered); only while the seat is idle, and any other order ends it
 *
 *   POLICY    → whether it may fetch by itself
 *
 * An update that was begun is *pending* until it is wholly done or the console cancels it. With a pending update the
 * seat goes on by itself, as if it were told to catch up outside any session: when templates were left out because they
 * are in use, it looks every SC_SEAT_RETRY_TIME whether they still are (LOOKING); and when the service was restarted or
 * had lost the console, or the console lets it fetch again, after some time in which the console ordered nothing.
 * Without the console, and as long as the console does not let it fetch, it does so only when nothing is lacking. Any
 * order of the console comes first.
 */
typedef struct _ScSeatCore ScSeatCore;

typedef enum {
  SC_SEAT_IDLE,
  SC_SEAT_STOPPING,  /* the work of the last order comes to its end */
  SC_SEAT_LISTENING, /* before a session: for probes, for manifests */
  SC_SEAT_PREPARING, /* manifests, hashing */
  SC_SEAT_PREPARED,  /* waits for JOIN or LEAVE */
  SC_SEAT_BEGINNING, /* renames, space, local copies */
  SC_SEAT_RECEIVING,
  SC_SEAT_DRAINING,  /* has left the stream, writes what came */
  SC_SEAT_REPAIRING, /* catch-up; may still listen, only to answer the sender's marks */
  SC_SEAT_FINISHING, /* commits; as above */
  SC_SEAT_LOOKING,   /* whether a template that was in use still is */
  SC_SEAT_VERIFYING,
} ScSeatPhase;

typedef enum {
  /* Steps: each ends by sc_seat_core_step_done() or _step_failed() */
  SC_SEAT_ACTION_PREPARE, /* of @version by @manifest; complete: nothing has to come from outside */
  SC_SEAT_ACTION_BEGIN,
  SC_SEAT_ACTION_RECEIVE, /* as @join says; done when the group is joined */
  SC_SEAT_ACTION_DRAIN,
  SC_SEAT_ACTION_CATCH_UP, /* done when nothing is wanted any more */
  SC_SEAT_ACTION_FINISH,   /* ends by sc_seat_core_finished() or _step_failed() */
  SC_SEAT_ACTION_LOOK,     /* complete: a template that the last FINISH left out is not in use any more */
  SC_SEAT_ACTION_VERIFY,
  SC_SEAT_ACTION_LISTEN, /* as @listen says; never done, only stopped */
  SC_SEAT_ACTION_STOP,   /* whatever runs; cannot fail; a step that it cuts short is not reported by itself */
  /* At once: */
  SC_SEAT_ACTION_SEND,            /* @message */
  SC_SEAT_ACTION_ANSWER_PREPARED, /* PREPARED, with the numbers that only the driver knows */
  SC_SEAT_ACTION_ANSWER_VERIFIED, /* VERIFIED, with what was found */
  SC_SEAT_ACTION_NOTE_PENDING,    /* durably: @version, @manifest, @session, @hooks are pending; version 0: nothing */
  SC_SEAT_ACTION_TELL_PROGRESS,   /* PROGRESS with @state */
  SC_SEAT_ACTION_ADD_KEY,         /* the stream that is listened to goes on under the key of @join */
} ScSeatActionType;

typedef struct {
  ScSeatActionType type;
  guint64 session;
  guint64 version;
  ScChunkId manifest;
  ScTransferState state;
  char *hooks;                    /* (owned) (nullable): of BEGIN, FINISH and NOTE_PENDING: what the update runs */
  const ScControlMessage *join;   /* (transfer none): the core's, until the order's STOP is done */
  const ScControlMessage *listen; /* (transfer none): as above */
  ScControlMessage *message;      /* (owned) */
} ScSeatAction;
void sc_seat_action_free (ScSeatAction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatAction, sc_seat_action_free)

/* An order of a session that the console, seen again after a break, does not come back to within this time is given up.
 */
#define SC_SEAT_ABANDON_TIME (60 * G_USEC_PER_SEC)

/* A console that has a seat listen, and then says nothing for so long, has forgotten it. */
#define SC_SEAT_LISTEN_TIME (180 * G_USEC_PER_SEC)
/* Between looks at templates that are in use. */
#define SC_SEAT_RETRY_TIME (15 * G_USEC_PER_SEC)
/* The console has this long to order something before the seat goes on with what is pending by itself; and a random
 * time up to the second more, so that not all seats of a room ask for everything at once. */
#define SC_SEAT_RESUME_TIME (10 * G_USEC_PER_SEC)
#define SC_SEAT_RESUME_SPREAD (20 * G_USEC_PER_SEC)

/* @seed: of the random times */
ScSeatCore *sc_seat_core_new (guint32 seed);
void sc_seat_core_free (ScSeatCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatCore, sc_seat_core_free)

/* At the service's start: what was noted as pending. @hooks: (nullable). @now: µs, as below */
void sc_seat_core_set_pending (ScSeatCore *self, guint64 session, guint64 version, const ScChunkId *manifest,
                               const char *hooks, gint64 now);

ScSeatPhase sc_seat_core_get_phase (ScSeatCore *self);
/* There is an order to carry out: not when the work of the last one merely comes to its end. */
gboolean sc_seat_core_is_at_work (ScSeatCore *self);
guint64 sc_seat_core_get_session (ScSeatCore *self); /* of the order in hand; 0: none, or one outside a session */
/* The phase in the words of the control messages. */
ScTransferState sc_seat_core_get_transfer (ScSeatCore *self);

/* Returns: (transfer full) (nullable): what to do next, to be asked after every event until there is none */
ScSeatAction *sc_seat_core_next_action (ScSeatCore *self);

/* @message: (transfer full): from the console; PREPARE and CATCH_UP have been found to be signed, and are new. A JOIN
 * is taken only for what the last of these has named. @now: µs */
void sc_seat_core_message (ScSeatCore *self, ScControlMessage *message, gint64 now);
/* @complete: whether the seat has all that it needs */
void sc_seat_core_step_done (ScSeatCore *self, gboolean complete);
/* FINISH is done. @busy: %NULL-terminated: the templates that were left out because they are in use */
void sc_seat_core_finished (ScSeatCore *self, const char *const *busy, gint64 now);
/* %SC_ERROR_CHANGED from BEGIN starts the order anew, once; anything else is told to the console and ends it;
 * what was begun stays pending. */
void sc_seat_core_step_failed (ScSeatCore *self, const GError *error);
/* While LISTENING: the group is joined, @lacks: (nullable): bit i: manifest i of the order is not kept; a probe of
 * @payload bytes, larger than all before, was heard, or, 0, the stream of manifests. Its reports are
 * sc_seat_core_report()'s. */
void sc_seat_core_listening (ScSeatCore *self, GBytes *lacks);
void sc_seat_core_probed (ScSeatCore *self, guint32 payload);
/* From the stream: the first datagram; a report that is due; all that was wanted is there; the stream is over; it
 * cannot go on. */
void sc_seat_core_heard (ScSeatCore *self);
void sc_seat_core_report (ScSeatCore *self, const ScCastReport *report);
void sc_seat_core_complete (ScSeatCore *self);
void sc_seat_core_stream_ended (ScSeatCore *self);
void sc_seat_core_stream_failed (ScSeatCore *self, const GError *error);
/* The control connection is gone. */
void sc_seat_core_link_lost (ScSeatCore *self);
/* Time passes: call about once a second, as long as that is wanted. @now: µs */
gboolean sc_seat_core_wants_ticks (ScSeatCore *self);
void sc_seat_core_tick (ScSeatCore *self, gint64 now);
/* The service ends: stops what is in hand and tells nobody; IDLE afterwards. */
void sc_seat_core_quit (ScSeatCore *self);

G_END_DECLS
