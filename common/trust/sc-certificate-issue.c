/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-certificate-private.h"

#include <openssl/pem.h>
#include <string.h>

#define BEGIN "-----BEGIN CERTIFICATE REQUEST-----"
/* of old programs, and of Windows' certreq; RFC 7468, 7 */
#define BEGIN_NEW "-----BEGIN NEW CERTIFICATE REQUEST-----"
#define SERIAL_BITS 159           /* RFC 5280, 4.1.2.2: positive, at most 20 bytes */
#define COMMON_NAME_CHARACTERS 64 /* RFC 5280, A.1: ub-common-name */

static gboolean
set_serial (X509 *x509)
{
  g_autoptr (BIGNUM) number = BN_new ();
  return number != NULL && BN_rand (number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER (number, X509_get_serialNumber (x509)) != NULL;
}

/* @value: constant; what comes from elsewhere would be read as OpenSSL's configuration */
static gboolean
add_extension (X509 *x509, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;
  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, issuer, x509, NULL, NULL, 0);
  g_autoptr (X509_EXTENSION) extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  return extension != NULL && X509_add_ext (x509, extension, -1) == 1;
}

static gboolean
set_times (X509 *x509, gint64 now, guint days, const X509 *issuer)
{
  time_t begin = (time_t) now;
  if (X509_time_adj_ex (X509_getm_notBefore (x509), -1, 0, &begin) == NULL ||
      X509_time_adj_ex (X509_getm_notAfter (x509), (int) days, 0, &begin) == NULL)
    return FALSE;
  return issuer == NULL || ASN1_TIME_compare (X509_get0_notAfter (x509), X509_get0_notAfter (issuer)) <= 0 ||
         X509_set1_notAfter (x509, X509_get0_notAfter (issuer)) == 1;
}

/* All but the extensions and the signature. @issuer: (nullable): itself */
static gboolean
fill (X509 *x509, EVP_PKEY *key, const char *name, const X509 *issuer, gint64 now, guint days)
{
  g_autofree char *common_name = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), COMMON_NAME_CHARACTERS));
  X509_NAME *subject = X509_get_subject_name (x509);
  return X509_set_version (x509, X509_VERSION_3) == 1 && set_serial (x509) && set_times (x509, now, days, issuer) &&
         X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guchar *) common_name, -1, -1, 0) == 1 &&
         X509_set_issuer_name (x509, issuer != NULL ? X509_get_subject_name (issuer) : subject) == 1 &&
         X509_set_pubkey (x509, key) == 1;
}

