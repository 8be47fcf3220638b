/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-enrolment.h"
#include "sc-test-console.h"

G_BEGIN_DECLS

typedef enum {
  SC_TEST_SAY_APPROVED,
  SC_TEST_SAY_PENDING,
  SC_TEST_SAY_DENIED,
  SC_TEST_SAY_NONSENSE,
  SC_TEST_SAY_BUSY,
  SC_TEST_SAY_OTHER_KEY, /* a certificate that is for another */
} ScTestSay;

/* How a test's console answers who enrols. What is waited for is asked again in an hour only. */
typedef struct {
  ScTestConsole *console;
  ScTestSay say;
  const char *reason; /* unless it approves */
  guint n_asked;
  guint8 key_id[SC_KEY_ID_SIZE]; /* of the last request */
  ScEnrolRequest *asked;         /* (nullable): the last one */
} ScTestEnrolment;

/* @self must outlive @console's server. */
void sc_test_enrolment_init (ScTestEnrolment *self, ScTestConsole *console);
void sc_test_enrolment_clear (ScTestEnrolment *self);

G_END_DECLS
