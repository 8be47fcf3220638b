/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-intake.h"

struct _ScCastIntake {
  ScCastSource source;
  guint32 n_blocks;
  ScCastIntakeReady ready;
  gpointer data;
  GThread *thread;

  GMutex mutex;
  GCond cond; /* room, stop */
  gboolean stop;
  GBytes *blocks[SC_CAST_INTAKE_BLOCKS]; /* block b at b % SC_CAST_INTAKE_BLOCKS */
  guint32 n_read;
  guint32 n_taken;
  gboolean awaited; /* there was nothing to take */
  GError *error;
};

/* Whether the one who takes is to be told. */
static gboolean
take_awaited (ScCastIntake *self)
{
  gboolean awaited = self->awaited;

  self->awaited = FALSE;
  return awaited;
}

/* @bytes: (transfer full) (nullable): NULL with @error. Returns: FALSE when it is time to end */
static gboolean
put (ScCastIntake *self, GBytes *bytes, GError *error)
{
  gboolean awaited, stop;

  g_mutex_lock (&self->mutex);
  while (!self->stop && self->n_read - self->n_taken == SC_CAST_INTAKE_BLOCKS)
    g_cond_wait (&self->cond, &self->mutex);
  stop = self->stop;
  if (bytes != NULL && !stop)
    self->blocks[self->n_read++ % SC_CAST_INTAKE_BLOCKS] = g_steal_pointer (&bytes);
  self->error = error;
  awaited = take_awaited (self);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&bytes, g_bytes_unref);
  if (awaited)
    self->ready (self->data);
  return !stop && error == NULL;
}

static gpointer
read_thread (gpointer data)
{
  ScCastIntake *self = data;

  for (guint32 i = 0; i < self->n_blocks; i++) {
    GError *error = NULL;
    GBytes *bytes = self->source.read_block (self->source.object, i, &error);

    if (!put (self, bytes, error))
      break;
  }
  return NULL;
}

ScCastIntake *
sc_cast_intake_new (const ScCastSource *source, guint32 n_blocks, ScCastIntakeReady ready, gpointer data)
{
  ScCastIntake *self = g_new0 (ScCastIntake, 1);

  self->source = *source;
  self->n_blocks = n_blocks;
  self->ready = ready;
  self->data = data;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("cast-read", read_thread, self);
  return self;
}

void
sc_cast_intake_stop (ScCastIntake *self)
{
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_intake_free (ScCastIntake *self)
{
  if (self == NULL)
    return;
  sc_cast_intake_stop (self);
  g_thread_join (self->thread);
  for (; self->n_taken != self->n_read; self->n_taken++)
    g_bytes_unref (self->blocks[self->n_taken % SC_CAST_INTAKE_BLOCKS]);
  if (self->source.free_object != NULL)
    self->source.free_object (self->source.object);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

gboolean
sc_cast_intake_take (ScCastIntake *self, guint32 *number, GBytes **bytes, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->n_taken == self->n_read) {
    self->awaited = TRUE;
    if (self->error != NULL)
      g_propagate_error (error, g_steal_pointer (&self->error));
    return FALSE;
  }
  *number = self->n_taken;
  *bytes = self->blocks[self->n_taken++ % SC_CAST_INTAKE_BLOCKS];
  g_cond_signal (&self->cond);
  return TRUE;
}
