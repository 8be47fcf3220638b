/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"
#include "common/cast/sc-cast-packet.h"
#include "common/cast/sc-cast-sender.h"
#include "common/sc-control.h"
#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/**
 * ScSessionCore:
 *
 * One session's life as a state machine: no sockets, no threads, no clock of its own. Events come in with the time (µs
 * of one monotonic clock), orders go out through ScSessionActions. Not thread-safe; actions must not call back into the
 * core.
 *
 *   loading → listening → (manifests →) asking → planning → joining → streaming → finishing → over
 *
 *   listening  every seat joins the group and says which of a few probes it hears; one that hears none is served by
 * catch-up from the start. Who comes later is probed by itself while the session asks
 *   manifests  what two seats or more lack of the version's manifests is sent to all of them at once
 *   asking     every seat gets PREPARE and says what it lacks; a seat that lacks nothing leaves at once and only
 * applies planning   the union of what they lack becomes the plan joining    the seats join the group streaming  the
 * driver probes and sends; seats that cannot follow are moved to catch-up; seats that come back enter late finishing
 * the seats bring themselves to the version (catch-up by HTTPS, commits) and say so
 *
 * Where seats are to be woken (ScCatalogSession.wake), those that are off are called at the start and each
 * SC_SESSION_WAKE_INTERVAL while the session asks, and awaited for SC_SESSION_WAKE_TIMEOUT.
 *
 * A dry run asks, makes the plan to know its size, and is over: each seat is let go as soon as it has answered.
 *
 * "No seat on the stream, and none coming" leads from every stage to finishing; "every seat is done or failed" from
 * there to over.
 */
typedef struct _ScSessionCore ScSessionCore;

#define SC_SESSION_PREPARE_TIMEOUT (120 * G_TIME_SPAN_SECOND) /* without a word while it looks at what it has */
#define SC_SESSION_PREPARE_MAX                                                                                         \
  (30 * G_TIME_SPAN_MINUTE) /* the others do not wait longer for a seat that still looks                               \
                             */
/* A reason: as SC_SESSION_SUSPENDED, of a session that staff had paused before */
#define SC_SESSION_SUSPENDED_PAUSED                                                                                    \
  "paused by staff, and its maintenance window has closed: what it has received is kept"
#define SC_SESSION_RETURN_TIMEOUT (30 * G_TIME_SPAN_SECOND) /* for seats to come back before the plan is made */
#define SC_SESSION_WAKE_TIMEOUT (5 * G_TIME_SPAN_MINUTE)    /* for seats that are woken to come before it is made */
#define SC_SESSION_WAKE_INTERVAL (30 * G_TIME_SPAN_SECOND)  /* between two calls to those that are not there yet */
#define SC_SESSION_JOIN_TIMEOUT (30 * G_TIME_SPAN_SECOND)   /* without a word while it makes room and copies locally */
#define SC_SESSION_JOIN_MAX (10 * G_TIME_SPAN_MINUTE)       /* the others do not wait longer for a seat to join */
#define SC_SESSION_ABSENT_TIMEOUT (60 * G_TIME_SPAN_SECOND) /* for seats to come back while nothing else goes on */
#define SC_SESSION_FINISH_TIMEOUT (10 * G_TIME_SPAN_MINUTE) /* without progress while it catches up or applies */
/* The prelude. Nobody waits for a seat that is late there: it is brought in by itself, with what it had by then. */
#define SC_SESSION_PROBE_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)
#define SC_SESSION_LATE_TICK (200 * G_TIME_SPAN_MILLISECOND) /* later than that, the time is the console's own */
#define SC_SESSION_QUIET_TIME                                                                                          \
  (250 * G_TIME_SPAN_MILLISECOND)                          /* since the last seat answered: the others wait no more */
#define SC_SESSION_UNHEARD_TIME G_TIME_SPAN_SECOND         /* of probing a seat, where others hear */
#define SC_SESSION_LISTEN_TIMEOUT (3 * G_TIME_SPAN_SECOND) /* of each of its steps, in all */
#define SC_SESSION_MANIFESTS_MAX (60 * G_TIME_SPAN_SECOND) /* then the rest of the manifests is left to HTTPS */
#define SC_SESSION_STUCK_TIMEOUT (3 * G_TIME_SPAN_HOUR)    /* with progress that says the same again and again */
#define SC_SESSION_MAX_BREAKS 10u /* of a seat's connection, without its getting any further in between */

