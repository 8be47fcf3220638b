/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-request.h"

#include "common/sc-error.h"
#include "console/engine/api/sc-api-activity.h"
#include "console/engine/sc-json-text.h"

#include <openssl/crypto.h>

#define REQUEST_KEY "sc-api-request"

static guint n_jobs;

static void
request_free (gpointer data)
{
  ScApiRequest *self = data;

  for (guint i = 0; i < SC_API_MAX_ARGUMENTS; i++)
    g_free (self->arguments[i]);
  OPENSSL_cleanse (self->body->data, self->body->len); /* it may have passwords */
  g_byte_array_unref (self->body);
  sc_principal_clear (&self->principal);
  g_free (self->refusal);
  g_free (self->claimed);
  g_free (self->address);
  g_free (self->local_address);
  g_free (self);
}

static char *
dup_local_address (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_local_address (message);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("");
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

ScApiRequest *
sc_api_request_new (const ScApiParts *parts, SoupServerMessage *message)
{
  ScApiRequest *self = g_new0 (ScApiRequest, 1);

  self->parts = parts;
  self->message = message;
  self->body = g_byte_array_new ();
  self->local_address = dup_local_address (message);
  g_object_set_data_full (G_OBJECT (message), REQUEST_KEY, self, request_free);
  return self;
}

ScApiRequest *
sc_api_request_of (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), REQUEST_KEY);
}

void
sc_api_request_reply (ScApiRequest *self, guint status, ScJson *json)
{
  char *text = sc_json_to_text (json);

  if (self->route != NULL && self->route->action != NULL && !self->recorded) {
    self->recorded = TRUE;
    sc_api_activity_record (self, status, json);
  }
  soup_server_message_set_status (self->message, status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), "Cache-Control", "no-store");
  soup_server_message_set_response (self->message, "application/json", SOUP_MEMORY_TAKE, text, strlen (text));
  json_decref (json);
}

void
sc_api_request_reply_bytes (ScApiRequest *self, guint status, GBytes *bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);

  soup_server_message_set_status (self->message, status, NULL);
  soup_message_headers_set_content_type (headers, "application/octet-stream", NULL);
  soup_message_headers_replace (headers, "Cache-Control", "private, max-age=31536000, immutable");
  soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), bytes);
}

static guint
status_of (const ScApiRequest *self, const GError *error)
{
  if (error->domain != SC_ERROR)
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  switch ((ScError) error->code) {
  case SC_ERROR_INVALID:
    return SOUP_STATUS_BAD_REQUEST;
  case SC_ERROR_DENIED: /* who is known need not sign in again */
    return self->principal.role == SC_ROLE_NONE ? SOUP_STATUS_UNAUTHORIZED : SOUP_STATUS_FORBIDDEN;
  case SC_ERROR_NOT_FOUND:
    return SOUP_STATUS_NOT_FOUND;
  case SC_ERROR_BUSY:
  case SC_ERROR_EXISTS:
  case SC_ERROR_STATE:
  case SC_ERROR_CHANGED:
  case SC_ERROR_CANCELLED:
    return SOUP_STATUS_CONFLICT;
  case SC_ERROR_NO_SPACE:
    return SOUP_STATUS_INSUFFICIENT_STORAGE;
  case SC_ERROR_UNREACHABLE:
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  case SC_ERROR_CORRUPT:
  case SC_ERROR_SYSTEM:
  default:
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  }
}

static void
reply_error (ScApiRequest *self, guint status, const char *nick, const char *message)
{
  sc_api_request_reply (self, status,
                        json_pack ("{s:{s:s, s:o}}", "error", "code", nick, "message", sc_json_text (message)));
}

void
sc_api_request_fail (ScApiRequest *self, const GError *error)
{
  guint status = status_of (self, error);

  if (status == SOUP_STATUS_INTERNAL_SERVER_ERROR)
    g_warning ("%s %s: %s", soup_server_message_get_method (self->message),
               g_uri_get_path (soup_server_message_get_uri (self->message)), error->message);
  reply_error (self, status, sc_error_nick_of (error), error->message);
}

void
sc_api_request_fail_status (ScApiRequest *self, guint status, ScError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  reply_error (self, status, sc_error_code_to_nick (code), message);
}

ScJson *
sc_api_request_parse_body (ScApiRequest *self, const char *const *allowed, GError **error)
{
  g_autoptr (ScJson) body = NULL;
  const char *key = NULL;
  json_t *value = NULL;

  if (self->body->len == 0)
    return json_object ();
  body = sc_json_parse_object ((const char *) self->body->data, self->body->len, self->route->max_body, error);
  if (body == NULL)
    return NULL;
  json_object_foreach (body, key, value) if (!g_strv_contains (allowed, key))
  {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s %s takes no member “%s”: see openapi.json", self->route->method,
                 self->route->pattern, key);
    return NULL;
  }
  return g_steal_pointer (&body);
}

