/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-receiver.h"

#include "common/cast/sc-cast-receive-window.h"

#include <string.h>

/* Windows whose rounds are remembered: those in flight and as many before them, whose last reports may have been
 * lost.
 */
#define MAX_ROUNDS (2u * SC_CAST_MAX_WINDOWS)
/* Symbols of the next window that must have come before a lost MARK is inferred: some reordering is allowed for. */
#define INFER_AFTER_SYMBOL 2u
/* µs: MARKs are repeated for those who missed them. Who has reported does so again only when its report must be lost.
 */
#define REPORT_AGAIN_TIME 200000
/* µs: for what was on its way when the sender changed its key. It may be paused just then: what comes later under the
 * key before is not its. */
#define OLD_KEY_TIME 2000000

/* What is known about the rounds of a window, also after the window itself is complete and gone. */
typedef struct {
  gboolean known;
  gboolean due;
  gboolean told_complete; /* a report without deficits was made */
  guint32 window;
  guint32 round;
  gint64 reported_at; /* µs: the round; G_MININT64: not yet */
} Round;

typedef struct {
  guint32 block;
  guint8 *data;
} ReadyBlock;

struct _ScCastReceiver {
  ScCastLayout layout;
  guint32 n_blocks;
  guint32 n_windows;
  guint32 first_window;
  guint32
      floor; /* the first window that is not complete; the ones in memory are [floor, floor + SC_CAST_MAX_WINDOWS) */
  gboolean heard;
  gboolean ended;

  ScCastSealer *sealer;
  ScCastSealer *next_sealer; /* (nullable): of the key that the session goes on under; nothing of it came yet */
  gint64 next_since;         /* µs: when the first datagram came after it was told; G_MININT64: none did */
  ScCastCode *code;
  ScCastBlockPool *pool;
  guint8 *payload; /* a datagram is opened here, unless it is for an empty slot of a block in memory */

  ScCastReceiveWindow *windows; /* window w at w % SC_CAST_MAX_WINDOWS */
  Round rounds[MAX_ROUNDS];     /* window w at w % MAX_ROUNDS */
  GQueue ready;                 /* of ReadyBlock: complete, not yet taken */
  guint32 n_held;               /* blocks in memory: being received, ready, taken and not released */
  guint32 max_held;
  guint32 n_taken;

  guint32 first_counter; /* of the key in use, as the next two */
  guint32 last_counter;
  guint64 n_counted;
  guint64 lost_before; /* under earlier keys */
  ScCastReceiverStats stats;
};

ScCastReceiver *
sc_cast_receiver_new (const ScCastLayout *layout, const ScCastKey *key, guint32 first_window, gint64 now)
{
  ScCastReceiver *self = g_new0 (ScCastReceiver, 1);

  self->layout = *layout;
  self->n_blocks = sc_cast_layout_n_blocks (layout);
  self->n_windows = sc_cast_layout_n_windows (layout);
  self->first_window = MIN (first_window, self->n_windows);
  self->floor = self->first_window;
  self->sealer = sc_cast_sealer_new (key);
  self->code = sc_cast_code_new (layout->symbol_size);
  self->pool = sc_cast_block_pool_new ((gsize) layout->block_symbols * layout->symbol_size);
  self->payload = g_malloc (SC_CAST_SYMBOL_SIZE_MAX);
  self->windows = g_new0 (ScCastReceiveWindow, SC_CAST_MAX_WINDOWS);
  g_queue_init (&self->ready);
  self->max_held = SC_CAST_MAX_WINDOWS * layout->window_blocks;
  return self;
}

static void
ready_block_free (ReadyBlock *ready)
{
  sc_cast_block_pool_give_back (ready->data);
  g_free (ready);
}

void
sc_cast_receiver_free (ScCastReceiver *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < SC_CAST_MAX_WINDOWS; i++)
    sc_cast_receive_window_close (&self->windows[i]);
  g_free (self->windows);
  g_queue_clear_full (&self->ready, (GDestroyNotify) ready_block_free);
  sc_cast_sealer_free (self->sealer);
  sc_cast_sealer_free (self->next_sealer);
  sc_cast_code_free (self->code);
  sc_cast_block_pool_unref (self->pool);
  g_free (self->payload);
  g_free (self);
}

/* The sender has at most SC_CAST_MAX_WINDOWS windows in flight, so what it sends of @window tells which ones it has
 * given up. */
