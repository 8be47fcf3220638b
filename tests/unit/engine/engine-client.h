/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/unit/engine/engine-fixture.h"

G_BEGIN_DECLS

/* Staff's client of a fixture's API: it hears events, and its answers are held against the document. */
typedef struct {
  SoupWebsocketConnection *connection;
  GPtrArray *events; /* ScJson */
} EngineClient;

void engine_client_start (EngineFixture *fixture, EngineClient *client);
void engine_client_stop (EngineClient *client);
/* Waits for an event that has all members of @expected (JSON), and forgets those before it. */
void engine_client_expect (EngineClient *client, const char *expected);

/* The answer, which must have @status and be as the document says of @schema. (transfer full) */
ScJson *engine_ask (EngineFixture *fixture, const char *method, const char *path, const char *body, guint status,
                    const char *schema);
/* A POST that is refused with @status and @code. @says: (nullable): part of the message */
void engine_ask_in_vain (EngineFixture *fixture, const char *path, const char *body, guint status, const char *code,
                         const char *says);
/* That @value, written as JSON, is @expected. */
void engine_assert_json (const ScJson *value, const char *expected);

G_END_DECLS
