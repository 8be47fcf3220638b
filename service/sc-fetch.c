/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-fetch.h"

#include "common/sc-error.h"
#include "service/sc-fetch-cache.h"
#include "service/sc-fetch-json.h"

#define READ_SIZE (256u * 1024)
#define MAX_CONNECTIONS 8
#define MAX_REASON 4096u /* bytes */
#define CACHE_KEY "sc-fetch-cache"

struct _ScFetch {
  guint references; /* its owner's, and one of each message: a handshake may outlive the wish for it */
  gboolean freed;   /* by its owner */
  SoupSession *session;
  SoupSession *cache_session; /* so that a connection to one is never taken for one to the other */
  ScConnection *connection;
  ScSeatIdentity *identity; /* (nullable) */
  gboolean enrolling;       /* it shows no certificate */
  char *host;               /* (nullable): of the connection's URL */
  char *refusal;            /* (nullable): what was wrong with the console's last certificate */
  guint retry_base;
  guint attempts;
  ScFetchCache *cache; /* (nullable) */
  gint64 (*clock) (void);
};

typedef struct {
  ScFetch *fetch;
  char *path;
  char *cache_path;    /* (nullable): it may be asked of a cache */
  ScFetchCache *cache; /* (nullable): it is being asked */
  GBytes *body;        /* (nullable) */
  guint64 session;
  guint64 range_offset, range_length;
  gsize max_bytes;
  gboolean has_hash;
  ScChunkId hash;
  ScBackoff backoff;
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *answer;
  GSource *retry;
} Job;

static void fetch_try (GTask *task);

static void
job_reset (Job *job)
{
  g_clear_object (&job->message);
  g_clear_object (&job->stream);
  g_clear_pointer (&job->answer, g_byte_array_unref);
}

static void
job_free (gpointer data)
{
  Job *job = data;
  job_reset (job);
  g_clear_pointer (&job->retry, g_source_unref);
  g_clear_pointer (&job->body, g_bytes_unref);
  g_clear_pointer (&job->cache, sc_fetch_cache_unref);
  g_free (job->cache_path);
  g_free (job->path);
  g_free (job);
}

/* Who is asked, at the beginning of a sentence. */
static const char *
name_peer (const Job *job)
{
  return job->cache != NULL ? "The cache" : "The console";
}

static SoupSession *
make_session (void)
{
  SoupSession *session =
      soup_session_new_with_options ("timeout", SC_FETCH_TIMEOUT, "max-conns-per-host", MAX_CONNECTIONS, "user-agent",
                                     "seatcast-service/" SC_VERSION, NULL);
  /* Without a database no certificate is trusted by itself, so accept_certificate() is always asked */
  soup_session_set_tls_database (session, NULL);
  /* A seat's console is in its own network: a proxy would only hide which interface faces it */
  soup_session_set_proxy_resolver (session, NULL);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

ScFetch *
sc_fetch_new (const ScConnection *connection, ScSeatIdentity *identity)
{
  ScFetch *self = g_new0 (ScFetch, 1);
  g_autoptr (GUri) uri = g_uri_parse (connection->url, G_URI_FLAGS_NONE, NULL);

  self->references = 1;
  self->connection = sc_connection_new (connection->url, "", connection->fingerprint); /* the token is not for this */
  self->identity = identity;
  self->host = uri != NULL ? g_strdup (g_uri_get_host (uri)) : NULL;
  self->retry_base = SC_BACKOFF_BASE;
  self->clock = g_get_monotonic_time;
  self->attempts = SC_FETCH_ATTEMPTS;
  self->session = make_session ();
  self->cache_session = make_session ();
  return self;
}

ScFetch *
sc_fetch_new_to_enrol (const ScConnection *connection, ScSeatIdentity *identity)
{
  ScFetch *self = sc_fetch_new (connection, identity);

  self->enrolling = TRUE;
  return self;
}

static void
fetch_unref (ScFetch *self)
{
  if (--self->references > 0)
    return;
  sc_connection_free (self->connection);
  g_clear_pointer (&self->cache, sc_fetch_cache_unref);
  g_free (self->host);
  g_free (self->refusal);
  g_free (self);
}

void
sc_fetch_free (ScFetch *self)
{
  self->freed = TRUE;
  soup_session_abort (self->session);
  soup_session_abort (self->cache_session);
  g_clear_object (&self->session);
  g_clear_object (&self->cache_session);
  fetch_unref (self);
}

void
sc_fetch_set_retry (ScFetch *self, guint base, guint attempts)
{
  self->retry_base = base;
  self->attempts = MAX (attempts, 1);
}

void
sc_fetch_set_cache (ScFetch *self, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScFetchCache) cache = url != NULL && *url != '\0' ? sc_fetch_cache_new (url, &error) : NULL;

  if (error != NULL)
    g_warning ("%s: this seat fetches from the console", error->message);
  if (cache != NULL && self->cache != NULL &&
      g_str_equal (sc_fetch_cache_get_url (cache), sc_fetch_cache_get_url (self->cache)))
    return; /* what is known of it stays */
  g_clear_pointer (&self->cache, sc_fetch_cache_unref);
  self->cache = g_steal_pointer (&cache);
}

