/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-sender-private.h"

#define FRAMING_SIZE 42u /* bytes: Ethernet 14 + IPv4 20 + UDP 8 */
#define PROBE_INTERVAL 100000
#define PROBE_GRACE 1000000 /* µs: who comes later than this before the probe's end is not judged by it */
#define MARK_INTERVAL_MAX 500000
#define SILENT_MARKS 6u /* the sender's own slowness must not be taken for a seat's silence */
#define END_INTERVAL 50000
#define END_COUNT 5u
#define POLL_FIRST 25000
#define POLL_INTERVAL 50000
#define POLL_SEAT_TIME 500 /* the more seats there are, the more reports each poll costs */
#define POLL_INTERVAL_MAX 500000

ScCastSender *
sc_cast_sender_new (const ScCastLayout *layout, const ScCastKey *key, guint64 rate_cap_bits, gint64 now)
{
  ScCastSender *self = g_new0 (ScCastSender, 1);

  self->layout = *layout;
  self->n_blocks = sc_cast_layout_n_blocks (layout);
  self->n_windows = sc_cast_layout_n_windows (layout);
  sc_cast_seats_init (&self->seats, layout, now);
  self->sealer = sc_cast_sealer_new (key);
  self->code = sc_cast_code_new (layout->symbol_size);
  sc_cast_pacer_init (&self->pacer, rate_cap_bits, now);
  self->windows = g_new0 (ScCastSendWindow, SC_CAST_MAX_WINDOWS);
  self->noted_at = now;
  self->probe_at = now;
  self->probe_end = now + SC_CAST_PROBE_TIME;
  return self;
}

void
sc_cast_sender_free (ScCastSender *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < SC_CAST_MAX_WINDOWS; i++)
    sc_cast_send_window_clear (&self->windows[i]);
  g_free (self->windows);
  sc_cast_seats_clear (&self->seats);
  sc_cast_sealer_free (self->sealer);
  sc_cast_code_free (self->code);
  g_free (self);
}

/* ---- rounds ---- */

static void
await_round (ScCastSender *self, ScCastSendWindow *window, gint64 now)
{
  sc_cast_seats_start_round (&self->seats, window->window);
  window->phase = SC_CAST_WINDOW_AWAIT;
  window->n_awaited = sc_cast_seats_count_awaited (&self->seats, window->window);
  sc_cast_send_window_wait (window, now);
}

/* Every awaited seat has reported: what the worst off lacks of each block repairs all. */
static void
close_round (ScCastSender *self, ScCastSendWindow *window, gint64 now)
{
  guint8 deficits[SC_CAST_WINDOW_BLOCKS];

  if (!sc_cast_seats_close_round (&self->seats, window->window, window->n_blocks, self->stats.source_packets, deficits,
                                  now)) {
    window->phase = SC_CAST_WINDOW_DONE;
    return;
  }
  window->round++;
  window->n_repairs++;
  window->phase = SC_CAST_WINDOW_REPAIR;
  sc_cast_send_window_ask (window, deficits);
}

static void
close_rounds (ScCastSender *self, gint64 now)
{
  for (guint32 w = self->base; w < end_window (self); w++) {
    ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_AWAIT);

    if (window != NULL && window->n_awaited == 0)
      close_round (self, window, now);
  }
}

static void
count_awaited (ScCastSender *self)
{
  for (guint32 w = self->base; w < end_window (self); w++) {
    ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_AWAIT);

    if (window != NULL)
      window->n_awaited = sc_cast_seats_count_awaited (&self->seats, w);
  }
}

/* Closes what can be closed. A seat dropped for one window is not awaited in the others either. */
static void
settle (ScCastSender *self, gint64 now)
{
  do {
    if (self->seats.dropped)
      count_awaited (self);
    self->seats.dropped = FALSE;
    close_rounds (self, now);
  } while (self->seats.dropped);
  while (self->base < self->source_window && window_at (self, self->base)->phase == SC_CAST_WINDOW_DONE) {
    sc_cast_send_window_clear (window_at (self, self->base));
    self->base++;
  }
}

/* ---- what the seats say ---- */

/* Coming back must not renew what it may cost the others. */
static gboolean
is_past_return (ScCastSeatState state)
{
  return state == SC_CAST_SEAT_OVER_BUDGET || state == SC_CAST_SEAT_TOO_SLOW || state == SC_CAST_SEAT_STRAINED;
}

