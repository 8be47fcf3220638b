/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-renewal.h"

#include "common/sc-error.h"
#include "common/sc-log.h"
#include "common/trust/sc-enrolment.h"
#include "service/sc-fetch-json.h"

#define PATH "/v1/seat/certificate"

struct _ScSeatRenewal {
  ScFetch *fetch;
  ScSeatIdentity *identity;
  ScSeatRenewalWorld world;
  gboolean wanted;           /* the console has asked for it */
  gint64 not_before;         /* s: after a failure */
  GCancellable *cancellable; /* (nullable): of the question under way */
  char *told;                /* (nullable): what failed, as last said */
};

ScSeatRenewal *
sc_seat_renewal_new (ScFetch *fetch, ScSeatIdentity *identity, const ScSeatRenewalWorld *world)
{
  ScSeatRenewal *self = g_new0 (ScSeatRenewal, 1);

  self->fetch = fetch;
  self->identity = identity;
  self->world = *world;
  return self;
}

void
sc_seat_renewal_free (ScSeatRenewal *self)
{
  if (self == NULL)
    return;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable); /* its end sees that, and does not touch this any more */
  g_clear_object (&self->cancellable);
  g_free (self->told);
  g_free (self);
}

static void
fail (ScSeatRenewal *self, const char *why)
{
  self->not_before = self->world.get_time (self->world.user_data) + SC_SEAT_RENEWAL_AGAIN;
  if (g_strcmp0 (self->told, why) == 0)
    return;
  g_warning ("This seat's certificate cannot be renewed yet, it is tried again: %s", why);
  g_free (self->told);
  self->told = g_strdup (why);
}

static gboolean
take (ScSeatRenewal *self, const ScJson *answer, GError **error)
{
  const char *pem = sc_json_get_string (answer, "certificate", SC_CERTIFICATE_MAX_BYTES, error);
  g_autoptr (ScAnchors) anchors =
      pem != NULL ? sc_anchors_from_json (json_object_get (answer, "anchors"), error) : NULL;

  return anchors != NULL && sc_seat_identity_take (self->identity, pem, anchors, FALSE,
                                                   self->world.get_time (self->world.user_data), error);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint status = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_fetch_json_finish (result, &status, &error);

  if (g_error_matches (error, SC_ERROR, SC_ERROR_CANCELLED))
    return; /* the renewal is gone */
  ScSeatRenewal *self = user_data;
  g_clear_object (&self->cancellable);
  if (answer != NULL && status != SOUP_STATUS_OK) {
    g_autofree char *words = sc_fetch_json_dup_error (answer, soup_status_get_phrase (status));
    fail (self, words);
    return;
  }
  if (answer == NULL || !take (self, answer, &error)) {
    fail (self, error->message);
    return;
  }
  self->wanted = FALSE;
  g_clear_pointer (&self->told, g_free);
  sc_log_event ("This seat has renewed its certificate");
  self->world.renewed (self->world.user_data);
}

static void
ask (ScSeatRenewal *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *request = sc_seat_identity_make_request (self->identity, FALSE, &error);

  if (request == NULL) {
    fail (self, error->message);
    return;
  }
  g_autoptr (ScJson) body = json_pack ("{s:s}", "request", request);
  self->cancellable = g_cancellable_new ();
  sc_fetch_json_async (self->fetch, PATH, body, SC_ENROLMENT_MAX_BYTES, self->cancellable, on_answer, self);
}

/* Also once the clock, which was ahead then, is set right. */
static gboolean
may_try_again (const ScSeatRenewal *self, gint64 now)
{
  return now >= self->not_before || self->not_before - now > SC_SEAT_RENEWAL_AGAIN;
}

void
sc_seat_renewal_look (ScSeatRenewal *self, gboolean connected)
{
  gint64 now = self->world.get_time (self->world.user_data);

  if (connected)
    self->not_before = 0;
  if (self->cancellable == NULL && may_try_again (self, now) &&
      (self->wanted || sc_seat_identity_is_due (self->identity, now)))
    ask (self);
}

void
sc_seat_renewal_trust (ScSeatRenewal *self, const ScAnchors *anchors, gboolean renew)
{
  g_autoptr (GError) error = NULL;

  if (!sc_seat_identity_set_anchors (self->identity, anchors, &error)) {
    g_warning ("What the console says is to be trusted is not taken: %s", error->message);
    return;
  }
  self->wanted = renew;
  if (renew)
    sc_seat_renewal_look (self, TRUE);
}
