/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-error.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

G_BEGIN_DECLS

/*
 * What the files of this folder share of OpenSSL; of no use outside of it.
 */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ASN1_IA5STRING, ASN1_IA5STRING_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ASN1_OCTET_STRING, ASN1_OCTET_STRING_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ASN1_TIME, ASN1_TIME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GENERAL_NAME, GENERAL_NAME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GENERAL_NAMES, GENERAL_NAMES_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_EXTENSION, X509_EXTENSION_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE_CTX, X509_STORE_CTX_free)

/* OpenSSL keeps a list of errors for each thread, and its TLS takes what is in there for its own: so whatever may have
 * failed here ends with this, or with ERR_clear_error(). "@what: what OpenSSL says of it". Always %FALSE. */
gboolean sc_openssl_set_error (GError **error, ScError code, const char *what);
/* (transfer full): what was written to @memory */
char *sc_openssl_take_text (BIO *memory);
/* A BIO of @length bytes of PEM, which must begin with @begin, such as "-----BEGIN CERTIFICATE-----", and have nothing
 * but blanks behind the first end. NULL: it has not, or is too long. It reads from @pem itself. */
BIO *sc_openssl_open_pem (const char *pem, gsize length, gsize max_bytes, const char *begin);
/* Whether it is a public or private key on P-256. */
gboolean sc_openssl_is_p256 (const EVP_PKEY *key);
/* SHA-256 of the SubjectPublicKeyInfo. */
void sc_openssl_get_key_id (const EVP_PKEY *key, guint8 id[32]);

G_END_DECLS