static gboolean
parse_number (const char *what, const char *text, guint64 min, guint64 max, guint64 *number, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, min, max, number, NULL))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "%s is “%s”, but must be a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, what, text,
               min, max);
  return FALSE;
}

gboolean
sc_api_request_get_number (ScApiRequest *self, guint argument, guint64 max, guint64 *number, GError **error)
{
  g_autofree char *what = g_strdup_printf ("part %u of %s", argument + 1, self->route->pattern);

  return parse_number (what, self->arguments[argument], 0, max, number, error);
}

char *
sc_api_request_dup_query (ScApiRequest *self, const char *key)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (self->message));
  g_autoptr (GHashTable) form = query != NULL ? soup_form_decode (query) : NULL;

  return form != NULL ? g_strdup (g_hash_table_lookup (form, key)) : NULL;
}

gboolean
sc_api_request_get_query_flag (ScApiRequest *self, const char *key, gboolean *value, GError **error)
{
  g_autofree char *text = sc_api_request_dup_query (self, key);

  *value = g_strcmp0 (text, "true") == 0;
  if (text == NULL || *value || g_str_equal (text, "false"))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s is “%s”, but must be true or false", key, text);
  return FALSE;
}

gboolean
sc_api_request_get_query_number (ScApiRequest *self, const char *key, guint64 fallback, guint64 min, guint64 max,
                                 guint64 *number, GError **error)
{
  g_autofree char *text = sc_api_request_dup_query (self, key);

  if (text == NULL) {
    *number = fallback;
    return TRUE;
  }
  return parse_number (key, text, min, max, number, error);
}

typedef struct {
  ScStore *store;
  ScApiJob job;              /* this one */
  ScApiJsonReply json_reply; /* (nullable): NULL: the answer as it is */
  ScApiBytesJob bytes_job;   /* or this one */
  ScApiBytesReply reply;
  gpointer data;
  GDestroyNotify free_data;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_data != NULL)
    job->free_data (job->data);
  g_free (job);
}

static void
json_free (gpointer json)
{
  json_decref (json);
}

static void
run_job (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  gpointer result = NULL;

  if (job->job != NULL)
    result = job->job (job->store, job->data, &error);
  else
    result = job->bytes_job (job->store, job->data, &error);
  if (result != NULL)
    g_task_return_pointer (task, result, job->job != NULL ? json_free : (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_job_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* the client may have gone: then the message goes nowhere, and unpausing it does nothing */
  SoupServerMessage *message = SOUP_SERVER_MESSAGE (source);
  ScApiRequest *self = sc_api_request_of (message);
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gpointer answer = g_task_propagate_pointer (G_TASK (result), &error);

  n_jobs--;
  if (answer == NULL) {
    sc_api_request_fail (self, error);
  } else if (job->json_reply != NULL) {
    job->json_reply (self, answer);
  } else if (job->job != NULL) {
    sc_api_request_reply (self, SOUP_STATUS_OK, answer);
  } else {
    job->reply (self, answer, job->data);
    g_bytes_unref (answer);
  }
  soup_server_message_unpause (message);
}

static void
start_job (ScApiRequest *self, const Job *job)
{
  g_autoptr (GTask) task = g_task_new (self->message, NULL, on_job_done, NULL);
  Job *task_data = g_new (Job, 1);

  *task_data = *job;
  g_task_set_task_data (task, task_data, job_free);
  n_jobs++;
  soup_server_message_pause (self->message);
  g_task_run_in_thread (task, run_job);
}

void
sc_api_request_run (ScApiRequest *self, ScApiJob job, gpointer data, GDestroyNotify free_data)
{
  start_job (self, &(const Job){ .store = self->parts->store, .job = job, .data = data, .free_data = free_data });
}

void
sc_api_request_run_then (ScApiRequest *self, ScApiJob job, ScApiJsonReply reply, gpointer data,
                         GDestroyNotify free_data)
{
  start_job (self,
             &(const Job){
                 .store = self->parts->store, .job = job, .json_reply = reply, .data = data, .free_data = free_data });
}

void
sc_api_request_run_bytes (ScApiRequest *self, ScApiBytesJob job, ScApiBytesReply reply, gpointer data,
                          GDestroyNotify free_data)
{
  start_job (self,
             &(const Job){
                 .store = self->parts->store, .bytes_job = job, .reply = reply, .data = data, .free_data = free_data });
}

void
sc_api_request_hold (ScApiRequest *self)
{
  n_jobs++;
  g_object_ref (self->message);
  soup_server_message_pause (self->message);
}

void
sc_api_request_release (ScApiRequest *self)
{
  SoupServerMessage *message = self->message;

  n_jobs--;
  soup_server_message_unpause (message);
  g_object_unref (message);
}

guint
sc_api_request_count_jobs (void)
{
  return n_jobs;
}