void
sc_fetch_set_clock (ScFetch *self, gint64 (*clock) (void))
{
  self->clock = clock;
}

gboolean
sc_fetch_has_cache (ScFetch *self)
{
  return self->cache != NULL && sc_fetch_cache_is_ready (self->cache, self->clock ());
}

SoupSession *
sc_fetch_get_session (ScFetch *self)
{
  return self->session;
}

/* Before the seat has enrolled it knows nothing but the authority's fingerprint: the peer must show that, and a
 * certificate of it. */
static gboolean
accepts_by_fingerprint (ScFetch *self, GTlsCertificate *peer, gint64 now, GError **error)
{
  g_autoptr (ScCertificate) authority = sc_certificate_find_authority (peer, self->connection->fingerprint);
  g_autoptr (ScCertificate) certificate = authority != NULL ? sc_certificate_of_tls (peer, error) : NULL;
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();

  if (authority == NULL) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_DENIED,
                         "its certificate is not of the authority whose fingerprint the settings have. Is it the right "
                         "console, and the right fingerprint?");
    return FALSE;
  }
  g_ptr_array_add (authorities, authority);
  return certificate != NULL &&
         sc_certificate_check (certificate, authorities, SC_CERTIFICATE_CONSOLE, self->host, now, error);
}

static gboolean
accepts (ScFetch *self, GTlsCertificate *peer, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gboolean known = self->identity != NULL && sc_seat_identity_get_anchors (self->identity) != NULL;

  if (known && sc_seat_identity_accepts (self->identity, peer, self->host, now, self->enrolling ? NULL : error))
    return TRUE;
  return (!known || self->enrolling) && accepts_by_fingerprint (self, peer, now, error);
}

static gboolean
accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer user_data)
{
  ScFetch *self = user_data;
  g_autoptr (GError) error = NULL;

  ScFetchCache *cache = g_object_get_data (G_OBJECT (message), CACHE_KEY);

  if (self->freed)
    return FALSE;
  if (cache != NULL)
    return self->identity != NULL &&
           sc_fetch_cache_accepts (cache, self->identity, certificate, g_get_real_time () / G_USEC_PER_SEC);
  g_clear_pointer (&self->refusal, g_free);
  if (accepts (self, certificate, &error))
    return TRUE;
  self->refusal = g_strdup_printf ("%s is not accepted as the console: %s", self->connection->url, error->message);
  return FALSE;
}

/* libsoup forgets the message's own certificate with the first connection: when that was one kept from before, which
 * the console has closed meanwhile, the next one asks here. */
static gboolean
request_certificate (SoupMessage *message, GTlsClientConnection *connection, gpointer user_data)
{
  ScFetch *self = user_data;

  if (self->freed || self->identity == NULL || self->enrolling)
    return FALSE;
  soup_message_set_tls_client_certificate (message, sc_seat_identity_get_tls (self->identity));
  return TRUE;
}