static void
abandon_before (ScCastReceiver *self, guint32 window)
{
  guint32 floor;

  if (window < SC_CAST_MAX_WINDOWS || window - SC_CAST_MAX_WINDOWS < self->floor)
    return;
  floor = window - SC_CAST_MAX_WINDOWS + 1;
  for (guint i = 0; i < SC_CAST_MAX_WINDOWS; i++) {
    if (self->windows[i].open && self->windows[i].window < floor)
      self->n_held -= sc_cast_receive_window_close (&self->windows[i]);
  }
  self->floor = floor;
}

static ScCastReceiveWindow *
open_window (ScCastReceiver *self, guint32 window)
{
  ScCastReceiveWindow *slot = &self->windows[window % SC_CAST_MAX_WINDOWS];

  if (!slot->open || slot->window != window) {
    self->n_held -= sc_cast_receive_window_close (slot);
    sc_cast_receive_window_open (slot, &self->layout, window);
  }
  return slot;
}

static const ScCastReceiveWindow *
find_window (ScCastReceiver *self, guint32 window)
{
  const ScCastReceiveWindow *slot = &self->windows[window % SC_CAST_MAX_WINDOWS];

  return slot->open && slot->window == window ? slot : NULL;
}

static void
advance_floor (ScCastReceiver *self)
{
  const ScCastReceiveWindow *slot;

  while (self->floor < self->n_windows && (slot = find_window (self, self->floor)) != NULL &&
         slot->n_complete == slot->n_blocks)
    self->floor++;
}

/* A round of @window is over: a MARK says so, or (@inferred) what follows it came without it. */
static void
end_round (ScCastReceiver *self, guint32 window, guint32 round, gboolean inferred, gint64 now)
{
  Round *entry = &self->rounds[window % MAX_ROUNDS];
  gboolean repeated;

  if (entry->known && (entry->window > window || (entry->window == window && entry->round > round)))
    return; /* late or replayed */
  if (entry->known && entry->window == window) {
    if (inferred)
      return;
    repeated = entry->round == round;
    if (repeated && entry->reported_at > now - REPORT_AGAIN_TIME)
      return;
    if (!repeated)
      entry->reported_at = G_MININT64;
    entry->round = round;
    /* only a repeated MARK says that the sender does not know yet that the window is complete */
    if (entry->told_complete && !repeated)
      return;
  } else {
    *entry = (Round){ .known = TRUE, .window = window, .round = round, .reported_at = G_MININT64 };
  }
  entry->due = TRUE;
}

static void
infer_round (ScCastReceiver *self, guint32 window, gint64 now)
{
  for (guint32 i = 1; i < SC_CAST_MAX_WINDOWS && i <= window && window - i >= self->first_window; i++)
    end_round (self, window - i, 0, TRUE, now);
}

/* Where the datagram is opened to: the slot of its symbol, so that it need not be copied, if the slot is empty. Of what
 * then turns out to be foreign or altered nothing but the slot's content is touched, and that still counts as empty. */
static guint8 *
find_target (ScCastReceiver *self, ScCastSealer *sealer, const guint8 *datagram, gsize length)
{
  const ScCastReceiveWindow *slot;
  ScCastHeader header;
  guint8 *target = NULL;

  if (sc_cast_sealer_peek (sealer, datagram, length, &header) && header.type == SC_CAST_PACKET_SYMBOL &&
      header.block < self->n_blocks && header.symbol < SC_CAST_MAX_SYMBOLS &&
      length == SC_CAST_HEADER_SIZE + self->layout.symbol_size + SC_CAST_TAG_SIZE) {
    slot = find_window (self, sc_cast_layout_block_window (&self->layout, header.block));
    if (slot != NULL)
      target = sc_cast_receive_block_get_slot (&slot->blocks[header.block - slot->first_block],
                                               self->layout.symbol_size, header.symbol);
  }
  return target != NULL ? target : self->payload;
}

