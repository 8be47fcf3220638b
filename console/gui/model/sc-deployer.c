/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-deployer.h"

#include "common/sc-error.h"

typedef enum { NOTHING, ASK, STOP, DEPLOY } Task;

struct _ScDeployer {
  GObject parent;
  ScConsole *console;
  Task next, now; /* @now: the request that is on its way */
  char *path;     /* of @next */
  ScJson *body;
  gboolean patient;
  guint delay_source;
  ScSessionItem *session;
  GError *error;
};

G_DEFINE_FINAL_TYPE (ScDeployer, sc_deployer, G_TYPE_OBJECT)

enum { CHANGED, STARTED, REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void advance (ScDeployer *self);

static void
sc_deployer_finalize (GObject *object)
{
  ScDeployer *self = SC_DEPLOYER (object);

  g_clear_handle_id (&self->delay_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->console, self);
  g_clear_object (&self->session);
  g_clear_object (&self->console);
  g_clear_error (&self->error);
  g_clear_pointer (&self->body, json_decref);
  g_free (self->path);
  G_OBJECT_CLASS (sc_deployer_parent_class)->finalize (object);
}

static void
sc_deployer_class_init (ScDeployerClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_deployer_finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STARTED] =
      g_signal_new ("started", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[REFUSED] =
      g_signal_new ("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sc_deployer_init (ScDeployer *self)
{
}

static gboolean
is_going_on (ScDeployer *self)
{
  return self->session != NULL && !sc_session_item_is_over (self->session);
}

/* A dry run that was cancelled by somebody else, or that the engine gave up, has not said what it takes. */
static void
note_end (ScDeployer *self)
{
  const ScSessionInfo *info = sc_session_item_get_info (self->session);

  if (info->state == SC_SESSION_STATE_PLANNED || !sc_session_item_is_over (self->session) || self->error != NULL)
    return;
  if (info->state == SC_SESSION_STATE_CANCELLED)
    g_set_error_literal (&self->error, SC_ERROR, SC_ERROR_CANCELLED, "somebody has cancelled the dry run");
  else
    g_set_error (&self->error, SC_ERROR, SC_ERROR_SYSTEM, "%s",
                 *info->error != '\0' ? info->error : "the console's log says why");
}

/* What the engine says of the dry run; an answer that a later event has overtaken does not count. */
static void
take_session (ScDeployer *self, ScJson *json)
{
  if (!is_going_on (self) || sc_item_number_of (json, "id") != sc_session_item_get_info (self->session)->id)
    return;
  if (!sc_item_update (SC_ITEM (self->session), json))
    return;
  note_end (self);
  g_signal_emit (self, signals[CHANGED], 0);
  advance (self);
}

static void
on_dry_run (ScConsole *console, ScJson *json, gpointer user_data)
{
  take_session (user_data, json);
}

/* The session is none of the next console's, though that may have one of the same number. */
static void
on_forgotten (ScDeployer *self)
{
  g_clear_handle_id (&self->delay_source, g_source_remove);
  self->next = NOTHING;
  g_clear_object (&self->session);
}

ScDeployer *
sc_deployer_new (ScConsole *console)
{
  ScDeployer *self = g_object_new (SC_TYPE_DEPLOYER, NULL);

  self->console = g_object_ref (console);
  g_signal_connect (console, "dry-run", G_CALLBACK (on_dry_run), self);
  g_signal_connect_swapped (console, "forgotten", G_CALLBACK (on_forgotten), self);
  return self;
}

static void
request (ScDeployer *self, const char *method, const char *path, ScJson *body, GAsyncReadyCallback callback)
{
  /* never cancelled: a dry run that begins unseen would hold its seats until it ends */
  sc_console_request_async (self->console, method, path, body, NULL, callback, g_object_ref (self));
}

static void
request_session (ScDeployer *self, const char *method, const char *verb, GAsyncReadyCallback callback)
{
  g_autofree char *path =
      g_strdup_printf ("/v1/sessions/%" G_GUINT64_FORMAT "%s", sc_session_item_get_info (self->session)->id, verb);

  request (self, method, path, NULL, callback);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScDeployer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (json != NULL)
    take_session (self, json);
  else
    g_debug ("a dry run could not be looked at, its events will tell: %s", error->message);
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScDeployer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  /* it may have ended meanwhile; if it still holds its seats, what is asked for next is refused, and told */
  if (json == NULL)
    g_debug ("a dry run could not be cancelled: %s", error->message);
  self->now = NOTHING;
  g_clear_object (&self->session);
  advance (self);
}

static void
begin_session (ScDeployer *self, ScJson *json)
{
  self->session = SC_SESSION_ITEM (sc_item_new (SC_TYPE_SESSION_ITEM, json, &self->error));
  if (self->session == NULL)
    return;
  note_end (self);
  /* events that came before this answer were not for us */
  if (is_going_on (self) && self->next == NOTHING)
    request_session (self, "GET", "", on_looked);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScDeployer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  self->now = NOTHING;
  g_clear_object (&self->session);
  g_clear_error (&self->error);
  if (json != NULL)
    begin_session (self, json);
  else
    self->error = g_steal_pointer (&error);
  g_signal_emit (self, signals[CHANGED], 0);
  advance (self);
}

static void
on_deployed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScDeployer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  self->now = NOTHING;
  g_signal_emit (self, signals[CHANGED], 0);
  if (json != NULL)
    g_signal_emit (self, signals[STARTED], 0, sc_item_number_of (json, "id"));
  else
    g_signal_emit (self, signals[REFUSED], 0, error);
  advance (self);
}

/* Begins what comes next once nothing is in its way. */
static void
advance (ScDeployer *self)
{
  if (self->now != NOTHING || self->next == NOTHING || (is_going_on (self) && self->next == ASK && self->patient))
    return;
  if (is_going_on (self)) {
    self->now = STOP;
    request_session (self, "POST", "/cancel", on_cancelled);
    return;
  }
  if (self->delay_source != 0)
    return;
  self->now = self->next == STOP ? NOTHING : self->next;
  self->next = NOTHING;
  if (self->now != NOTHING)
    request (self, "POST", self->path, self->body, self->now == DEPLOY ? on_deployed : on_asked);
}

static void
set_next (ScDeployer *self, Task next, const char *path, ScJson *body)
{
  g_autofree char *old_path = self->path;
  g_autoptr (ScJson) old_body = self->body;

  g_clear_handle_id (&self->delay_source, g_source_remove);
  self->next = next;
  self->path = g_strdup (path);
  self->body = body != NULL ? json_incref (body) : NULL;
}

static gboolean
on_delay_over (gpointer user_data)
{
  ScDeployer *self = user_data;

  self->delay_source = 0;
  advance (self);
  return G_SOURCE_REMOVE;
}

void
sc_deployer_ask (ScDeployer *self, const char *path, ScJson *body, guint delay, gboolean patient)
{
  if (sc_deployer_is_deploying (self))
    return;
  self->patient = patient && (self->next != ASK || self->patient);
  set_next (self, ASK, path, body);
  self->delay_source = g_timeout_add (delay, on_delay_over, self);
  if (!patient)
    g_clear_error (&self->error);
  g_signal_emit (self, signals[CHANGED], 0);
  advance (self);
}

void
sc_deployer_stop (ScDeployer *self)
{
  if (sc_deployer_is_deploying (self))
    return;
  set_next (self, STOP, NULL, NULL);
  g_clear_error (&self->error);
  advance (self);
}

void
sc_deployer_deploy (ScDeployer *self, const char *path, ScJson *body)
{
  if (sc_deployer_is_deploying (self))
    return;
  set_next (self, DEPLOY, path, body);
  g_signal_emit (self, signals[CHANGED], 0);
  advance (self);
}

gboolean
sc_deployer_is_deploying (ScDeployer *self)
{
  return self->next == DEPLOY || self->now == DEPLOY;
}

ScSessionItem *
sc_deployer_get_session (ScDeployer *self)
{
  /* what was asked before is no answer to what is asked now */
  return self->next == STOP || (self->next == ASK && !self->patient) ? NULL : self->session;
}

const GError *
sc_deployer_get_error (ScDeployer *self)
{
  return self->error;
}