static void
on_message_gone (gpointer data, GClosure *closure)
{
  fetch_unref (data);
}

char *
sc_fetch_describe (ScFetch *self, const GError *error, const char *silence)
{
  if (error->domain == G_TLS_ERROR && self->refusal != NULL)
    return g_strdup (self->refusal);
  return g_strconcat (silence, error->message, NULL);
}

/* @cache: (nullable): to it, not to the console */
static SoupMessage *
new_message (ScFetch *self, ScFetchCache *cache, const char *method, const char *path)
{
  g_autofree char *url =
      g_strconcat (cache != NULL ? sc_fetch_cache_get_url (cache) : self->connection->url, path, NULL);
  SoupMessage *message = soup_message_new (method, url);

  if (message == NULL)
    return NULL;
  if (self->identity != NULL && !self->enrolling)
    soup_message_set_tls_client_certificate (message, sc_seat_identity_get_tls (self->identity));
  /* A redirect would lead elsewhere */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (cache != NULL)
    g_object_set_data_full (G_OBJECT (message), CACHE_KEY, sc_fetch_cache_ref (cache),
                            (GDestroyNotify) sc_fetch_cache_unref);
  self->references++;
  g_signal_connect (message, "request-certificate", G_CALLBACK (request_certificate), self); /* @self: see below */
  g_signal_connect_data (message, "accept-certificate", G_CALLBACK (accept_certificate), self, on_message_gone, 0);
  return message;
}

SoupMessage *
sc_fetch_new_message (ScFetch *self, const char *method, const char *path)
{
  return new_message (self, NULL, method, path);
}

static gboolean
on_retry (gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);

  g_clear_pointer (&job->retry, g_source_unref);
  fetch_try (task);
  return G_SOURCE_REMOVE;
}

/* The cache has yielded nothing: the console is asked instead. */
static void
turn_to_console (GTask *task, const GError *error)
{
  Job *job = g_task_get_task_data (task);
  gint64 now = job->fetch->clock ();

  /* that it denies one thing, as a pack that the store has just cleaned, need not be so for all */
  if (g_error_matches (error, SC_ERROR, SC_ERROR_CORRUPT) || g_error_matches (error, SC_ERROR, SC_ERROR_DENIED))
    sc_fetch_cache_was_wrong (job->cache, error->message, now, g_random_double ());
  else if (!g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
    sc_fetch_cache_failed (job->cache, error->message, now, g_random_double ());
  g_clear_pointer (&job->cache, sc_fetch_cache_unref);
  g_clear_pointer (&job->cache_path, g_free);
  fetch_try (task);
}

/* Takes over the task and @error: waits and tries again, or gives up. */
static void
fetch_failed (GTask *task, GError *error)
{
  Job *job = g_task_get_task_data (task);
  gboolean retriable =
      g_error_matches (error, SC_ERROR, SC_ERROR_UNREACHABLE) || g_error_matches (error, SC_ERROR, SC_ERROR_CORRUPT);

  job_reset (job);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    g_error_free (error);
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_CANCELLED, "Fetching %s was cancelled", job->path);
    g_object_unref (task);
    return;
  }
  if (job->cache != NULL) {
    turn_to_console (task, error);
    g_error_free (error);
    return;
  }
  if (!retriable || job->backoff.attempt + 1 >= job->fetch->attempts) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  guint delay = sc_backoff_next (&job->backoff, g_random_double ());
  g_message ("%s; trying again in %u ms", error->message, delay);
  g_error_free (error);
  job->retry = sc_backoff_wait (delay, g_task_get_cancellable (task), on_retry, task);
}

