/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/session/sc-session-private.h"

void
sc_session_note_lacks (gpointer session, const ScCatalogSessionSeat *seat, GBytes *lacks)
{
  ScSession *self = session;
  g_autoptr (ScCatalogSeat) row =
      sc_catalog_find_seat (self->parts.catalog, seat->seat, NULL); /* else nothing is known */

  if (self->work.holders == NULL)
    self->work.holders = sc_session_holders_new (sc_chunk_index_size (self->work.chunks));
  sc_session_holders_add (self->work.holders, row != NULL ? row->inventory : NULL,
                          seat->needs->ways[SC_WAY_FORWARD].files > 0, lacks);
}

static ScSessionPlan *
make_plan (const ScSessionWork *work, GCancellable *cancellable, GError **error)
{
  if (work->holders == NULL)
    return sc_session_plan_new (work->store, work->chunks, work->wanted, cancellable, error);
  return sc_session_plan_new_with_deltas (work->store, work->version, work->chunks, work->wanted, work->holders, NULL,
                                          cancellable, error);
}

void
sc_session_work_plan (ScSessionWork *work, GCancellable *cancellable)
{
  work->plan = make_plan (work, cancellable, &work->error);
  if (work->plan == NULL && g_error_matches (work->error, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    /* a collection of garbage may just be moving them */
    g_clear_error (&work->error);
    work->plan = make_plan (work, cancellable, &work->error);
  }
  if (work->plan != NULL && sc_session_plan_get_n_deltas (work->plan) > 0)
    g_info ("%u of %u frames are sent as deltas: %" G_GUINT64_FORMAT " bytes saved",
            sc_session_plan_get_n_deltas (work->plan), sc_session_plan_get_n_frames (work->plan),
            sc_session_plan_get_delta_saved (work->plan));
}
