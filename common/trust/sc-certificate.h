/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-private-key.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScCertificate:
 *
 * An X.509 v3 certificate (RFC 5280) of the console's own authority. All issuing and all checking of certificates is
 * here, by OpenSSL, whatever TLS library carries the connection. Four kinds, none of which can pass for another:
 *
 *   authority   self-signed, CA:TRUE pathlen 0, keyCertSign, 20 years
 *   console     serverAuth, the host's names and addresses as subjectAltName, 397 days
 *   seat        clientAuth, URI:urn:seatcast:seat:UUID as subjectAltName, CN the UUID, 397 days
 *   cache       serverAuth and clientAuth, for it stands between seats and console: its host's names and addresses
 *               and URI:urn:seatcast:cache:NAME as subjectAltName, CN the name, 397 days
 *
 * Immutable, so usable by any thread. Times are s since 1970; certificates begin a day early, for clocks that are late.
 */
typedef struct _ScCertificate ScCertificate;

#define SC_CERTIFICATE_MAX_BYTES (16u * 1024) /* of PEM or DER from outside, also of a request */
#define SC_CERTIFICATE_DAYS 397u              /* of a console's, seat's or cache's */
#define SC_CERTIFICATE_AUTHORITY_DAYS (20u * 365u + 5u)
/* A console or seat renews its certificate when this much of its time is left: in two thirds of a year nobody is
 * missing who is ever switched on. */
#define SC_CERTIFICATE_RENEW_DAYS 265u

typedef enum {
  SC_CERTIFICATE_CONSOLE, /* issued for TLS servers */
  SC_CERTIFICATE_SEAT,    /* issued for TLS clients */
  SC_CERTIFICATE_CACHE,   /* issued for both */
} ScCertificatePurpose;

/* @name: what people see of it, such as "Seatcast authority of lab-console" */
ScCertificate *sc_certificate_new_authority (const ScPrivateKey *key, const char *name, gint64 now, GError **error);
/* @names: (element-type utf8): DNS names and IP addresses, mixed, as text; at least one, each as
 * sc_certificate_normalize_name() takes it. Errors: %SC_ERROR_INVALID */
ScCertificate *sc_certificate_issue_console (const ScCertificate *authority, const ScPrivateKey *authority_key,
                                             const ScPrivateKey *key, GPtrArray *names, gint64 now, GError **error);
/* @request: a sound sc_certificate_request (PEM); only its public key is taken over, never its names. @seat: a UUID.
 * Errors: %SC_ERROR_INVALID as sc_certificate_request_check() */
ScCertificate *sc_certificate_issue_seat (const ScCertificate *authority, const ScPrivateKey *authority_key,
                                          const char *request, const char *seat, gint64 now, GError **error);
/* @request: as above. @name: as sc_certificate_is_cache_name() takes it. @names: as of a console's. Errors:
 * %SC_ERROR_INVALID */
ScCertificate *sc_certificate_issue_cache (const ScCertificate *authority, const ScPrivateKey *authority_key,
                                           const char *request, const char *name, GPtrArray *names, gint64 now,
                                           GError **error);
#define SC_CERTIFICATE_CACHE_NAME_MAX 64u
/* Letters of ASCII, digits, and after the first character also . _ - */
gboolean sc_certificate_is_cache_name (const char *name);

/* Errors: %SC_ERROR_INVALID not one certificate in PEM, or too long */
ScCertificate *sc_certificate_parse (const char *pem, gsize length, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_CORRUPT */
ScCertificate *sc_certificate_load (const char *path, GError **error);
gboolean sc_certificate_save (const ScCertificate *self, const char *path, GError **error); /* durable */
/* Of a TLS peer, without its issuers. Errors: %SC_ERROR_INVALID */
ScCertificate *sc_certificate_of_tls (GTlsCertificate *certificate, GError **error);
ScCertificate *sc_certificate_copy (const ScCertificate *self);
void sc_certificate_free (ScCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCertificate, sc_certificate_free)

char *sc_certificate_to_pem (const ScCertificate *self);
gboolean sc_certificate_equal (const ScCertificate *a, const ScCertificate *b);
/* Whether it is self-signed and may issue others; that does not make it trusted. */
gboolean sc_certificate_is_authority (const ScCertificate *self);
/* SHA-256 of the DER, 64 digits of lower-case hex: what people compare. */
char *sc_certificate_get_fingerprint (const ScCertificate *self);
void sc_certificate_get_key_id (const ScCertificate *self, guint8 id[SC_KEY_ID_SIZE]);
gint64 sc_certificate_get_begin (const ScCertificate *self);
gint64 sc_certificate_get_end (const ScCertificate *self);
/* (transfer full) (element-type utf8): DNS names and addresses of a console's or cache's, sorted */
GPtrArray *sc_certificate_get_names (const ScCertificate *self);
gboolean sc_certificate_belongs_to (const ScCertificate *self, const ScPrivateKey *key);

/* A host's name in lower-case ASCII, or an IP address in its shortest text: as it stands in a certificate. Returns:
 * (transfer full) (nullable): NULL: it is neither */
char *sc_certificate_normalize_name (const char *name);

/* The chain @self … @authorities for use by GIO: with the key, and the authority so that a peer who only knows its
 * fingerprint can check it. Errors: %SC_ERROR_SYSTEM when GLib's TLS module is missing */
GTlsCertificate *sc_certificate_to_tls (const ScCertificate *self, const ScPrivateKey *key,
                                        const ScCertificate *authority, GError **error);

/**
 * sc_certificate_check:
 * @authorities: (element-type ScCertificate): any of them
 * @host: (nullable): a console's or cache's name or address, as in its URL; must be among the certificate's
 *
 * Signature, time, purpose, constraints, name (RFC 5280 §6, RFC 6125).
 * Errors: %SC_ERROR_DENIED: says which of them fails, and what to do
 */
gboolean sc_certificate_check (const ScCertificate *self, GPtrArray *authorities, ScCertificatePurpose purpose,
                               const char *host, gint64 now, GError **error);
/* (transfer full): the seat's id (UUID) in a certificate that sc_certificate_check() has found good; NULL: there is
 * none */
char *sc_certificate_get_seat (const ScCertificate *self);
/* (transfer full): the same for a cache's name */
char *sc_certificate_get_cache (const ScCertificate *self);
/* Whether it was issued to a cache, if it is one of the authority's: nothing of that is checked. */
gboolean sc_certificate_claims_cache (const ScCertificate *self);

/* The authority that a TLS peer's chain ends with, if its fingerprint is @fingerprint; for who only knows that.
 * Returns: (transfer full) (nullable) */
ScCertificate *sc_certificate_find_authority (GTlsCertificate *peer, const char *fingerprint);

/* (transfer full): PKCS #10 (RFC 2986) in PEM, signed by @key; its subject is only a label. */
char *sc_certificate_request_new (const ScPrivateKey *key, GError **error);
/* Checks length, form, the kind of key (P-256) and that the request is signed by it. @key_id: (out) (optional)
 * Errors: %SC_ERROR_INVALID */
gboolean sc_certificate_request_check (const char *pem, gsize length, guint8 key_id[SC_KEY_ID_SIZE], GError **error);

G_END_DECLS
