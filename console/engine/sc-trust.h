/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-sessions.h"
#include "console/engine/store/sc-store.h"
#include "console/engine/trust/sc-authority.h"

G_BEGIN_DECLS

/**
 * ScTrust:
 *
 * Brings the authority to what works by it: versions and orders are signed by its keys, seats are told what to trust,
 * and when it is changed, all of them follow in an order in which no seat is left with what it does not trust. Main
 * thread only, but for the signing.
 */
typedef struct _ScTrust ScTrust;

/* All of them outlive their use of it: it is freed after sessions and store, and before the authority. Errors: as
 * sc_store_set_signer() */
ScTrust *sc_trust_new (ScAuthority *authority, ScStore *store, ScSessions *sessions, GError **error);
void sc_trust_free (ScTrust *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScTrust, sc_trust_free)

/* Called when the console's certificate, or the authority, is another one, and when a change of it begins or ends. */
typedef void (*ScTrustChanged) (gpointer user_data);
void sc_trust_set_changed (ScTrust *self, ScTrustChanged changed, gpointer user_data);

/* The change of the authority. @now: s since 1970. Errors: %SC_ERROR_STATE, %SC_ERROR_SYSTEM, %SC_ERROR_NO_SPACE */
gboolean sc_trust_begin (ScTrust *self, gint64 now, GError **error);
/* For the time from the signing on until the change has ended or is taken back: only one at a time does that. On the
 * main thread; released on any. Errors: %SC_ERROR_STATE it has not begun, %SC_ERROR_BUSY */
gboolean sc_trust_hold (ScTrust *self, GError **error);
void sc_trust_release (ScTrust *self);
/* All versions by the next key, which new ones are signed by from the beginning on. To be done before
 * sc_trust_finish(); on any thread, for it takes some ms for each. Errors: as sc_store_sign_all() */
gboolean sc_trust_sign_anew (ScTrust *self, GError **error);
gboolean sc_trust_finish (ScTrust *self, gint64 now, GError **error);
/* All versions by the current key again; before sc_trust_cancel(), on any thread. Errors: as sc_store_sign_all(),
 * %SC_ERROR_STATE the next authority has begun to take over */
gboolean sc_trust_sign_back (ScTrust *self, GError **error);
gboolean sc_trust_cancel (ScTrust *self, GError **error);

G_END_DECLS
