/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-packet.h"
#include "common/cast/sc-cast-report.h"

G_BEGIN_DECLS

/* Reads along what goes and what the seats say, and fails the test where a need is repaired twice: in each round, no
 * block may get more fresh symbols than the seat that lacks most of it has asked for. */
typedef struct _ScRepairLedger ScRepairLedger;

ScRepairLedger *sc_repair_ledger_new (const ScCastLayout *layout, const ScCastKey *key);
void sc_repair_ledger_free (ScRepairLedger *self);
/* What follows is sealed with @key. */
void sc_repair_ledger_set_key (ScRepairLedger *self, const ScCastKey *key);
void sc_repair_ledger_note_sent (ScRepairLedger *self, const guint8 *datagram, gsize length);
/* To be called before the sender has it. */
void sc_repair_ledger_note_report (ScRepairLedger *self, const ScCastReport *report);
/* Symbols: over all rounds so far, what the worst off lacked of each block. */
guint64 sc_repair_ledger_get_asked (ScRepairLedger *self);
/* Repairs that were no fresh symbols: all of their block had been sent. */
guint64 sc_repair_ledger_get_repeated (ScRepairLedger *self);

G_END_DECLS
