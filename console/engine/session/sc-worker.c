/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-worker.h"

#include "console/engine/session/sc-wakeup.h"

struct _ScWorker {
  GThread *thread;
  GCancellable *cancellable;
  ScWakeup *wakeup;
  ScWorkerFunc work;
  ScWorkerDoneFunc done;
  gpointer data;
};

static gpointer
worker_thread (gpointer data)
{
  ScWorker *self = data;

  self->work (self->data, self->cancellable);
  sc_wakeup_ring (self->wakeup);
  return NULL;
}

static void
worker_woken (gpointer data)
{
  ScWorker *self = data;

  self->done (self->data);
}

ScWorker *
sc_worker_new (const char *name, ScWorkerFunc work, ScWorkerDoneFunc done, gpointer data)
{
  ScWorker *self = g_new0 (ScWorker, 1);

  self->cancellable = g_cancellable_new ();
  self->work = work;
  self->done = done;
  self->data = data;
  self->wakeup = sc_wakeup_new (worker_woken, self);
  self->thread = g_thread_new (name, worker_thread, self);
  return self;
}

void
sc_worker_free (ScWorker *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  sc_wakeup_free (self->wakeup);
  g_object_unref (self->cancellable);
  g_free (self);
}
