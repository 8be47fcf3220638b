/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-session-core.h"

G_BEGIN_DECLS

/* What the files of ScSessionCore share: sc-session-core.c (its life, events, orders), sc-session-core-messages.c (what
 * seats say), sc-session-core-listen.c (the prelude), sc-session-core-stages.c (how stages and seats' phases follow one
 * another) and sc-session-core-window.c (seats that are woken, and those that are let go for a while). */
#define NO_NUMBER G_MAXUINT32
/* JOIN's first window for a seat that joins late: not the plan's. The windows that pass until it listens count as lost
 * to it alone: the sender waits for it only from the window on that it says when it is told of the seat. */
#define LATE_WINDOW 1u
#define MAX_SEATS 65536u /* of sc_cast_sender_add_seat() */

typedef enum {
  STAGE_LOADING,
  STAGE_LISTENING, /* the prelude: probes */
  STAGE_MANIFESTS, /* the prelude: manifests by multicast */
  STAGE_ASKING,
  STAGE_PLANNING,
  STAGE_JOINING,
  STAGE_STREAMING,
  STAGE_FINISHING,
  STAGE_OVER,
} ScSessionStage;

typedef enum {
  PHASE_ABSENT,    /* not connected; may come back */
  PHASE_CALLED,    /* LISTEN is sent, for the probes */
  PHASE_LISTENING, /* is probed */
  PHASE_LISTENED,  /* that is over; waits for the prelude to end */
  PHASE_OFFERED,   /* LISTEN is sent, for the manifests */
  PHASE_TAKING,    /* takes them */
  PHASE_PREPARING, /* PREPARE is sent */
  PHASE_PREPARED,  /* waits for the plan */
  PHASE_JOINING,   /* JOIN is sent */
  PHASE_ADDING,    /* listens, late: waits for the driver to say where it enters */
  PHASE_STREAM,
  PHASE_ALONE, /* off the stream: catches up, applies */
  PHASE_OVER,
} ScSessionPhase;

typedef struct {
  ScCatalogSessionSeat *row;
  ScSessionPhase phase;
  gint64 since;   /* when the phase began */
  gint64 active;  /* when it last said how far it is */
  gint64 moved;   /* when that was another place than before */
  gboolean keyed; /* was told the key that is in use */
  gboolean begun; /* has said that it is past preparing: from then on it goes on by itself when it lost the console */
  gboolean woken; /* it is off, and was called */
  gboolean released; /* let go for a while */
  guint32 heard;     /* bytes of the largest symbol that it heard a probe of; 0: none yet */
  gint64 heard_at;   /* when it heard the first one */
  GBytes *lacks;     /* (nullable): bit i = it does not keep manifest i */
  guint where;       /* the hash of the template that it was at */
  guint64 left;      /* bytes: the least that it ever said it still lacked; G_MAXUINT64: it never said */
  guint breaks;      /* of its connection, since @left last fell */
  guint32 index;     /* in the list of seats */
  guint32 number;    /* the driver's for it: the index, or NO_NUMBER while the driver does not know it */
} ScSessionSeat;

struct _ScSessionCore {
  ScCatalogSession *session;
  ScChunkId manifest;
  ScSessionActions actions;
  gpointer data;
  ScSessionStage stage;
  gint64 since;      /* when the stage began */
  gint64 woke;       /* when seats were called last; 0: not yet */
  GPtrArray *seats;  /* ScSessionSeat */
  GHashTable *by_id; /* of the rows' seat → ScSessionSeat */
  guint32 n_chunks;
  guint8 *wanted; /* what the seats lack, (n_chunks + 7) / 8 bytes; NULL once it is planned */
  ScSessionStream stream;
  gboolean prelude; /* there is one, with what follows */
  ScSessionListen listen;
  guint32 probed;        /* the largest symbol that probes were sent of */
  guint32 smallest;      /* the smallest one */
  gboolean unprobed;     /* the last ones could not be sent */
  gint64 probe_at;       /* the next probes */
  gint64 ticked;         /* the last tick while seats are listened to, or when that began; 0: they are not */
  gint64 answered;       /* when a seat last had something new to say in this stage; 0: none has */
  gboolean made, taking; /* the manifests: seats are offered them, they are sent */
  gboolean paused;       /* by staff */
  gboolean sending;      /* the probe is over */
  gboolean held;         /* what the driver was told last: paused, or nobody listens */
};

guint sc_session_core_count (ScSessionCore *self, ScSessionPhase first, ScSessionPhase last);
void sc_session_core_set_phase (ScSessionSeat *seat, ScSessionPhase phase, gint64 now);
void sc_session_core_set_row (ScSessionCore *self, ScSessionSeat *seat, ScTransferState state, const char *reason);
void sc_session_core_set_stage (ScSessionCore *self, ScSessionStage stage, ScSessionState state, gint64 now);
/* Orders the seat to the session's version, which brings it into @phase; else it is absent, or over for want of a
 * signature. */
void sc_session_core_order (ScSessionCore *self, ScSessionSeat *seat, ScControlType type, ScSessionPhase phase,
                            gint64 now);
void sc_session_core_send_leave (ScSessionCore *self, const ScSessionSeat *seat, ScLeaveReason reason);
void sc_session_core_send_join (ScSessionCore *self, ScSessionSeat *seat, guint32 first_window, gint64 now);
gboolean sc_session_core_give_number (ScSessionCore *self, ScSessionSeat *seat);
void sc_session_core_drop_number (ScSessionCore *self, ScSessionSeat *seat);
void sc_session_core_end_seat (ScSessionCore *self, ScSessionSeat *seat, ScTransferState state, const char *reason,
                               gint64 now);
/* Of one that is not connected and not waited for any more. */
void sc_session_core_end_absent (ScSessionCore *self, ScSessionSeat *seat, gint64 now);
void sc_session_core_move_to_catch_up (ScSessionCore *self, ScSessionSeat *seat, const char *reason, gint64 now);
void sc_session_core_prepare (ScSessionCore *self, ScSessionSeat *seat, gint64 now);
void sc_session_core_finish (ScSessionCore *self, gint64 now);
void sc_session_core_end_all (ScSessionCore *self, ScSessionState state, ScTransferState seat_state, const char *reason,
                              gint64 now);
void sc_session_core_advance (ScSessionCore *self, gint64 now);

/* Asks every seat what it lacks, as far as that has not been done. */
void sc_session_core_ask (ScSessionCore *self, gint64 now);

/* ---- sc-session-core-listen.c ---- */

/* Begins the prelude. */
void sc_session_core_listen (ScSessionCore *self, gint64 now);
/* The seat has come: it is called or, where it is known what it hears, asked what it lacks. */
void sc_session_core_bring_in (ScSessionCore *self, ScSessionSeat *seat, gint64 now);
void sc_session_core_on_listening (ScSessionCore *self, ScSessionSeat *seat, const ScControlMessage *message,
                                   gint64 now);
/* Of a probe. */
void sc_session_core_on_heard (ScSessionCore *self, ScSessionSeat *seat, guint32 payload, gint64 now);
void sc_session_core_tick_prelude (ScSessionCore *self, gint64 now);
void sc_session_core_advance_prelude (ScSessionCore *self, gint64 now);
/* No more manifests are sent. */
void sc_session_core_stop_prelude (ScSessionCore *self);
char *sc_session_core_describe_unheard (guint16 port);
void sc_session_core_free_listen (ScSessionCore *self);

/* Calls those that are off and are to be woken, if it is time. */
void sc_session_core_wake (ScSessionCore *self, gint64 now);

G_END_DECLS
