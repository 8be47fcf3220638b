/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-operations.h"

#include "common/sc-error.h"
#include "console/engine/sc-json-text.h"

#define MAX_KEPT 100
#define PROGRESS_INTERVAL_MS 250

typedef enum {
  OPERATION_RUNNING,
  OPERATION_DONE,
  OPERATION_FAILED,
  OPERATION_CANCELLED,
} OperationState;

static const char *const state_nicks[] = { "running", "done", "failed", "cancelled" };

/* What the worker writes (result, error) the main thread reads only after it has joined the thread. */
typedef struct {
  ScOperations *owner; /* (unowned): NULL once the owner is gone */
  guint64 id;
  char *kind;
  OperationState state;
  ScOperationFunc func;
  ScOperationDoneFunc done_func; /* (nullable) */
  gpointer data;
  GDestroyNotify free_data;
  GThread *thread;
  ScProgress *progress;
  GCancellable *cancellable;
  GMainContext *context; /* (owned): where the end is told */
  ScJson *result;
  GError *error;
  guint64 shown_done; /* the progress that was last told */
  char *shown_phase;
  char *shown_item;
} Operation;

struct _ScOperations {
  GObject parent_instance;

  GPtrArray *operations; /* Operation (rc box), oldest first */
  guint64 last_id;
  guint progress_source;
};

G_DEFINE_FINAL_TYPE (ScOperations, sc_operations, G_TYPE_OBJECT)

static guint changed_signal;

static void
operation_clear (gpointer data)
{
  Operation *operation = data;

  g_free (operation->kind);
  if (operation->free_data != NULL)
    operation->free_data (operation->data);
  sc_progress_unref (operation->progress);
  g_object_unref (operation->cancellable);
  g_main_context_unref (operation->context);
  g_clear_pointer (&operation->result, json_decref);
  g_clear_error (&operation->error);
  g_free (operation->shown_phase);
  g_free (operation->shown_item);
}

static void
operation_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, operation_clear);
}

static void
sc_operations_dispose (GObject *object)
{
  ScOperations *self = SC_OPERATIONS (object);

  sc_operations_stop (self);
  for (guint i = 0; i < self->operations->len; i++)
    ((Operation *) g_ptr_array_index (self->operations, i))->owner = NULL;
  g_ptr_array_set_size (self->operations, 0);
  G_OBJECT_CLASS (sc_operations_parent_class)->dispose (object);
}

static void
sc_operations_finalize (GObject *object)
{
  g_ptr_array_unref (SC_OPERATIONS (object)->operations);
  G_OBJECT_CLASS (sc_operations_parent_class)->finalize (object);
}

