/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-enrolment.h"
#include "service/sc-fetch.h"

G_BEGIN_DECLS

/**
 * ScEnroller:
 *
 * Asks the console for a certificate until there is one, or until it is denied: POST /v1/enrol over a connection whose
 * other end was found to be the authority's that the settings name, before anything is sent. The key is durable before
 * the first question, and every further one is with the same: so no answer is lost. Main thread only.
 */
typedef struct _ScEnroller ScEnroller;

typedef enum {
  SC_ENROLLER_APPROVED, /* the identity has it, durably; the last event */
  SC_ENROLLER_WAITING,  /* for staff; asked again when the console said */
  SC_ENROLLER_DENIED,   /* asking again is of no use; the last event */
  SC_ENROLLER_FAILED,   /* no answer, or one that cannot be used; asked again with back-off */
} ScEnrollerState;

/* At each answer. @words: for people. The enroller may be freed in it. */
typedef void (*ScEnrollerFunc) (ScEnrollerState state, const char *words, gpointer user_data);

#define SC_ENROLLER_BACKOFF_INIT                                                                                       \
  {                                                                                                                    \
    .base = 2000, .max = 300000                                                                                        \
  }

/* @facts: all but the token and the request. @identity must outlive it. */
ScEnroller *sc_enroller_new (const ScConnection *connection, ScSeatIdentity *identity, const ScEnrolRequest *facts,
                             ScEnrollerFunc func, gpointer user_data);
void sc_enroller_free (ScEnroller *self); /* no event follows */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScEnroller, sc_enroller_free)
/* Other than SC_ENROLLER_BACKOFF_INIT. */
void sc_enroller_set_backoff (ScEnroller *self, const ScBackoff *backoff);
/* Asks after @delay ms. */
void sc_enroller_start (ScEnroller *self, guint delay);
/* Asks now what it would ask later. */
void sc_enroller_hurry (ScEnroller *self);

G_END_DECLS
