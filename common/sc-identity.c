/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-identity.h"

#include <glib/gstdio.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#define KEY_NAME "console.key"
#define CERTIFICATE_NAME "console.crt"
#define COMMON_NAME "Seatcast console"
#define DAY_SECONDS (24 * 60 * 60)
#define VALID_DAYS (20 * 365 + 5)
#define SERIAL_BITS 159 /* RFC 5280, 4.1.2.2: positive, at most 20 bytes */
#define TOKEN_BYTES 32

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_EXTENSION, X509_EXTENSION_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

/* Always FALSE. */
static gboolean
set_crypto_error (GError **error, ScError code, const char *what)
{
  char reason[256] = "no reason given";
  gulong number = ERR_get_error ();
  if (number != 0)
    ERR_error_string_n (number, reason, sizeof reason);
  ERR_clear_error ();
  g_set_error (error, SC_ERROR, code, "%s: %s", what, reason);
  return FALSE;
}

static char *
memory_to_text (BIO *memory)
{
  char *data = NULL;
  long length = BIO_get_mem_data (memory, &data);
  return g_strndup (data, (gsize) length);
}

static char *
key_to_pem (EVP_PKEY *key)
{
  g_autoptr (BIO) memory = BIO_new (BIO_s_secmem ()); /* wiped when it is freed */
  if (memory == NULL || PEM_write_bio_PKCS8PrivateKey (memory, key, NULL, NULL, 0, NULL, NULL) != 1)
    return NULL;
  return memory_to_text (memory);
}

static char *
certificate_to_pem (X509 *certificate)
{
  g_autoptr (BIO) memory = BIO_new (BIO_s_mem ());
  return memory != NULL && PEM_write_bio_X509 (memory, certificate) == 1 ? memory_to_text (memory) : NULL;
}

static gboolean
set_serial (X509 *certificate)
{
  g_autoptr (BIGNUM) number = BN_new ();
  return number != NULL && BN_rand (number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER (number, X509_get_serialNumber (certificate)) != NULL;
}

static gboolean
add_extension (X509 *certificate, int nid, const char *value)
{
  X509V3_CTX context;
  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, certificate, certificate, NULL, NULL, 0);
  g_autoptr (X509_EXTENSION) extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  return extension != NULL && X509_add_ext (certificate, extension, -1) == 1;
}

