/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-certificate-private.h"

#include "common/platform/sc-system.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define DAY_SECONDS (24 * 60 * 60)

ScCertificate *
sc_certificate_take (X509 *x509)
{
  ScCertificate *self = g_new0 (ScCertificate, 1);
  self->x509 = x509;
  return self;
}

ScCertificate *
sc_certificate_copy (const ScCertificate *self)
{
  X509_up_ref (self->x509);
  return sc_certificate_take (self->x509);
}

void
sc_certificate_free (ScCertificate *self)
{
  if (self == NULL)
    return;
  X509_free (self->x509);
  g_free (self);
}

ScCertificate *
sc_certificate_parse (const char *pem, gsize length, GError **error)
{
  g_autoptr (BIO) memory = sc_openssl_open_pem (pem, length, SC_CERTIFICATE_MAX_BYTES, BEGIN);
  X509 *x509 = memory != NULL ? PEM_read_bio_X509 (memory, NULL, NULL, (char *) "") : NULL;
  if (x509 != NULL)
    return sc_certificate_take (x509);
  sc_openssl_set_error (error, SC_ERROR_INVALID, "This is not one certificate in PEM of at most 16 KiB");
  return NULL;
}

ScCertificate *
sc_certificate_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) failure = NULL;
  if (!g_file_get_contents (path, &text, &length, &failure)) {
    gboolean missing = g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_set_error (error, SC_ERROR, missing ? SC_ERROR_NOT_FOUND : SC_ERROR_SYSTEM, "Cannot read a certificate: %s",
                 failure->message);
    return NULL;
  }
  ScCertificate *self = sc_certificate_parse (text, length, &failure);
  if (self == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "“%s” is damaged: %s; restore it from a backup", path,
                 failure->message);
  return self;
}

gboolean
sc_certificate_save (const ScCertificate *self, const char *path, GError **error)
{
  g_autofree char *pem = sc_certificate_to_pem (self);
  return sc_system_write_secret (path, pem, error);
}

char *
sc_certificate_to_pem (const ScCertificate *self)
{
  g_autoptr (BIO) memory = BIO_new (BIO_s_mem ());
  if (memory == NULL || PEM_write_bio_X509 (memory, self->x509) != 1)
    g_error ("A certificate cannot be written: out of memory");
  return sc_openssl_take_text (memory);
}

gboolean
sc_certificate_equal (const ScCertificate *a, const ScCertificate *b)
{
  return X509_cmp (a->x509, b->x509) == 0;
}

char *
sc_certificate_get_fingerprint (const ScCertificate *self)
{
  guint8 *der = NULL;
  int length = i2d_X509 (self->x509, &der);
  if (length <= 0)
    g_error ("A certificate cannot be written: out of memory");
  char *fingerprint = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der, (gsize) length);
  OPENSSL_free (der);
  return fingerprint;
}

void
sc_certificate_get_key_id (const ScCertificate *self, guint8 id[SC_KEY_ID_SIZE])
{
  EVP_PKEY *key = X509_get0_pubkey (self->x509);
  /* of a kind that OpenSSL does not know: no key of ours has this id */
  if (key == NULL)
    memset (id, 0, SC_KEY_ID_SIZE);
  else
    sc_openssl_get_key_id (key, id);
}

/* Of a time beyond what the calendar has: 0, which is over. */
static gint64
to_seconds (const ASN1_TIME *time)
{
  g_autoptr (ASN1_TIME) epoch = ASN1_TIME_set (NULL, 0);
  int days = 0, seconds = 0;
  if (epoch == NULL || ASN1_TIME_diff (&days, &seconds, epoch, time) != 1)
    return 0;
  return (gint64) days * DAY_SECONDS + seconds;
}

gint64
sc_certificate_get_begin (const ScCertificate *self)
{
  return to_seconds (X509_get0_notBefore (self->x509));
}

gint64
sc_certificate_get_end (const ScCertificate *self)
{
  return to_seconds (X509_get0_notAfter (self->x509));
}

gboolean
sc_certificate_belongs_to (const ScCertificate *self, const ScPrivateKey *key)
{
  guint8 own[SC_KEY_ID_SIZE], other[SC_KEY_ID_SIZE];
  sc_certificate_get_key_id (self, own);
  sc_private_key_get_id (key, other);
  return memcmp (own, other, sizeof own) == 0;
}

