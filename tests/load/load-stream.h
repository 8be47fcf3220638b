/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "common/sc-manifest.h"

G_BEGIN_DECLS

/*
 * What the seats of one process share: the version that they were ordered to, parsed once, and the stream, received
 * once by the service's ScReceive, whose events all of them tell the console as theirs.
 */
typedef struct _LoadStreams LoadStreams;

/* @report: NULL: it was heard for the first time */
typedef void (*LoadStreamFunc) (gpointer seat, guint64 session, const ScCastReport *report);

LoadStreams *load_streams_new (LoadStreamFunc func);
void load_streams_free (LoadStreams *self);

/* (transfer none) (nullable): one that a seat has fetched */
ScVersionManifest *load_streams_find_version (LoadStreams *self, const ScChunkId *id);
void load_streams_add_version (LoadStreams *self, ScVersionManifest *version, GPtrArray *templates);
guint32 load_streams_get_n_chunks (LoadStreams *self, const ScChunkId *id);

/* @seat listens from now on. Errors: of sc_receive_new() */
gboolean load_streams_join (LoadStreams *self, const ScControlMessage *join, const char *interface_address,
                            gpointer seat, GError **error);
void load_streams_leave (LoadStreams *self, gpointer seat);
void load_streams_add_key (LoadStreams *self, guint64 session, const ScCastKey *key);
/* Bytes of content that the stream has brought so far, of @session; 0: there is none. */
guint64 load_streams_get_bytes (LoadStreams *self, guint64 session);

G_END_DECLS
