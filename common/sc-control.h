/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"
#include "common/cast/sc-cast-packet.h"
#include "common/cast/sc-cast-report.h"
#include "common/sc-hooks.h"
#include "common/sc-inventory.h"
#include "common/sc-needs.h"
#include "common/sc-verified.h"
#include "common/trust/sc-anchors.h"

G_BEGIN_DECLS

/*
 * The messages on a seat's WebSocket (docs/protocol.md): one JSON object a message, its "type" names the kind.
 * Everything is parsed strictly, capped before parsing. A message of an unknown type or with a wrong member is an error
 * that ends the connection.
 */
#define SC_CONTROL_PROTOCOL 2u
#define SC_CONTROL_MAX_BYTES (8u * 1024 * 1024)
#define SC_CONTROL_MAX_HOOKS SC_HOOKS_MAX_BYTES
#define SC_CONTROL_MAX_MACS 256u
/* What LISTEN may name and, sent by multicast, may weigh: a seat holds it in memory until it is all there. */
#define SC_CONTROL_MAX_MANIFESTS 1024u
#define SC_CONTROL_MAX_MANIFEST_BYTES (64u * 1024 * 1024)

typedef enum {
  /* seat → console */
  SC_CONTROL_INVENTORY, /* first message of a connection, and again on every change */
  SC_CONTROL_PREPARED,  /* answer to PREPARE */
  SC_CONTROL_JOINED,    /* listening to the group; answer to JOIN */
  SC_CONTROL_HEARD,     /* the first datagram of the session came, or, before PREPARE, a larger one than before */
  SC_CONTROL_REPORT,
  SC_CONTROL_PROGRESS, /* at most 4 a second */
  SC_CONTROL_DONE,     /* the version is there, committed, but for the templates that are in use */
  SC_CONTROL_FAILED,
  SC_CONTROL_VERIFIED,  /* outside sessions: what VERIFY found */
  SC_CONTROL_POWERED,   /* answer to POWER_OFF */
  SC_CONTROL_LISTENING, /* answer to LISTEN: the group is joined */
  /* console → seat */
  SC_CONTROL_WELCOME,
  SC_CONTROL_PREPARE, /* fetch the version's manifests, say what you lack */
  SC_CONTROL_JOIN,
  SC_CONTROL_LEAVE,     /* the session is over for this seat */
  SC_CONTROL_CATCH_UP,  /* bring yourself to the version by HTTPS */
  SC_CONTROL_VERIFY,    /* outside sessions: read all templates and compare them with their manifests, or stop that */
  SC_CONTROL_KEY,       /* the session's stream goes on under this key: another seat was shut out */
  SC_CONTROL_TRUST,     /* outside sessions: what to trust from now on */
  SC_CONTROL_POLICY,    /* outside sessions: when and from where to fetch; holds until the next one */
  SC_CONTROL_WAKE,      /* outside sessions: send magic packets to machines on your network */
  SC_CONTROL_POWER_OFF, /* power off if nobody is signed in and nothing is to be done */
  SC_CONTROL_LISTEN,    /* before PREPARE: say whether multicast reaches you; take manifests from it */
} ScControlType;

/* A seat's three independent states (DESIGN §8); presence is the console's to say. */
typedef enum {
  SC_TRANSFER_IDLE,
  SC_TRANSFER_WAITING, /* prepared, or paused */
  SC_TRANSFER_RECEIVING,
  SC_TRANSFER_REPAIRING, /* catch-up by HTTPS */
  SC_TRANSFER_APPLYING,  /* local copies, syncing, committing */
  SC_TRANSFER_DONE,
  SC_TRANSFER_FAILED,
  SC_TRANSFER_CANCELLED,
  SC_TRANSFER_BUSY,      /* done, but for templates that are in use; the seat goes on by itself once they are not */
  SC_TRANSFER_PLANNED,   /* of a dry run: it has said what the update takes */
  SC_TRANSFER_VERIFYING, /* outside sessions: reads its templates; nothing is transferred */
} ScTransferState;
const char *sc_transfer_state_to_nick (ScTransferState state);
gboolean sc_transfer_state_from_nick (const char *nick, ScTransferState *state);

typedef enum {
  SC_LEAVE_FINISHED,  /* the stream is over: get what is missing by catch-up */
  SC_LEAVE_CATCH_UP,  /* you cannot follow, or hear no multicast: get it all by catch-up */
  SC_LEAVE_CANCELLED, /* stop here */
  SC_LEAVE_SUSPENDED, /* stop here for now: the update stays pending, the session comes back in its window */
} ScLeaveReason;

typedef enum {
  SC_VERIFY_START,
  SC_VERIFY_STOP, /* answered by VERIFIED "cancelled" */
} ScVerifyAction;

