/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-core-private.h"

/* waking */

static gboolean
is_to_be_woken (const ScSessionSeat *seat)
{
  return seat->phase == PHASE_ABSENT && seat->row->state == SC_TRANSFER_WAITING;
}

void
sc_session_core_wake (ScSessionCore *self, gint64 now)
{
  g_autoptr (GPtrArray) seats = NULL;

  if (!self->session->wake || self->session->dry_run || self->stage != STAGE_ASKING ||
      (self->woke != 0 && now - self->woke < SC_SESSION_WAKE_INTERVAL))
    return;
  seats = g_ptr_array_new ();
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (!is_to_be_woken (seat) || (self->woke != 0 && !seat->woken))
      continue;
    seat->woken = TRUE;
    g_ptr_array_add (seats, seat->row->seat);
  }
  self->woke = now;
  if (seats->len == 0)
    return;
  g_ptr_array_add (seats, NULL);
  self->actions.wake (self->data, (const char *const *) seats->pdata);
}

/* letting go */

/* Returns: (transfer container): ScSessionSeat: those of @seats that it holds */
static GPtrArray *
find_held (ScSessionCore *self, const char *const *seats)
{
  GPtrArray *held = g_ptr_array_new ();

  for (; *seats != NULL; seats++) {
    ScSessionSeat *seat = g_hash_table_lookup (self->by_id, *seats);

    if (seat != NULL && seat->phase != PHASE_OVER && !seat->released) {
      seat->released = TRUE;
      g_ptr_array_add (held, seat);
    }
  }
  return held;
}

static void
let_go (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  sc_session_core_send_leave (self, seat, SC_LEAVE_SUSPENDED);
  sc_session_core_end_seat (self, seat, SC_TRANSFER_CANCELLED, SC_SESSION_RELEASED, now);
}

static void
suspend (ScSessionCore *self, GPtrArray *held, gint64 now)
{
  if (self->stage == STAGE_STREAMING)
    self->actions.stop_driver (self->data);
  sc_session_core_stop_prelude (self);
  for (guint i = 0; i < held->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (held, i);

    seat->number = NO_NUMBER;
    sc_session_core_send_leave (self, seat, SC_LEAVE_SUSPENDED);
    sc_session_core_set_phase (seat, PHASE_OVER, now);
    sc_session_core_set_row (self, seat, SC_TRANSFER_WAITING,
                             self->paused ? SC_SESSION_SUSPENDED_PAUSED : SC_SESSION_SUSPENDED);
  }
  self->session->suspended = TRUE;
  self->session->state = SC_SESSION_PAUSED;
  self->stage = STAGE_OVER;
  self->actions.changed (self->data, NULL);
}

void
sc_session_core_release (ScSessionCore *self, const char *const *seats, gint64 now)
{
  g_autoptr (GPtrArray) held = NULL;

  if (self->stage == STAGE_OVER)
    return;
  held = find_held (self, seats);
  if (held->len == 0)
    return;
  if (held->len == sc_session_core_count (self, PHASE_ABSENT, PHASE_ALONE)) {
    suspend (self, held, now);
    return;
  }
  for (guint i = 0; i < held->len; i++)
    let_go (self, g_ptr_array_index (held, i), now);
  sc_session_core_advance (self, now);
}
