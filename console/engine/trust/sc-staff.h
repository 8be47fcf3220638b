/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-staff.h"
#include "console/engine/trust/sc-lock-out.h"
#include "console/engine/trust/sc-principal.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define SC_STAFF_SESSION_SECONDS (12 * 60 * 60) /* from sign-in */
#define SC_STAFF_MAX_SESSIONS 32u               /* of a user: the oldest gives way */
#define SC_STAFF_MAX_USERS 1000u
#define SC_STAFF_NAME_MAX 64u   /* bytes */
#define SC_STAFF_MAX_AT_ONCE 2u /* passwords, each of which takes 32 MiB */
#define SC_STAFF_MAX_QUEUE 16u  /* that wait for them */
#define SC_STAFF_BUSY_SECONDS 2u

/**
 * ScStaff:
 *
 * Users, who sign in with a name and a password and bear a token from then on. Passwords are hashed on threads of its
 * own, at most SC_STAFF_MAX_AT_ONCE at a time, and answers come on the main context; all else is of the main thread
 * only. The last administrator may be removed: the local administrator, at the console's machine, stays.
 *
 * Changing a user's password or role, and disabling one, ends that user's sessions, but for the one that asks for it. A
 * password that is changed without the old one, by an administrator, ends what is locked of the user.
 *
 * Signals: "session-ended" (const char *token_hash): before its time; "users-changed" ().
 */
#define SC_TYPE_STAFF (sc_staff_get_type ())
G_DECLARE_FINAL_TYPE (ScStaff, sc_staff, SC, STAFF, GObject)

/* @catalog: outlives it */
ScStaff *sc_staff_new (ScCatalog *catalog);
/* Waits for passwords that are being hashed, whose answers are dropped. */
void sc_staff_stop (ScStaff *self);
/* For tests. s since 1970 */
typedef gint64 (*ScStaffClock) (gpointer data);
void sc_staff_set_clock (ScStaff *self, ScStaffClock clock, gpointer data);
/* For tests: log2 of scrypt's N. */
void sc_staff_set_cost (ScStaff *self, guint cost);
gint64 sc_staff_get_time (ScStaff *self);

/* What a sign-in brings. */
typedef struct {
  char *token; /* the only copy */
  char *user;
  ScRole role;
  gint64 expires; /* s since 1970 */
} ScStaffSession;
void sc_staff_session_free (ScStaffSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStaffSession, sc_staff_session_free)

/* Why there is none, besides the error. */
typedef struct {
  guint wait;           /* s until it may be tried again; 0: at once */
  ScLockOutKind locked; /* what has been locked by this attempt */
} ScStaffRefusal;

/**
 * sc_staff_sign_in_async:
 * @address: from where, as text
 *
 * Errors of finish: %SC_ERROR_DENIED: the user or the password is wrong, the user is disabled, or, with a wait, locked
 * out; %SC_ERROR_BUSY: too many at once, with a wait
 */
void sc_staff_sign_in_async (ScStaff *self, const char *user, const char *password, const char *address,
                             GAsyncReadyCallback callback, gpointer data);
/* @refusal: (out): all 0 unless it says more */
ScStaffSession *sc_staff_sign_in_finish (ScStaff *self, GAsyncResult *result, ScStaffRefusal *refusal, GError **error);
/* Whose token it is; clears @principal first. Errors: %SC_ERROR_DENIED */
gboolean sc_staff_identify (ScStaff *self, const char *token, ScPrincipal *principal, GError **error);
/* @token: hash (ScPrincipal) */
gboolean sc_staff_sign_out (ScStaff *self, const char *token, GError **error);

/* Returns: (transfer full) (element-type ScCatalogUser): by name */
GPtrArray *sc_staff_list_users (ScStaff *self, GError **error);
ScCatalogUser *sc_staff_get_user (ScStaff *self, const char *name, GError **error);

/* What of a user is to be changed. */
typedef struct {
  const char *role;     /* (nullable): nick */
  const char *password; /* (nullable) */
  const char *old;      /* (nullable): must be the password until now: wrong ones are counted as at sign-in */
  const char *address;  /* (nullable): from where, with @old */
  int disabled;         /* -1: as it is */
  const char *keep;     /* (nullable): hash of the token of the session that asks and stays */
} ScStaffChange;

/* Errors: %SC_ERROR_INVALID the name, the role, the password; %SC_ERROR_EXISTS; %SC_ERROR_BUSY, with a wait */
void sc_staff_add_user_async (ScStaff *self, const char *name, const char *role, const char *password,
                              GAsyncReadyCallback callback, gpointer data);
/* Errors: the same, %SC_ERROR_NOT_FOUND, and those of signing in */
void sc_staff_change_user_async (ScStaff *self, const char *name, const ScStaffChange *change,
                                 GAsyncReadyCallback callback, gpointer data);
/* Of both. Returns: (transfer full): the user as it is now. @refusal: as above */
ScCatalogUser *sc_staff_change_finish (ScStaff *self, GAsyncResult *result, ScStaffRefusal *refusal, GError **error);
gboolean sc_staff_remove_user (ScStaff *self, const char *name, GError **error);

G_END_DECLS
