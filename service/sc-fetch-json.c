/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-fetch-json.h"

#include "common/sc-error.h"
#include "common/sc-text.h"
#include "common/trust/sc-token.h"

#define READ_SIZE (16u * 1024)
#define MAX_WORDS 500u

typedef struct {
  ScFetch *fetch;
  char *path;
  gsize max_bytes;
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *answer;
  guint status;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_byte_array_unref (self->answer);
  g_free (self->path);
  g_free (self);
}

/* Takes over the task. */
static void
fail (GTask *task, ScError code, const char *what, const char *why)
{
  const Question *self = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_CANCELLED, "Asking for %s was cancelled", self->path);
  else
    g_task_return_new_error (task, SC_ERROR, (int) code, "%s%s", what, why);
  g_object_unref (task);
}

static void
complete (GTask *task)
{
  const Question *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  ScJson *answer = sc_json_parse_object ((const char *) self->answer->data, self->answer->len, self->max_bytes, &error);

  if (answer == NULL) {
    g_autofree char *what =
        g_strdup_printf ("The console answered %u (%s) for %s, and nothing that is understood: ", self->status,
                         soup_status_get_phrase (self->status), self->path);
    fail (task, SC_ERROR_INVALID, what, error->message);
    return;
  }
  g_task_return_pointer (task, answer, (GDestroyNotify) json_decref);
  g_object_unref (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Question *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (bytes == NULL) {
    fail (task, SC_ERROR_UNREACHABLE, "The console's answer broke off: ", error->message);
  } else if (size == 0) {
    complete (task);
  } else if (size > self->max_bytes - self->answer->len) {
    fail (task, SC_ERROR_INVALID, "The console's answer is longer than it may be for ", self->path);
  } else {
    g_byte_array_append (self->answer, g_bytes_get_data (bytes, NULL), (guint) size);
    g_input_stream_read_bytes_async (self->stream, READ_SIZE, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                     on_read, task);
  }
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Question *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL) {
    gboolean cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task)); /* and there may be no fetch */
    g_autofree char *why =
        cancelled ? g_strdup ("") : sc_fetch_describe (self->fetch, error, "The console does not answer: ");
    fail (task, SC_ERROR_UNREACHABLE, why, "");
    return;
  }
  self->status = soup_message_get_status (self->message);
  g_input_stream_read_bytes_async (self->stream, READ_SIZE, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_read,
                                   task);
}

void
sc_fetch_json_async (ScFetch *fetch, const char *path, const ScJson *body, gsize max_bytes, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Question *self = g_new0 (Question, 1);

  self->fetch = fetch;
  self->path = g_strdup (path);
  self->max_bytes = max_bytes;
  self->answer = g_byte_array_new ();
  self->message = sc_fetch_new_message (fetch, body != NULL ? "POST" : "GET", path);
  g_task_set_source_tag (task, sc_fetch_json_async);
  g_task_set_check_cancellable (task, FALSE); /* the error is of our own domain */
  g_task_set_task_data (task, self, question_free);
  if (self->message == NULL) {
    fail (task, SC_ERROR_INVALID, "The console's address is not one: check the settings for ", path);
    return;
  }
  if (body != NULL) {
    char *text = sc_json_to_text (body);
    g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (text, strlen (text), (GDestroyNotify) sc_secret_free, text);
    soup_message_set_request_body_from_bytes (self->message, "application/json", bytes);
  }
  soup_session_send_async (sc_fetch_get_session (fetch), self->message, G_PRIORITY_DEFAULT, cancellable, on_sent, task);
}

ScJson *
sc_fetch_json_finish (GAsyncResult *result, guint *status, GError **error)
{
  const Question *self = g_task_get_task_data (G_TASK (result));

  *status = self->status;
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
sc_fetch_json_dup_error (const ScJson *answer, const char *fallback)
{
  const ScJson *error = json_object_get (answer, "error");
  const char *words = error != NULL ? sc_json_get_optional_string (error, "message", MAX_WORDS) : NULL;

  if (words == NULL || *words == '\0')
    return g_strdup (fallback);
  GString *line = g_string_new (NULL);
  sc_text_append_line (line, words, MAX_WORDS);
  return g_string_free (line, FALSE);
}
