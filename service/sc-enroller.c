/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-enroller.h"

#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "service/sc-fetch-json.h"

#define PATH "/v1/enrol"

struct _ScEnroller {
  ScSeatIdentity *identity;
  ScFetch *fetch;
  ScJson *facts;
  char *token;
  ScEnrollerFunc func;
  gpointer user_data;
  ScBackoff backoff;
  GSource *timer;            /* (nullable) */
  GCancellable *cancellable; /* (nullable): of the question under way */
};

static void ask (ScEnroller *self);

ScEnroller *
sc_enroller_new (const ScConnection *connection, ScSeatIdentity *identity, const ScEnrolRequest *facts,
                 ScEnrollerFunc func, gpointer user_data)
{
  ScEnroller *self = g_new0 (ScEnroller, 1);

  self->identity = identity;
  self->fetch = sc_fetch_new_to_enrol (connection, identity);
  self->facts = sc_enrol_request_to_json (facts);
  self->token = g_strdup (connection->token);
  self->func = func;
  self->user_data = user_data;
  self->backoff = (ScBackoff) SC_ENROLLER_BACKOFF_INIT;
  return self;
}

static void
clear_timer (ScEnroller *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
sc_enroller_free (ScEnroller *self)
{
  if (self == NULL)
    return;
  clear_timer (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable); /* its end sees that, and does not touch this any more */
  g_clear_object (&self->cancellable);
  sc_fetch_free (self->fetch);
  json_decref (self->facts);
  sc_secret_free (self->token);
  g_free (self);
}

void
sc_enroller_set_backoff (ScEnroller *self, const ScBackoff *backoff)
{
  self->backoff = *backoff;
}

static gboolean
on_timer (gpointer user_data)
{
  ScEnroller *self = user_data;

  g_clear_pointer (&self->timer, g_source_unref);
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
ask_later (ScEnroller *self, guint delay)
{
  clear_timer (self);
  self->timer = sc_backoff_wait (delay, NULL, on_timer, self);
}

static void
fail (ScEnroller *self, const char *words)
{
  ask_later (self, sc_backoff_next (&self->backoff, g_random_double ()));
  self->func (SC_ENROLLER_FAILED, words, self->user_data);
}

static void
take (ScEnroller *self, const ScEnrolAnswer *answer)
{
  g_autoptr (GError) error = NULL;

  if (sc_seat_identity_take (self->identity, answer->certificate, answer->anchors, TRUE,
                             g_get_real_time () / G_USEC_PER_SEC, &error))
    self->func (SC_ENROLLER_APPROVED, "", self->user_data);
  else
    fail (self, error->message);
}

static void
take_answer (ScEnroller *self, const ScEnrolAnswer *answer)
{
  const char *reason = *answer->reason != '\0' ? answer->reason : "it gives no reason";

  switch (answer->state) {
  case SC_ENROL_APPROVED:
    take (self, answer);
    break;
  case SC_ENROL_PENDING:
  case SC_ENROL_DUPLICATE:
    sc_backoff_reset (&self->backoff);
    /* A little later than was said: a room that was switched on at once does not come back at once */
    ask_later (self, answer->retry * 1000 + (guint) (g_random_double () * answer->retry * 250));
    self->func (SC_ENROLLER_WAITING, reason, self->user_data);
    break;
  case SC_ENROL_DENIED:
  default:
    self->func (SC_ENROLLER_DENIED, reason, self->user_data);
    break;
  }
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint status = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_fetch_json_finish (result, &status, &error);

  if (g_error_matches (error, SC_ERROR, SC_ERROR_CANCELLED))
    return; /* the enroller is gone */
  ScEnroller *self = user_data;
  g_clear_object (&self->cancellable);
  if (json == NULL) {
    fail (self, error->message);
    return;
  }
  if (status != SOUP_STATUS_OK && status != SOUP_STATUS_ACCEPTED && status != SOUP_STATUS_FORBIDDEN) {
    g_autofree char *words = sc_fetch_json_dup_error (json, "it says no more");
    g_autofree char *text =
        g_strdup_printf ("The console answered %u (%s): %s", status, soup_status_get_phrase (status), words);
    fail (self, text);
    return;
  }
  g_autoptr (ScEnrolAnswer) answer = sc_enrol_answer_from_json (json, &error);
  if (answer != NULL)
    take_answer (self, answer);
  else
    fail (self, error->message);
}

static void
ask (ScEnroller *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *request = sc_seat_identity_make_request (self->identity, TRUE, &error);

  if (request == NULL) {
    fail (self, error->message);
    return;
  }
  json_object_set_new (self->facts, "token", json_string (self->token));
  json_object_set_new (self->facts, "request", json_string (request));
  self->cancellable = g_cancellable_new ();
  sc_fetch_json_async (self->fetch, PATH, self->facts, SC_ENROLMENT_MAX_BYTES, self->cancellable, on_answer, self);
  json_object_del (self->facts, "token");
}

void
sc_enroller_start (ScEnroller *self, guint delay)
{
  if (self->cancellable == NULL)
    ask_later (self, delay);
}

void
sc_enroller_hurry (ScEnroller *self)
{
  if (self->timer != NULL)
    ask_later (self, 0);
}