/* As RFC 5280 has it for a self-made server certificate; who connects pins it, so no host name is in it. */
static gboolean
fill_certificate (X509 *certificate, EVP_PKEY *key)
{
  X509_NAME *name = X509_get_subject_name (certificate);
  return X509_set_version (certificate, X509_VERSION_3) == 1 && set_serial (certificate) &&
         X509_gmtime_adj (X509_getm_notBefore (certificate), -DAY_SECONDS) != NULL /* a seat's clock may be behind */
         && X509_time_adj_ex (X509_getm_notAfter (certificate), VALID_DAYS, 0, NULL) != NULL &&
         X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const guchar *) COMMON_NAME, -1, -1, 0) == 1 &&
         X509_set_issuer_name (certificate, name) == 1 && X509_set_pubkey (certificate, key) == 1 &&
         add_extension (certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension (certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension (certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension (certificate, NID_subject_key_identifier, "hash");
}

static X509 *
make_certificate (EVP_PKEY *key, GError **error)
{
  g_autoptr (X509) certificate = X509_new ();
  if (certificate != NULL && fill_certificate (certificate, key) && X509_sign (certificate, key, EVP_sha256 ()) > 0)
    return g_steal_pointer (&certificate);
  set_crypto_error (error, SC_ERROR_SYSTEM, "Cannot make the console's certificate");
  return NULL;
}

/* Reads a PEM file of ours. Returns: %NULL with @error */
static BIO *
open_pem (const char *path, char **text, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (!g_file_get_contents (path, text, NULL, &failure)) {
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "Cannot read the console's identity: %s", failure->message);
    return NULL;
  }
  return BIO_new_mem_buf (*text, -1);
}

static EVP_PKEY *
load_key (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (BIO) memory = open_pem (path, &text, error);
  if (memory == NULL)
    return NULL;
  EVP_PKEY *key = PEM_read_bio_PrivateKey (memory, NULL, NULL, NULL);
  OPENSSL_cleanse (text, strlen (text));
  g_autofree char *what = g_strdup_printf ("“%s” is not a private key; restore it from a backup", path);
  if (key == NULL)
    set_crypto_error (error, SC_ERROR_CORRUPT, what);
  return key;
}

static EVP_PKEY *
create_key (const char *path, GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autofree char *pem = key == NULL ? NULL : key_to_pem (key);
  if (pem == NULL) {
    set_crypto_error (error, SC_ERROR_SYSTEM, "Cannot make the console's key");
    return NULL;
  }
  gboolean written = sc_system_write_secret (path, pem, error);
  OPENSSL_cleanse (pem, strlen (pem));
  return written ? g_steal_pointer (&key) : NULL;
}

static gboolean
create_certificate (const char *path, EVP_PKEY *key, GError **error)
{
  g_autoptr (X509) certificate = make_certificate (key, error);
  if (certificate == NULL)
    return FALSE;
  g_autofree char *pem = certificate_to_pem (certificate);
  return pem != NULL ? sc_system_write_secret (path, pem, error)
                     : set_crypto_error (error, SC_ERROR_SYSTEM, "Cannot write the console's certificate");
}

/* A restored backup may hold one file of two different identities; TLS would then fail for every seat without a word
 * why. */
static gboolean
check_pair (const char *certificate_path, EVP_PKEY *key, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (BIO) memory = open_pem (certificate_path, &text, error);
  if (memory == NULL)
    return FALSE;
  g_autoptr (X509) certificate = PEM_read_bio_X509 (memory, NULL, NULL, NULL);
  if (certificate != NULL && X509_check_private_key (certificate, key) == 1)
    return TRUE;
  g_autofree char *what =
      g_strdup_printf ("“%s” is damaged or does not belong to “" KEY_NAME "” beside it; restore both from "
                       "the same backup",
                       certificate_path);
  return set_crypto_error (error, SC_ERROR_CORRUPT, what);
}

GTlsCertificate *
sc_identity_load_or_create (const char *directory, GError **error)
{
  g_autofree char *key_path = g_build_filename (directory, KEY_NAME, NULL);
  g_autofree char *certificate_path = g_build_filename (directory, CERTIFICATE_NAME, NULL);
  gboolean has_key = g_file_test (key_path, G_FILE_TEST_EXISTS);
  gboolean has_certificate = g_file_test (certificate_path, G_FILE_TEST_EXISTS);
  if (has_certificate && !has_key) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "“%s” has no “" KEY_NAME
                 "” beside it: restore it from a backup, or remove the certificate for a new identity, which "
                 "every seat must then be told of by a new connection file",
                 certificate_path);
    return NULL;
  }
  g_autoptr (EVP_PKEY) key = has_key ? load_key (key_path, error) : create_key (key_path, error);
  /* The key comes first, so a crash between the two leaves a key that a certificate can still be made for */
  if (key == NULL || (!has_certificate && !create_certificate (certificate_path, key, error)) ||
      !check_pair (certificate_path, key, error))
    return NULL;
  g_autoptr (GError) failure = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (certificate_path, key_path, &failure);
  if (certificate == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM,
                 "Cannot use the console's identity in “%s”: %s; is GLib's TLS module (glib-networking) installed?",
                 directory, failure->message);
  return certificate;
}

char *
sc_identity_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_object_get (certificate, "certificate", &der, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

char *
sc_identity_make_token (void)
{
  guint8 bytes[TOKEN_BYTES];
  if (RAND_bytes (bytes, sizeof bytes) != 1)
    g_error ("The system gives no random numbers; nothing secret can be made");
  char *token = g_base64_encode (bytes, sizeof bytes);
  OPENSSL_cleanse (bytes, sizeof bytes);
  token[strcspn (token, "=")] = '\0';
  return g_strdelimit (g_strdelimit (token, "+", '-'), "/", '_');
}

gboolean
sc_identity_token_equal (const char *a, const char *b)
{
  guint8 hash_a[EVP_MAX_MD_SIZE], hash_b[EVP_MAX_MD_SIZE];
  gsize size_a, size_b;
  /* No token was given, or none was set: that never lets anybody in */
  if (a == NULL || b == NULL || a[0] == '\0' || b[0] == '\0')
    return FALSE;
  /* The hashes are compared, so that the time taken tells nothing about where, or how long, the token is */
  if (EVP_Q_digest (NULL, "SHA256", NULL, a, strlen (a), hash_a, &size_a) != 1 ||
      EVP_Q_digest (NULL, "SHA256", NULL, b, strlen (b), hash_b, &size_b) != 1)
    return FALSE;
  return CRYPTO_memcmp (hash_a, hash_b, size_a) == 0;
}
