/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-failures.h"

#define INTERVAL_SECONDS 60

typedef struct {
  ScApiFailures *owner; /* (unowned) */
  char *key;
  char *action, *who, *role, *address, *detail;
  char *why;   /* of the last */
  guint again; /* since the first */
  guint timeout;
} Failure;

struct _ScApiFailures {
  ScActivity *activity;
  GHashTable *failures; /* key → Failure */
};

static void
failure_free (gpointer data)
{
  Failure *failure = data;

  g_clear_handle_id (&failure->timeout, g_source_remove);
  g_free (failure->key);
  g_free (failure->action);
  g_free (failure->who);
  g_free (failure->role);
  g_free (failure->address);
  g_free (failure->detail);
  g_free (failure->why);
  g_free (failure);
}

ScApiFailures *
sc_api_failures_new (ScActivity *activity)
{
  ScApiFailures *self = g_new0 (ScApiFailures, 1);

  self->activity = activity;
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, failure_free);
  return self;
}

void
sc_api_failures_free (ScApiFailures *self)
{
  if (self == NULL)
    return;
  sc_api_failures_flush (self);
  g_hash_table_unref (self->failures);
  g_free (self);
}

static void
record (ScApiFailures *self, const Failure *failure)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new (failure->action);
  g_autofree char *more = failure->again > 0 ? g_strdup_printf ("%s (%u more)", failure->why, failure->again) : NULL;

  sc_activity_entry_set_text (&entry->who, failure->who);
  sc_activity_entry_set_text (&entry->role, failure->role);
  sc_activity_entry_set_text (&entry->address, failure->address);
  sc_activity_entry_set_text (&entry->detail, failure->detail);
  sc_activity_entry_set_text (&entry->error, more != NULL ? more : failure->why);
  sc_activity_record (self->activity, entry);
}

static gboolean
on_minute_over (gpointer data)
{
  Failure *failure = data;
  ScApiFailures *self = failure->owner;

  failure->timeout = 0;
  if (failure->again > 0)
    record (self, failure);
  g_hash_table_remove (self->failures, failure->key);
  return G_SOURCE_REMOVE;
}

static Failure *
failure_new (ScApiFailures *self, const char *key, const char *action)
{
  Failure *failure = g_new0 (Failure, 1);

  failure->owner = self;
  failure->key = g_strdup (key);
  failure->action = g_strdup (action);
  failure->timeout = g_timeout_add_seconds (INTERVAL_SECONDS, on_minute_over, failure);
  g_hash_table_insert (self->failures, failure->key, failure);
  return failure;
}

void
sc_api_failures_note (ScApiFailures *self, const char *action, const ScPrincipal *who, const char *address,
                      const char *detail, const char *why)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s\n%s\n%s", action, who->name != NULL ? who->name : "", address,
                                          detail != NULL ? detail : "");
  Failure *failure = g_hash_table_lookup (self->failures, key);
  gboolean is_other = failure == NULL && g_hash_table_size (self->failures) >= SC_API_FAILURES_MAX;

  if (is_other)
    failure = g_hash_table_lookup (self->failures, action);
  if (failure != NULL) {
    failure->again++;
    sc_activity_entry_set_text (&failure->why, why);
    return;
  }
  failure = failure_new (self, is_other ? action : key, action);
  failure->why = g_strdup (why);
  if (!is_other) {
    failure->who = g_strdup (who->name);
    failure->role = g_strdup (who->name != NULL ? sc_role_to_nick (who->role) : NULL);
    failure->address = g_strdup (address);
    failure->detail = g_strdup (detail);
  }
  record (self, failure);
}

void
sc_api_failures_flush (ScApiFailures *self)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->failures);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Failure *failure = value;

    if (failure->again > 0)
      record (self, failure);
    g_hash_table_iter_remove (&iter);
  }
}