typedef enum {
  SC_LISTEN_PROBES,    /* PROBEs of several sizes */
  SC_LISTEN_MANIFESTS, /* a stream of manifests, as @layout says */
} ScListenFor;

typedef struct {
  ScControlType type;
  guint64 session; /* of those that are not outside sessions; 0 with PREPARE/CATCH_UP outside a session */
  union {
    ScInventory *inventory; /* (owned) */
    struct {
      GBytes *lacks;  /* (owned): bit i (LSB first) = distinct chunk i of sc_version_chunks_collect() is missing */
      ScNeeds *needs; /* (owned) */
    } prepared;
    ScCastReport report;
    struct {
      ScTransferState state;
      guint64 done; /* bytes of what this seat needs */
      guint64 total;
      guint64 free_bytes;
      char *template_name; /* (owned): worked on now; may be empty */
      gboolean throttled;  /* it reads slowly because somebody uses the machine */
    } progress;
    struct {
      guint64 version;
      GPtrArray *busy; /* (owned) (element-type utf8), at most SC_NEEDS_MAX_BUSY are told: templates that are in use and
                          were left as they are; empty: the version is wholly there */
      char *warning; /* (owned) (nullable): what went wrong with what the version has run after its commit; may be empty
                      */
    } done;
    ScVerified *verified; /* (owned) */
    struct {
      char *code;    /* (owned): sc_error_code_to_nick() */
      char *message; /* (owned) */
    } failed;
    struct {
      guint32 protocol;
      char *console; /* (owned): its name */
    } welcome;
    struct { /* PREPARE and CATCH_UP: only these bring a seat to a version, so they are signed (sc-signature.h) */
      guint64 version;
      ScChunkId manifest;
      ScSignature signature; /* the version's */
      guint64 order;         /* higher than that of any order that the seat was given before */
      ScSignature order_signature;
      gboolean local; /* CATCH_UP: only if nothing has to be fetched for it, else FAILED */
      char *hooks;    /* (owned) (nullable): what to run before and after the commit (docs/protocol.md); the order's
                         signature covers it */
    } version;
    struct {
      guint32 payload; /* bytes of the largest symbol that a datagram which came had room for; 0: as the order said */
    } heard;
    struct {
      GBytes *lacks; /* (owned): bit i (LSB first) = manifest i of the LISTEN is not kept here */
    } listening;
    struct {
      ScListenFor what;
      char *group; /* (owned): 239.… */
      guint16 port;
      ScCastKey key;
      GArray *manifests;   /* (owned): ScChunkId, at most SC_CONTROL_MAX_MANIFESTS: PROBES: those of the version;
                              MANIFESTS:   those in the stream, one after another */
      GArray *sizes;       /* (owned): guint32, bytes: MANIFESTS: as many, together layout.plan_length; PROBES: empty */
      ScCastLayout layout; /* MANIFESTS: its plan's part is the manifests, content it has none */
    } listen;
    struct {
      guint64 version;
      ScChunkId manifest;
      ScCastLayout layout;
      ScChunkId plan; /* SHA-256 of the plan's bytes; a late joiner gets it from /v1/plans/HEX */
      ScCastKey key;
      char *group; /* (owned): 239.… */
      guint16 port;
      guint32 first_window;
    } join;
    struct {
      ScLeaveReason reason;
    } leave;
    struct {
      ScVerifyAction action;
    } verify;
    struct {
      ScCastKey key;
    } key;
    struct {
      ScAnchors *anchors; /* (owned) */
      gboolean renew;     /* get a new certificate at once */
    } trust;
    struct {
      gboolean fetch; /* whether it may, outside sessions and without an order, fetch what an update lacks. If not, it
                         also stops what it fetches outside sessions when it hears that; an order that comes later is
                         obeyed. What lacks nothing it may always finish. */
      char *cache;    /* (owned): URL of the HTTP cache that is nearest to it; empty: none */
    } policy;
    struct {
      GPtrArray *macs;   /* (owned) (element-type utf8), at most SC_CONTROL_MAX_MACS */
      char *destination; /* (owned): as sc_system_wake(); empty: the limited broadcast */
    } wake;
    struct {
      gboolean off;  /* it powers off now */
      char *message; /* (owned): why not; empty */
    } powered;
  };
} ScControlMessage;

ScControlMessage *sc_control_message_new (ScControlType type, guint64 session);
void sc_control_message_free (ScControlMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScControlMessage, sc_control_message_free)
char *sc_control_message_to_json (const ScControlMessage *self);
/* Errors: %SC_ERROR_INVALID, naming the member */
ScControlMessage *sc_control_message_parse (const char *text, gsize length, GError **error);

G_END_DECLS
