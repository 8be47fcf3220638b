/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/trust/sc-enrolments.h"
#include "tests/unit/engine/catalog-fixture.h"

G_BEGIN_DECLS

#define DAY G_GINT64_CONSTANT (86400)

/* Enrolment with a catalog and an authority, and no network. */
typedef struct {
  CatalogFixture base;
  char *trust; /* the authority's directory */
  ScAuthority *authority;
  ScEnrolments *enrolments;
  gint64 now;          /* s since 1970 */
  const char *address; /* where requests come from */
  ScEnrolAnswer *last;
  ScEnrolOutcome outcome;
} EnrolmentFixture;

void enrolment_fixture_set_up (EnrolmentFixture *fixture, gconstpointer data);
void enrolment_fixture_tear_down (EnrolmentFixture *fixture, gconstpointer data);
void enrolment_fixture_restart (EnrolmentFixture *fixture);

/* A machine with a key of its own, and what it asks. */
typedef struct {
  ScPrivateKey *key;
  guint8 key_id[SC_KEY_ID_SIZE];
  ScEnrolRequest *request;
} TestMachine;
/* @mac: (nullable) */
TestMachine *enrolment_machine (const char *token, const char *name, const char *machine, const char *mac);
void enrolment_machine_free (TestMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestMachine, enrolment_machine_free)
void enrolment_machine_set_token (TestMachine *machine, const char *token);

/* For a day. */
char *enrolment_add_token (EnrolmentFixture *fixture, const char *room, guint seats, gboolean ask);
guint64 enrolment_token_uses (EnrolmentFixture *fixture, guint64 id);

/* Asks; the answer is in @fixture->last. */
void enrolment_expect (EnrolmentFixture *fixture, const TestMachine *machine, ScEnrolState state);
void enrolment_expect_error (EnrolmentFixture *fixture, const TestMachine *machine, gint code);
char *enrolment_expect_approved (EnrolmentFixture *fixture, const TestMachine *machine); /* the seat's id */

guint64 enrolment_count_waiting (EnrolmentFixture *fixture);
guint64 enrolment_first_waiting (EnrolmentFixture *fixture);
guint64 enrolment_only_waiting (EnrolmentFixture *fixture);
/* Exactly @n of them, oldest first. */
void enrolment_list_waiting (EnrolmentFixture *fixture, guint64 *ids, guint n);
/* @n rows of made up keys, by token 1, from as many addresses. */
void enrolment_fill_waiting (EnrolmentFixture *fixture, guint n);
/* @error: (nullable): what it must fail with */
void enrolment_approve (EnrolmentFixture *fixture, guint64 id, const char *room, const char *error);
void enrolment_reject (EnrolmentFixture *fixture, guint64 id, const char *error);
void enrolment_move (EnrolmentFixture *fixture, const char *seat, const char *room);
/* @shown asks for a certificate for the key of @next, and gets it. */
void enrolment_renew (EnrolmentFixture *fixture, const char *seat, const TestMachine *shown, const TestMachine *next);
void enrolment_assert_good (EnrolmentFixture *fixture, const TestMachine *machine, const char *seat);
void enrolment_assert_bad (EnrolmentFixture *fixture, const TestMachine *machine, const char *seat, const char *why);

G_END_DECLS
