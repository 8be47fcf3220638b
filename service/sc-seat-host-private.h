/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-enroller.h"
#include "service/sc-seat-host.h"

G_BEGIN_DECLS

/* times the time to settle */
#define SC_SEAT_HOST_LOOK_AGAIN 15u     /* half a minute: for settings that cannot be read */
#define SC_SEAT_HOST_LOOK_FOR_DISKS 30u /* a minute: for directories that are not there */

/* What sc-seat-host.c (settings and service) and sc-seat-host-enrol.c (who the seat is) share. */
struct _ScSeatHost {
  ScSeatHostWorld world;
  guint settle;
  GSource *watch; /* (nullable) */
  GSource *settling;
  ScSeatSettings *settings; /* (nullable): of the service or the enroller */
  ScSeatMachine *machine;   /* this one */
  ScSeatIdentity *identity; /* (nullable): as settings */
  ScService *service;       /* (nullable): it waits */
  ScEnroller *enroller;     /* (nullable): it asks for an identity, with the service if there is one already */
  gboolean denied;          /* with these settings asking is of no use */
  ScBackoff again;          /* from one approval that did not let it in to the next question */
  gboolean changing;        /* the service ends for a new one */
  char *told;               /* (nullable): why it waits, as last said */
  char *told_enrolling;     /* (nullable): how enrolling goes, as last said */
  GSourceFunc stopped;      /* (nullable): it ends */
  gpointer stopped_data;
};

void sc_seat_host_look_later (ScSeatHost *self, guint delay);
/* Says why it waits, unless that was the last that it said. */
void sc_seat_host_tell_waiting (ScSeatHost *self, const char *what, const char *why);
void sc_seat_host_tell_status (ScSeatHost *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void sc_seat_host_start_anew (ScSeatHost *self);
/* Ends the service, if there is one, for a new one. */
void sc_seat_host_change (ScSeatHost *self);

/* ---- sc-seat-host-enrol.c ---- */

/* Opens the identity in @state. Returns: FALSE: it waits, and has said so */
gboolean sc_seat_host_open_identity (ScSeatHost *self, const char *state);
/* Asks for an identity, or waits for a token. @delay: ms */
void sc_seat_host_enrol (ScSeatHost *self, guint delay);
void sc_seat_host_stop_enrolling (ScSeatHost *self);
/* What the service tells of the console. */
extern const ScServiceEvents sc_seat_host_events;

G_END_DECLS