/* @payload: as find_target() says, or already there */
static void
receive_symbol (ScCastReceiver *self, const ScCastHeader *header, const guint8 *payload, gint64 now)
{
  guint32 window = sc_cast_layout_block_window (&self->layout, header->block);
  ScCastReceiveWindow *slot;
  ScCastReceiveBlock *block;
  guint n_decoded;

  if (window >= self->first_window) /* a late joiner hears what it did not ask for, too */
    abandon_before (self, window);
  if (window < self->floor) {
    self->stats.duplicates++;
    return;
  }
  slot = open_window (self, window);
  block = &slot->blocks[header->block - slot->first_block];
  if (header->symbol >= INFER_AFTER_SYMBOL && header->symbol < block->n_source)
    infer_round (self, window, now);
  if (sc_cast_receive_block_has (block, header->symbol)) {
    self->stats.duplicates++;
    return;
  }
  if (block->data == NULL) {
    if (self->n_held >= self->max_held) {
      self->stats.refused++;
      return;
    }
    self->n_held++;
  }
  sc_cast_receive_block_store (block, self->pool, self->layout.symbol_size, header->symbol, payload);
  if (block->n_present == block->n_source) {
    ReadyBlock *ready = g_new (ReadyBlock, 1);

    ready->block = header->block;
    ready->data = sc_cast_receive_block_complete (block, self->code, &n_decoded);
    g_queue_push_tail (&self->ready, ready);
    self->stats.decoded_symbols += n_decoded;
    slot->n_complete++;
    advance_floor (self);
  }
}

static gboolean
receive_mark (ScCastReceiver *self, const ScCastHeader *header, gsize length, gint64 now)
{
  guint32 window = header->block, round;

  if (length != 4 || window >= self->n_windows)
    return FALSE;
  round = (guint32) self->payload[0] << 24 | (guint32) self->payload[1] << 16 | (guint32) self->payload[2] << 8 |
          self->payload[3];
  if (window >= self->first_window)
    abandon_before (self, window);
  infer_round (self, window, now);
  end_round (self, window, round, FALSE, now);
  return TRUE;
}

static void
count_packet (ScCastReceiver *self, guint32 counter)
{
  if (!self->heard)
    self->first_counter = self->last_counter = counter;
  self->first_counter = MIN (self->first_counter, counter);
  self->last_counter = MAX (self->last_counter, counter);
  self->n_counted++;
  self->stats.packets++;
  self->heard = TRUE;
}

/* Packets that came twice make it too small, never negative. */
static guint64
count_lost (ScCastReceiver *self)
{
  guint64 expected = self->n_counted == 0 ? 0 : (guint64) self->last_counter - self->first_counter + 1;

  return self->lost_before + (expected > self->n_counted ? expected - self->n_counted : 0);
}

/* keys */

/* What was sealed with the key before cannot be opened from now on, be it from somebody who was shut out. */
static void
use_next_key (ScCastReceiver *self)
{
  sc_cast_sealer_free (self->sealer);
  self->sealer = g_steal_pointer (&self->next_sealer);
  self->lost_before = count_lost (self);
  self->n_counted = 0;
  /* whoever heard the session before has missed whatever came first under this key */
  self->first_counter = self->last_counter = 0;
}

void
sc_cast_receiver_add_key (ScCastReceiver *self, const ScCastKey *key)
{
  if (self->next_sealer != NULL)
    use_next_key (self);
  self->next_sealer = sc_cast_sealer_new (key);
  self->next_since = G_MININT64;
}

static gboolean
open_with (ScCastReceiver *self, ScCastSealer *sealer, const guint8 *datagram, gsize length, ScCastHeader *header,
           guint8 **payload, gsize *payload_length)
{
  *payload = find_target (self, sealer, datagram, length);
  return sc_cast_sealer_open (sealer, datagram, length, header, *payload, payload_length);
}

/* @payload: (out): where it is now */
static gboolean
open_datagram (ScCastReceiver *self, const guint8 *datagram, gsize length, gint64 now, ScCastHeader *header,
               guint8 **payload, gsize *payload_length)
{
  if (self->next_sealer != NULL) {
    if (self->next_since == G_MININT64)
      self->next_since = now;
    if (now - self->next_since >= OLD_KEY_TIME)
      use_next_key (self);
    else if (open_with (self, self->next_sealer, datagram, length, header, payload, payload_length)) {
      use_next_key (self);
      return TRUE;
    }
  }
  return open_with (self, self->sealer, datagram, length, header, payload, payload_length);
}

