/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-anchors.h"

G_BEGIN_DECLS

/**
 * ScAuthority:
 *
 * The engine's secrets, in DIR/trust (owner only), made at the first start and never in a database: the authority's key
 * and certificate (authority.key, authority.crt), the console's (console.key, console.crt), and the key that versions
 * and orders are signed by (signing.key). While the authority is being changed also next.key, next.crt and
 * next-signing.key. Main thread only, but for sc_authority_sign_version() and sc_authority_sign_version_anew(), which
 * any thread may call.
 *
 * The change of an authority (sc_authority_begin_rotation()): from the beginning seats are told to trust the next one,
 * too, and get certificates from it; the console still shows the old one, so that a seat that was off understands both.
 * At the end (finish) the console shows the next one, and who has no certificate from it must enrol again.
 *
 * A crash between any two files leaves what the next sc_authority_open() goes on from: authority.crt is written when
 * the keys are there, next.crt when the next ones are, and the file "finish" says that the next ones take over.
 */
typedef struct _ScAuthority ScAuthority;

#define SC_AUTHORITY_FOLDER "trust" /* in the engine's directory */

/* @directory: the engine's, which exists. @names: (element-type utf8): the host's names and addresses, for the
 * console's certificate, the one that people know it by first; what no certificate can name is left out. @now: s since
 * 1970. Renews the console's certificate where the names have changed or little time is left.
 * Errors: %SC_ERROR_CORRUPT, %SC_ERROR_NOT_FOUND (a file of several is missing: which, and what to restore),
 * %SC_ERROR_SYSTEM */
ScAuthority *sc_authority_open (const char *directory, GPtrArray *names, gint64 now, GError **error);
void sc_authority_close (ScAuthority *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScAuthority, sc_authority_close)

/* Called after the console's certificate was renewed, or the authority or what seats are to trust has changed: what is
 * shown to new connections. */
typedef void (*ScAuthorityChanged) (gpointer user_data);
void sc_authority_set_changed (ScAuthority *self, ScAuthorityChanged changed, gpointer user_data);
/* To be called daily, and when the host's addresses change: renews the console's certificate if need be. */
gboolean sc_authority_refresh (ScAuthority *self, GPtrArray *names, gint64 now, GError **error);

/* What these return stays until the next change. */
GTlsCertificate *sc_authority_get_tls (ScAuthority *self);             /* (transfer none): chain with its key */
const ScCertificate *sc_authority_get_certificate (ScAuthority *self); /* the one that is shown */
const ScCertificate *sc_authority_get_console_certificate (ScAuthority *self);
const char *sc_authority_get_fingerprint (ScAuthority *self);  /* of the authority that is shown: 64 hex digits */
const ScAnchors *sc_authority_get_anchors (ScAuthority *self); /* what seats are to trust now */

/* A certificate for the key in @request, from the next authority during a change. Returns: PEM (transfer full)
 * @key_id, @end: (out) (optional). Errors: %SC_ERROR_INVALID the request */
char *sc_authority_issue_seat (ScAuthority *self, const char *request, const char *seat, gint64 now,
                               guint8 key_id[SC_KEY_ID_SIZE], gint64 *end, GError **error);
/* Whose certificate it is: from this authority (or the next), in time, for a seat. Whether it was revoked is the
 * catalog's to say. Returns: (transfer full): the seat's id; @key_id: (out). Errors: %SC_ERROR_DENIED: why, and what
 * the seat has to do */
char *sc_authority_identify_seat (ScAuthority *self, const ScCertificate *certificate, gint64 now,
                                  guint8 key_id[SC_KEY_ID_SIZE], GError **error);
/* The same for caches. @names: (element-type utf8): its host's names and addresses. Errors: %SC_ERROR_INVALID the
 * request, the name or a host's name */
char *sc_authority_issue_cache (ScAuthority *self, const char *request, const char *name, GPtrArray *names, gint64 now,
                                guint8 key_id[SC_KEY_ID_SIZE], gint64 *end, GError **error);
/* Returns: (transfer full): the cache's name */
char *sc_authority_identify_cache (ScAuthority *self, const ScCertificate *certificate, gint64 now,
                                   guint8 key_id[SC_KEY_ID_SIZE], GError **error);
/* Whether a seat's certificate, as sc_authority_identify_seat() takes it, is from the next authority. */
gboolean sc_authority_is_from_next (ScAuthority *self, const ScCertificate *certificate, gint64 now);

void sc_authority_sign_version (ScAuthority *self, guint64 number, const ScChunkId *manifest, ScSignature *signature);
/* With the next order number, which is in *@order: higher than any before, also over restarts and when the clock is set
 * back (DIR/trust/order keeps what may have been used). */
gboolean sc_authority_sign_order (ScAuthority *self, const char *seat, guint64 version, const ScChunkId *manifest,
                                  const char *hooks, guint64 *order, ScSignature *signature, GError **error);

gboolean sc_authority_is_rotating (ScAuthority *self);
const ScCertificate *sc_authority_get_next (ScAuthority *self); /* (nullable) */
/* Errors: %SC_ERROR_STATE */
gboolean sc_authority_begin_rotation (ScAuthority *self, gint64 now, GError **error);
/* Whether an attempt to finish has not gone too far; on any thread. Errors: %SC_ERROR_STATE */
gboolean sc_authority_may_cancel (ScAuthority *self, GError **error);
/* Who has a certificate from the next one by then must enrol again. Errors: %SC_ERROR_STATE */
gboolean sc_authority_cancel_rotation (ScAuthority *self, GError **error);
/* The console shows the next authority from now on, and the old one's keys are gone; versions are to be signed anew by
 * the caller before this. Errors: %SC_ERROR_STATE */
gboolean sc_authority_finish_rotation (ScAuthority *self, gint64 now, GError **error);
/* Signs by the next key while there is one, else by the current one: for signing versions anew. */
void sc_authority_sign_version_anew (ScAuthority *self, guint64 number, const ScChunkId *manifest,
                                     ScSignature *signature);

G_END_DECLS
