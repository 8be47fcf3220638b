/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "console/engine/api/sc-manifest-cache.h"
#include "console/engine/api/sc-version-contents.h"
#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/sc-activity.h"
#include "console/engine/sc-events.h"
#include "console/engine/sc-operations.h"
#include "console/engine/sc-scheduler.h"
#include "console/engine/sc-seat-log.h"
#include "console/engine/sc-trust.h"
#include "console/engine/session/sc-sessions.h"
#include "console/engine/store/sc-met.h"
#include "console/engine/store/sc-store.h"
#include "console/engine/trust/sc-enrolments.h"
#include "console/engine/trust/sc-staff.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ScApi:
 *
 * The HTTPS API (console/engine/api/openapi.json): JSON for people's clients, /v1/seat and binary ranges for seats.
 * Who may call what: ScApiAuth. Errors are {"error":{"code":nick,"message":text}} with a fitting status. Main thread
 * only.
 */
typedef struct _ScApi ScApi;

typedef struct {
  ScStore *store;
  ScManifestCache *manifests;
  ScVersionContents *contents;
  ScCatalog *catalog;
  ScSeatHub *hub;
  ScSessions *sessions;
  ScScheduler *scheduler;
  ScOperations *operations;
  ScEvents *events;
  ScActivity *activity;
  ScSeatLog *seat_log;
  ScStaff *staff;
  ScAuthority *authority;
  ScTrust *trust;
  ScEnrolments *enrolments;
  const char *name;                /* of the console, as people know it */
  const char *directory;           /* the engine's */
  const char *url;                 /* (nullable) until sc_api_set_url() */
  ScMet *met;                      /* the API's own */
  struct _ScHealth *health;        /* the same */
  struct _ScApiFailures *failures; /* the same */
  struct _ScApiPace *pace;         /* the same */
} ScApiParts;                      /* all (transfer none); they outlive the API */

/* @token: of the connection file */
ScApi *sc_api_new (const ScApiParts *parts, const char *token);
void sc_api_free (ScApi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApi, sc_api_free)
/* The authority or the console's certificate has changed: who connects from now on is shown that, and staff are told.
 */
void sc_api_show_certificate (ScApi *self);
/* How seats and staff reach the API; it outlives it. */
void sc_api_set_url (ScApi *self, const char *url);
/* (transfer none): with those that are the API's own, for who shows the same in other ways; go with it */
const ScApiParts *sc_api_get_parts (ScApi *self);
/* For tests: see sc_api_listener_set_limits(). */
void sc_api_set_limits (ScApi *self, guint strangers, guint stranger_seconds, guint idle_seconds);
/* For tests: see sc_api_auth_set_address(). */
void sc_api_set_address (ScApi *self, const char *address);
struct _ScApiFailures *sc_api_get_failures (ScApi *self);
/* @address: NULL for all. @port: 0 for any. Returns: the port, 0 with an error that says who else may use it */
guint16 sc_api_listen (ScApi *self, const char *address, guint16 port, GError **error);

G_END_DECLS
