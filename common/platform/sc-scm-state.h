/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a service tells Windows' service control manager, as a state machine without a clock and without Windows
 * ("Service State Transitions" in Microsoft's documentation):
 *
 *   STARTING → RUNNING → STOPPING → STOPPED
 *
 * and from any of them to STOPPED, which is the end. While it starts and stops, a rising checkpoint says that it has
 * not hung. It rises by the program's own steps, and by ticks of a timer in between, of which so many count and no
 * more: a program that hangs is not to be taken for one that works. No locking.
 */
typedef enum {
  SC_SCM_STARTING,
  SC_SCM_RUNNING,
  SC_SCM_STOPPING,
  SC_SCM_STOPPED,
} ScScmPhase;

#define SC_SCM_WAIT_HINT 30000u /* ms that the SCM is told to wait for the next checkpoint */
#define SC_SCM_TICK 5000u       /* ms between ticks while it starts and stops */
#define SC_SCM_MAX_TICKS 120u   /* without a step of the program in between: 10 minutes */

typedef struct {
  ScScmPhase phase;
  guint32 checkpoint; /* 1, 2, … while it starts and stops, else 0 */
  guint ticks;        /* since the last step */
  guint32 exit_code;  /* service-specific, of STOPPED; 0: it ended as it was told to */
} ScScmState;

#define SC_SCM_STATE_INIT                                                                                              \
  {                                                                                                                    \
    SC_SCM_STARTING, 1, 0, 0                                                                                           \
  }

/* Each returns whether there is something new to tell the SCM; what is not possible in the phase changes nothing. */
gboolean sc_scm_state_step (ScScmState *self);
gboolean sc_scm_state_tick (ScScmState *self);
gboolean sc_scm_state_running (ScScmState *self);
gboolean sc_scm_state_stopping (ScScmState *self);
gboolean sc_scm_state_stopped (ScScmState *self, guint32 exit_code);
/* It starts or stops: ticks are due. */
gboolean sc_scm_state_is_pending (const ScScmState *self);

G_END_DECLS
