/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-certificate-private.h"

#include "common/trust/sc-token.h"

#include <openssl/err.h>
#include <string.h>

#define MAX_CHAIN 8u /* certificates that a peer may show */

/* Always FALSE. */
static gboolean deny (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
deny (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SC_ERROR, SC_ERROR_DENIED, "%s", text);
  return FALSE;
}

static char *
format_day (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M UTC") : g_strdup ("?");
}

static gboolean
check_time (const ScCertificate *self, gint64 now, GError **error)
{
  gint64 begin = sc_certificate_get_begin (self);
  gint64 end = sc_certificate_get_end (self);
  g_autofree char *now_text = format_day (now);
  if (now < begin) {
    g_autofree char *begin_text = format_day (begin);
    return deny (error, "the certificate is good from %s on, and the clock here says %s: set the clock", begin_text,
                 now_text);
  }
  if (now >= end) {
    g_autofree char *end_text = format_day (end);
    return deny (error, "the certificate has expired at %s (the clock here says %s): it must be issued anew", end_text,
                 now_text);
  }
  return TRUE;
}

/* OpenSSL takes a certificate without the extension for any purpose; ours always have it. */
static gboolean
check_purpose (const ScCertificate *self, ScCertificatePurpose purpose, GError **error)
{
  static const guint32 usages[] = { [SC_CERTIFICATE_CONSOLE] = XKU_SSL_SERVER,
                                    [SC_CERTIFICATE_SEAT] = XKU_SSL_CLIENT,
                                    [SC_CERTIFICATE_CACHE] = XKU_SSL_SERVER | XKU_SSL_CLIENT };
  static const char *const holders[] = { "console", "seat", "cache" };
  guint32 wanted = usages[purpose];
  guint32 flags = X509_get_extension_flags (self->x509);
  ERR_clear_error ();
  if ((flags & EXFLAG_CA) == 0 && (flags & EXFLAG_XKUSAGE) != 0 && X509_get_extended_key_usage (self->x509) == wanted)
    return TRUE;
  return deny (error, "the certificate was not issued to a %s", holders[purpose]);
}

gboolean
sc_certificate_claims_cache (const ScCertificate *self)
{
  return check_purpose (self, SC_CERTIFICATE_CACHE, NULL);
}