ScCertificate *
sc_certificate_new_authority (const ScPrivateKey *key, const char *name, gint64 now, GError **error)
{
  EVP_PKEY *handle = sc_private_key_get_handle (key);
  g_autoptr (X509) x509 = X509_new ();
  if (x509 != NULL && fill (x509, handle, name, NULL, now, SC_CERTIFICATE_AUTHORITY_DAYS) &&
      add_extension (x509, x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension (x509, x509, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension (x509, x509, NID_subject_key_identifier, "hash") && X509_sign (x509, handle, EVP_sha256 ()) > 0)
    return sc_certificate_take (g_steal_pointer (&x509));
  sc_openssl_set_error (error, SC_ERROR_SYSTEM, "Cannot make the authority's certificate");
  return NULL;
}

/* Of a console, a seat or a cache, all but its alternative names. (transfer full) (nullable) */
static X509 *
begin_end_entity (const ScCertificate *authority, EVP_PKEY *key, const char *name, const char *usage, gint64 now)
{
  g_autoptr (X509) x509 = X509_new ();
  X509 *issuer = authority->x509;
  gboolean made = x509 != NULL && fill (x509, key, name, issuer, now, SC_CERTIFICATE_DAYS) &&
                  add_extension (x509, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension (x509, issuer, NID_key_usage, "critical,digitalSignature") &&
                  add_extension (x509, issuer, NID_ext_key_usage, usage) &&
                  add_extension (x509, issuer, NID_subject_key_identifier, "hash") &&
                  add_extension (x509, issuer, NID_authority_key_identifier, "keyid:always");
  return made ? g_steal_pointer (&x509) : NULL;
}

static gboolean
add_name (GENERAL_NAMES *names, int type, const char *text)
{
  g_autoptr (GENERAL_NAME) name = GENERAL_NAME_new ();
  g_autoptr (ASN1_OCTET_STRING) address = type == GEN_IPADD ? a2i_IPADDRESS (text) : NULL;
  g_autoptr (ASN1_IA5STRING) string = type == GEN_IPADD ? NULL : ASN1_IA5STRING_new ();
  if (name == NULL || (type == GEN_IPADD && address == NULL) ||
      (type != GEN_IPADD && (string == NULL || ASN1_STRING_set (string, text, -1) != 1)))
    return FALSE;
  if (type == GEN_IPADD)
    GENERAL_NAME_set0_value (name, type, g_steal_pointer (&address));
  else
    GENERAL_NAME_set0_value (name, type, g_steal_pointer (&string));
  if (sk_GENERAL_NAME_push (names, name) <= 0)
    return FALSE;
  g_steal_pointer (&name);
  return TRUE;
}

static ScCertificate *
finish_end_entity (X509 *x509, GENERAL_NAMES *names, const ScPrivateKey *authority_key, GError **error)
{
  if (x509 != NULL && X509_add1_ext_i2d (x509, NID_subject_alt_name, names, 0, 0) == 1 &&
      X509_sign (x509, sc_private_key_get_handle (authority_key), EVP_sha256 ()) > 0) {
    X509_up_ref (x509);
    return sc_certificate_take (x509);
  }
  sc_openssl_set_error (error, SC_ERROR_SYSTEM, "Cannot issue a certificate");
  return NULL;
}

/* @names: names and addresses of a host */
static gboolean
add_host_names (GENERAL_NAMES *alternatives, GPtrArray *names, GError **error)
{
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *name = sc_certificate_normalize_name (names->pdata[i]);
    if (name == NULL || !add_name (alternatives, g_hostname_is_ip_address (name) ? GEN_IPADD : GEN_DNS, name)) {
      g_autofree char *excerpt = sc_error_excerpt (names->pdata[i]);
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is neither a host's name nor an IP address", excerpt);
      return FALSE;
    }
  }
  if (names->len > 0)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "The certificate of a console or a cache needs at least one name or address");
  return FALSE;
}

ScCertificate *
sc_certificate_issue_console (const ScCertificate *authority, const ScPrivateKey *authority_key,
                              const ScPrivateKey *key, GPtrArray *names, gint64 now, GError **error)
{
  g_autoptr (GENERAL_NAMES) alternatives = GENERAL_NAMES_new ();
  if (!add_host_names (alternatives, names, error))
    return NULL;
  g_autoptr (X509) x509 =
      begin_end_entity (authority, sc_private_key_get_handle (key), "Seatcast console", "serverAuth", now);
  return finish_end_entity (x509, alternatives, authority_key, error);
}

/* (transfer full) (nullable): with an error */
static EVP_PKEY *
read_request (const char *pem, gsize length, GError **error)
{
  gboolean is_new = length >= strlen (BEGIN_NEW) && memcmp (pem, BEGIN_NEW, strlen (BEGIN_NEW)) == 0;
  g_autoptr (BIO) memory = sc_openssl_open_pem (pem, length, SC_CERTIFICATE_MAX_BYTES, is_new ? BEGIN_NEW : BEGIN);
  g_autoptr (X509_REQ) request = memory != NULL ? PEM_read_bio_X509_REQ (memory, NULL, NULL, (char *) "") : NULL;
  EVP_PKEY *key = request != NULL ? X509_REQ_get0_pubkey (request) : NULL;
  if (key == NULL)
    sc_openssl_set_error (error, SC_ERROR_INVALID, "This is not one certificate request in PEM of at most 16 KiB");
  else if (!sc_openssl_is_p256 (key))
    sc_openssl_set_error (error, SC_ERROR_INVALID, "The certificate request is for a key that is not ECDSA P-256");
  else if (X509_REQ_verify (request, key) != 1)
    sc_openssl_set_error (error, SC_ERROR_INVALID, "The certificate request is not signed by its own key");
  else if (EVP_PKEY_up_ref (key) == 1)
    return key;
  return NULL;
}

ScCertificate *
sc_certificate_issue_seat (const ScCertificate *authority, const ScPrivateKey *authority_key, const char *request,
                           const char *seat, gint64 now, GError **error)
{
  g_autoptr (EVP_PKEY) key = read_request (request, strlen (request), error);
  if (key == NULL)
    return NULL;
  if (!g_uuid_string_is_valid (seat)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "A certificate is only issued to a seat with a UUID");
    return NULL;
  }
  g_autofree char *uri = g_strconcat (SC_CERTIFICATE_SEAT_URI, seat, NULL);
  g_autoptr (GENERAL_NAMES) alternatives = GENERAL_NAMES_new ();
  g_autoptr (X509) x509 =
      add_name (alternatives, GEN_URI, uri) ? begin_end_entity (authority, key, seat, "clientAuth", now) : NULL;
  return finish_end_entity (x509, alternatives, authority_key, error);
}

