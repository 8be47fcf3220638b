/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The console's TLS identity: an ECDSA P-256 key and a self-made certificate (X.509 v3, RFC 5280), made at the first
 * start and kept in @directory as console.key (owner only) and console.crt. The trust issue replaces it by a CA.
 */
GTlsCertificate *sc_identity_load_or_create (const char *directory, GError **error);
/* SHA-256 of the DER certificate in lower-case hex. */
char *sc_identity_fingerprint (GTlsCertificate *certificate);
/* 32 random bytes in URL-safe base64, for tokens. */
char *sc_identity_make_token (void);
/* Compares in constant time. */
gboolean sc_identity_token_equal (const char *a, const char *b);

G_END_DECLS
