/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-error.h"
#include "console/engine/api/sc-api.h"
#include "console/engine/trust/sc-principal.h"

G_BEGIN_DECLS

#define SC_API_MAX_ARGUMENTS 2u
#define SC_API_STATUS_TOO_MANY 429u /* RFC 6585; libsoup has no name for it */

typedef struct _ScApiRequest ScApiRequest;

/**
 * ScApiRoute:
 *
 * One line of the API's table. A pattern's segment in braces matches any one segment of a path; what it matched is an
 * argument.
 */
typedef struct {
  const char *method;
  const char *pattern;
  ScRole role;                            /* who may call it */
  void (*handle) (ScApiRequest *request); /* NULL: the path is a WebSocket */
  gsize max_body;                         /* bytes; 0: without a body */
  const char *action;                     /* (nullable): how it is recorded (ScActivity); NULL: it changes nothing */
} ScApiRoute;

/**
 * ScApiRequest:
 *
 * One request on its way through its handler: which route, the arguments, the body, and the ways to answer. It belongs
 * to its message.
 */
struct _ScApiRequest {
  const ScApiParts *parts;
  SoupServerMessage *message; /* (unowned) */
  const ScApiRoute *route;
  char *arguments[SC_API_MAX_ARGUMENTS]; /* decoded; NULL where the pattern has none */
  GByteArray *body;
  ScPrincipal principal; /* who asks */
  char *refusal;         /* (nullable): why it is not known who asks */
  char *claimed;         /* (nullable): the seat of a certificate that is not accepted */
  char *address;         /* from where */
  guint64 body_received; /* bytes, also those that were thrown away */
  char *local_address;   /* the console's, on which the client connected */
  gboolean recorded;     /* in the activity, or not to be */
};

/* The request lives as long as @message. */
ScApiRequest *sc_api_request_new (const ScApiParts *parts, SoupServerMessage *message);
ScApiRequest *sc_api_request_of (SoupServerMessage *message); /* (nullable) */

/* @json: (transfer full) */
void sc_api_request_reply (ScApiRequest *self, guint status, ScJson *json);
/* @bytes: never change under this address, so they may be cached for ever */
void sc_api_request_reply_bytes (ScApiRequest *self, guint status, GBytes *bytes);
/* With the status that fits the error's code; @error: (transfer none) */
void sc_api_request_fail (ScApiRequest *self, const GError *error);
void sc_api_request_fail_status (ScApiRequest *self, guint status, ScError code, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Parses the body, which may only have the members in @allowed (%NULL-terminated). An empty body is an empty object. */
ScJson *sc_api_request_parse_body (ScApiRequest *self, const char *const *allowed, GError **error);
/* A decimal argument of the path, or of the query (where it may be missing). */
gboolean sc_api_request_get_number (ScApiRequest *self, guint argument, guint64 max, guint64 *number, GError **error);
gboolean sc_api_request_get_query_number (ScApiRequest *self, const char *key, guint64 fallback, guint64 min,
                                          guint64 max, guint64 *number, GError **error);
/* The same of “true” or “false”, which it is where it is missing; and of a text, which is then NULL. */
gboolean sc_api_request_get_query_flag (ScApiRequest *self, const char *key, gboolean *value, GError **error);
char *sc_api_request_dup_query (ScApiRequest *self, const char *key);

/* Runs on a worker thread. Returns: (transfer full): the answer, or NULL with an error */
typedef ScJson *(*ScApiJob) (ScStore *store, gpointer data, GError **error);
/* Answers (status 200) when @job is done; the main loop goes on meanwhile. */
void sc_api_request_run (ScApiRequest *self, ScApiJob job, gpointer data, GDestroyNotify free_data);
/* The same, but @reply answers, on the main thread; @json: (transfer full). */
typedef void (*ScApiJsonReply) (ScApiRequest *self, ScJson *json);
void sc_api_request_run_then (ScApiRequest *self, ScApiJob job, ScApiJsonReply reply, gpointer data,
                              GDestroyNotify free_data);
/* The same for bytes. @reply is given them on the main thread; when the job fails, the error is answered. */
typedef GBytes *(*ScApiBytesJob) (ScStore *store, gpointer data, GError **error);
typedef void (*ScApiBytesReply) (ScApiRequest *self, GBytes *bytes, gpointer data);
void sc_api_request_run_bytes (ScApiRequest *self, ScApiBytesJob job, ScApiBytesReply reply, gpointer data,
                               GDestroyNotify free_data);
/* For an answer that comes by itself later: the message waits, and @self stays, until sc_api_request_release(), which
 * is called once, after the answer. */
void sc_api_request_hold (ScApiRequest *self);
void sc_api_request_release (ScApiRequest *self);
/* Jobs that are running and requests that are held now, of all requests. Main thread only. */
guint sc_api_request_count_jobs (void);

G_END_DECLS
