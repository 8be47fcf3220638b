/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-link.h"
#include "service/sc-prelude.h"
#include "service/sc-receive.h"
#include "service/sc-seat-busy.h"
#include "service/sc-seat-core.h"
#include "service/sc-seat-renewal.h"
#include "service/sc-seat-volumes.h"
#include "service/sc-service.h"

G_BEGIN_DECLS

/* What the system does when the console asks for it; tests have another one. Threads: any */
typedef struct {
  gboolean (*wake) (const char *mac, const char *interface_address, const char *destination, GError **error);
  gboolean (*has_users) (gboolean *users, GError **error);
  gboolean (*power_off) (GError **error);
} ScServiceSystem;

/* What sc-service.c (the whole), sc-service-steps.c (the core's actions), sc-service-hooks.c and
 * sc-service-verify.c (FINISH and VERIFY), sc-service-power.c (other machines and this one on and off) and
 * sc-service-report.c (what the console is told) share. */
struct _ScService {
  ScSeatState *state;
  ScDisk *disk;
  ScDiskFile *held; /* (nullable): the repository's lock */
  char *name, *room;
  char *interface_address; /* (nullable) */
  char *local_address;     /* of the control connection */
  ScServiceEvents events;
  ScSeatIdentity *identity;
  GCancellable *asking; /* (nullable): why the console does not let the seat in */
  ScFetch *fetch;
  ScLink *link;
  ScSeatRenewal *renewal;
  gboolean reconnecting; /* with another certificate, as soon as there is nothing to do */
  ScSeatVolumes *volumes;
  gboolean looking_at_volumes;
  guint64 generation; /* 0: unknown */
  char *run;
  ScSeatCore *core;
  ScApplySettings settings;   /* its throttle is owned */
  ScInventory *inventory;     /* (nullable): as last sent */
  ScControlMessage *verified; /* (nullable): what was found last, until it is sent */
  ScSeatBusy *busy;           /* (nullable): what the update that is pending left out */
  GArray *back;               /* (nullable) guint64: versions that lie on this seat, newest first */
  guint64 undo_bytes;
  gboolean back_running;                  /* they are being looked for */
  gboolean back_again;                    /* and have to be once more */
  GSource *progress_timer, *second_timer; /* (nullable): only while there is work, or some that will be due */
  GSource *minute_timer;                  /* (nullable): before the start */
  guint seconds;
  ScServiceSystem system;
  GPtrArray *wakes;       /* (nullable): under way */
  gboolean power_running; /* it is found out whether it may be powered off, or that is done */

  /* Of the order in hand */
  GCancellable *cancellable;
  gboolean step_running; /* PREPARE, BEGIN, CATCH_UP, FINISH, LOOK, VERIFY, or the end of the update's work */
  gboolean plan_fetching;
  char *hooks;          /* (nullable): what the update runs */
  char *warning;        /* (nullable): what went wrong with it after the commit */
  gboolean renewed;     /* what is pending was not so before */
  gboolean resumed;     /* it was begun before */
  gboolean touched;     /* the repository, or what is known of it, so there may be other ways back now */
  ScProgress *progress; /* bytes hashed or copied */
  ScApply *apply;       /* (nullable) */
  ScReceive *receive;   /* (nullable) */
  ScPrelude *prelude;   /* (nullable) */
  char *told;           /* (nullable): PROGRESS as last sent */

  GSourceFunc stopped; /* (nullable): the service ends */
  gpointer stopped_data;
};

/* Does what the core wants, until it wants nothing more. To be called after every event. */
void sc_service_pump (ScService *self);
void sc_service_adjust_timers (ScService *self);
/* Of a step: what it is cancelled by, and its progress. */
void sc_service_start_work (ScService *self);
/* @func gets the service as its task's data. */
void sc_service_run_step (ScService *self, GTaskThreadFunc func, GAsyncReadyCallback callback);
/* @error: (nullable) */
void sc_service_step_ended (ScService *self, const GError *error, gboolean complete);
/* Sends the packets that wake other machines, over a second or more. */
void sc_service_wake (ScService *self, ScControlMessage *message);
/* Powers this machine off, if there is nothing to be done and nobody is signed in; answers POWERED. */
void sc_service_power_off (ScService *self);
/* BEGIN's part: tells the update what is run before and after its commit. */
void sc_service_take_hooks (ScService *self, const char *hooks);
/* FINISH, with what is run before and after it. */
void sc_service_start_finishing (ScService *self, guint64 version, const char *hooks);
void sc_service_start_verifying (ScService *self);
/* Sends what was found, if that has not been done. */
void sc_service_send_verified (ScService *self);
/* Looks, off the main thread, for what versions lie on this seat, and tells the console. */
void sc_service_find_back (ScService *self);
/* Looks, off the main thread, at the volumes, and tells the console what is different. */
void sc_service_look_at_volumes (ScService *self);
/* Sends the inventory, if it differs from the last one or @always. */
void sc_service_send_inventory (ScService *self, gboolean always);
/* Sends PROGRESS, if it differs from the last one or @always. */
void sc_service_tell_progress (ScService *self, guint64 session, ScTransferState state, gboolean always);
void sc_service_answer_prepared (ScService *self, guint64 session);
/* Marks templates that somebody changed; only while no update runs. */
void sc_service_find_drift (ScService *self);

G_END_DECLS
