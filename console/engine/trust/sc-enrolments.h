/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-enrolment.h"
#include "console/engine/trust/sc-authority.h"

G_BEGIN_DECLS

/**
 * ScEnrolments:
 *
 * Which seats belong to the console: decides on what seats ask and keeps what staff decide (docs/protocol.md). No
 * sockets and no clock: times are given, in s since 1970. All that it says is durable when it returns. Main thread
 * only.
 *
 * A token lets seats of its room in by themselves until its end (the room's enrolment window), as many as it says;
 * whoever comes later, or by a token that says so, waits for staff. A machine that already is a seat always waits: only
 * staff can tell a seat that was set up anew from somebody who says that he is it. So does one that staff rejected and
 * that comes by another key.
 */
typedef struct _ScEnrolments ScEnrolments;

#define SC_ENROLMENTS_MAX_WAITING 1000u
#define SC_ENROLMENTS_MAX_WAITING_OF_ADDRESS 8u
#define SC_ENROLMENTS_MAX_DENIALS 10u    /* of an address within … */
#define SC_ENROLMENTS_DENIAL_TIME 60     /* s; then it is not heard until they are over */
#define SC_ENROLMENTS_MAX_ADDRESSES 256u /* whose denials are counted at once */
#define SC_ENROLMENTS_KEEP_DAYS 7        /* a rejected key stays so, its machine waits; who asks no more is kept */
#define SC_ENROLMENTS_MAX_RENEWALS 8u    /* of one seat in a day */
#define SC_ENROLMENTS_MAX_TOKENS 1000u   /* that are listed */
#define SC_ENROLMENTS_MAX_TOKEN_SEATS 4096u
#define SC_ENROLMENTS_MAX_TOKEN_HOURS (24u * 366u)

/* Both outlive it. */
ScEnrolments *sc_enrolments_new (ScCatalog *catalog, ScAuthority *authority);
void sc_enrolments_free (ScEnrolments *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScEnrolments, sc_enrolments_free)

/* tokens */

/* Returns: the token itself, which is not kept: wipe it by sc_secret_free(); @token: its row; @token->room, seats and
 * ask are given, @hours from @now. Errors: %SC_ERROR_INVALID */
char *sc_enrolments_add_token (ScEnrolments *self, ScCatalogEnrolToken *token, guint64 hours, gint64 now,
                               GError **error);
/* Nobody can use it any more. Errors: %SC_ERROR_NOT_FOUND */
gboolean sc_enrolments_revoke_token (ScEnrolments *self, guint64 id, gint64 now, GError **error);
/* "open", "expired", "used-up", "revoked" */
const char *sc_enrolments_token_state (const ScCatalogEnrolToken *token, gint64 now);

/* requests of seats */

/* What else came of a request; a plain struct. */
typedef struct {
  gboolean is_new; /* FALSE: the same answer as last time */
  char *room;      /* (owned) (nullable) that it has come or would come to */
  char *replaced;  /* (owned) (nullable): the seat whose record it took over */
} ScEnrolOutcome;
void sc_enrol_outcome_clear (ScEnrolOutcome *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScEnrolOutcome, sc_enrol_outcome_clear)

/**
 * sc_enrolments_ask:
 * @address: from where
 * @outcome: (out): cleared by the caller
 *
 * Returns: (transfer full): the answer; NULL with an error: %SC_ERROR_INVALID the request, %SC_ERROR_BUSY too many were
 * denied to @address, or too many wait: ask again after SC_ENROLMENTS_DENIAL_TIME
 */
ScEnrolAnswer *sc_enrolments_ask (ScEnrolments *self, const ScEnrolRequest *request, const char *address, gint64 now,
                                  ScEnrolOutcome *outcome, GError **error);

/* decisions of staff */

/* What became of one of those that wait; a plain struct. */
typedef struct {
  guint64 id;
  char *error;       /* (nullable): why nothing was done */
  char *name;        /* (nullable) of the machine */
  char *seat;        /* (nullable): id: it is this one from now on */
  char *room;        /* (nullable) */
  gboolean replaced; /* @seat's earlier certificates are good for nothing any more */
} ScEnrolDecision;
void sc_enrol_decision_free (ScEnrolDecision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScEnrolDecision, sc_enrol_decision_free)

/* @room: (nullable): where they come to be; NULL: their tokens' rooms, and seats that are known stay where they are.
 * Returns: (transfer full) (element-type ScEnrolDecision): one of each; NULL with an error: nothing was done */
GPtrArray *sc_enrolments_approve (ScEnrolments *self, const guint64 *ids, gsize n_ids, const char *room, gint64 now,
                                  GError **error);
GPtrArray *sc_enrolments_reject (ScEnrolments *self, const guint64 *ids, gsize n_ids, gint64 now, GError **error);
/* Its certificates are never accepted again. @seat: an id. Errors: %SC_ERROR_STATE when it has none */
gboolean sc_enrolments_revoke (ScEnrolments *self, const char *seat, gint64 now, GError **error);

/* certificates of seats that are enrolled */

const ScAnchors *sc_enrolments_get_anchors (ScEnrolments *self); /* what seats are to trust now */
/* Whether the certificate of @key_id, which sc_authority_identify_seat() has found good, still is @seat's. Writes
 * nothing. Errors: %SC_ERROR_DENIED: why, and what is to be done at the seat */
gboolean sc_enrolments_check_certificate (ScEnrolments *self, const char *seat, const guint8 key_id[SC_KEY_ID_SIZE],
                                          GError **error);
/**
 * sc_enrolments_renew:
 * @key_id: of the certificate that the seat has shown
 * @request: PKCS #10, PEM
 * @is_new: (out) (optional): FALSE: it is the one that an earlier request of the same key got
 *
 * A new certificate for @seat. From now on it and the one that was shown are good, all others of the seat's are not: so
 * neither a lost answer nor a disk that forgets at every start locks a seat out.
 *
 * Returns: (transfer full): PEM. Errors: %SC_ERROR_INVALID the request, %SC_ERROR_DENIED the key was another seat's or
 * is revoked, %SC_ERROR_BUSY too often
 */
char *sc_enrolments_renew (ScEnrolments *self, const char *seat, const guint8 key_id[SC_KEY_ID_SIZE],
                           const char *request, gint64 now, gboolean *is_new, GError **error);

G_END_DECLS
