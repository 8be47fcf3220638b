/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "service/sc-chunk-sink.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A console of which a test says how it behaves: a real HTTPS server on loopback, on this thread's main context. */
typedef struct {
  SoupServer *server;
  ScConnection *connection; /* to it */
  char *directory;          /* of its certificate */
} ScTestConsole;

#define SC_TEST_TOKEN "the-token"

void sc_test_console_init (ScTestConsole *self);
void sc_test_console_clear (ScTestConsole *self);

/* Runs the main context until *@done; the test's own time limit is the only one. */
void sc_test_run_until (const gboolean *done);

/* A sink that remembers what it was given; real decoding, real hashes. */
typedef struct {
  GMutex mutex;
  GHashTable *wanted; /* ScChunkId */
  guint n_put;
  ScError refuse; /* put_frame() fails with it, unless 0 (%SC_ERROR_INVALID, which no sink raises) */
} ScTestSink;

void sc_test_sink_init (ScTestSink *self, ScChunkSink *sink);
void sc_test_sink_clear (ScTestSink *self);
void sc_test_sink_want (ScTestSink *self, const ScChunkId *id);

G_END_DECLS
