/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/trust/sc-staff-hasher.h"
#include "console/engine/trust/sc-staff.h"

G_BEGIN_DECLS

struct _ScStaff {
  GObject parent_instance;

  ScCatalog *catalog; /* (unowned): NULL once it has stopped */
  ScLockOut *lock_out;
  ScStaffHasher *hasher;
  guint cost;
  char *no_password;
  ScStaffClock clock;
  gpointer clock_data;
};

/* What is asked for, while passwords are hashed. */
typedef struct {
  char *user;     /* as it is looked up */
  char *counted;  /* (nullable): as its failures are counted; NULL: no password is checked */
  char *address;  /* (nullable) */
  char *role;     /* (nullable) */
  char *keep;     /* (nullable) */
  char *expected; /* (nullable): the password that was checked, as kept */
  int disabled;
  gboolean add;
  ScStaffRefusal refusal;
} ScStaffAttempt;

/* (transfer full): in one form, as it is looked up; empty when no user can have that name */
char *sc_staff_normalize_name (const char *name);
/* @address: (nullable) */
ScStaffAttempt *sc_staff_attempt_new (const char *user, const char *address);
/* @attempt: (transfer full) */
GTask *sc_staff_task_new (ScStaff *self, ScStaffAttempt *attempt, GAsyncReadyCallback callback, gpointer data);
/* Counts an attempt at the password of the task's user, if it may be made; else the task is answered. */
gboolean sc_staff_begin_attempt (ScStaff *self, GTask *task);
void sc_staff_end_attempt (ScStaff *self, ScStaffAttempt *attempt, ScAttempt outcome);
/* Hashes on a thread; @done follows with the task (transfer full) as its data. Or else answers the task. */
void sc_staff_hash (ScStaff *self, GTask *task, ScStaffHash *job, guint queue, ScStaffHashDone done);
void sc_staff_refuse_stopped (GTask *task);
/* Removes the sessions of @user, oldest first, but for @keep (nullable) and @n_left.
 * Returns: (transfer full) (nullable): their hashes, for sc_staff_tell_ended() */
GPtrArray *sc_staff_remove_sessions (ScStaff *self, const char *user, const char *keep, guint n_left, GError **error);
void sc_staff_tell_ended (ScStaff *self, GPtrArray *hashes);
void sc_staff_tell_changed (ScStaff *self);
/* Ends what sc_catalog_begin() began. */
gboolean sc_staff_end_transaction (ScStaff *self, gboolean done, GError **error);

G_END_DECLS
