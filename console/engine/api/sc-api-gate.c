/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-gate.h"

#include "console/engine/api/sc-api-gate-input.h"

struct _ScApiGate {
  GIOStream parent_instance;

  GIOStream *base;
  GInputStream *input;
};

G_DEFINE_TYPE (ScApiGate, sc_api_gate, G_TYPE_IO_STREAM)

static GInputStream *
sc_api_gate_get_input_stream (GIOStream *stream)
{
  return SC_API_GATE (stream)->input;
}

static GOutputStream *
sc_api_gate_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (SC_API_GATE (stream)->base);
}

static gboolean
sc_api_gate_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_io_stream_close (SC_API_GATE (stream)->base, cancellable, error);
}

static void
on_base_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (g_io_stream_close_finish (G_IO_STREAM (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
sc_api_gate_close_async (GIOStream *stream, int priority, GCancellable *cancellable, GAsyncReadyCallback done,
                         gpointer data)
{
  GTask *task = g_task_new (stream, cancellable, done, data);

  g_task_set_priority (task, priority);
  g_io_stream_close_async (SC_API_GATE (stream)->base, priority, cancellable, on_base_closed, task);
}

static gboolean
sc_api_gate_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sc_api_gate_finalize (GObject *object)
{
  ScApiGate *self = SC_API_GATE (object);

  g_object_unref (self->input);
  g_object_unref (self->base);
  G_OBJECT_CLASS (sc_api_gate_parent_class)->finalize (object);
}

static void
sc_api_gate_class_init (ScApiGateClass *class)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_api_gate_finalize;
  stream_class->get_input_stream = sc_api_gate_get_input_stream;
  stream_class->get_output_stream = sc_api_gate_get_output_stream;
  stream_class->close_fn = sc_api_gate_close;
  stream_class->close_async = sc_api_gate_close_async;
  stream_class->close_finish = sc_api_gate_close_finish;
}

static void
sc_api_gate_init (ScApiGate *self)
{
}

ScApiGate *
sc_api_gate_new (GIOStream *base, GSocket *socket)
{
  ScApiGate *self = g_object_new (SC_TYPE_API_GATE, NULL);

  self->base = g_object_ref (base);
  self->input = sc_api_gate_input_new (g_io_stream_get_input_stream (base), socket);
  return self;
}
