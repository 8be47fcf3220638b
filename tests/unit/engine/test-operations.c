/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/sc-operations.h"

/* A piece of work that waits until it is released or cancelled. */
typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean released;
  gboolean fail;
  int freed;
} Work;

static void
work_freed (gpointer data)
{
  g_atomic_int_inc (&((Work *) data)->freed);
}

static void
work_release (Work *work)
{
  g_mutex_lock (&work->mutex);
  work->released = TRUE;
  g_cond_signal (&work->cond);
  g_mutex_unlock (&work->mutex);
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  work_release (data);
}

static ScJson *
do_work (gpointer data, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), work, NULL);

  sc_progress_start (progress, "reading", 100);
  sc_progress_set_item (progress, "caf\xe9.vmdk"); /* a name on disk need not be UTF-8 */
  sc_progress_add (progress, 42);
  g_mutex_lock (&work->mutex);
  while (!work->released)
    g_cond_wait (&work->cond, &work->mutex);
  g_mutex_unlock (&work->mutex);
  g_cancellable_disconnect (cancellable, handler);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (work->fail) {
    g_set_error (error, SC_ERROR, SC_ERROR_NO_SPACE, "the store is full");
    return NULL;
  }
  return json_pack ("{s:i}", "version", 3);
}

static const char *
text_of (ScOperations *operations, guint64 id, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_operations_to_json (operations, id, &error);

  g_assert_no_error (error);
  return g_intern_string (json_string_value (json_object_get (json, key)));
}

static void
run_until_over (ScOperations *operations, guint64 id)
{
  while (g_str_equal (text_of (operations, id, "state"), "running"))
    g_main_context_iteration (NULL, TRUE);
}

static void
count_change (ScOperations *operations, guint64 id, gpointer count)
{
  (*(guint *) count)++;
}

static void
test_done (void)
{
  g_autoptr (ScOperations) operations = sc_operations_new ();
  g_autoptr (ScJson) json = NULL;
  Work work = { 0 };
  guint changes = 0;
  guint64 id = 0;

  g_signal_connect (operations, "operation-changed", G_CALLBACK (count_change), &changes);
  id = sc_operations_start (operations, "publish", do_work, &work, work_freed);
  while (changes < 2) /* begun, and the progress told of by the timer */
    g_main_context_iteration (NULL, TRUE);
  json = sc_operations_to_json (operations, id, NULL);
  g_assert_cmpstr (json_string_value (json_object_get (json, "state")), ==, "running");
  g_assert_cmpstr (json_string_value (json_object_get (json, "kind")), ==, "publish");
  g_assert_cmpstr (json_string_value (json_object_get (json, "phase")), ==, "reading");
  g_assert_cmpstr (json_string_value (json_object_get (json, "item")), ==, "caf\xef\xbf\xbd.vmdk");
  g_assert_cmpint (json_integer_value (json_object_get (json, "done_bytes")), ==, 42);
  g_assert_cmpint (json_integer_value (json_object_get (json, "total_bytes")), ==, 100);
  g_assert_true (json_is_null (json_object_get (json, "result")));
  g_assert_true (json_is_null (json_object_get (json, "error")));

  work_release (&work);
  run_until_over (operations, id);
  g_clear_pointer (&json, json_decref);
  json = sc_operations_to_json (operations, id, NULL);
  g_assert_cmpstr (json_string_value (json_object_get (json, "state")), ==, "done");
  g_assert_cmpint (json_integer_value (json_object_get (json_object_get (json, "result"), "version")), ==, 3);
  g_assert_true (json_is_null (json_object_get (json, "error")));
  g_assert_cmpuint (changes, >=, 3);
}

static void
test_failed (void)
{
  g_autoptr (ScOperations) operations = sc_operations_new ();
  g_autoptr (ScJson) json = NULL;
  g_autoptr (GError) error = NULL;
  Work work = { .released = TRUE, .fail = TRUE };
  guint64 id = sc_operations_start (operations, "publish", do_work, &work, work_freed);

  run_until_over (operations, id);
  json = sc_operations_to_json (operations, id, NULL);
  g_assert_cmpstr (json_string_value (json_object_get (json, "state")), ==, "failed");
  g_assert_true (json_is_null (json_object_get (json, "result")));
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (json, "error"), "code")), ==, "no-space");
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (json, "error"), "message")), ==,
                   "the store is full");

  g_assert_false (sc_operations_cancel (operations, id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_assert_false (sc_operations_cancel (operations, id + 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_cancel (void)
{
  g_autoptr (ScOperations) operations = sc_operations_new ();
  g_autoptr (GError) error = NULL;
  Work work = { 0 };
  guint64 id = sc_operations_start (operations, "verify", do_work, &work, work_freed);

  g_assert_true (sc_operations_cancel (operations, id, &error));
  g_assert_no_error (error);
  run_until_over (operations, id);
  g_assert_cmpstr (text_of (operations, id, "state"), ==, "cancelled");
}

static void
test_stop (void)
{
  ScOperations *operations = sc_operations_new ();
  Work works[3] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    sc_operations_start (operations, "gc", do_work, &works[i], work_freed);
  sc_operations_stop (operations);
  for (guint64 id = 1; id <= G_N_ELEMENTS (works); id++)
    g_assert_cmpstr (text_of (operations, id, "state"), ==, "cancelled");
  g_object_unref (operations);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    g_assert_cmpint (g_atomic_int_get (&works[i].freed), ==, 1);
}

static void
test_kept (void)
{
  g_autoptr (ScOperations) operations = sc_operations_new ();
  g_autoptr (ScJson) list = NULL;
  g_autoptr (GError) error = NULL;
  Work work = { .released = TRUE };
  guint64 last = 0;

  for (guint i = 0; i < 105; i++) {
    last = sc_operations_start (operations, "gc", do_work, &work, NULL);
    run_until_over (operations, last);
  }
  list = sc_operations_list_to_json (operations);
  g_assert_cmpuint (json_array_size (list), ==, 100);
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (list, 99), "id")), ==, (json_int_t) last);
  g_assert_null (sc_operations_to_json (operations, 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operations/done", test_done);
  g_test_add_func ("/operations/failed", test_failed);
  g_test_add_func ("/operations/cancel", test_cancel);
  g_test_add_func ("/operations/stop", test_stop);
  g_test_add_func ("/operations/kept", test_kept);
  return g_test_run ();
}