static gboolean
check_chain (const ScCertificate *self, GPtrArray *authorities, ScCertificatePurpose purpose, gint64 now,
             GError **error)
{
  g_autoptr (X509_STORE) store = X509_STORE_new ();
  g_autoptr (X509_STORE_CTX) context = X509_STORE_CTX_new ();
  gboolean ready = store != NULL && context != NULL;
  for (guint i = 0; ready && i < authorities->len; i++)
    ready = X509_STORE_add_cert (store, ((ScCertificate *) authorities->pdata[i])->x509) == 1;
  if (!ready || X509_STORE_CTX_init (context, store, self->x509, NULL) != 1)
    return sc_openssl_set_error (error, SC_ERROR_SYSTEM, "Cannot check a certificate");
  X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param (context);
  X509_VERIFY_PARAM_set_time (rules, (time_t) now);
  X509_VERIFY_PARAM_set_flags (rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_auth_level (rules, 2); /* 112 bits */
  X509_VERIFY_PARAM_set_depth (rules, 0);      /* nothing between it and the authority */
  X509_VERIFY_PARAM_set_purpose (rules,
                                 purpose == SC_CERTIFICATE_SEAT ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER);
  int result = X509_verify_cert (context);
  ERR_clear_error ();
  if (result == 1)
    return TRUE;
  int reason = X509_STORE_CTX_get_error (context);
  return deny (error, "the certificate is not one of the authority that is trusted here (%s)",
               X509_verify_cert_error_string (reason));
}

static gboolean
check_host (const ScCertificate *self, ScCertificatePurpose purpose, const char *host, GError **error)
{
  g_autofree char *name = sc_certificate_normalize_name (host);
  g_autoptr (GPtrArray) names = sc_certificate_get_names (self);
  gboolean found = FALSE;
  if (name == NULL)
    return deny (error, "“%s” is neither a host's name nor an IP address", host);
  if (g_hostname_is_ip_address (name))
    found = X509_check_ip_asc (self->x509, name, 0) == 1;
  else
    found = X509_check_host (self->x509, name, 0, X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                             NULL) == 1;
  ERR_clear_error ();
  if (found)
    return TRUE;
  g_ptr_array_add (names, NULL);
  g_autofree char *list = g_strjoinv (", ", (char **) names->pdata);
  g_autofree char *excerpt = g_utf8_substring (list, 0, MIN (g_utf8_strlen (list, -1), 300));
  if (purpose == SC_CERTIFICATE_CACHE)
    return deny (error, "the cache's certificate is not for “%s” but for %s: make it again with --name %s", name,
                 excerpt, name);
  return deny (error,
               "the console's certificate is not for “%s” but for %s: use one of these, or start the console with "
               "--name %s",
               name, excerpt, name);
}

gboolean
sc_certificate_check (const ScCertificate *self, GPtrArray *authorities, ScCertificatePurpose purpose, const char *host,
                      gint64 now, GError **error)
{
  return check_purpose (self, purpose, error) && check_time (self, now, error) &&
         check_chain (self, authorities, purpose, now, error) &&
         (host == NULL || check_host (self, purpose, host, error));
}

/* ---- TLS ---- */

ScCertificate *
sc_certificate_of_tls (GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GByteArray) der = NULL;
  g_object_get (certificate, "certificate", &der, NULL);
  const guint8 *data = der != NULL ? der->data : NULL;
  X509 *x509 = NULL;
  if (der != NULL && der->len <= SC_CERTIFICATE_MAX_BYTES)
    x509 = d2i_X509 (NULL, &data, (long) der->len);
  if (x509 != NULL)
    return sc_certificate_take (x509);
  sc_openssl_set_error (error, SC_ERROR_INVALID, "This is not a certificate of at most 16 KiB");
  return NULL;
}

ScCertificate *
sc_certificate_find_authority (GTlsCertificate *peer, const char *fingerprint)
{
  guint depth = 0;
  for (GTlsCertificate *each = peer; each != NULL && depth < MAX_CHAIN;
       each = g_tls_certificate_get_issuer (each), depth++) {
    g_autoptr (ScCertificate) certificate = sc_certificate_of_tls (each, NULL);
    g_autofree char *found = certificate != NULL ? sc_certificate_get_fingerprint (certificate) : NULL;
    if (found != NULL && strcmp (found, fingerprint) == 0 && sc_certificate_is_authority (certificate))
      return g_steal_pointer (&certificate);
  }
  return NULL;
}

GTlsCertificate *
sc_certificate_to_tls (const ScCertificate *self, const ScPrivateKey *key, const ScCertificate *authority,
                       GError **error)
{
  GType type = g_tls_backend_get_certificate_type (g_tls_backend_get_default ());
  g_autofree char *authority_pem = sc_certificate_to_pem (authority);
  g_autofree char *own_pem = sc_certificate_to_pem (self);
  g_autoptr (GError) failure = NULL;
  /* put together here: GLib's reader of chains would leave out an authority when the clock is wrong */
  g_autoptr (GTlsCertificate) issuer = g_initable_new (type, NULL, &failure, "certificate-pem", authority_pem, NULL);
  GTlsCertificate *certificate = NULL;
  if (issuer != NULL) {
    char *key_pem = sc_private_key_to_pem (key);
    certificate = g_initable_new (type, NULL, &failure, "certificate-pem", own_pem, "private-key-pem", key_pem,
                                  "issuer", issuer, NULL);
    sc_secret_free (key_pem);
  }
  if (certificate == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM,
                 "Cannot use a certificate for TLS: %s; is GLib's TLS module (glib-networking) installed?",
                 failure->message);
  return certificate;
}