gboolean
sc_certificate_is_authority (const ScCertificate *self)
{
  gboolean is = X509_check_ca (self->x509) == 1 && X509_self_signed (self->x509, 1) == 1;
  ERR_clear_error ();
  return is;
}

char *
sc_certificate_normalize_name (const char *name)
{
  g_autofree char *plain = g_strndup (name, strcspn (name, "%")); /* an address' zone is this host's matter */
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (plain);
  if (address != NULL)
    return g_inet_address_to_string (address);
  g_autofree char *ascii = g_hostname_to_ascii (name);
  gsize length = ascii != NULL ? strlen (ascii) : 0;
  if (length > 0 && ascii[length - 1] == '.')
    ascii[--length] = '\0';
  /* of several dots at the end of a name that is not ASCII, GLib leaves out one: what is left may end with one, too */
  if (length == 0 || length > 253 || ascii[0] == '.' || ascii[length - 1] == '.' || strstr (ascii, "..") != NULL)
    return NULL;
  for (char *c = ascii; *c != '\0'; c++) {
    *c = g_ascii_tolower (*c);
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '.' && *c != '_')
      return NULL;
  }
  return g_steal_pointer (&ascii);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static char *
address_to_text (const ASN1_OCTET_STRING *value)
{
  int length = ASN1_STRING_length (value);
  if (length != 4 && length != 16)
    return NULL;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (
      ASN1_STRING_get0_data (value), length == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (address);
}

GPtrArray *
sc_certificate_get_names (const ScCertificate *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GENERAL_NAMES) alternatives = X509_get_ext_d2i (self->x509, NID_subject_alt_name, NULL, NULL);
  for (int i = 0; alternatives != NULL && i < sk_GENERAL_NAME_num (alternatives); i++) {
    int type = 0;
    const ASN1_STRING *value = GENERAL_NAME_get0_value (sk_GENERAL_NAME_value (alternatives, i), &type);
    g_autofree char *text = NULL;
    if (type == GEN_DNS)
      text = g_strndup ((const char *) ASN1_STRING_get0_data (value), (gsize) ASN1_STRING_length (value));
    else if (type == GEN_IPADD)
      text = address_to_text (value);
    if (text != NULL && g_utf8_validate (text, -1, NULL))
      g_ptr_array_add (names, g_steal_pointer (&text));
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

gboolean
sc_certificate_is_cache_name (const char *name)
{
  gsize length = strlen (name);
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && (i == 0 || strchr ("._-", name[i]) == NULL))
      return FALSE;
  return length > 0 && length <= SC_CERTIFICATE_CACHE_NAME_MAX;
}

/* What follows @prefix in the one URI among the alternative names. @alone: no other name may be there. (transfer full)
 * (nullable) */
static char *
dup_uri (const ScCertificate *self, const char *prefix, gboolean alone)
{
  g_autoptr (GENERAL_NAMES) alternatives = X509_get_ext_d2i (self->x509, NID_subject_alt_name, NULL, NULL);
  int n = alternatives != NULL ? sk_GENERAL_NAME_num (alternatives) : 0;
  g_autofree char *uri = NULL;
  if (alone && n != 1)
    return NULL;
  for (int i = 0; i < n; i++) {
    int type = 0;
    const ASN1_STRING *value = GENERAL_NAME_get0_value (sk_GENERAL_NAME_value (alternatives, i), &type);
    if (type != GEN_URI)
      continue;
    if (uri != NULL)
      return NULL;
    uri = g_strndup ((const char *) ASN1_STRING_get0_data (value), (gsize) ASN1_STRING_length (value));
    /* a NUL within would hide what stands behind it */
    if (strlen (uri) != (gsize) ASN1_STRING_length (value) || !g_str_has_prefix (uri, prefix))
      return NULL;
  }
  return uri != NULL ? g_strdup (uri + strlen (prefix)) : NULL;
}

char *
sc_certificate_get_seat (const ScCertificate *self)
{
  g_autofree char *seat = dup_uri (self, SC_CERTIFICATE_SEAT_URI, TRUE);
  return seat != NULL && g_uuid_string_is_valid (seat) ? g_steal_pointer (&seat) : NULL;
}

char *
sc_certificate_get_cache (const ScCertificate *self)
{
  g_autofree char *name = dup_uri (self, SC_CERTIFICATE_CACHE_URI, FALSE);
  return name != NULL && sc_certificate_is_cache_name (name) ? g_steal_pointer (&name) : NULL;
}
