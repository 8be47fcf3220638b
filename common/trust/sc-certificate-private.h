/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-certificate.h"
#include "common/trust/sc-openssl.h"

G_BEGIN_DECLS

/* For the files that ScCertificate is made of. */
struct _ScCertificate {
  X509 *x509;
};

#define SC_CERTIFICATE_SEAT_URI "urn:seatcast:seat:"
#define SC_CERTIFICATE_CACHE_URI "urn:seatcast:cache:"

ScCertificate *sc_certificate_take (X509 *x509);

G_END_DECLS
