/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "service/sc-seat-host-private.h"

#define AGAIN_BASE 60000u /* ms */
#define AGAIN_MAX 3600000u

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean on_settled (gpointer user_data);

void
sc_seat_host_look_later (ScSeatHost *self, guint delay)
{
  clear_source (&self->settling);
  self->settling = g_timeout_source_new (delay);
  g_source_set_callback (self->settling, on_settled, self, NULL);
  g_source_attach (self->settling, g_main_context_get_thread_default ());
}

ScSeatHost *
sc_seat_host_new (const ScSeatHostWorld *world, guint settle)
{
  ScSeatHost *self = g_new0 (ScSeatHost, 1);

  self->world = *world;
  self->settle = settle;
  self->machine = sc_seat_machine_new_here ();
  self->again = (ScBackoff){ .base = AGAIN_BASE, .max = AGAIN_MAX };
  return self;
}

static void
drop_all (ScSeatHost *self)
{
  sc_seat_host_stop_enrolling (self);
  g_clear_pointer (&self->service, sc_service_free);
  g_clear_pointer (&self->identity, sc_seat_identity_free);
  g_clear_pointer (&self->settings, sc_seat_settings_free);
}

void
sc_seat_host_free (ScSeatHost *self)
{
  clear_source (&self->watch);
  clear_source (&self->settling);
  drop_all (self);
  sc_seat_machine_free (self->machine);
  g_free (self->told);
  g_free (self->told_enrolling);
  g_free (self);
}

gboolean
sc_seat_host_is_waiting (ScSeatHost *self)
{
  return self->service == NULL;
}

/* Settings that are missing or wrong change by being told; what could not be read, though it is there, tells nothing
 * when it can be again. */
static gboolean
is_passing (const GError *error)
{
  return !g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND) && !g_error_matches (error, SC_ERROR, SC_ERROR_INVALID);
}

void
sc_seat_host_tell_status (ScSeatHost *self, const char *format, ...)
{
  va_list arguments;

  if (self->world.told == NULL)
    return;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->world.told (text, self->world.user_data);
}

void
sc_seat_host_tell_waiting (ScSeatHost *self, const char *what, const char *why)
{
  if (g_strcmp0 (self->told, why) == 0)
    return;
  g_warning ("Waiting for %s. %s", what, why);
  sc_seat_host_tell_status (self, "Waiting for %s. %s", what, why);
  g_free (self->told);
  self->told = g_strdup (why);
}

/* Returns: (nullable): NULL: it waits, and has said so. @passing: (out): and will look again */
static ScSeatSettings *
read_settings (ScSeatHost *self, gboolean *passing)
{
  g_autoptr (GError) error = NULL;
  ScSeatSettings *settings = self->world.read (self->world.user_data, &error);

  *passing = settings == NULL && is_passing (error);
  if (*passing)
    sc_seat_host_look_later (self, self->settle * SC_SEAT_HOST_LOOK_AGAIN);
  if (settings == NULL)
    sc_seat_host_tell_waiting (self, "settings", error->message);
  return settings;
}

/* A disk may come late: after its drive, with a user's key, by hand. */
static gboolean
are_directories_there (const ScServiceConfig *config)
{
  return g_file_test (config->repository, G_FILE_TEST_IS_DIR) &&
         g_file_test (config->state_directory, G_FILE_TEST_IS_DIR);
}

