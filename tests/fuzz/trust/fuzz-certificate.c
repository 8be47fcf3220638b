/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/trust/sc-certificate.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/*
 * The input as PEM, as a host's name, and as DER that is put into PEM, once as a certificate and once as a request:
 * behind the base64 a search would not find its way.
 */

#define NOW G_GINT64_CONSTANT (1795400000) /* when the certificates of the corpus were issued */

/* That issued them; its key is gone. */
static const char authority_pem[] = "-----BEGIN CERTIFICATE-----\n"
                                    "MIIBjzCCATWgAwIBAgIUbwRC+QRgIuR+6UnU8g92D0pvDfcwCgYIKoZIzj0EAwIw\n"
                                    "JDEiMCAGA1UEAwwZU2VhdGNhc3QgYXV0aG9yaXR5IG9mIGxhYjAeFw0yNjExMjIw\n"
                                    "MjEzMjBaFw00NjExMjMwMjEzMjBaMCQxIjAgBgNVBAMMGVNlYXRjYXN0IGF1dGhv\n"
                                    "cml0eSBvZiBsYWIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATDuWseSlDzsIZk\n"
                                    "cM4xfCB4gFZiRBMoBPP4HDDLzwsqLE7JbHwrmdpe6UMAVjaBbV2LURjW0IL7tdDS\n"
                                    "hC6hDVwVo0UwQzASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBBjAd\n"
                                    "BgNVHQ4EFgQUBnWbrVi+z/KTrceoZGrcASAPEW0wCgYIKoZIzj0EAwIDSAAwRQIh\n"
                                    "ALE9BW4UZRoB4ljfCFccO+5KPaSJ5cHeYDaJTVeUqLDKAiAf3I2Dkapu5aD/7AWl\n"
                                    "5h0GvaCOcqbCfnOMivskigAxNA==\n"
                                    "-----END CERTIFICATE-----\n";

static void
check (const ScCertificate *certificate, GPtrArray *authorities, ScCertificatePurpose purpose, const char *host)
{
  g_autoptr (GError) error = NULL;

  if (sc_certificate_check (certificate, authorities, purpose, host, NOW, &error)) {
    g_autofree char *seat = sc_certificate_get_seat (certificate);

    g_assert_no_error (error);
    g_assert_true (purpose == SC_CERTIFICATE_CONSOLE || seat == NULL || g_uuid_string_is_valid (seat));
    g_assert_cmpint (sc_certificate_get_begin (certificate), <=, NOW);
    g_assert_cmpint (sc_certificate_get_end (certificate), >=, NOW);
    g_assert_false (sc_certificate_is_authority (certificate));
  } else {
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  }
}

static void
use_certificate (const char *pem, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) authority = sc_certificate_parse (authority_pem, strlen (authority_pem), &error);
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();
  g_autoptr (ScCertificate) certificate = NULL;

  g_assert_no_error (error);
  certificate = sc_certificate_parse (pem, length, &error);
  if (certificate == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    return;
  }
  g_autofree char *text = sc_certificate_to_pem (certificate);
  g_autoptr (ScCertificate) again = sc_certificate_parse (text, strlen (text), &error);
  g_autofree char *fingerprint = sc_certificate_get_fingerprint (certificate);
  g_autoptr (GPtrArray) names = sc_certificate_get_names (certificate);
  guint8 id[SC_KEY_ID_SIZE];

  g_assert_no_error (error);
  g_assert_true (sc_certificate_equal (certificate, again));
  g_assert_cmpuint (strlen (fingerprint), ==, 64);
  for (guint i = 0; i < names->len; i++)
    g_assert_true (g_utf8_validate (g_ptr_array_index (names, i), -1, NULL));
  sc_certificate_get_key_id (certificate, id);
  g_ptr_array_add (authorities, authority);
  check (certificate, authorities, SC_CERTIFICATE_SEAT, NULL);
  check (certificate, authorities, SC_CERTIFICATE_CONSOLE, "lab.example.org");
  check (certificate, authorities, SC_CERTIFICATE_CONSOLE, "127.0.0.1");
  /* one that vouches for itself is trusted by whoever was told to */
  g_ptr_array_add (authorities, certificate);
  check (certificate, authorities, SC_CERTIFICATE_SEAT, NULL);
}

static void
use_request (const char *pem, gsize length)
{
  g_autoptr (GError) error = NULL;
  guint8 id[SC_KEY_ID_SIZE];

  if (!sc_certificate_request_check (pem, length, id, &error))
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
use_name (const uint8_t *data, size_t size)
{
  g_autofree char *name = size > 0 ? g_strndup ((const char *) data, size) : g_strdup ("");
  g_autofree char *normal = sc_certificate_normalize_name (name);

  if (normal != NULL) {
    g_autofree char *again = sc_certificate_normalize_name (normal);

    g_assert_cmpstr (again, ==, normal);
  }
}

/* (transfer full) */
static char *
wrap (const uint8_t *data, size_t size, const char *kind)
{
  g_autofree char *base64 = g_base64_encode (data, size);
  GString *pem = g_string_new (NULL);

  g_string_printf (pem, "-----BEGIN %s-----\n", kind);
  for (const char *at = base64; *at != '\0'; at += strnlen (at, 64))
    g_string_append_printf (pem, "%.64s\n", at);
  g_string_append_printf (pem, "-----END %s-----\n", kind);
  return g_string_free (pem, FALSE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *certificate = wrap (data, size, "CERTIFICATE");
  g_autofree char *request = wrap (data, size, "CERTIFICATE REQUEST");

  use_certificate ((const char *) data, size);
  use_request ((const char *) data, size);
  use_name (data, size);
  use_certificate (certificate, strlen (certificate));
  use_request (request, strlen (request));
  return 0;
}
