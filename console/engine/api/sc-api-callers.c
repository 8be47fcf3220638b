/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-callers.h"

#define CALL_KEY "sc-api-call"

struct _ScApiCallers {
  grefcount references; /* one of each call: messages may outlive the API */
  GHashTable *counts;   /* (element-type utf8 guint): requests at once, by the caller's role and name */
  guint body_seconds, seconds;
};

typedef struct {
  ScApiCallers *callers;
  char *key; /* (nullable): not counted */
  GSocket *socket;
  guint timeout;
} Call;

static void
callers_unref (ScApiCallers *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_hash_table_unref (self->counts);
  g_free (self);
}

static void
count (ScApiCallers *self, const char *key, int step)
{
  guint n = (guint) ((int) GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, key)) + step);

  if (n == 0)
    g_hash_table_remove (self->counts, key);
  else
    g_hash_table_replace (self->counts, g_strdup (key), GUINT_TO_POINTER (n));
}

static void
call_free (gpointer data)
{
  Call *self = data;

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->key != NULL)
    count (self->callers, self->key, -1);
  g_free (self->key);
  g_clear_object (&self->socket);
  callers_unref (self->callers);
  g_free (self);
}

static gboolean
on_timeout (gpointer data)
{
  Call *self = data;

  self->timeout = 0;
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
set_timeout (Call *self, guint seconds)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->socket != NULL)
    self->timeout = g_timeout_add_seconds (seconds, on_timeout, self);
}

ScApiCallers *
sc_api_callers_new (void)
{
  ScApiCallers *self = g_new0 (ScApiCallers, 1);

  g_ref_count_init (&self->references);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sc_api_callers_set_limits (self, SC_API_CALLERS_BODY_SECONDS, SC_API_CALLERS_SECONDS);
  return self;
}

void
sc_api_callers_free (ScApiCallers *self)
{
  if (self != NULL)
    callers_unref (self);
}

void
sc_api_callers_set_limits (ScApiCallers *self, guint body_seconds, guint seconds)
{
  self->body_seconds = body_seconds;
  self->seconds = seconds;
}

gboolean
sc_api_callers_enter (ScApiCallers *self, ScApiRequest *request, GSocket *socket)
{
  const ScPrincipal *principal = &request->principal;
  guint max = principal->role == SC_ROLE_SEAT    ? SC_API_CALLERS_SEAT
              : principal->role == SC_ROLE_CACHE ? SC_API_CALLERS_CACHE
                                                 : SC_API_CALLERS_USER;
  g_autofree char *key = principal->role == SC_ROLE_NONE || sc_principal_is_local (principal)
                             ? NULL
                             : g_strdup_printf ("%s %s", sc_role_to_nick (principal->role), principal->name);
  Call *call;

  if (key != NULL && GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, key)) >= max)
    return FALSE;
  call = g_new0 (Call, 1);
  g_ref_count_inc (&self->references);
  call->callers = self;
  if (key != NULL)
    count (self, key, 1);
  call->key = g_steal_pointer (&key);
  call->socket = socket != NULL ? g_object_ref (socket) : NULL;
  set_timeout (call, self->body_seconds);
  g_object_set_data_full (G_OBJECT (request->message), CALL_KEY, call, call_free);
  return TRUE;
}

void
sc_api_callers_heard (ScApiCallers *self, ScApiRequest *request)
{
  Call *call = g_object_get_data (G_OBJECT (request->message), CALL_KEY);

  if (call != NULL)
    set_timeout (call, self->seconds);
}

void
sc_api_callers_leave (ScApiCallers *self, ScApiRequest *request)
{
  g_object_set_data (G_OBJECT (request->message), CALL_KEY, NULL);
}