/* Returns: also when it waits for the directories */
static gboolean
start_service (ScSeatHost *self, const ScServiceConfig *config, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->service = sc_service_new (config, &local);
  if (self->service == NULL && !are_directories_there (config)) {
    sc_seat_host_tell_waiting (self, "directories", local->message);
    sc_seat_host_look_later (self, self->settle * SC_SEAT_HOST_LOOK_FOR_DISKS);
    return TRUE;
  }
  if (self->service == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_clear_pointer (&self->told, g_free);
  sc_service_start (self->service);
  sc_log_event ("Seatcast %s keeps the templates in “%s” as the console %s says", SC_VERSION, config->repository,
                self->settings->connection->url);
  sc_seat_host_tell_status (self, "Keeps the templates in “%s” as the console %s says", config->repository,
                            self->settings->connection->url);
  return TRUE;
}

/* Takes over @settings. Returns: also when it waits */
static gboolean
start_with (ScSeatHost *self, ScSeatSettings *settings, GError **error)
{
  ScServiceEvents events = sc_seat_host_events;
  ScServiceConfig config;

  drop_all (self);
  self->settings = settings;
  if (!sc_service_options_read (&settings->options, &config, error))
    return FALSE;
  if (!sc_seat_host_open_identity (self, config.state_directory))
    return TRUE;
  if (sc_seat_identity_get_seat (self->identity) == NULL) {
    sc_seat_host_enrol (self, 0);
    return TRUE;
  }
  events.user_data = self;
  config.events = &events;
  config.connection = settings->connection;
  config.identity = self->identity;
  return start_service (self, &config, error);
}

void
sc_seat_host_start_anew (ScSeatHost *self)
{
  gboolean passing;
  ScSeatSettings *settings = read_settings (self, &passing);
  g_autoptr (GError) error = NULL;

  if (settings == NULL || start_with (self, settings, &error))
    return;
  clear_source (&self->watch);
  clear_source (&self->settling);
  self->world.ended (error, self->world.user_data);
}

static gboolean
on_service_stopped (gpointer user_data)
{
  ScSeatHost *self = user_data;

  drop_all (self);
  self->changing = FALSE;
  if (self->stopped != NULL)
    self->stopped (self->stopped_data);
  else
    sc_seat_host_start_anew (self);
  return G_SOURCE_REMOVE;
}

void
sc_seat_host_change (ScSeatHost *self)
{
  self->changing = TRUE;
  sc_seat_host_stop_enrolling (self);
  sc_service_quit (self->service, on_service_stopped, self);
}

static gboolean
same_token (const ScSeatSettings *a, const ScSeatSettings *b)
{
  return strcmp (a->connection->token, b->connection->token) == 0;
}

/* It enrols: with another token it asks anew, with the same one at once. */
static void
look_while_enrolling (ScSeatHost *self, ScSeatSettings *settings)
{
  if (!same_token (settings, self->settings)) {
    sc_seat_settings_free (self->settings);
    self->settings = settings;
    sc_seat_host_stop_enrolling (self);
    sc_seat_host_enrol (self, 0);
    return;
  }
  sc_seat_settings_free (settings);
  if (self->enroller != NULL)
    sc_enroller_hurry (self->enroller);
}

static gboolean
on_settled (gpointer user_data)
{
  ScSeatHost *self = user_data;

  g_clear_pointer (&self->settling, g_source_unref);
  if (self->stopped != NULL || self->changing) /* it reads them anyway when the service has ended */
    return G_SOURCE_REMOVE;
  gboolean enrolling = self->enroller != NULL || self->denied;
  if (self->service == NULL && !enrolling) {
    sc_seat_host_start_anew (self);
    return G_SOURCE_REMOVE;
  }
  gboolean passing;
  g_autoptr (ScSeatSettings) settings = read_settings (self, &passing);
  if (passing)
    return G_SOURCE_REMOVE;
  if (settings != NULL)
    g_clear_pointer (&self->told, g_free);
  gboolean same = settings != NULL && sc_seat_settings_equal (settings, self->settings);
  if (same && enrolling) {
    look_while_enrolling (self, g_steal_pointer (&settings));
    return G_SOURCE_REMOVE;
  }
  if (same) {
    sc_seat_settings_free (self->settings); /* with another token, perhaps */
    self->settings = g_steal_pointer (&settings);
    return G_SOURCE_REMOVE;
  }
  if (settings != NULL)
    sc_log_event ("The settings have changed; the service begins anew with them");
  if (self->service != NULL)
    sc_seat_host_change (self);
  else
    sc_seat_host_start_anew (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_changed (gpointer user_data)
{
  ScSeatHost *self = user_data;

  sc_seat_host_look_later (self, self->settle);
  return G_SOURCE_CONTINUE;
}

gboolean
sc_seat_host_start (ScSeatHost *self, GError **error)
{
  /* First the watch, so that no change is missed in between */
  self->watch = self->world.watch (self->world.user_data);
  if (self->watch != NULL) {
    g_source_set_callback (self->watch, on_changed, self, NULL);
    g_source_attach (self->watch, g_main_context_get_thread_default ());
  }
  gboolean passing;
  ScSeatSettings *settings = read_settings (self, &passing);
  return settings == NULL || start_with (self, settings, error);
}

void
sc_seat_host_quit (ScSeatHost *self, GSourceFunc stopped, gpointer user_data)
{
  self->stopped = stopped;
  self->stopped_data = user_data;
  clear_source (&self->watch);
  clear_source (&self->settling);
  sc_seat_host_stop_enrolling (self);
  if (self->changing)
    return;
  if (self->service != NULL) {
    sc_service_quit (self->service, on_service_stopped, self);
    return;
  }
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, stopped, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}