guint32
sc_cast_sender_add_seat (ScCastSender *self, guint32 id, gint64 now)
{
  const ScCastSeat *seat = sc_cast_seats_find (&self->seats, id);
  guint32 first_window;

  if (seat != NULL && seat->figures.state == SC_CAST_SEAT_ACTIVE)
    return seat->first_window;
  if (seat != NULL && is_past_return (seat->figures.state))
    return self->n_windows;
  if (self->state == SC_CAST_SENDER_PROBING)
    first_window = 0;
  else if (self->ending)
    first_window = self->n_windows;
  else /* the window that is being sent would be missed in part while the order travels */
    first_window = MIN (self->source_window + 1, self->n_windows);
  sc_cast_seats_activate (&self->seats, id, first_window)->heard |= self->probe_end - now < PROBE_GRACE;
  return first_window;
}

void
sc_cast_sender_remove_seat (ScCastSender *self, guint32 id, gint64 now)
{
  ScCastSeat *seat = sc_cast_seats_find (&self->seats, id);

  if (seat == NULL)
    return;
  sc_cast_sender_note_time (self, now);
  sc_cast_seats_drop (&self->seats, seat, SC_CAST_SEAT_REMOVED, now);
  settle (self, now);
}

ScCastSeatState
sc_cast_sender_get_seat_state (ScCastSender *self, guint32 id)
{
  const ScCastSeat *seat = sc_cast_seats_find (&self->seats, id);

  return seat != NULL ? seat->figures.state : SC_CAST_SEAT_REMOVED;
}

void
sc_cast_sender_heard (ScCastSender *self, guint32 id, gint64 now)
{
  ScCastSeat *seat = sc_cast_seats_find (&self->seats, id);

  if (seat != NULL)
    seat->heard = TRUE;
}

/* Whether a report is possible at all: it comes from outside. @total: (out): of its deficits */
static gboolean
check_report (ScCastSender *self, const ScCastReport *report, guint32 *total)
{
  const ScCastSendWindow *window;

  if (report->window < self->base || report->window >= end_window (self))
    return FALSE;
  window = find_window (self, report->window);
  if (window == NULL || window->phase == SC_CAST_WINDOW_FILLING || report->n_blocks != window->n_blocks)
    return FALSE;
  *total = 0;
  for (guint b = 0; b < window->n_blocks; b++) {
    if (report->deficits[b] > window->blocks[b].n_source)
      return FALSE;
    *total += report->deficits[b];
  }
  return TRUE;
}

/* When the seats were first asked for what the report answers; 0: it is an old one. */
static gint64
find_marked (ScCastSender *self, const ScCastReport *report)
{
  for (guint i = 0; i < SC_CAST_MARKS; i++) {
    const ScCastMark *mark = &self->marks[i];

    if (mark->at != 0 && mark->window == report->window && mark->round == report->round)
      return mark->at;
  }
  return 0;
}

void
sc_cast_sender_report (ScCastSender *self, guint32 id, const ScCastReport *report, gint64 now)
{
  ScCastSeat *seat = sc_cast_seats_find (&self->seats, id);
  ScCastSendWindow *window;
  guint32 total;

  sc_cast_sender_note_time (self, now);
  if (seat == NULL || seat->figures.state != SC_CAST_SEAT_ACTIVE)
    return;
  seat->heard = TRUE;
  sc_cast_seats_note_figures (&self->seats, seat, report, find_marked (self, report), &self->pacer, now);
  if (sc_cast_seat_takes_part (seat, report->window) && check_report (self, report, &total)) {
    window = window_at (self, report->window);
    /* a complete window stays complete: such a report is right in any round */
    if (total == 0 || (window->phase == SC_CAST_WINDOW_AWAIT && report->round == window->round)) {
      if (window->phase == SC_CAST_WINDOW_AWAIT && sc_cast_seat_is_awaited (seat, report->window))
        window->n_awaited--;
      sc_cast_seat_take_report (seat, report, total);
    }
  }
  settle (self, now);
}

/* ---- blocks ---- */

gboolean
sc_cast_sender_wants_block (ScCastSender *self, guint32 *block)
{
  if (self->ending || self->next_block >= self->n_blocks)
    return FALSE;
  if (sc_cast_layout_block_window (&self->layout, self->next_block) >= self->base + SC_CAST_MAX_WINDOWS)
    return FALSE;
  *block = self->next_block;
  return TRUE;
}

void
sc_cast_sender_supply_block (ScCastSender *self, guint32 block, GBytes *bytes)
{
  guint32 wanted, index = sc_cast_layout_block_window (&self->layout, block);
  ScCastSendWindow *window = window_at (self, index);

  if (self->ending) /* asked for before the last seat went */
    return;
  g_return_if_fail (sc_cast_sender_wants_block (self, &wanted) && wanted == block);
  g_return_if_fail (g_bytes_get_size (bytes) == sc_cast_layout_block_bytes (&self->layout, block));

  if (find_window (self, index) == NULL)
    sc_cast_send_window_init (window, &self->layout, index);
  sc_cast_send_window_supply (window, &self->layout, block, bytes);
  self->next_block++;
}

