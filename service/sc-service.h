/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-volume.h"
#include "common/sc-connection.h"
#include "service/sc-seat-identity.h"

G_BEGIN_DECLS

/**
 * ScService:
 *
 * A seat: its repository, its state, its link to the console, and the work that the console orders. Drives ScSeatCore:
 * what is decided is decided there. Main thread only; disk work runs on threads of its own.
 */
typedef struct _ScService ScService;

/* What the console says of the seat itself, on the main thread; the service must not be freed in it. */
typedef struct {
  void (*refused) (const char *words, gpointer user_data); /* it does not let the seat in; the service tries on */
  void (*accepted) (gpointer user_data);                   /* it does; at each connection */
  gpointer user_data;
} ScServiceEvents;

typedef struct {
  const char *repository;      /* directory that exists */
  const char *state_directory; /* made where it is missing */
  const ScConnection *connection;
  ScSeatIdentity *identity;      /* that has enrolled; must outlive the service */
  const char *name;              /* (nullable): the host's */
  const char *room;              /* (nullable) */
  const char *interface_address; /* (nullable): to join groups on; that of the control connection */
  gint64 reserve;                /* bytes, SC_APPLY_DEFAULT: see ScApplySettings */
  gint64 undo_budget;
  ScVolumeTraits accept_volume;  /* traits that the repository's volume may have; with any other nothing is written */
  const ScServiceEvents *events; /* (nullable) */
} ScServiceConfig;

/* Errors: %SC_ERROR_NOT_FOUND the repository; %SC_ERROR_BUSY when a service is running on this state; … */
ScService *sc_service_new (const ScServiceConfig *config, GError **error);
void sc_service_start (ScService *self);
/* Stops what is in hand, durably, and calls @stopped from the main loop (once) when the service may be freed. */
void sc_service_quit (ScService *self, GSourceFunc stopped, gpointer user_data);
void sc_service_free (ScService *self);

G_END_DECLS
