/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-link.h"
#include "service/sc-receive.h"
#include "service/sc-seat-core.h"
#include "service/sc-service.h"

G_BEGIN_DECLS

/* What sc-service.c (the whole), sc-service-steps.c (the core's actions) and sc-service-report.c (what the console is
 * told) share. */
struct _ScService {
  ScSeatState *state;
  ScDisk *disk;
  char *name, *room;
  char *interface_address; /* (nullable) */
  char *local_address;     /* of the control connection */
  ScFetch *fetch;
  ScLink *link;
  ScSeatCore *core;
  ScInventory *inventory; /* (nullable): as last sent */
  GSource *progress_timer, *second_timer;
  guint seconds;

  /* Of the order in hand */
  GCancellable *cancellable;
  gboolean step_running; /* PREPARE, BEGIN, CATCH_UP or FINISH */
  gboolean plan_fetching;
  ScProgress *progress; /* bytes hashed or copied */
  ScApply *apply;       /* (nullable) */
  ScReceive *receive;   /* (nullable) */
  char *told;           /* (nullable): PROGRESS as last sent */

  GSourceFunc stopped; /* (nullable): the service ends */
  gpointer stopped_data;
};

/* Does what the core wants, until it wants nothing more. To be called after every event. */
void sc_service_pump (ScService *self);
/* Sends the inventory, if it differs from the last one or @always. */
void sc_service_send_inventory (ScService *self, gboolean always);
/* Sends PROGRESS, if it differs from the last one or @always. */
void sc_service_tell_progress (ScService *self, guint64 session, ScTransferState state, gboolean always);
void sc_service_answer_prepared (ScService *self, guint64 session);
/* Marks templates that somebody changed; only while no update runs. */
void sc_service_find_drift (ScService *self);

G_END_DECLS
