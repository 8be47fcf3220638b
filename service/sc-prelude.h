/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/**
 * ScPrelude:
 *
 * What a seat does for a LISTEN: on a thread of its own it joins the group, and either opens probes and tells how large
 * they are, or takes manifests from a stream and keeps those that it lacks, each once its hash is right. It goes on
 * until it is stopped: the sender's marks are answered. At most SC_CONTROL_MAX_MANIFEST_BYTES and a stream's windows in
 * memory. Made, used and freed on the main thread; the events come there.
 */
typedef struct _ScPrelude ScPrelude;

typedef enum {
  SC_PRELUDE_LISTENING, /* @lacks is known, and the group joined */
  SC_PRELUDE_HEARD,     /* a probe that is larger than all before: @payload; or the stream's first datagram: 0 */
  SC_PRELUDE_REPORT,    /* @report is due */
  SC_PRELUDE_STOPPED,   /* the last event: sc_prelude_free() may be called, also from the callback */
} ScPreludeEventType;

typedef struct {
  ScPreludeEventType type;
  GBytes *lacks;   /* bit i (LSB first): manifest i of the order is not kept here */
  guint32 payload; /* bytes */
  ScCastReport report;
} ScPreludeEvent;

typedef void (*ScPreludeFunc) (ScPrelude *self, const ScPreludeEvent *event, gpointer user_data);

/* @listen: a LISTEN message; (transfer none). @state: lives until SC_PRELUDE_STOPPED. Errors: %SC_ERROR_SYSTEM,
 * %SC_ERROR_INVALID for a group that is none */
ScPrelude *sc_prelude_new (const ScControlMessage *listen, const char *interface_address, ScSeatState *state,
                           ScPreludeFunc func, gpointer user_data, GError **error);
/* Leaves the group; what came whole is kept. SC_PRELUDE_STOPPED follows. */
void sc_prelude_stop (ScPrelude *self);
/* After SC_PRELUDE_STOPPED only. */
void sc_prelude_free (ScPrelude *self);

G_END_DECLS
