/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-sender.h"
#include "common/platform/sc-multicast-sender.h"
#include "console/engine/session/sc-cast-source.h"
#include "console/engine/session/sc-session-plan.h"

G_BEGIN_DECLS

/**
 * ScCastDriver:
 *
 * Drives one session's ScCastSender on three threads: "cast-read" reads blocks ahead from the store (ScCastIntake),
 * "cast-make" makes and seals datagrams (ScCastMaker), "cast-send" hands them to the kernel in bursts (ScCastOutlet).
 * What seats report comes in from the main loop. All functions are for the thread that made it; the listener is called
 * there, from its main context.
 */
typedef struct _ScCastDriver ScCastDriver;

typedef struct {
  /* Answer to sc_cast_driver_add_seat(): where the seat enters. */
  void (*seat_added) (gpointer data, guint32 seat, guint32 first_window);
  /* The sender does not wait for the seat any more. */
  void (*seat_lost) (gpointer data, guint32 seat, ScCastSeatState state);
  /* Probing is over. */
  void (*sending) (gpointer data);
  /* All is sent; the thread has ended. */
  void (*finished) (gpointer data);
  /* A frame could not be read, the socket refused: nothing more is sent. */
  void (*failed) (gpointer data, const GError *error);
} ScCastDriverListener;

/* @sender: (transfer full). @seats: those that take part from the start. @store: outlives the driver. Starts at once.
 */
ScCastDriver *sc_cast_driver_new (ScStore *store, ScSessionPlan *plan, const ScCastLayout *layout, const ScCastKey *key,
                                  guint64 rate_cap, ScMulticastSender *sender, const guint32 *seats, guint n_seats,
                                  const ScCastDriverListener *listener, gpointer data);
/* As above, of blocks from elsewhere. @source: (transfer full): copied, and its object freed with the driver */
ScCastDriver *sc_cast_driver_new_from (const ScCastSource *source, const ScCastLayout *layout, const ScCastKey *key,
                                       guint64 rate_cap, ScMulticastSender *sender, const guint32 *seats, guint n_seats,
                                       const ScCastDriverListener *listener, gpointer data);
/* Stops the threads and waits for them. Not from within the listener: see sc_cast_driver_stop(). */
void sc_cast_driver_free (ScCastDriver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastDriver, sc_cast_driver_free)
/* Tells the threads to end; the listener is not called any more. The figures stay. */
void sc_cast_driver_stop (ScCastDriver *self);

void sc_cast_driver_add_seat (ScCastDriver *self, guint32 seat);
void sc_cast_driver_remove_seat (ScCastDriver *self, guint32 seat);
void sc_cast_driver_heard (ScCastDriver *self, guint32 seat);
void sc_cast_driver_report (ScCastDriver *self, guint32 seat, const ScCastReport *report);
/* What is sent from now on is sealed with it (sc_cast_sender_set_key()). */
void sc_cast_driver_set_key (ScCastDriver *self, const ScCastKey *key);
/* What the slowest link carries, bits/s; 0: unknown (sc_cast_sender_set_link()). Right after the driver is made. */
void sc_cast_driver_set_link (ScCastDriver *self, guint64 link);
/* @rate_cap: bits/s on the wire, from now on; 0: none */
void sc_cast_driver_set_rate (ScCastDriver *self, guint64 rate_cap);
void sc_cast_driver_set_paused (ScCastDriver *self, gboolean paused);
/* As of at most 100 ms ago, final once finished or stopped. */
void sc_cast_driver_get_stats (ScCastDriver *self, ScCastSenderStats *stats);
/* As of at most 100 ms ago, also of a seat that was demoted. All zero for one that was never added. */
void sc_cast_driver_get_seat_figures (ScCastDriver *self, guint32 seat, ScCastSeatFigures *figures);

G_END_DECLS
