/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "common/sc-json.h"
#include "console/engine/api/sc-api.h"

/* A real API on loopback in front of a real store with two versions, a client that talks to it, and a seat that was
 * here once. */
typedef struct {
  char *directory;  /* the engine's */
  char *repository; /* what was published */
  ScApiParts parts;
  ScAuthority *authority;             /* of the parts */
  GTlsCertificate *seat_certificate;  /* of the seat that was here once; NULL until it is used */
  GTlsCertificate *cache_certificate; /* of an HTTP cache; NULL until it is used */
  ScApi *api;
  char *token;
  guint16 port;
  SoupSession *client;
  ScConnection *connection; /* how to reach it */
} EngineFixture;

#define FIXTURE_SEAT "0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f001"
#define FIXTURE_SEAT_NAME "pc-1"
#define FIXTURE_ROOM "A101"

void engine_fixture_set_up (EngineFixture *fixture, gconstpointer data);
void engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data);

typedef struct {
  guint status;
  char *content_type; /* NULL: none */
  SoupMessageHeaders *headers;
  GBytes *body;
  GError *error; /* of the transport */
} EngineResponse;
void engine_response_clear (EngineResponse *response);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngineResponse, engine_response_clear)

/* A certificate for the seat, as if it had enrolled. @seat: an id */
GTlsCertificate *engine_fixture_certify (EngineFixture *fixture, const char *seat);
/* A certificate for an HTTP cache, by the API. @name: of the cache */
GTlsCertificate *engine_fixture_certify_cache (EngineFixture *fixture, const char *name);
/* A message to the API: with the token, or of the seat that was here once where it is what only seats may ask, or of a
 * cache where only caches may. */
SoupMessage *engine_fixture_message (EngineFixture *fixture, const char *method, const char *path);
/* A message without the token: of a seat that shows @certificate, or (NULL) of nobody. */
SoupMessage *engine_fixture_message_of (EngineFixture *fixture, GTlsCertificate *certificate, const char *method,
                                        const char *path);
/* Sends it, runs the main loop until the answer is there. */
void engine_fixture_send (EngineFixture *fixture, SoupMessage *message, EngineResponse *response);
/* @body: (nullable): JSON. Returns: (transfer full): the answer, which must have @status */
ScJson *engine_fixture_json (EngineFixture *fixture, const char *method, const char *path, const char *body,
                             guint status);
/* The same, of a seat or of nobody. */
ScJson *engine_fixture_json_of (EngineFixture *fixture, GTlsCertificate *certificate, const char *method,
                                const char *path, const char *body, guint status);
/* What publishes @directory. (transfer full) */
char *engine_fixture_publish_body (const char *directory, const char *note);
/* Follows an operation to its end. Returns: (transfer full): as it is then */
ScJson *engine_fixture_finish (EngineFixture *fixture, ScJson *operation);
/* @known: FALSE: of nobody. (nullable) with an error */
SoupWebsocketConnection *engine_fixture_connect (EngineFixture *fixture, const char *path, gboolean known,
                                                 GError **error);
SoupWebsocketConnection *engine_fixture_connect_of (EngineFixture *fixture, GTlsCertificate *certificate,
                                                    const char *path, GError **error);
/* The seat that was here once: connected, with an inventory without templates. */
SoupWebsocketConnection *engine_fixture_connect_seat (EngineFixture *fixture);
/* As that one says it; the caller may change it. (transfer full) */
ScControlMessage *engine_fixture_make_inventory (void);
void engine_fixture_say (SoupWebsocketConnection *seat, const ScControlMessage *message);
/* As a seat that lacks no manifest and hears every probe. */
void engine_fixture_answer_listen (SoupWebsocketConnection *seat, const ScControlMessage *listen);
void engine_fixture_write (EngineFixture *fixture, const char *name, const void *bytes, gsize length);
char *engine_text_of (const ScJson *object, const char *key);