/* What the seats must know to listen. */
typedef struct {
  ScCastLayout layout;
  ScChunkId plan;
  ScCastKey key;
  char *group; /* (owned by whom the structure belongs to) */
  guint16 port;
} ScSessionStream;

/* What the seats must know to hear the probes. */
typedef struct {
  char *group; /* (owned by whom the structure belongs to), as the next but one */
  guint16 port;
  ScCastKey key;
  GArray *manifests; /* ScChunkId, at most SC_CONTROL_MAX_MANIFESTS: those of the version */
} ScSessionListen;

/* What the seats must know to take manifests. */
typedef struct {
  ScCastLayout layout;
  ScCastKey key;
  GArray *manifests; /* ScChunkId, in the order of the stream */
  GArray *sizes;     /* guint32, bytes */
} ScSessionManifests;

typedef struct {
  /* Returns: FALSE when the seat is not connected */
  gboolean (*send) (gpointer data, const char *seat, const ScControlMessage *message);
  /* Puts number and signatures into PREPARE and CATCH_UP. Errors: why the seat cannot be ordered there */
  gboolean (*sign) (gpointer data, const char *seat, ScControlMessage *order, GError **error);
  /* Answered by sc_session_core_planned() or sc_session_core_fail(). @wanted: (transfer none): bit i = chunk i */
  void (*make_plan) (gpointer data, GBytes *wanted);
  gboolean (*start_driver) (gpointer data, const guint32 *seats, guint n_seats, GError **error);
  void (*stop_driver) (gpointer data);
  /* Answered by sc_session_core_seat_added() */
  void (*add_seat) (gpointer data, guint32 number);
  void (*remove_seat) (gpointer data, guint32 number);
  void (*heard) (gpointer data, guint32 number);
  void (*report) (gpointer data, guint32 number, const ScCastReport *report);
  void (*set_paused) (gpointer data, gboolean paused);
  /* What is sent from now on is sealed with it, also by a driver that is started later. */
  void (*set_key) (gpointer data, const ScCastKey *key);
  /* The session's state, or a seat's (not only its figures), is another one. @seat: (nullable) */
  void (*changed) (gpointer data, const ScCatalogSessionSeat *seat);
  /* @seats: %NULL-terminated ids of those that are off */
  void (*wake) (gpointer data, const char *const *seats);
  /* The prelude's, where there is one (sc_session_core_set_listen()): */
  /* Sends a probe of each size, or of one. Returns: the largest symbol that one of them had room for; 0: nothing can
   * be sent. @smallest: (out): that of the other, or the same */
  guint32 (*probe) (gpointer data, guint32 *smallest);
  /* Answered by sc_session_core_manifests_made(). @manifests: (transfer none): ScChunkId */
  void (*make_manifests) (gpointer data, const GArray *manifests, guint32 symbol_size);
  /* Its seats are those that heard(), report() and remove_seat() speak of until stop_manifests(). Returns: FALSE when
   * it cannot be sent */
  gboolean (*start_manifests) (gpointer data, const guint32 *seats, guint n_seats);
  void (*stop_manifests) (gpointer data);
  /* The seat hears nothing, and is served by catch-up; its row is told as changed after it. */
  void (*unheard) (gpointer data, ScCatalogSessionSeat *seat);
  /* (nullable): what a seat, whose needs are known, lacks and the plan counts on: a part of what make_plan() is given.
   * @lacks: (transfer none): bit i = chunk i */
  void (*lacks) (gpointer data, const ScCatalogSessionSeat *seat, GBytes *lacks);
} ScSessionActions;

/* @session: (transfer full). @manifest: of the session's version */
ScSessionCore *sc_session_core_new (ScCatalogSession *session, const ScChunkId *manifest,
                                    const ScSessionActions *actions, gpointer data);
