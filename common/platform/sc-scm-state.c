/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-scm-state.h"

gboolean
sc_scm_state_is_pending (const ScScmState *self)
{
  return self->phase == SC_SCM_STARTING || self->phase == SC_SCM_STOPPING;
}

gboolean
sc_scm_state_step (ScScmState *self)
{
  if (!sc_scm_state_is_pending (self))
    return FALSE;
  self->ticks = 0;
  self->checkpoint++;
  return TRUE;
}

gboolean
sc_scm_state_tick (ScScmState *self)
{
  if (!sc_scm_state_is_pending (self) || self->ticks == SC_SCM_MAX_TICKS)
    return FALSE;
  self->ticks++;
  self->checkpoint++;
  return TRUE;
}

gboolean
sc_scm_state_running (ScScmState *self)
{
  if (self->phase != SC_SCM_STARTING)
    return FALSE;
  *self = (ScScmState){ .phase = SC_SCM_RUNNING };
  return TRUE;
}

gboolean
sc_scm_state_stopping (ScScmState *self)
{
  if (self->phase != SC_SCM_STARTING && self->phase != SC_SCM_RUNNING)
    return FALSE;
  *self = (ScScmState){ .phase = SC_SCM_STOPPING, .checkpoint = 1 };
  return TRUE;
}

gboolean
sc_scm_state_stopped (ScScmState *self, guint32 exit_code)
{
  if (self->phase == SC_SCM_STOPPED)
    return FALSE;
  *self = (ScScmState){ .phase = SC_SCM_STOPPED, .exit_code = exit_code };
  return TRUE;
}
