/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SC_LOCK_OUT_SECONDS (15 * 60)
#define SC_LOCK_OUT_PAIR_FAILURES 5u      /* in a row, of a user from one address: that user from there */
#define SC_LOCK_OUT_USER_FAILURES 50u     /* in a row, of a user from anywhere: that user */
#define SC_LOCK_OUT_ADDRESS_FAILURES 100u /* from an address, whoever has signed in there meanwhile: all from there */

/* What is locked, or is not. */
typedef enum {
  SC_LOCK_OUT_NONE,
  SC_LOCK_OUT_BUSY, /* as many passwords are being tried as may be wrong */
  SC_LOCK_OUT_PAIR,
  SC_LOCK_OUT_USER,
  SC_LOCK_OUT_ADDRESS,
} ScLockOutKind;

typedef enum {
  SC_ATTEMPT_RIGHT,
  SC_ATTEMPT_WRONG,
  SC_ATTEMPT_UNKNOWN, /* it was not found out */
} ScAttempt;

/**
 * ScLockOut:
 *
 * Counts wrong passwords, so that they cannot be guessed: also of users that there are not, whom nobody is to tell from
 * those that there are. A counter begins anew after SC_LOCK_OUT_SECONDS without a failure. What is kept is bounded: of
 * many counters the oldest that locks nothing gives way. Not kept over a restart of the engine. Does no I/O; times are
 * s, and may jump. Main thread only.
 */
typedef struct _ScLockOut ScLockOut;

ScLockOut *sc_lock_out_new (void);
void sc_lock_out_free (ScLockOut *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScLockOut, sc_lock_out_free)

/* Before a password is tried. Returns: %SC_LOCK_OUT_NONE: it may be, and sc_lock_out_end() is to follow; or else
 * @wait: (out): s until it may be */
ScLockOutKind sc_lock_out_begin (ScLockOut *self, const char *user, const char *address, gint64 now, guint *wait);
/* Returns: what is locked from now on, because of this attempt */
ScLockOutKind sc_lock_out_end (ScLockOut *self, const char *user, const char *address, ScAttempt attempt, gint64 now);
/* Whose password is another one now: what is locked of the user, from wherever, no longer is; addresses stay locked. */
void sc_lock_out_forget_user (ScLockOut *self, const char *user);

G_END_DECLS
