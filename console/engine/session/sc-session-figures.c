/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of a session in numbers: from the cast's driver to the rows that are kept and shown. */
#include "console/engine/session/sc-session-private.h"

#include "console/engine/catalog/sc-demotion.h"
#include "console/engine/session/sc-session-estimate.h"

/* Once all is sent, the time that the seats take is none of the stream's. */
static void
update_rates (ScSession *self, const ScCastSenderStats *stats)
{
  ScSessionState state = sc_session_core_get_session (self->core)->state;
  gint64 now = sc_session_now ();
  gboolean idle;

  if (state == SC_SESSION_PROBING || state == SC_SESSION_SENDING || state == SC_SESSION_PAUSED)
    sc_session_rates_add (self->rates, now, stats->content_sent,
                          stats->parity_packets * sc_session_estimate_packet_size (self->layout.symbol_size));
  idle = sc_session_rates_is_idle (self->rates, now);
  if (idle != self->idle)
    self->dirty = TRUE; /* nothing else may change for long */
  self->idle = idle;
}

/* As of now: where a stream is taken up again its seats count from 0, and what they said before stays until they do. */
static void
update_seat (ScSession *self, guint index)
{
  ScCatalogSessionSeat *row = sc_session_core_get_seat (self->core, index, NULL);
  ScSessionFormer *former = &g_array_index (self->former, ScSessionFormer, index);
  ScCastSeatFigures figures;

  sc_cast_driver_get_seat_figures (self->driver, index, &figures);
  row->repairs = former->repairs + figures.repairs;
  row->charged = former->charged + figures.charged;
  row->waited = former->waited + figures.waited;
  row->backlog = row->state == SC_TRANSFER_RECEIVING ? figures.backlog : 0; /* the last report is no news for ever */
  if (figures.received + figures.lost > 0)
    row->dropped = figures.dropped;
  if (figures.state == SC_CAST_SEAT_ACTIVE || figures.state == SC_CAST_SEAT_REMOVED ||
      figures.demoted_at == former->demoted)
    return;
  former->demoted = figures.demoted_at;
  sc_demotions_add (&row->demotions, g_get_real_time () - (sc_session_now () - figures.demoted_at),
                    sc_cast_seat_state_to_nick (figures.state));
  sc_session_keeper_mark_seat (self->keeper, row);
  self->dirty = TRUE;
}

void
sc_session_note_removed (ScSession *self, const char *seat)
{
  for (guint i = 0; self->streaming && self->driver != NULL && i < sc_session_core_get_n_seats (self->core); i++) {
    ScCatalogSessionSeat *row = sc_session_core_get_seat (self->core, i, NULL);
    ScCastSeatFigures figures;

    if (!g_str_equal (row->seat, seat))
      continue;
    sc_cast_driver_get_seat_figures (self->driver, i, &figures);
    if (figures.state != SC_CAST_SEAT_ACTIVE)
      return;
    sc_demotions_add (&row->demotions, g_get_real_time (), sc_cast_seat_state_to_nick (SC_CAST_SEAT_REMOVED));
    sc_session_keeper_mark_seat (self->keeper, row);
    return;
  }
}

void
sc_session_update_figures (ScSession *self)
{
  ScCatalogSession *session = sc_session_core_get_session (self->core);
  ScCastSenderStats stats;

  if (self->driver == NULL)
    return;
  sc_cast_driver_get_stats (self->driver, &stats);
  update_rates (self, &stats);
  if (self->before.wire_bytes + stats.wire_bytes != session->wire_bytes)
    self->dirty = TRUE;
  session->wire_bytes = self->before.wire_bytes + stats.wire_bytes;
  session->source_packets = self->before.source_packets + stats.source_packets;
  session->parity_packets = self->before.parity_packets + stats.parity_packets;
  /* a seat's number is its index; one that has left the stream keeps its figure there */
  for (guint i = 0; i < sc_session_core_get_n_seats (self->core); i++)
    update_seat (self, i);
}

ScSessionView *
sc_session_view (ScSession *self)
{
  ScSessionView *view = g_new0 (ScSessionView, 1);
  ScCatalogSession *session = sc_session_core_get_session (self->core);

  sc_session_update_figures (self);
  view->session = sc_catalog_session_copy (session);
  view->seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_seat_free);
  for (guint i = 0; i < sc_session_core_get_n_seats (self->core); i++)
    g_ptr_array_add (view->seats, sc_catalog_session_seat_copy (sc_session_core_get_seat (self->core, i, NULL)));
  if (self->driver != NULL) {
    ScCastSenderStats stats;

    sc_cast_driver_get_stats (self->driver, &stats);
    /* what is not in the plan any more has been sent before the engine ended */
    view->content_sent = session->plan_bytes + session->content_bytes - self->layout.plan_length -
                         self->layout.content_length + stats.content_sent;
    view->window = stats.window;
    view->n_windows = stats.n_windows;
    if ((session->state == SC_SESSION_SENDING || session->state == SC_SESSION_PROBING) && !self->idle) {
      view->rate = stats.sent_rate;
      view->limit = sc_cast_rate_limit_to_nick (stats.limit);
    }
  }
  return view;
}

ScJson *
sc_session_get_rates (ScSession *self)
{
  sc_session_update_figures (self);
  return self->rates != NULL ? sc_session_rates_to_json (self->rates) : NULL;
}