gboolean
sc_cast_receiver_receive (ScCastReceiver *self, const guint8 *datagram, gsize length, gint64 now)
{
  ScCastHeader header;
  guint8 *payload = NULL;
  gsize payload_length = 0;
  gboolean sound = FALSE;

  if (!open_datagram (self, datagram, length, now, &header, &payload, &payload_length)) {
    self->stats.foreign++;
    return FALSE;
  }
  /* sealed by somebody who has the key, and still from outside */
  switch (header.type) {
  case SC_CAST_PACKET_SYMBOL:
    sound = header.block < self->n_blocks && header.symbol < SC_CAST_MAX_SYMBOLS &&
            payload_length == self->layout.symbol_size;
    if (sound)
      receive_symbol (self, &header, payload, now);
    break;
  case SC_CAST_PACKET_MARK:
    sound = receive_mark (self, &header, payload_length, now);
    break;
  case SC_CAST_PACKET_PROBE:
    sound = payload_length == 4;
    break;
  case SC_CAST_PACKET_END:
    sound = payload_length == 0;
    self->ended = self->ended || sound;
    break;
  }
  if (!sound) {
    self->stats.foreign++;
    return FALSE;
  }
  count_packet (self, header.counter);
  return TRUE;
}

gboolean
sc_cast_receiver_has_heard (ScCastReceiver *self)
{
  return self->heard;
}

gboolean
sc_cast_receiver_take_block (ScCastReceiver *self, guint32 *block, GBytes **bytes)
{
  ReadyBlock *ready = g_queue_pop_head (&self->ready);

  if (ready == NULL)
    return FALSE;
  *block = ready->block;
  *bytes = sc_cast_block_pool_wrap (ready->data, sc_cast_layout_block_bytes (&self->layout, ready->block));
  g_free (ready);
  self->n_taken++;
  return TRUE;
}

void
sc_cast_receiver_release_block (ScCastReceiver *self, guint32 block)
{
  g_return_if_fail (self->n_taken > 0);

  self->n_taken--;
  self->n_held--;
}

/* Returns: symbols that the window still needs */
static guint32
fill_deficits (ScCastReceiver *self, ScCastReport *report)
{
  const ScCastReceiveWindow *slot;
  guint32 first, total = 0;

  report->n_blocks = sc_cast_layout_window_blocks (&self->layout, report->window, &first);
  memset (report->deficits, 0, sizeof report->deficits);
  if (report->window < self->floor) /* complete, or not waited for */
    return 0;
  slot = find_window (self, report->window);
  for (guint32 i = 0; i < report->n_blocks; i++) {
    if (slot == NULL) /* nothing of it came at all */
      report->deficits[i] = (guint8) sc_cast_layout_block_symbols (&self->layout, first + i);
    else if (!slot->blocks[i].complete)
      report->deficits[i] = slot->blocks[i].n_source - slot->blocks[i].n_present;
    total += report->deficits[i];
  }
  return total;
}

static Round *
next_due (ScCastReceiver *self)
{
  Round *found = NULL;

  for (guint i = 0; i < MAX_ROUNDS; i++) {
    Round *entry = &self->rounds[i];

    if (entry->known && entry->due && (found == NULL || entry->window < found->window))
      found = entry;
  }
  return found;
}

gboolean
sc_cast_receiver_poll_report (ScCastReceiver *self, gint64 now, guint64 dropped, guint64 backlog, ScCastReport *report)
{
  Round *entry = next_due (self);

  if (entry == NULL)
    return FALSE;
  entry->due = FALSE;
  entry->reported_at = now;
  report->window = entry->window;
  report->round = entry->round;
  entry->told_complete = fill_deficits (self, report) == 0;
  report->received = self->stats.packets - self->stats.refused;
  report->lost = count_lost (self);
  report->dropped = MIN (dropped, report->lost); /* others' datagrams are dropped, too */
  report->refused = self->stats.refused;
  report->backlog = backlog;
  return TRUE;
}

gint64
sc_cast_receiver_get_timeout (ScCastReceiver *self, gint64 now)
{
  /* MARKs are repeated until this seat has reported, so it needs no clock of its own */
  return next_due (self) != NULL ? now : G_MAXINT64;
}

gboolean
sc_cast_receiver_is_finished (ScCastReceiver *self)
{
  return self->ended || self->floor >= self->n_windows;
}

void
sc_cast_receiver_get_stats (ScCastReceiver *self, ScCastReceiverStats *stats)
{
  *stats = self->stats;
  stats->lost = count_lost (self);
}