void sc_session_core_free (ScSessionCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionCore, sc_session_core_free)
/* Before the start. @row: (transfer full): a seat that is done, failed or cancelled there stays so */
void sc_session_core_add_seat (ScSessionCore *self, ScCatalogSessionSeat *row);

/* Before the start: there is a prelude. @listen: copied. Not of a dry run */
void sc_session_core_set_listen (ScSessionCore *self, const ScSessionListen *listen);

/* The version is loaded: it has @n_chunks distinct chunks. Asks the seats. */
void sc_session_core_start (ScSessionCore *self, guint32 n_chunks, gint64 now);
void sc_session_core_seat_online (ScSessionCore *self, const char *seat, gint64 now);
void sc_session_core_seat_offline (ScSessionCore *self, const char *seat, gint64 now);
/* A message of this session (message->session is not looked at). What does not fit the seat's state is ignored. */
void sc_session_core_message (ScSessionCore *self, const char *seat, const ScControlMessage *message, gint64 now);
/* @manifests: copied; (nullable): they cannot be had, or are too large */
void sc_session_core_manifests_made (ScSessionCore *self, const ScSessionManifests *manifests, gint64 now);
void sc_session_core_manifests_lost (ScSessionCore *self, guint32 number, gint64 now);
/* All are sent, or can be sent no further. */
void sc_session_core_manifests_sent (ScSessionCore *self, gint64 now);
/* @stream: copied */
void sc_session_core_planned (ScSessionCore *self, const ScSessionStream *stream, gint64 now);
void sc_session_core_seat_added (ScSessionCore *self, guint32 number, guint32 first_window, gint64 now);
void sc_session_core_seat_lost (ScSessionCore *self, guint32 number, ScCastSeatState state, gint64 now);
void sc_session_core_sending (ScSessionCore *self, gint64 now);
void sc_session_core_sent (ScSessionCore *self, gint64 now);
/* Loading, planning, reading or sending failed. */
void sc_session_core_fail (ScSessionCore *self, const GError *error, gint64 now);
/* The seat is no longer trusted: it fails for @reason. If it was ever told the key, the stream goes on under @next,
 * which is told to all others that listen, and to nobody else. */
void sc_session_core_shut_out (ScSessionCore *self, const char *seat, const ScCastKey *next, const char *reason,
                               gint64 now);
/**
 * sc_session_core_release:
 * @seats: %NULL-terminated ids
 *
 * The time for these seats is over for now; they keep what they have. Where the session holds others they leave it, as
 * cancelled; else it is suspended: over for this object, but paused and suspended in its row, with its seats waiting.
 * What it did not hold counts for nothing.
 */
void sc_session_core_release (ScSessionCore *self, const char *const *seats, gint64 now);
/* Once a second or oftener. */
void sc_session_core_tick (ScSessionCore *self, gint64 now);

/* Errors: %SC_ERROR_STATE saying what state it is in and what is possible */
gboolean sc_session_core_pause (ScSessionCore *self, gint64 now, GError **error);
gboolean sc_session_core_resume (ScSessionCore *self, gint64 now, GError **error);
gboolean sc_session_core_cancel (ScSessionCore *self, gint64 now, GError **error);

/* (transfer none): its figures are the caller's to keep up to date */
ScCatalogSession *sc_session_core_get_session (ScSessionCore *self);
guint sc_session_core_get_n_seats (ScSessionCore *self);
/* (transfer none). @number: (out) (optional): the driver's number for it; G_MAXUINT32: none */
ScCatalogSessionSeat *sc_session_core_get_seat (ScSessionCore *self, guint index, guint32 *number);
/* Of the prelude or, answered to make_plan(), of the stream: the largest that all seats have heard which hear any; 0:
 * that is not known. */
guint32 sc_session_core_get_symbol_size (ScSessionCore *self);
/* Whether ticks have to come every SC_SESSION_PROBE_INTERVAL for now. */
gboolean sc_session_core_is_listening (ScSessionCore *self);
/* Whether the session still does something with the seat. */
gboolean sc_session_core_holds (ScSessionCore *self, const char *seat);

G_END_DECLS
