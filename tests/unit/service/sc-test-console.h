/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "service/sc-chunk-sink.h"
#include "service/sc-seat-identity.h"
#include "tests/unit/tls-server.h"
#include "tests/unit/trust/test-authority.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A console of which a test says how it behaves: a real HTTPS server on loopback, on this thread's main context, that
 * asks for certificates and takes any. */
typedef struct {
  SoupServer *server;
  TlsServer *tls;
  ScConnection *connection; /* to it */
  TestAuthority *authority;
  char *directory;          /* of the seat's state */
  ScSeatIdentity *identity; /* of a seat that has enrolled */
} ScTestConsole;

#define SC_TEST_TOKEN "the-token"

void sc_test_console_init (ScTestConsole *self);
void sc_test_console_clear (ScTestConsole *self);
/* (transfer full): the seat TEST_AUTHORITY_SEAT with its state in @directory, which enrols unless it has. */
ScSeatIdentity *sc_test_console_enrol (ScTestConsole *self, const char *directory);
/* (transfer full): PEM: what the console makes of a request for a certificate. @now: s, of its issuing */
char *sc_test_console_issue (ScTestConsole *self, const char *request, const char *seat, gint64 now);
/* Whether who asks has shown a certificate of @seat's. */
gboolean sc_test_console_is_seat (ScTestConsole *self, SoupServerMessage *message, const char *seat);
/* (transfer full): a machine that is always the same, and none that runs these tests. */
ScSeatMachine *sc_test_machine_new (void);

/* Waits for who still holds a file of it, such as an inspection that nobody awaits. */
void sc_test_remove_tree (const char *path);

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