/* The window whose source symbols can be sent now, or %NULL. */
static ScCastSendWindow *
source_ready (ScCastSender *self)
{
  ScCastSendWindow *window = find_window (self, self->source_window);

  return window != NULL && window->n_supplied == window->n_blocks ? window : NULL;
}

/* ---- sending ---- */

static gsize
wire_size (gsize payload)
{
  return FRAMING_SIZE + SC_CAST_HEADER_SIZE + payload + SC_CAST_TAG_SIZE;
}

static gsize
emit (ScCastSender *self, ScCastPacketType type, guint8 symbol, guint32 block, const guint8 *payload, gsize length,
      guint8 *out)
{
  ScCastHeader header = { .type = type, .symbol = symbol, .block = block, .counter = self->counter };

  if (self->counter == G_MAXUINT32) {
    self->state = SC_CAST_SENDER_EXHAUSTED;
    return 0;
  }
  self->counter++;
  sc_cast_pacer_take (&self->pacer, wire_size (length));
  self->stats.wire_bytes += wire_size (length);
  self->stats.other_packets += type != SC_CAST_PACKET_SYMBOL;
  return sc_cast_sealer_seal (self->sealer, &header, payload, length, out);
}

static gsize
emit_number (ScCastSender *self, ScCastPacketType type, guint32 block, guint32 number, guint8 *out)
{
  guint8 payload[4] = { (guint8) (number >> 24), (guint8) (number >> 16), (guint8) (number >> 8), (guint8) number };

  return emit (self, type, 0, block, payload, sizeof payload, out);
}

/* A report is on its way that says how the seats follow. The next one is due sooner where that is not known: it costs
 * the console's time, not the network's. */
static void
note_marked (ScCastSender *self, const ScCastSendWindow *window, gint64 now)
{
  self->marks[self->n_marks++ % SC_CAST_MARKS] = (ScCastMark){ window->window, window->round, now };
  self->marked_at = now;
  if (self->pacer.verified && !self->pacer.trying)
    self->poll_at = now + POLL_INTERVAL_MAX;
  else
    self->poll_at = now + MIN (MAX (POLL_INTERVAL, self->seats.n_active * POLL_SEAT_TIME), POLL_INTERVAL_MAX);
}

/* Ends a round early while the window is still being sent, only to hear how the seats follow. */
static gsize
send_poll (ScCastSender *self, gint64 now, guint8 *out)
{
  ScCastSendWindow *window = find_window_in (self, self->source_window, SC_CAST_WINDOW_SOURCE);

  if (window == NULL || (now < self->poll_at && self->marked_at >= self->pacer.changed))
    return 0;
  note_marked (self, window, now);
  return emit_number (self, SC_CAST_PACKET_MARK, window->window, window->round++, out);
}

static gsize
send_mark (ScCastSender *self, gint64 now, guint8 *out)
{
  for (guint32 w = self->base; w < end_window (self); w++) {
    ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_AWAIT);

    if (window == NULL || now < window->mark_at)
      continue;
    window->mark_at = now + window->mark_interval;
    window->mark_interval = MIN (window->mark_interval * 2, MARK_INTERVAL_MAX);
    if (window->n_marks++ == 0)
      note_marked (self, window, now);
    return emit_number (self, SC_CAST_PACKET_MARK, w, window->round, out);
  }
  return 0;
}

static gsize
send_repair (ScCastSender *self, gint64 now, guint8 *out)
{
  ScCastSendWindow *window = repair_ready (self);
  const guint8 *payload;
  guint32 block;
  guint8 symbol;

  if (window == NULL)
    return 0;
  payload = sc_cast_send_window_next_repair (window, &self->layout, self->code, &block, &symbol);
  if (window->n_pending == 0)
    await_round (self, window, now);
  self->stats.parity_packets++;
  return emit (self, SC_CAST_PACKET_SYMBOL, symbol, block, payload, self->layout.symbol_size, out);
}

static gsize
send_source (ScCastSender *self, gint64 now, guint8 *out)
{
  ScCastSendWindow *window = source_ready (self);
  const guint8 *payload;
  guint32 block, n_bytes;
  guint8 symbol;

  if (window == NULL)
    return 0;
  if (window->phase == SC_CAST_WINDOW_FILLING) {
    sc_cast_seats_start_window (&self->seats, window->window);
    window->phase = SC_CAST_WINDOW_SOURCE;
  }
  payload = sc_cast_send_window_next_source (window, &self->layout, &block, &symbol, &n_bytes);
  if (window->n_source_left == 0) {
    await_round (self, window, now);
    self->source_window++;
  }
  self->stats.source_packets++;
  self->stats.content_sent += n_bytes;
  return emit (self, SC_CAST_PACKET_SYMBOL, symbol, block, payload, self->layout.symbol_size, out);
}

