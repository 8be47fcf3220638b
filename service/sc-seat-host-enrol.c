/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "service/sc-seat-host-private.h"

gboolean
sc_seat_host_open_identity (ScSeatHost *self, const char *state)
{
  g_autoptr (GError) error = NULL;

  self->identity = sc_seat_identity_open (state, self->machine, self->settings->connection->fingerprint, &error);
  if (self->identity == NULL) {
    /* A virus scanner or a backup holds it, or its disk comes late: it is what the seat is, so it is waited for */
    sc_seat_host_tell_waiting (self, g_file_test (state, G_FILE_TEST_IS_DIR) ? "the seat's identity" : "directories",
                               error->message);
    sc_seat_host_look_later (self, self->settle * SC_SEAT_HOST_LOOK_FOR_DISKS);
    return FALSE;
  }
  const char *refusal = sc_seat_identity_get_refusal (self->identity);
  if (refusal != NULL)
    g_warning ("%s: it is not used, the seat enrols anew", refusal);
  return TRUE;
}

/* Staff read it where they look for a seat that does not come: once each. */
static void
tell_enrolling (ScSeatHost *self, const char *what, const char *words)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", what, words);

  if (g_strcmp0 (self->told_enrolling, text) == 0)
    return;
  g_warning ("%s", text);
  if (self->service == NULL)
    sc_seat_host_tell_status (self, "%s", text);
  g_free (self->told_enrolling);
  self->told_enrolling = g_steal_pointer (&text);
}

static gboolean
on_approved (gpointer user_data)
{
  ScSeatHost *self = user_data;

  g_clear_pointer (&self->settling, g_source_unref);
  if (self->stopped != NULL || self->changing)
    return G_SOURCE_REMOVE;
  if (self->service != NULL)
    sc_seat_host_change (self);
  else
    sc_seat_host_start_anew (self);
  return G_SOURCE_REMOVE;
}

static void
on_enroller (ScEnrollerState state, const char *words, gpointer user_data)
{
  ScSeatHost *self = user_data;

  switch (state) {
  case SC_ENROLLER_APPROVED:
    g_clear_pointer (&self->told_enrolling, g_free);
    sc_log_event ("The console %s has let this seat in as %s", self->settings->connection->url,
                  sc_seat_identity_get_seat (self->identity));
    sc_seat_host_stop_enrolling (self);
    on_approved (self);
    break;
  case SC_ENROLLER_WAITING:
    tell_enrolling (self, "Waiting for approval at the console", words);
    break;
  case SC_ENROLLER_DENIED:
    tell_enrolling (self, "The console has denied that this seat enrols; it asks again when it has other settings",
                    words);
    sc_seat_host_stop_enrolling (self);
    self->denied = TRUE;
    break;
  case SC_ENROLLER_FAILED:
  default:
    tell_enrolling (self, "The seat cannot enrol yet; it is tried again", words);
    break;
  }
}

void
sc_seat_host_stop_enrolling (ScSeatHost *self)
{
  g_clear_pointer (&self->enroller, sc_enroller_free);
  self->denied = FALSE;
}

void
sc_seat_host_enrol (ScSeatHost *self, guint delay)
{
  const ScSeatSettings *settings = self->settings;

  if (*settings->connection->token == '\0') {
    g_autofree char *why = g_strdup_printf ("Settings are missing (%s): %s", SC_SETTING_TOKEN, settings->where);

    if (self->service == NULL) {
      sc_seat_host_tell_waiting (self, "settings", why);
      return;
    }
    tell_enrolling (self, "Without a token the seat cannot enrol anew", why);
    self->denied = TRUE;
    return;
  }
  g_autoptr (ScEnrolRequest) facts = sc_seat_settings_describe (&settings->options, self->machine);
  self->enroller = sc_enroller_new (settings->connection, self->identity, facts, on_enroller, self);
  sc_enroller_start (self->enroller, delay);
}

/* ---- of a seat that has an identity ---- */

static void
on_refused (const char *words, gpointer user_data)
{
  ScSeatHost *self = user_data;

  if (self->enroller != NULL || self->denied || self->changing || self->stopped != NULL)
    return;
  g_warning ("The console does not let this seat in: %s", words);
  /* At once, but not again and again where the console approves and does not let it in */
  guint delay = self->again.attempt == 0 ? 0 : sc_backoff_next (&self->again, g_random_double ());
  self->again.attempt = MAX (self->again.attempt, 1);
  sc_seat_host_enrol (self, delay);
}

static void
on_accepted (gpointer user_data)
{
  ScSeatHost *self = user_data;

  sc_backoff_reset (&self->again);
  g_clear_pointer (&self->told_enrolling, g_free);
  sc_seat_host_stop_enrolling (self); /* its certificate counts again */
}

const ScServiceEvents sc_seat_host_events = { on_refused, on_accepted, NULL };