ScCertificate *
sc_certificate_issue_cache (const ScCertificate *authority, const ScPrivateKey *authority_key, const char *request,
                            const char *name, GPtrArray *names, gint64 now, GError **error)
{
  g_autoptr (EVP_PKEY) key = read_request (request, strlen (request), error);
  g_autoptr (GENERAL_NAMES) alternatives = GENERAL_NAMES_new ();
  g_autofree char *uri = g_strconcat (SC_CERTIFICATE_CACHE_URI, name, NULL);
  if (key == NULL || !add_host_names (alternatives, names, error))
    return NULL;
  if (!sc_certificate_is_cache_name (name)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "A cache's name has letters of ASCII, digits and . _ -, and at most %u of them",
                 SC_CERTIFICATE_CACHE_NAME_MAX);
    return NULL;
  }
  g_autoptr (X509) x509 = add_name (alternatives, GEN_URI, uri)
                              ? begin_end_entity (authority, key, name, "serverAuth,clientAuth", now)
                              : NULL;
  return finish_end_entity (x509, alternatives, authority_key, error);
}

char *
sc_certificate_request_new (const ScPrivateKey *key, GError **error)
{
  EVP_PKEY *handle = sc_private_key_get_handle (key);
  g_autoptr (X509_REQ) request = X509_REQ_new ();
  g_autoptr (BIO) memory = BIO_new (BIO_s_mem ());
  if (request != NULL && memory != NULL && X509_REQ_set_version (request, X509_REQ_VERSION_1) == 1 &&
      X509_NAME_add_entry_by_txt (X509_REQ_get_subject_name (request), "CN", MBSTRING_UTF8,
                                  (const guchar *) "Seatcast seat", -1, -1, 0) == 1 &&
      X509_REQ_set_pubkey (request, handle) == 1 && X509_REQ_sign (request, handle, EVP_sha256 ()) > 0 &&
      PEM_write_bio_X509_REQ (memory, request) == 1)
    return sc_openssl_take_text (memory);
  sc_openssl_set_error (error, SC_ERROR_SYSTEM, "Cannot make a certificate request");
  return NULL;
}

gboolean
sc_certificate_request_check (const char *pem, gsize length, guint8 key_id[SC_KEY_ID_SIZE], GError **error)
{
  g_autoptr (EVP_PKEY) key = read_request (pem, length, error);
  if (key != NULL && key_id != NULL)
    sc_openssl_get_key_id (key, key_id);
  return key != NULL;
}
