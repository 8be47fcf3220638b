/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-changes.h"

#include "console/client/sc-client.h"

#define MAX_REQUESTS 2u

struct _ScVersionChanges {
  GObject parent;
  ScConsole *console;
  GCancellable *cancellable;
  GHashTable *known; /* "id before:id" → ScVersionChange */
  GHashTable *asked; /* the same keys: on their way, or failed since the connection came */
  GPtrArray *wanted; /* ScVersionItem */
  guint n_requests;
};

G_DEFINE_FINAL_TYPE (ScVersionChanges, sc_version_changes, G_TYPE_OBJECT)

static guint signal_changed;

static void
sc_version_changes_dispose (GObject *object)
{
  ScVersionChanges *self = SC_VERSION_CHANGES (object);

  g_cancellable_cancel (self->cancellable);
  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (self->console, self);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_version_changes_parent_class)->dispose (object);
}

static void
sc_version_changes_finalize (GObject *object)
{
  ScVersionChanges *self = SC_VERSION_CHANGES (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->asked);
  g_ptr_array_unref (self->wanted);
  G_OBJECT_CLASS (sc_version_changes_parent_class)->finalize (object);
}

static void
sc_version_changes_class_init (ScVersionChangesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sc_version_changes_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_version_changes_finalize;
  signal_changed =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_version_changes_init (ScVersionChanges *self)
{
  self->cancellable = g_cancellable_new ();
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->wanted = g_ptr_array_new_with_free_func (g_object_unref);
}

/* (nullable): the newest one that is older; the list has the newest first */
static ScVersionItem *
find_before (ScVersionChanges *self, ScVersionItem *version)
{
  ScItemList *versions = sc_console_get_versions (self->console);
  guint64 number = sc_version_item_get_info (version)->number;
  guint n = sc_item_list_get_length (versions);

  for (guint i = 0; i < n; i++) {
    ScVersionItem *before = sc_item_list_at (versions, i);

    if (sc_version_item_get_info (before)->number < number)
      return before;
  }
  return NULL;
}

/* Ids, not numbers: another console has other versions of the same numbers. */
static char *
dup_key (ScVersionChanges *self, ScVersionItem *version)
{
  ScVersionItem *before = find_before (self, version);

  return g_strconcat (before != NULL ? sc_version_item_get_info (before)->id : "", ":",
                      sc_version_item_get_info (version)->id, NULL);
}

static void ask_next (ScVersionChanges *self);

typedef struct {
  ScVersionChanges *changes;
  char *key;
} Request;

static void
on_compared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (ScVersionChanges) self = request->changes;
  g_autofree char *key = request->key;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) diff = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  self->n_requests--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (diff != NULL) {
    ScVersionChange *change = g_new0 (ScVersionChange, 1);

    *change = sc_version_change_of (diff);
    g_hash_table_remove (self->asked, key);
    g_hash_table_insert (self->known, g_steal_pointer (&key), change);
    g_signal_emit (self, signal_changed, 0);
  } else
    g_info ("Two versions cannot be compared: %s", error->message);
  ask_next (self);
}

static void
ask (ScVersionChanges *self, ScVersionItem *version, const char *key)
{
  ScVersionItem *before = find_before (self, version);
  g_autofree char *path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT "/diff/%" G_GUINT64_FORMAT,
                                           before != NULL ? sc_version_item_get_info (before)->number : 0,
                                           sc_version_item_get_info (version)->number);
  Request *request = g_new0 (Request, 1);

  request->changes = g_object_ref (self);
  request->key = g_strdup (key);
  g_hash_table_add (self->asked, g_strdup (key));
  self->n_requests++;
  sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_compared, request);
}

static void
ask_next (ScVersionChanges *self)
{
  if (self->console == NULL || sc_console_get_state (self->console) != SC_CONSOLE_CONNECTED)
    return;
  for (guint i = 0; i < self->wanted->len && self->n_requests < MAX_REQUESTS; i++) {
    ScVersionItem *version = g_ptr_array_index (self->wanted, i);
    g_autofree char *key = dup_key (self, version);

    if (!g_hash_table_contains (self->known, key) && !g_hash_table_contains (self->asked, key))
      ask (self, version, key);
  }
}

/* What failed with the connection is asked for again. */
static void
on_state_changed (ScConsole *console, gpointer data)
{
  ScVersionChanges *self = data;

  if (self->n_requests == 0)
    g_hash_table_remove_all (self->asked);
  ask_next (self);
}

ScVersionChanges *
sc_version_changes_new (ScConsole *console)
{
  ScVersionChanges *self = g_object_new (SC_TYPE_VERSION_CHANGES, NULL);

  self->console = g_object_ref (console);
  g_signal_connect (console, "state-changed", G_CALLBACK (on_state_changed), self);
  return self;
}

const ScVersionChange *
sc_version_changes_get (ScVersionChanges *self, ScVersionItem *version)
{
  g_autofree char *key = dup_key (self, version);

  return g_hash_table_lookup (self->known, key);
}

void
sc_version_changes_want (ScVersionChanges *self, GPtrArray *versions)
{
  g_ptr_array_set_size (self->wanted, 0);
  for (guint i = 0; i < versions->len; i++)
    g_ptr_array_add (self->wanted, g_object_ref (g_ptr_array_index (versions, i)));
  ask_next (self);
}
