/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/sc-scheduler.h"
#include "tests/unit/engine/engine-fixture.h"

G_BEGIN_DECLS

/* A scheduler on clocks of the test's own, and seats that only say what they are told to. It is not started yet. */
typedef struct {
  EngineFixture engine;
  ScScheduler *scheduler; /* the engine's */
  gint64 real, now;       /* µs */
} SchedulerFixture;

#define SCHEDULER_START G_GINT64_CONSTANT (1796040000000000) /* a Monday, 12:00 UTC */
#define SCHEDULER_HOUR (60 * G_TIME_SPAN_MINUTE)

void scheduler_fixture_set_up (SchedulerFixture *fixture, gconstpointer data);
void scheduler_fixture_tear_down (SchedulerFixture *fixture, gconstpointer data);
/* Lets time pass, and has the scheduler look. */
void scheduler_fixture_pass (SchedulerFixture *fixture, gint64 time);
/* Runs the main loop until the scheduler has done what is to be done now. */
void scheduler_fixture_settle (SchedulerFixture *fixture);

/* A seat that is connected. */
typedef struct {
  char *id;
  SoupWebsocketConnection *connection;
  GPtrArray *heard; /* ScControlMessage */
} SchedulerSeat;

/* @number: of its id and name; 1 is the engine fixture's. @version: that it has wholly; 0: none */
SchedulerSeat *scheduler_seat_new (SchedulerFixture *fixture, guint number, const char *room, guint64 version);
void scheduler_seat_free (SchedulerSeat *seat); /* it is gone, and the engine knows */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SchedulerSeat, scheduler_seat_free)
char *scheduler_seat_id (guint number);
/* What the seat says of itself when it has @version of the fixture's store wholly. (transfer full) */
ScControlMessage *scheduler_make_inventory (SchedulerFixture *fixture, guint number, const char *room, guint64 version);
/* How many messages of this type it was sent. */
guint scheduler_seat_count (const SchedulerSeat *seat, ScControlType type);
/* The last one of this type; (nullable). */
const ScControlMessage *scheduler_seat_last (const SchedulerSeat *seat, ScControlType type);
/* Runs the main loop until it was sent @n of these in all. Returns: the last */
const ScControlMessage *scheduler_seat_wait (const SchedulerSeat *seat, ScControlType type, guint n);

/* (transfer full): as the catalog has it */
ScCatalogSeat *scheduler_fixture_load_seat (SchedulerFixture *fixture, guint number);
/* @expected: "behind next", soon */
void scheduler_fixture_assert_outlook (SchedulerFixture *fixture, guint number, const char *expected);
/* @text: as sc_window_parse() */
void scheduler_fixture_set_window (SchedulerFixture *fixture, const char *room, const char *text);
void scheduler_fixture_assign (SchedulerFixture *fixture, const char *room, guint64 version);

G_END_DECLS
