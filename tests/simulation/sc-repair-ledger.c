/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-repair-ledger.h"

#include <string.h>

typedef struct {
  guint32 n_source; /* symbols that are not sent yet; MARKs before are polls, whose deficits are not used */
  guint32 round;
  gboolean open;                       /* the round is marked */
  guint8 asked[SC_CAST_WINDOW_BLOCKS]; /* in the round, by the worst off */
  guint16 sent[SC_CAST_WINDOW_BLOCKS];
  guint32 ever[SC_CAST_WINDOW_BLOCKS]; /* sent, source included */
} Window;

struct _ScRepairLedger {
  ScCastLayout layout;
  ScCastSealer *sealer;
  Window *windows;
  guint32 n_windows;
  guint64 asked, repeated;
};

ScRepairLedger *
sc_repair_ledger_new (const ScCastLayout *layout, const ScCastKey *key)
{
  ScRepairLedger *self = g_new0 (ScRepairLedger, 1);

  self->layout = *layout;
  self->sealer = sc_cast_sealer_new (key);
  self->n_windows = sc_cast_layout_n_windows (layout);
  self->windows = g_new0 (Window, self->n_windows);
  for (guint32 b = 0; b < sc_cast_layout_n_blocks (layout); b++)
    self->windows[sc_cast_layout_block_window (layout, b)].n_source += sc_cast_layout_block_symbols (layout, b);
  return self;
}

void
sc_repair_ledger_free (ScRepairLedger *self)
{
  sc_cast_sealer_free (self->sealer);
  g_free (self->windows);
  g_free (self);
}

void
sc_repair_ledger_set_key (ScRepairLedger *self, const ScCastKey *key)
{
  sc_cast_sealer_free (self->sealer);
  self->sealer = sc_cast_sealer_new (key);
}

static void
note_mark (ScRepairLedger *self, guint32 number, guint32 round)
{
  Window *window = &self->windows[number];

  if (window->n_source > 0 || (window->open && window->round == round))
    return;
  window->open = TRUE;
  window->round = round;
  memset (window->asked, 0, sizeof window->asked);
  memset (window->sent, 0, sizeof window->sent);
}

static void
note_symbol (ScRepairLedger *self, guint32 block)
{
  guint32 first, number = sc_cast_layout_block_window (&self->layout, block);
  Window *window = &self->windows[number];

  sc_cast_layout_window_blocks (&self->layout, number, &first);
  window->ever[block - first]++;
  if (window->n_source > 0) {
    window->n_source--;
    return;
  }
  g_assert_true (window->open);
  if (window->ever[block - first] > SC_CAST_MAX_SYMBOLS) {
    self->repeated++;
    return;
  }
  window->sent[block - first]++;
  g_assert_cmpuint (window->sent[block - first], <=, window->asked[block - first]);
}

void
sc_repair_ledger_note_sent (ScRepairLedger *self, const guint8 *datagram, gsize length)
{
  guint8 number[4];
  ScCastHeader header;
  gsize size;

  g_assert_true (sc_cast_sealer_peek (self->sealer, datagram, length, &header));
  if (header.type == SC_CAST_PACKET_SYMBOL)
    note_symbol (self, header.block);
  if (header.type != SC_CAST_PACKET_MARK)
    return;
  g_assert_cmpuint (length, ==, SC_CAST_HEADER_SIZE + sizeof number + SC_CAST_TAG_SIZE);
  g_assert_true (sc_cast_sealer_open (self->sealer, datagram, length, &header, number, &size));
  note_mark (self, header.block,
             (guint32) number[0] << 24 | (guint32) number[1] << 16 | (guint32) number[2] << 8 | number[3]);
}

void
sc_repair_ledger_note_report (ScRepairLedger *self, const ScCastReport *report)
{
  Window *window;

  if (report->window >= self->n_windows)
    return;
  window = &self->windows[report->window];
  if (!window->open || report->round != window->round)
    return;
  for (guint b = 0; b < report->n_blocks; b++) {
    guint8 before = window->asked[b];

    window->asked[b] = MAX (before, report->deficits[b]);
    self->asked += window->asked[b] - before;
  }
}

guint64
sc_repair_ledger_get_asked (ScRepairLedger *self)
{
  return self->asked;
}

guint64
sc_repair_ledger_get_repeated (ScRepairLedger *self)
{
  return self->repeated;
}