static void
sc_operations_class_init (ScOperationsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sc_operations_dispose;
  G_OBJECT_CLASS (klass)->finalize = sc_operations_finalize;
  changed_signal = g_signal_new ("operation-changed", SC_TYPE_OPERATIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
sc_operations_init (ScOperations *self)
{
  self->operations = g_ptr_array_new_with_free_func (operation_unref);
}

ScOperations *
sc_operations_new (void)
{
  return g_object_new (SC_TYPE_OPERATIONS, NULL);
}

static void
drop_oldest (ScOperations *self)
{
  for (guint i = 0; i < self->operations->len && self->operations->len > MAX_KEPT;) {
    Operation *operation = g_ptr_array_index (self->operations, i);

    if (operation->state == OPERATION_RUNNING)
      i++;
    else
      g_ptr_array_remove_index (self->operations, i);
  }
}

/* Takes over what the thread left. Does nothing when that has happened already. */
static void
operation_end (Operation *operation)
{
  ScOperations *self = operation->owner;

  if (operation->thread == NULL)
    return;
  g_thread_join (g_steal_pointer (&operation->thread));
  if (operation->error == NULL)
    operation->state = OPERATION_DONE;
  else if (g_error_matches (operation->error, SC_ERROR, SC_ERROR_CANCELLED) ||
           g_error_matches (operation->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    operation->state = OPERATION_CANCELLED;
  else
    operation->state = OPERATION_FAILED;
  if (operation->state == OPERATION_DONE && operation->done_func != NULL)
    operation->done_func (operation->data);
  g_signal_emit (self, changed_signal, 0, operation->id);
}

static gboolean
on_thread_ended (gpointer data)
{
  Operation *operation = data;

  if (operation->owner != NULL)
    operation_end (operation);
  return G_SOURCE_REMOVE;
}

static gpointer
run_operation (gpointer data)
{
  Operation *operation = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  operation->result = operation->func (operation->data, operation->progress, operation->cancellable, &operation->error);
  if (operation->result == NULL && operation->error == NULL)
    g_set_error (&operation->error, SC_ERROR, SC_ERROR_SYSTEM, "%s ended without a result", operation->kind);

  g_source_set_priority (source, G_PRIORITY_DEFAULT); /* busy clients must not starve it */
  g_source_set_callback (source, on_thread_ended, operation, operation_unref);
  g_source_attach (source, operation->context);
  return NULL;
}

static gboolean
on_progress_due (gpointer data)
{
  ScOperations *self = data;
  gboolean running = FALSE;
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < self->operations->len; i++) {
    Operation *operation = g_ptr_array_index (self->operations, i);
    g_auto (ScProgressState) progress = { 0 };

    if (operation->state != OPERATION_RUNNING)
      continue;
    running = TRUE;
    sc_progress_get (operation->progress, &progress);
    if (progress.done == operation->shown_done && g_strcmp0 (progress.phase, operation->shown_phase) == 0 &&
        g_strcmp0 (progress.item, operation->shown_item) == 0)
      continue;
    operation->shown_done = progress.done;
    g_free (operation->shown_phase);
    operation->shown_phase = g_steal_pointer (&progress.phase);
    g_free (operation->shown_item);
    operation->shown_item = g_steal_pointer (&progress.item);
    g_array_append_val (changed, operation->id);
  }
  if (!running)
    self->progress_source = 0;
  for (guint i = 0; i < changed->len; i++)
    g_signal_emit (self, changed_signal, 0, g_array_index (changed, guint64, i));
  return running ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

guint64
sc_operations_start (ScOperations *self, const char *kind, ScOperationFunc func, gpointer data,
                     GDestroyNotify free_data)
{
  Operation *operation = g_atomic_rc_box_new0 (Operation);

  operation->owner = self;
  operation->id = ++self->last_id;
  operation->kind = g_strdup (kind);
  operation->func = func;
  operation->data = data;
  operation->free_data = free_data;
  operation->progress = sc_progress_new ();
  operation->cancellable = g_cancellable_new ();
  operation->context = g_main_context_ref_thread_default ();
  g_ptr_array_add (self->operations, operation);
  drop_oldest (self);
  if (self->progress_source == 0)
    self->progress_source = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress_due, self);

  operation->thread = g_thread_new (kind, run_operation, g_atomic_rc_box_acquire (operation));
  g_signal_emit (self, changed_signal, 0, operation->id);
  return operation->id;
}

static Operation *
find_operation (ScOperations *self, guint64 id, GError **error)
{
  for (guint i = 0; i < self->operations->len; i++) {
    Operation *operation = g_ptr_array_index (self->operations, i);

    if (operation->id == id)
      return operation;
  }
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "there is no operation %" G_GUINT64_FORMAT ": the engine keeps the last %d since it was started", id,
               MAX_KEPT);
  return NULL;
}

void
sc_operations_set_done_func (ScOperations *self, guint64 id, ScOperationDoneFunc func)
{
  Operation *operation = find_operation (self, id, NULL);

  if (operation != NULL)
    operation->done_func = func;
}

gboolean
sc_operations_cancel (ScOperations *self, guint64 id, GError **error)
{
  Operation *operation = find_operation (self, id, error);

  if (operation == NULL)
    return FALSE;
  if (operation->state != OPERATION_RUNNING) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "operation %" G_GUINT64_FORMAT " (%s) has ended already: it is %s",
                 id, operation->kind, state_nicks[operation->state]);
    return FALSE;
  }
  g_cancellable_cancel (operation->cancellable);
  return TRUE;
}

static ScJson *
operation_to_json (Operation *operation)
{
  g_auto (ScProgressState) progress = { 0 };
  ScJson *json = json_object ();
  gboolean running = operation->state == OPERATION_RUNNING;

  sc_progress_get (operation->progress, &progress);
  json_object_set_new (json, "id", json_integer ((json_int_t) operation->id));
  json_object_set_new (json, "kind", json_string (operation->kind));
  json_object_set_new (json, "state", json_string (state_nicks[operation->state]));
  json_object_set_new (json, "phase", sc_json_text (progress.phase));
  json_object_set_new (json, "item", sc_json_text (progress.item));
  json_object_set_new (json, "done_bytes", json_integer ((json_int_t) progress.done));
  json_object_set_new (json, "total_bytes", json_integer ((json_int_t) progress.total));
  if (running || operation->result == NULL)
    json_object_set_new (json, "result", json_null ());
  else
    json_object_set (json, "result", operation->result);
  if (running || operation->error == NULL)
    json_object_set_new (json, "error", json_null ());
  else
    json_object_set_new (json, "error",
                         json_pack ("{s:s, s:o}", "code", sc_error_nick_of (operation->error), "message",
                                    sc_json_text (operation->error->message)));
  return json;
}

ScJson *
sc_operations_to_json (ScOperations *self, guint64 id, GError **error)
{
  Operation *operation = find_operation (self, id, error);

  return operation != NULL ? operation_to_json (operation) : NULL;
}

ScJson *
sc_operations_list_to_json (ScOperations *self)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < self->operations->len; i++)
    json_array_append_new (list, operation_to_json (g_ptr_array_index (self->operations, i)));
  return list;
}

void
sc_operations_stop (ScOperations *self)
{
  g_clear_handle_id (&self->progress_source, g_source_remove);
  for (guint i = 0; i < self->operations->len; i++) {
    Operation *operation = g_ptr_array_index (self->operations, i);

    if (operation->state == OPERATION_RUNNING)
      g_cancellable_cancel (operation->cancellable);
  }
  for (guint i = 0; i < self->operations->len; i++)
    operation_end (g_ptr_array_index (self->operations, i));
}
