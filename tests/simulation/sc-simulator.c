/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-simulator.h"

#include "tests/simulation/sc-bottleneck.h"

#include <string.h>
#include <time.h>

#define START 1000000  /* of the virtual clock, µs */
#define ETHERNET 42    /* bytes: Ethernet, IPv4 and UDP headers */
#define BURST_END 1000 /* µs without a packet that end a burst of losses */

typedef struct {
  gint64 at;
  guint64 number; /* keeps events of one time in order */
  guint seat;
  gboolean is_key; /* to the seat; else its report */
  union {
    ScCastReport report;
    ScCastKey key;
  };
} Mail;

typedef struct {
  ScSimulatedSeat config;
  ScCastReceiver *receiver; /* NULL before it joins */
  guint64 dice;
  gboolean in_burst;
  gint64 last_packet;
  gboolean dead;
  gboolean deaf;
  gboolean heard_sent;
  gboolean shut_out;
  guint64 n_after;
  guint32 first_window;
  gint64 disk_free; /* when the disk has written what it has */
  GQueue writing;   /* of Write */
  guint64 backlog;
  guint8 *delivered; /* per block: how often */
  guint32 n_wrong;
} Seat;

typedef struct {
  guint32 block;
  guint32 bytes;
  gint64 done_at;
} Write;

struct _ScSimulator {
  ScSimulatorConfig config;
  ScCastLayout layout;
  ScCastKey key;
  ScCastSender *sender;
  ScRepairLedger *ledger;
  Seat *seats;
  GPtrArray *blocks; /* GBytes, NULL until needed */
  GSequence *mail;
  guint64 n_mail;
  gint64 now;
  guint64 lowest_rate;
  gint64 n_paused_packets;
  ScBottleneck bottleneck;
  clock_t cpu; /* of the sender */
  gboolean paused;
  gboolean squeezed;
  guint64 squeezed_from, squeezed_bytes; /* on the wire */
  guint n_stuck;
};

