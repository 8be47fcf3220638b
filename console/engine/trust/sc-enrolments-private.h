/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-certificates.h"
#include "console/engine/trust/sc-denials.h"
#include "console/engine/trust/sc-enrolments.h"
#include "console/engine/trust/sc-machines.h"

G_BEGIN_DECLS

#define SC_ENROLMENTS_DAY (24 * 3600) /* s */

struct _ScEnrolments {
  ScCatalog *catalog;
  ScAuthority *authority;
  ScDenials *denials;
};

/* Makes and keeps a certificate for @seat, by the key in @request. Within a transaction, or not. (transfer full) */
ScCatalogCertificate *sc_enrolments_issue (ScEnrolments *self, const char *request, const char *seat, gint64 now,
                                           GError **error);
/* Whether the certificate can still be used for a while: not revoked, not replaced, in time, and from the authority
 * that issues now. */
gboolean sc_enrolments_is_current (ScEnrolments *self, const ScCatalogCertificate *certificate, gint64 now);

/**
 * sc_enrolments_admit:
 * @row: what the seat asked; becomes approved, and is saved where it has an id
 * @known: (nullable): the seat that it is; from now on enrolled. The certificates of one that was enrolled are revoked
 * @room: (nullable): as staff say
 *
 * Lets a seat in. Within a transaction. Returns: (transfer full)
 */
ScCatalogCertificate *sc_enrolments_admit (ScEnrolments *self, ScCatalogEnrolRequest *row, ScCatalogMachine *known,
                                           const char *room, gint64 now, GError **error);

/* What @row says it waits for: state, reason, known, matched. @known: (nullable) */
void sc_enrolments_set_duplicate (ScCatalogEnrolRequest *row, const ScCatalogMachine *known, const char *matched);
void sc_enrolments_set_text (char **member, const char *text);

G_END_DECLS
