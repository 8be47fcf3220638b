/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-receiver.h"
#include "common/cast/sc-cast-sender.h"
#include "tests/simulation/sc-repair-ledger.h"

G_BEGIN_DECLS

/**
 * ScSimulator:
 *
 * A session in virtual time: exactly the production sender and receivers, joined by a network that loses, delays,
 * repeats and alters as it is told, by seeded dice. The same seed gives the same session to the last packet. All
 * times are µs, and all rates are bits/s.
 */
typedef struct _ScSimulator ScSimulator;

typedef struct {
  double loss;         /* share of the packets, 0 … 1 */
  double burst;        /* mean length of a burst of lost packets; ≤ 1: each by itself */
  gint64 report_delay; /* µs from a MARK to the report's arrival, the network both ways included */
  gboolean insatiable; /* says that it lacks a symbol of a block, whatever came */
  double report_loss;  /* share of the reports that never arrive */
  guint64 disk_rate;   /* bytes/s; 0: writes at once */
  double replayed;     /* share of the packets that come twice */
  double altered;      /* share of the packets that come once more, with a bit flipped */
  gboolean unheard;    /* no multicast reaches it */
  gint64 joins_at;     /* µs; 0: takes part from the start */
  gint64 dies_at;      /* µs; 0: never. Neither hears nor reports from then on */
  gint64 deaf_at;      /* µs; 0: never. Its network is gone for a while: neither hears nor reports */
  gint64 deaf_for;     /* µs */
  gint64 shut_out_at;  /* µs; 0: never. The others go on under a new key; it goes on listening */
  gint64 key_delay;    /* µs until it is told of a new key: its control connection is slow */
} ScSimulatedSeat;

typedef struct {
  guint64 seed;
  guint64 content_length; /* bytes, pseudo-random ones */
  guint32 plan_length;    /* bytes; 0: 36 for each 64 KiB of content */
  guint32 symbol_size;    /* bytes */
  guint32 block_symbols;
  guint32 window_blocks;
  guint64 rate; /* cap; 0: none */
  guint64 link; /* as told to the sender; 0: unknown */
  guint n_seats;
  ScSimulatedSeat seat; /* what every seat is at first */
  /* what is in the queue is delivered at once all the same; only the reports on it are later */
  guint64 bottleneck; /* bits/s that the network carries to all seats but the first @n_before; 0: any rate */
  guint32 queue;      /* bytes that wait there; what comes on top is dropped */
  guint n_before;     /* seats */
  gboolean count_cpu; /* time the sender's calls: it makes the run slower */
  gint64 pause_at;    /* µs; 0: never */
  gint64 pause_for;   /* µs */
  gint64 squeeze_at;  /* µs; 0: never. The cap is @squeezed for a while: others share the network */
  gint64 squeeze_for; /* µs */
  guint64 squeezed;   /* bits/s */
} ScSimulatorConfig;

/* 1,000 Mbit/s, 1,500-byte MTU, production layout, 2 ms until a report */
void sc_simulator_config_init (ScSimulatorConfig *config);

ScSimulator *sc_simulator_new (const ScSimulatorConfig *config);
void sc_simulator_free (ScSimulator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSimulator, sc_simulator_free)

/* To be changed before the run. */
ScSimulatedSeat *sc_simulator_get_seat (ScSimulator *self, guint seat);

/* Returns: whether the sender finished within @limit µs of virtual time */
gboolean sc_simulator_run (ScSimulator *self, gint64 limit);

typedef struct {
  ScCastSeatState state;
  guint32 first_window;
  guint32 n_blocks;   /* delivered from its first window on, each once and with the right bytes */
  guint32 n_wrong;    /* delivered twice or with wrong bytes */
  guint32 n_expected; /* of these */
  gboolean finished;
  guint64 repairs;
  ScCastSeatFigures figures;
  guint64 n_after; /* datagrams that it opened after it was shut out */
  ScCastReceiverStats stats;
} ScSimulatedResult;

void sc_simulator_get_result (ScSimulator *self, guint seat, ScSimulatedResult *result);
void sc_simulator_get_sender_stats (ScSimulator *self, ScCastSenderStats *stats);
gint64 sc_simulator_get_time (ScSimulator *self);       /* µs at the end of the run */
double sc_simulator_get_sender_cpu (ScSimulator *self); /* seconds */
guint64 sc_simulator_get_lowest_rate (ScSimulator *self);
guint32 sc_simulator_get_n_blocks (ScSimulator *self);
guint64 sc_simulator_get_squeezed_bytes (ScSimulator *self); /* on the wire, while the cap was lower */
gint64 sc_simulator_get_paused_packets (ScSimulator *self);  /* sent although paused */
ScRepairLedger *sc_simulator_get_ledger (ScSimulator *self); /* (transfer none) */
/* Everything sent, headers included, over the content's bytes (without the plan) */
double sc_simulator_get_ratio (ScSimulator *self);

G_END_DECLS
