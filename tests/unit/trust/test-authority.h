/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "common/trust/sc-anchors.h"

G_BEGIN_DECLS

/* An authority of a test, and a console's certificate from it for 127.0.0.1, ::1 and localhost, good from now on. */
typedef struct {
  ScPrivateKey *key;
  ScCertificate *certificate;
  char *fingerprint;
  ScPrivateKey *console_key;
  ScCertificate *console;
  GTlsCertificate *tls; /* the console's chain with its key: for a server */
  ScPrivateKey *signing_key;
  ScAnchors *anchors;
} TestAuthority;

#define TEST_AUTHORITY_SEAT "7d1f8ad2-6a0a-4e3f-8f5e-5d0b6a1c2e01"

TestAuthority *test_authority_new (void);
void test_authority_free (TestAuthority *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestAuthority, test_authority_free)

/* What a seat shows: a chain with its key, for soup_message_set_tls_client_certificate(). @now: s, of its issuing */
GTlsCertificate *test_authority_make_seat (const TestAuthority *self, const char *seat, gint64 now);
/* With the authority's fingerprint. */
ScConnection *test_authority_make_connection (const TestAuthority *self, const char *url, const char *token);

G_END_DECLS