static void
fetch_complete (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (job->range_length > 0 && job->answer->len != job->range_length) {
    fetch_failed (task, g_error_new (SC_ERROR, SC_ERROR_UNREACHABLE,
                                     "%s's answer for %s has %u bytes instead of %" G_GUINT64_FORMAT, name_peer (job),
                                     job->path, job->answer->len, job->range_length));
    return;
  }
  if (job->has_hash) {
    ScChunkId id;
    sc_chunk_id_of (&id, job->answer->data, job->answer->len);
    if (!sc_chunk_id_equal (&id, &job->hash)) {
      fetch_failed (task, g_error_new (SC_ERROR, SC_ERROR_CORRUPT,
                                       "%s's answer for %s does not have the hash that it is named by", name_peer (job),
                                       job->path));
      return;
    }
    if (job->cache != NULL)
      sc_fetch_cache_was_right (job->cache);
  }
  g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&job->answer)),
                         (GDestroyNotify) g_bytes_unref);
  g_object_unref (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL) {
    fetch_failed (task, g_error_new (SC_ERROR, SC_ERROR_UNREACHABLE, "%s's answer for %s broke off: %s",
                                     name_peer (job), job->path, error->message));
    return;
  }
  gsize size = g_bytes_get_size (bytes);
  if (size == 0) {
    fetch_complete (task);
    return;
  }
  if (size > job->max_bytes - job->answer->len) {
    fetch_failed (task, g_error_new (SC_ERROR, SC_ERROR_INVALID,
                                     "%s's answer for %s is longer than the %" G_GSIZE_FORMAT " bytes that it may have",
                                     name_peer (job), job->path, job->max_bytes));
    return;
  }
  g_byte_array_append (job->answer, g_bytes_get_data (bytes, NULL), (guint) size);
  g_input_stream_read_bytes_async (job->stream, READ_SIZE, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_read,
                                   task);
}

/* Returns: (nullable): what is wrong with the answer's head */
static GError *
check_head (Job *job)
{
  guint status = soup_message_get_status (job->message);
  guint expected = job->range_length > 0 ? SOUP_STATUS_PARTIAL_CONTENT : SOUP_STATUS_OK;
  goffset length = soup_message_headers_get_content_length (soup_message_get_response_headers (job->message));
  ScError code;

  if (status == expected) {
    if (length <= 0 || (guint64) length <= job->max_bytes)
      return NULL;
    return g_error_new (SC_ERROR, SC_ERROR_INVALID,
                        "%s announces %" G_GOFFSET_FORMAT " bytes for %s; at most %" G_GSIZE_FORMAT " are allowed",
                        name_peer (job), length, job->path, job->max_bytes);
  }
  if (status == SOUP_STATUS_NOT_FOUND)
    code = SC_ERROR_NOT_FOUND;
  else if (status == 429 || status >= 500)
    code = SC_ERROR_UNREACHABLE;
  else
    code = SC_ERROR_INVALID;
  return g_error_new (SC_ERROR, code, "%s answered %u (%s) for %s", name_peer (job), status,
                      soup_status_get_phrase (status), job->path);
}

static void
on_reason (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  guint status = soup_message_get_status (job->message);
  gsize size = 0;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &size, NULL); /* without it: what is known */
  g_autoptr (ScJson) answer = sc_json_parse_object ((const char *) job->answer->data, size, MAX_REASON, NULL);
  g_autofree char *words = sc_fetch_json_dup_error (answer, "it does not let this seat have it");
  fetch_failed (task, g_error_new (SC_ERROR, SC_ERROR_DENIED, "%s answered %u (%s) for %s: %s", name_peer (job), status,
                                   soup_status_get_phrase (status), job->path, words));
}

/* The console has refused, and says why. */
static void
read_reason (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  job->answer = g_byte_array_new ();
  g_byte_array_set_size (job->answer, MAX_REASON);
  g_input_stream_read_all_async (job->stream, job->answer->data, MAX_REASON, G_PRIORITY_DEFAULT,
                                 g_task_get_cancellable (task), on_reason, task);
}

