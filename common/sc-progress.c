/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-progress.h"

struct _ScProgress {
  gatomicrefcount references;
  GMutex mutex;
  ScProgressState state;
};

ScProgress *
sc_progress_new (void)
{
  ScProgress *self = g_new0 (ScProgress, 1);
  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->state.phase = g_strdup ("");
  self->state.item = g_strdup ("");
  return self;
}

ScProgress *
sc_progress_ref (ScProgress *self)
{
  if (self != NULL)
    g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sc_progress_unref (ScProgress *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  sc_progress_state_clear (&self->state);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
sc_progress_start (ScProgress *self, const char *phase, guint64 total)
{
  if (self == NULL)
    return;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  sc_progress_state_clear (&self->state);
  self->state.phase = g_strdup (phase);
  self->state.item = g_strdup ("");
  self->state.total = total;
}

void
sc_progress_set_item (ScProgress *self, const char *item)
{
  if (self == NULL)
    return;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_free (self->state.item);
  self->state.item = g_strdup (item);
}

void
sc_progress_add (ScProgress *self, guint64 bytes)
{
  if (self == NULL)
    return;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  self->state.done += bytes;
}

void
sc_progress_get (ScProgress *self, ScProgressState *state)
{
  if (self == NULL) {
    *state = (ScProgressState){ .phase = g_strdup (""), .item = g_strdup ("") };
    return;
  }
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  *state = self->state;
  state->phase = g_strdup (self->state.phase);
  state->item = g_strdup (self->state.item);
}

void
sc_progress_state_clear (ScProgressState *state)
{
  g_free (state->phase);
  g_free (state->item);
  *state = (ScProgressState){ 0 };
}
