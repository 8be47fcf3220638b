/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-anchors.h"
#include "service/sc-seat-machine.h"

G_BEGIN_DECLS

/**
 * ScSeatIdentity:
 *
 * By what a seat is known to its console, and what it trusts: the directory STATE/identity with
 *
 *   machine.json   the machine that all this is of: it comes first
 *   next.key       the key that the seat enrols with, kept before the first question and until the answer is kept: who
 *                  asks again after a crash asks with the same key
 *   renewal.key    the same for another certificate; who enrols anew gives it up
 *   anchors.json   what to trust, and the authority's fingerprint that the seat was told when it enrolled
 *   seat.crt       the certificate: it comes last, and makes the key that it is for the seat's own
 *   seat.key
 *
 * each written durably, readable by its owner alone. What a crash leaves behind is either the former identity or the
 * new one. An identity that is damaged, of another machine or of another console is not used; why is told, and it stays
 * until the seat asks for another. Main thread only.
 */
typedef struct _ScSeatIdentity ScSeatIdentity;

/* Makes the directory beneath @state_directory, which may be missing too. @machine: this one. @fingerprint: of the
 * authority that the settings name. Errors: what is there cannot be read */
ScSeatIdentity *sc_seat_identity_open (const char *state_directory, const ScSeatMachine *machine,
                                       const char *fingerprint, GError **error);
void sc_seat_identity_free (ScSeatIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatIdentity, sc_seat_identity_free)

/* Returns: (transfer none) (nullable): the seat's id (UUID); NULL: it has not enrolled, or what is there is not used */
const char *sc_seat_identity_get_seat (ScSeatIdentity *self);
/* Returns: (transfer none) (nullable): why what is there is not used, a sentence for people */
const char *sc_seat_identity_get_refusal (ScSeatIdentity *self);

/* (nullable): NULL: it has none of the console in the settings. They stay where the rest cannot be used: so the seat
 * enrols anew also after the authority was changed */
const ScAnchors *sc_seat_identity_get_anchors (ScSeatIdentity *self);

/* ---- of a seat that has enrolled ---- */

/* (transfer none): for TLS: certificate, key and chain */
GTlsCertificate *sc_seat_identity_get_tls (ScSeatIdentity *self);
/* Whether @peer is the console at @host, by the anchors. @now: s since 1970. Errors: %SC_ERROR_DENIED */
gboolean sc_seat_identity_accepts (ScSeatIdentity *self, GTlsCertificate *peer, const char *host, gint64 now,
                                   GError **error);
/* Whether it is time for another certificate. */
gboolean sc_seat_identity_is_due (ScSeatIdentity *self, gint64 now);
/* Trusts @anchors from now on, durably. Errors: %SC_ERROR_DENIED the seat's own certificate is not of their
 * authorities: the seat would shut itself out */
gboolean sc_seat_identity_set_anchors (ScSeatIdentity *self, const ScAnchors *anchors, GError **error);

/* ---- another certificate ---- */

/* Returns: (transfer full): a request (PKCS #10, PEM) to enrol, or for a renewal, by a key that is durable before this
 * returns, and the same until it is answered. An identity of another machine is removed first. */
char *sc_seat_identity_make_request (ScSeatIdentity *self, gboolean enrolling, GError **error);
/**
 * sc_seat_identity_take:
 * @pem: the certificate, for the key of the request
 * @enrolled: it was got by enrolling: the authority that the settings name, or one that the seat has trusted as
 * enrolled before, must be one of @anchors, and the seat's id may be another one than before
 *
 * Durable when it returns; after an error the former identity is still used, and the seat can ask again. Errors:
 * %SC_ERROR_DENIED, %SC_ERROR_INVALID: it is not what was asked for; the system's
 */
gboolean sc_seat_identity_take (ScSeatIdentity *self, const char *pem, const ScAnchors *anchors, gboolean enrolled,
                                gint64 now, GError **error);

G_END_DECLS