/* splitmix64 (Steele, Lea, Flood 2014) */
static guint64
roll (guint64 *dice)
{
  guint64 z = (*dice += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static gboolean
chance (guint64 *dice, double probability)
{
  if (probability <= 0)
    return FALSE;
  return (double) (roll (dice) >> 11) * 0x1p-53 < probability;
}

void
sc_simulator_config_init (ScSimulatorConfig *config)
{
  memset (config, 0, sizeof *config);
  config->seed = 1;
  config->symbol_size = SC_CAST_SYMBOL_SIZE;
  config->block_symbols = SC_CAST_MAX_SOURCE_SYMBOLS;
  config->window_blocks = SC_CAST_WINDOW_BLOCKS;
  config->rate = 1000000000;
  config->n_seats = 1;
  config->seat.report_delay = 2000;
}

ScSimulator *
sc_simulator_new (const ScSimulatorConfig *config)
{
  ScSimulator *self = g_new0 (ScSimulator, 1);
  g_autoptr (GError) error = NULL;
  guint64 dice = config->seed;

  self->config = *config;
  self->layout.symbol_size = config->symbol_size;
  self->layout.block_symbols = config->block_symbols;
  self->layout.window_blocks = config->window_blocks;
  self->layout.content_length = config->content_length;
  self->layout.plan_length = config->plan_length;
  if (config->plan_length == 0)
    self->layout.plan_length = 8 + 36 * (config->content_length / 65536 + 1);
  sc_cast_layout_check (&self->layout, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < sizeof self->key.key; i++)
    self->key.key[i] = (guint8) roll (&dice);
  self->key.tag = (guint16) roll (&dice);
  self->now = START;
  self->sender = sc_cast_sender_new (&self->layout, &self->key, config->rate, self->now);
  sc_cast_sender_set_link (self->sender, config->link);
  self->ledger = sc_repair_ledger_new (&self->layout, &self->key);
  self->bottleneck = (ScBottleneck){ .rate = config->bottleneck, .queue = config->queue };
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_set_size (self->blocks, (gint) sc_cast_layout_n_blocks (&self->layout));
  self->mail = g_sequence_new (g_free);
  self->lowest_rate = G_MAXUINT64;
  self->seats = g_new0 (Seat, config->n_seats);
  for (guint i = 0; i < config->n_seats; i++) {
    Seat *seat = &self->seats[i];

    seat->config = config->seat;
    seat->dice = roll (&dice);
    seat->delivered = g_malloc0 (self->blocks->len);
    g_queue_init (&seat->writing);
  }
  return self;
}

void
sc_simulator_free (ScSimulator *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->config.n_seats; i++) {
    sc_cast_receiver_free (self->seats[i].receiver);
    g_queue_clear_full (&self->seats[i].writing, g_free);
    g_free (self->seats[i].delivered);
  }
  g_free (self->seats);
  g_ptr_array_unref (self->blocks);
  g_sequence_free (self->mail);
  sc_cast_sender_free (self->sender);
  sc_repair_ledger_free (self->ledger);
  g_free (self);
}

ScSimulatedSeat *
sc_simulator_get_seat (ScSimulator *self, guint seat)
{
  return &self->seats[seat].config;
}

static GBytes *
block_bytes (ScSimulator *self, guint32 block)
{
  gsize size = sc_cast_layout_block_bytes (&self->layout, block);
  guint64 dice = self->config.seed ^ ((guint64) block << 32);
  guint64 *words;

  if (self->blocks->pdata[block] == NULL) {
    words = g_new (guint64, size / 8 + 1);
    for (gsize i = 0; i <= size / 8; i++)
      words[i] = roll (&dice);
    self->blocks->pdata[block] = g_bytes_new_take (words, size);
  }
  return self->blocks->pdata[block];
}

/* ---- seats ---- */

static void
join (ScSimulator *self, guint index)
{
  Seat *seat = &self->seats[index];

  seat->first_window = sc_cast_sender_add_seat (self->sender, index, self->now);
  /* the order to join came before it was known where the seat enters (sc-session-core-private.h: LATE_WINDOW) */
  seat->receiver = sc_cast_receiver_new (&self->layout, &self->key, MIN (seat->first_window, 1), self->now);
}

static void
finish_writes (ScSimulator *self, Seat *seat)
{
  Write *write;

  while ((write = g_queue_peek_head (&seat->writing)) != NULL && write->done_at <= self->now) {
    seat->backlog -= write->bytes;
    sc_cast_receiver_release_block (seat->receiver, write->block);
    g_free (g_queue_pop_head (&seat->writing));
  }
}

static void
write_block (ScSimulator *self, Seat *seat, guint32 block, guint32 bytes)
{
  Write *write;

  if (seat->config.disk_rate == 0) {
    sc_cast_receiver_release_block (seat->receiver, block);
    return;
  }
  write = g_new (Write, 1);
  seat->disk_free = MAX (seat->disk_free, self->now) + (gint64) ((guint64) bytes * 1000000 / seat->config.disk_rate);
  *write = (Write){ .block = block, .bytes = bytes, .done_at = seat->disk_free };
  seat->backlog += bytes;
  g_queue_push_tail (&seat->writing, write);
}

static void
take_blocks (ScSimulator *self, Seat *seat)
{
  guint32 block;
  GBytes *taken;

  while (sc_cast_receiver_take_block (seat->receiver, &block, &taken)) {
    g_autoptr (GBytes) bytes = taken;

    if (!g_bytes_equal (bytes, block_bytes (self, block)) || seat->delivered[block] > 0)
      seat->n_wrong++;
    seat->delivered[block] = 1;
    write_block (self, seat, block, (guint32) g_bytes_get_size (bytes));
  }
}

static gint
compare_mail (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Mail *first = a, *second = b;

  if (first->at != second->at)
    return first->at < second->at ? -1 : 1;
  return first->number < second->number ? -1 : 1;
}

static void
send_mail (ScSimulator *self, const Mail *mail)
{
  Mail *copy = g_memdup2 (mail, sizeof *mail);

  copy->number = self->n_mail++;
  g_sequence_insert_sorted (self->mail, copy, compare_mail, NULL);
}

static void
poll_reports (ScSimulator *self, guint index)
{
  Seat *seat = &self->seats[index];
  ScCastReport report;

  while (sc_cast_receiver_poll_report (seat->receiver, self->now, 0, seat->backlog, &report)) {
    Mail mail = { .at = MAX (self->now, self->bottleneck.free) + seat->config.report_delay, .seat = index };

    if (chance (&seat->dice, seat->config.report_loss))
      continue;
    if (seat->config.insatiable)
      report.deficits[0] = MAX (report.deficits[0], 1);
    mail.report = report;
    send_mail (self, &mail);
  }
}

static gboolean
is_lost (Seat *seat, gint64 now)
{
  double leave, enter;

  if (seat->config.burst <= 1)
    return chance (&seat->dice, seat->config.loss);
  /* Gilbert's model: the mean burst and the mean share of lost packets are the ones asked for */
  leave = 1 / seat->config.burst;
  enter = seat->config.loss * leave / (1 - seat->config.loss);
  if (now - seat->last_packet > BURST_END) /* a queue that overflowed is empty again */
    seat->in_burst = FALSE;
  seat->last_packet = now;
  seat->in_burst = seat->in_burst ? !chance (&seat->dice, leave) : chance (&seat->dice, enter);
  return seat->in_burst;
}

static void
deliver (ScSimulator *self, guint index, const guint8 *datagram, gsize length)
{
  Seat *seat = &self->seats[index];

  if (seat->shut_out) { /* it listens to all of it, whatever gets lost on the way to others */
    seat->n_after += sc_cast_receiver_receive (seat->receiver, datagram, length, self->now);
    return;
  }
  finish_writes (self, seat);
  if (seat->dead || seat->deaf || seat->config.unheard || is_lost (seat, self->now))
    return;
  sc_cast_receiver_receive (seat->receiver, datagram, length, self->now);
  if (chance (&seat->dice, seat->config.replayed))
    sc_cast_receiver_receive (seat->receiver, datagram, length, self->now);
  if (chance (&seat->dice, seat->config.altered)) {
    g_autofree guint8 *copy = g_memdup2 (datagram, length);

    copy[roll (&seat->dice) % length] ^= (guint8) (1u << roll (&seat->dice) % 8);
    g_assert_false (sc_cast_receiver_receive (seat->receiver, copy, length, self->now));
  }
  if (!seat->heard_sent) {
    seat->heard_sent = sc_cast_receiver_has_heard (seat->receiver);
    if (seat->heard_sent)
      sc_cast_sender_heard (self->sender, index, self->now);
  }
  take_blocks (self, seat);
  if (sc_cast_receiver_get_timeout (seat->receiver, self->now) <= self->now)
    poll_reports (self, index);
}

/* ---- the run ---- */

static gint64
next_event (ScSimulator *self)
{
  gint64 next = sc_cast_sender_get_timeout (self->sender, self->now);
  GSequenceIter *first = g_sequence_get_begin_iter (self->mail);

  if (!g_sequence_iter_is_end (first))
    next = MIN (next, ((Mail *) g_sequence_get (first))->at);
  if (self->paused)
    next = MIN (next, START + self->config.pause_at + self->config.pause_for);
  if (self->squeezed)
    next = MIN (next, START + self->config.squeeze_at + self->config.squeeze_for);
  /* a sender that says "now" and has nothing to send would spin for ever in production */
  self->n_stuck = next <= self->now ? self->n_stuck + 1 : 0;
  g_assert_cmpuint (self->n_stuck, <, 100);
  return MAX (next, self->now);
}

static void
begin_call (ScSimulator *self)
{
  if (self->config.count_cpu)
    self->cpu -= clock ();
}

static void
end_call (ScSimulator *self)
{
  if (self->config.count_cpu)
    self->cpu += clock ();
}

static void
take_report (ScSimulator *self, const Mail *mail)
{
  sc_repair_ledger_note_report (self->ledger, &mail->report);
  begin_call (self);
  sc_cast_sender_report (self->sender, mail->seat, &mail->report, self->now);
  end_call (self);
}

static void
deliver_mail (ScSimulator *self)
{
  GSequenceIter *first;

  while (!g_sequence_iter_is_end (first = g_sequence_get_begin_iter (self->mail))) {
    const Mail *mail = g_sequence_get (first);

    if (mail->at > self->now)
      return;
    if (mail->is_key)
      sc_cast_receiver_add_key (self->seats[mail->seat].receiver, &mail->key);
    else if (!self->seats[mail->seat].dead && !self->seats[mail->seat].deaf && !self->seats[mail->seat].shut_out)
      take_report (self, mail);
    g_sequence_remove (first);
  }
}

/* As the engine does: the others are told the new key, and what is sent from then on is sealed with it. */
static void
shut_out (ScSimulator *self, guint index)
{
  self->seats[index].shut_out = TRUE;
  sc_cast_sender_remove_seat (self->sender, index, self->now);
  sc_cast_key_generate_next (&self->key, &self->key);
  for (guint i = 0; i < self->config.n_seats; i++) {
    const Seat *seat = &self->seats[i];
    Mail mail = { .at = self->now + seat->config.key_delay, .seat = i, .is_key = TRUE, .key = self->key };

    if (seat->receiver != NULL && !seat->shut_out)
      send_mail (self, &mail);
  }
  sc_cast_sender_set_key (self->sender, &self->key);
  sc_repair_ledger_set_key (self->ledger, &self->key);
}

static gboolean
is_within (gint64 elapsed, gint64 at, gint64 length)
{
  return at > 0 && elapsed >= at && elapsed < at + length;
}

static void
squeeze (ScSimulator *self, gboolean squeezed)
{
  ScCastSenderStats stats;

  if (squeezed == self->squeezed)
    return;
  sc_cast_sender_get_stats (self->sender, &stats);
  if (squeezed)
    self->squeezed_from = stats.wire_bytes;
  else
    self->squeezed_bytes = stats.wire_bytes - self->squeezed_from;
  sc_cast_sender_set_rate_cap (self->sender, squeezed ? self->config.squeezed : self->config.rate, self->now);
  self->squeezed = squeezed;
}

static void
follow_script (ScSimulator *self)
{
  gint64 elapsed = self->now - START;

  for (guint i = 0; i < self->config.n_seats; i++) {
    Seat *seat = &self->seats[i];

    if (seat->receiver == NULL && elapsed >= seat->config.joins_at)
      join (self, i);
    if (seat->config.shut_out_at > 0 && elapsed >= seat->config.shut_out_at && !seat->shut_out)
      shut_out (self, i);
    if (seat->config.dies_at > 0 && elapsed >= seat->config.dies_at)
      seat->dead = TRUE;
    seat->deaf = seat->config.deaf_at > 0 && elapsed >= seat->config.deaf_at &&
                 elapsed < seat->config.deaf_at + seat->config.deaf_for;
  }
  if (self->config.pause_at > 0) {
    gboolean paused = elapsed >= self->config.pause_at && elapsed < self->config.pause_at + self->config.pause_for;

    if (paused != self->paused)
      sc_cast_sender_set_paused (self->sender, paused, self->now);
    self->paused = paused;
  }
  squeeze (self, is_within (elapsed, self->config.squeeze_at, self->config.squeeze_for));
}

static gsize
send_one (ScSimulator *self, guint8 *datagram)
{
  gsize length;

  begin_call (self);
  length = sc_cast_sender_send (self->sender, self->now, datagram);
  end_call (self);
  return length;
}

static void
send_due (ScSimulator *self)
{
  guint8 datagram[SC_CAST_HEADER_SIZE + SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_TAG_SIZE];
  gsize length;

  while ((length = send_one (self, datagram)) > 0) {
    gboolean passed = sc_bottleneck_pass (&self->bottleneck, length + ETHERNET, self->now);

    g_assert_cmpuint (length, <=, SC_CAST_HEADER_SIZE + self->layout.symbol_size + SC_CAST_TAG_SIZE);
    sc_repair_ledger_note_sent (self->ledger, datagram, length);
    self->n_paused_packets += self->paused;
    for (guint i = 0; i < self->config.n_seats; i++) {
      if (self->seats[i].receiver != NULL && (passed || i < self->config.n_before))
        deliver (self, i, datagram, length);
    }
  }
}

static void
supply (ScSimulator *self)
{
  guint32 block;

  while (sc_cast_sender_wants_block (self->sender, &block))
    sc_cast_sender_supply_block (self->sender, block, block_bytes (self, block));
}

gboolean
sc_simulator_run (ScSimulator *self, gint64 limit)
{
  ScCastSenderStats stats;

  limit += self->now;
  for (;;) {
    follow_script (self);
    deliver_mail (self);
    supply (self);
    send_due (self);
    supply (self);
    sc_cast_sender_get_stats (self->sender, &stats);
    self->lowest_rate = MIN (self->lowest_rate, stats.rate);
    if (sc_cast_sender_get_state (self->sender) == SC_CAST_SENDER_FINISHED)
      return TRUE;
    self->now = next_event (self);
    if (self->now > limit)
      return FALSE;
  }
}

/* ---- results ---- */

void
sc_simulator_get_result (ScSimulator *self, guint index, ScSimulatedResult *result)
{
  Seat *seat = &self->seats[index];

  memset (result, 0, sizeof *result);
  result->state = sc_cast_sender_get_seat_state (self->sender, index);
  sc_cast_sender_get_seat_figures (self->sender, index, &result->figures);
  result->repairs = result->figures.repairs;
  result->first_window = seat->first_window;
  result->n_wrong = seat->n_wrong;
  result->n_after = seat->n_after;
  for (guint32 b = 0; b < self->blocks->len; b++) {
    if (sc_cast_layout_block_window (&self->layout, b) < seat->first_window)
      continue;
    result->n_blocks += seat->delivered[b];
    result->n_expected++;
  }
  if (seat->receiver != NULL) {
    result->finished = sc_cast_receiver_is_finished (seat->receiver);
    sc_cast_receiver_get_stats (seat->receiver, &result->stats);
  }
}

void
sc_simulator_get_sender_stats (ScSimulator *self, ScCastSenderStats *stats)
{
  sc_cast_sender_get_stats (self->sender, stats);
}

gint64
sc_simulator_get_time (ScSimulator *self)
{
  return self->now - START;
}

double
sc_simulator_get_sender_cpu (ScSimulator *self)
{
  return (double) self->cpu / CLOCKS_PER_SEC;
}

guint64
sc_simulator_get_lowest_rate (ScSimulator *self)
{
  return self->lowest_rate;
}

guint32
sc_simulator_get_n_blocks (ScSimulator *self)
{
  return self->blocks->len;
}

guint64
sc_simulator_get_squeezed_bytes (ScSimulator *self)
{
  return self->squeezed_bytes;
}

gint64
sc_simulator_get_paused_packets (ScSimulator *self)
{
  return self->n_paused_packets;
}

ScRepairLedger *
sc_simulator_get_ledger (ScSimulator *self)
{
  return self->ledger;
}

double
sc_simulator_get_ratio (ScSimulator *self)
{
  ScCastSenderStats stats;

  sc_cast_sender_get_stats (self->sender, &stats);
  return (double) stats.wire_bytes / (double) MAX (self->config.content_length, 1);
}