/* ---- time ---- */

/* What happens by the passing of time alone. */
static void
advance (ScCastSender *self, gint64 now)
{
  sc_cast_pacer_advance (&self->pacer, now);
  sc_cast_sender_note_time (self, now);
  if (self->paused || self->state == SC_CAST_SENDER_FINISHED || self->state == SC_CAST_SENDER_EXHAUSTED)
    return;
  if (self->state == SC_CAST_SENDER_PROBING && (now >= self->probe_end || sc_cast_seats_all_heard (&self->seats))) {
    sc_cast_seats_drop_unheard (&self->seats, now);
    self->state = SC_CAST_SENDER_SENDING;
    self->begun_at = now;
    self->marked_at = now;
    self->poll_at = now + POLL_FIRST;
  }
  if (self->state != SC_CAST_SENDER_SENDING || self->ending)
    return;
  for (guint32 w = self->base; w < end_window (self); w++) {
    const ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_AWAIT);

    if (window != NULL && now - window->await_since >= SC_CAST_SILENT_TIME && window->n_marks >= SILENT_MARKS)
      sc_cast_seats_drop_awaited (&self->seats, w, now);
  }
  settle (self, now);
  if (self->base >= self->n_windows || self->seats.n_active == 0) {
    self->ending = TRUE;
    self->end_at = now;
  }
}

static gsize
send_probe (ScCastSender *self, gint64 now, guint8 *out)
{
  if (now < self->probe_at)
    return 0;
  self->probe_at = now + PROBE_INTERVAL;
  return emit_number (self, SC_CAST_PACKET_PROBE, 0, self->n_probes++, out);
}

static gsize
send_end (ScCastSender *self, gint64 now, guint8 *out)
{
  gsize length;

  if (now < self->end_at)
    return 0;
  self->end_at = now + END_INTERVAL;
  length = emit (self, SC_CAST_PACKET_END, 0, 0, NULL, 0, out);
  if (++self->n_ends == END_COUNT && self->state == SC_CAST_SENDER_SENDING)
    self->state = SC_CAST_SENDER_FINISHED;
  return length;
}

gsize
sc_cast_sender_send (ScCastSender *self, gint64 now, guint8 *out)
{
  gsize length;

  advance (self, now);
  if (self->paused || self->state == SC_CAST_SENDER_FINISHED || self->state == SC_CAST_SENDER_EXHAUSTED)
    return 0;
  if (sc_cast_pacer_get_wait (&self->pacer, wire_size (self->layout.symbol_size)) > 0)
    return 0;
  if (self->state == SC_CAST_SENDER_PROBING)
    return send_probe (self, now, out);
  if (self->ending)
    return send_end (self, now, out);
  length = send_mark (self, now, out);
  if (length == 0)
    length = send_poll (self, now, out);
  if (length == 0)
    length = send_repair (self, now, out);
  if (length == 0)
    length = send_source (self, now, out);
  if (length == 0)
    sc_cast_pacer_note_held (&self->pacer,
                             sc_cast_sender_is_stalled (self) ? SC_CAST_LIMIT_SEATS : SC_CAST_LIMIT_SOURCE);
  return length;
}

static gint64
next_mark (ScCastSender *self)
{
  gint64 next = G_MAXINT64;

  for (guint32 w = self->base; w < end_window (self); w++) {
    const ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_AWAIT);

    if (window != NULL)
      next = MIN (next, window->mark_at);
  }
  return next;
}

gint64
sc_cast_sender_get_timeout (ScCastSender *self, gint64 now)
{
  gint64 next;

  advance (self, now);
  if (self->paused || self->state == SC_CAST_SENDER_FINISHED || self->state == SC_CAST_SENDER_EXHAUSTED)
    return G_MAXINT64;
  if (self->state == SC_CAST_SENDER_PROBING)
    next = MIN (self->probe_at, self->probe_end);
  else if (self->ending)
    next = self->end_at;
  else if (repair_ready (self) != NULL || source_ready (self) != NULL)
    next = now;
  else
    next = next_mark (self);
  next = MAX (next, now + sc_cast_pacer_get_wait (&self->pacer, wire_size (self->layout.symbol_size)));
  return MIN (next, now + SC_CAST_CALL_TIME);
}
