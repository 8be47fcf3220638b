/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "common/sc-json.h"

G_BEGIN_DECLS

/**
 * FakeEngine:
 *
 * An HTTPS server on the loopback that answers what a test tells it, records what it was asked, and has /v1/events. At
 * first it is an engine without seats, rooms, versions, sessions, operations and activity. Runs in the default main
 * context of the test.
 */
typedef struct _FakeEngine FakeEngine;

FakeEngine *fake_engine_new (void);
void fake_engine_free (FakeEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeEngine, fake_engine_free)

/* How a client reaches it. */
const ScConnection *fake_engine_get_connection (FakeEngine *self);

/**
 * FakeEngineFunc:
 * @path: from /v1 on, as it was sent
 * @body: (nullable)
 * @status: (inout): 200 at first
 *
 * Returns: (transfer full): the answer
 */
typedef ScJson *(*FakeEngineFunc) (const char *path, ScJson *body, guint *status, gpointer data);

/* What is answered to @method @path from now on, instead of what was said before. @path: as it is sent, without a
 * query.
 * @json: the answer's text; "{}" when it does not matter */
void fake_engine_answer (FakeEngine *self, const char *method, const char *path, guint status, const char *json);
/* The same; @json: (transfer full) */
void fake_engine_answer_json (FakeEngine *self, const char *method, const char *path, guint status, ScJson *json);
/* An error as the API tells it. */
/* What was to be answered is not any more: a function may. */
void fake_engine_forget (FakeEngine *self, const char *method, const char *path);
void fake_engine_answer_error (FakeEngine *self, const char *method, const char *path, guint status, const char *code,
                               const char *message);
/* @func answers all of @method whose path begins with @prefix and for which nothing else is said. */
void fake_engine_answer_with (FakeEngine *self, const char *method, const char *prefix, FakeEngineFunc func,
                              gpointer data);

/* Requests whose path begins with @prefix wait for fake_engine_release(). */
void fake_engine_hold (FakeEngine *self, const char *prefix);
/* Answers all that wait; later ones are answered at once. */
void fake_engine_release (FakeEngine *self);
guint fake_engine_count_held (FakeEngine *self);

/* Requests so far whose path begins with @prefix. */
guint fake_engine_count (FakeEngine *self, const char *method, const char *prefix);
/* (nullable) (transfer none): the body of the last request to exactly @path */
ScJson *fake_engine_get_body (FakeEngine *self, const char *method, const char *path);
/* (nullable) (transfer none): what stood behind its “?” */
const char *fake_engine_get_query (FakeEngine *self, const char *method, const char *path);

/* Sends an event to whoever listens; @json: its text */
void fake_engine_send_event (FakeEngine *self, const char *json);
/* Somebody listens to the events. */
gboolean fake_engine_has_listener (FakeEngine *self);
/* Ends the connections for events, as an engine that stops does. */
void fake_engine_drop_listeners (FakeEngine *self);

G_END_DECLS
