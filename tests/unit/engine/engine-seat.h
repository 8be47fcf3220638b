/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/unit/engine/engine-fixture.h"

G_BEGIN_DECLS

/* A seat that enrols at a fixture's API. */
typedef struct {
  ScPrivateKey *key;
  char *body;           /* what it posts to /v1/enrol */
  GTlsCertificate *tls; /* once approved */
  char *seat;           /* id; then, too */
} EngineSeat;

EngineSeat *engine_seat_new (const char *token, const char *name, const char *mac);
void engine_seat_free (EngineSeat *seat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngineSeat, engine_seat_free)
/* Asks; the answer must have @status. (transfer full) */
ScJson *engine_seat_enrol (EngineFixture *fixture, const EngineSeat *seat, guint status);
/* Takes what it was answered as its identity. */
void engine_seat_take_certificate (EngineFixture *fixture, EngineSeat *seat, const ScJson *answer);
/* One that is let in by a token of its own, into FIXTURE_ROOM. */
EngineSeat *engine_seat_enrol_new (EngineFixture *fixture, const char *name, const char *mac);

/* @body: what makes a token. (transfer full) */
char *engine_make_token (EngineFixture *fixture, const char *body);
GTlsCertificate *engine_make_tls (ScAuthority *authority, const char *pem, const ScPrivateKey *key);
/* A GET that is answered with @status and @why. */
void engine_assert_denied (EngineFixture *fixture, GTlsCertificate *certificate, const char *path, guint status,
                           const char *why);
/* @range: (nullable) */
guint engine_get_status (EngineFixture *fixture, GTlsCertificate *certificate, const char *path, const char *range);
char *engine_manifest_path (EngineFixture *fixture, guint64 number); /* of a version */
void engine_assign (EngineFixture *fixture, const char *seat, guint64 version);

G_END_DECLS