/* (transfer full) */
static char *
describe_silence (Job *job, const GError *error)
{
  const char *url = job->cache != NULL ? sc_fetch_cache_get_url (job->cache) : job->fetch->connection->url;
  g_autofree char *silence = g_strdup_printf ("%s at %s does not answer for %s: ", name_peer (job), url, job->path);

  if (job->cache == NULL)
    return sc_fetch_describe (job->fetch, error, silence);
  if (error->domain == G_TLS_ERROR && sc_fetch_cache_get_refusal (job->cache) != NULL)
    return g_strdup (sc_fetch_cache_get_refusal (job->cache));
  return g_strconcat (silence, error->message, NULL);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  job->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (job->stream == NULL) {
    g_autofree char *why = describe_silence (job, error);
    fetch_failed (task, g_error_new_literal (SC_ERROR, SC_ERROR_UNREACHABLE, why));
    return;
  }
  guint status = soup_message_get_status (job->message);
  if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN) {
    read_reason (task);
    return;
  }
  GError *wrong = check_head (job);
  if (wrong != NULL) {
    fetch_failed (task, wrong);
    return;
  }
  job->answer = g_byte_array_new ();
  g_input_stream_read_bytes_async (job->stream, READ_SIZE, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_read,
                                   task);
}

static void
fetch_try (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    fetch_failed (task, g_error_new (SC_ERROR, SC_ERROR_CANCELLED, "Cancelled"));
    return;
  }
  if (job->cache_path != NULL && sc_fetch_has_cache (job->fetch))
    job->cache = sc_fetch_cache_ref (job->fetch->cache);
  job->message = new_message (job->fetch, job->cache, job->body != NULL ? "POST" : "GET",
                              job->cache != NULL ? job->cache_path : job->path);
  if (job->message == NULL) {
    fetch_failed (task, g_error_new (SC_ERROR, SC_ERROR_INVALID, "Not a URL: “%s%s”: check the settings",
                                     job->fetch->connection->url, job->path));
    return;
  }
  SoupMessageHeaders *headers = soup_message_get_request_headers (job->message);
  if (job->body != NULL)
    soup_message_set_request_body_from_bytes (job->message, "application/octet-stream", job->body);
  if (job->range_length > 0)
    soup_message_headers_set_range (headers, (goffset) job->range_offset,
                                    (goffset) (job->range_offset + job->range_length - 1));
  if (job->session != 0) {
    g_autofree char *session = g_strdup_printf ("%" G_GUINT64_FORMAT, job->session);
    soup_message_headers_replace (headers, "Seatcast-Session", session);
  }
  soup_session_send_async (job->cache != NULL ? job->fetch->cache_session : job->fetch->session, job->message,
                           G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_sent, task);
}

void
sc_fetch_async (ScFetch *self, const ScFetchRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback,
                gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->fetch = self;
  job->path = g_strdup (request->path);
  job->cache_path = g_strdup (request->cache_path);
  job->body = request->body != NULL ? g_bytes_ref (request->body) : NULL;
  job->session = request->session;
  job->range_offset = request->range_offset;
  job->range_length = request->range_length;
  job->max_bytes = request->max_bytes;
  job->has_hash = request->hash != NULL;
  if (request->hash != NULL)
    job->hash = *request->hash;
  job->backoff = (ScBackoff){ .base = self->retry_base, .max = SC_BACKOFF_MAX };
  g_task_set_source_tag (task, sc_fetch_async);
  g_task_set_task_data (task, job, job_free);
  g_task_set_check_cancellable (task, FALSE); /* the error is of our own domain */
  fetch_try (task);
}

GBytes *
sc_fetch_finish (ScFetch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
sc_fetch_came_by_cache (GAsyncResult *result)
{
  const Job *job = g_task_get_task_data (G_TASK (result));

  return job->cache != NULL;
}

void
sc_fetch_judge_cache (ScFetch *self, const char *wrong)
{
  if (self->cache == NULL)
    return; /* taken away meanwhile */
  if (wrong != NULL)
    sc_fetch_cache_was_wrong (self->cache, wrong, self->clock (), g_random_double ());
  else
    sc_fetch_cache_was_right (self->cache);
}
