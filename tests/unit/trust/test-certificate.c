/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-certificate.h"

#include "common/sc-error.h"
#include "common/trust/sc-signature.h"
#include "tests/unit/platform/test-dir.h"

#include <openssl/err.h>
#include <string.h>

#define SEAT "7d1f8ad2-6a0a-4e3f-8f5e-5d0b6a1c2e01"
#define NOW G_GINT64_CONSTANT (1800000000)
#define DAY (24 * 60 * 60)

typedef struct {
  ScPrivateKey *key;
  ScCertificate *authority;
  GPtrArray *authorities; /* that one */
  ScPrivateKey *console_key;
  ScCertificate *console;
  ScPrivateKey *seat_key;
  char *request;
  ScCertificate *seat;
} Fixture;

static GPtrArray *
list_of (const char *const *names)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (list, g_strdup (names[i]));
  return list;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "Lab-Console.example.org", "localhost", "10.1.0.5", "fe80::1%eth0",
                                       "2001:DB8:0:0::1",         NULL };
  g_autoptr (GPtrArray) list = list_of (names);
  g_autoptr (GError) error = NULL;
  fixture->key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  fixture->authority = sc_certificate_new_authority (fixture->key, "Seatcast authority of a test", NOW, &error);
  g_assert_no_error (error);
  fixture->authorities = g_ptr_array_new ();
  g_ptr_array_add (fixture->authorities, fixture->authority);
  fixture->console_key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  fixture->console =
      sc_certificate_issue_console (fixture->authority, fixture->key, fixture->console_key, list, NOW, &error);
  g_assert_no_error (error);
  fixture->seat_key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  fixture->request = sc_certificate_request_new (fixture->seat_key, &error);
  g_assert_no_error (error);
  fixture->seat = sc_certificate_issue_seat (fixture->authority, fixture->key, fixture->request, SEAT, NOW, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->authorities);
  sc_certificate_free (fixture->seat);
  sc_certificate_free (fixture->console);
  sc_certificate_free (fixture->authority);
  sc_private_key_free (fixture->seat_key);
  sc_private_key_free (fixture->console_key);
  sc_private_key_free (fixture->key);
  g_free (fixture->request);
}

/* Why it is not; empty: it is good. */
static char *
refusal (const ScCertificate *certificate, GPtrArray *authorities, ScCertificatePurpose purpose, const char *host,
         gint64 now)
{
  g_autoptr (GError) error = NULL;
  gboolean good = sc_certificate_check (certificate, authorities, purpose, host, now, &error);
  if (good)
    g_assert_no_error (error);
  else
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  return g_strdup (good ? "" : error->message);
}

#define assert_good(certificate, purpose, host, now)                                                                   \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *why_ = refusal (certificate, fixture->authorities, purpose, host, now);                           \
    g_assert_cmpstr (why_, ==, "");                                                                                    \
  }                                                                                                                    \
  G_STMT_END
#define assert_refused(certificate, authorities, purpose, host, now, words)                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *why_ = refusal (certificate, authorities, purpose, host, now);                                    \
    if (strstr (why_, words) == NULL)                                                                                  \
      g_error ("“%s” does not say “%s”", why_, words);                                                                 \
  }                                                                                                                    \
  G_STMT_END

static void
test_fields (Fixture *fixture, gconstpointer data)
{
  g_autofree char *seat = sc_certificate_get_seat (fixture->seat);
  g_autofree char *none = sc_certificate_get_seat (fixture->console);
  g_autofree char *fingerprint = sc_certificate_get_fingerprint (fixture->authority);
  g_autoptr (GPtrArray) names = sc_certificate_get_names (fixture->console);
  guint8 id[SC_KEY_ID_SIZE], key_id[SC_KEY_ID_SIZE], request_id[SC_KEY_ID_SIZE];
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (seat, ==, SEAT);
  g_assert_null (none);
  g_assert_cmpuint (strlen (fingerprint), ==, 64);
  g_ptr_array_add (names, NULL);
  g_autofree char *list = g_strjoinv (" ", (char **) names->pdata);
  g_assert_cmpstr (list, ==, "10.1.0.5 2001:db8::1 fe80::1 lab-console.example.org localhost");
  g_assert_cmpint (sc_certificate_get_begin (fixture->seat), ==, NOW - DAY);
  g_assert_cmpint (sc_certificate_get_end (fixture->seat), ==, NOW + (gint64) SC_CERTIFICATE_DAYS * DAY);
  g_assert_cmpint (sc_certificate_get_end (fixture->authority), ==, NOW + (gint64) SC_CERTIFICATE_AUTHORITY_DAYS * DAY);
  g_assert_true (sc_certificate_belongs_to (fixture->seat, fixture->seat_key));
  g_assert_false (sc_certificate_belongs_to (fixture->seat, fixture->console_key));
  g_assert_true (sc_certificate_is_authority (fixture->authority));
  g_assert_false (sc_certificate_is_authority (fixture->seat));
  g_assert_true (sc_certificate_request_check (fixture->request, strlen (fixture->request), request_id, &error));
  g_assert_no_error (error);
  sc_certificate_get_key_id (fixture->seat, id);
  sc_private_key_get_id (fixture->seat_key, key_id);
  g_assert_cmpmem (id, sizeof id, key_id, sizeof key_id);
  g_assert_cmpmem (id, sizeof id, request_id, sizeof request_id);
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "a.crt", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_certificate_load (path, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sc_certificate_save (fixture->seat, path, &error));
  g_assert_no_error (error);
  g_autoptr (ScCertificate) loaded = sc_certificate_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (sc_certificate_equal (loaded, fixture->seat));
  g_assert_false (sc_certificate_equal (loaded, fixture->console));
  test_dir_write (path, "rubbish", 7);
  g_assert_null (sc_certificate_load (path, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "backup"));
}

static void
test_check (Fixture *fixture, gconstpointer data)
{
  assert_good (fixture->console, SC_CERTIFICATE_CONSOLE, "10.1.0.5", NOW);
  assert_good (fixture->console, SC_CERTIFICATE_CONSOLE, "LAB-console.example.org.", NOW);
  assert_good (fixture->console, SC_CERTIFICATE_CONSOLE, "2001:db8::1", NOW);
  assert_good (fixture->console, SC_CERTIFICATE_CONSOLE, "fe80::1%enp3s0", NOW);
  assert_good (fixture->console, SC_CERTIFICATE_CONSOLE, NULL, NOW);
  assert_good (fixture->seat, SC_CERTIFICATE_SEAT, NULL, NOW);
  assert_good (fixture->seat, SC_CERTIFICATE_SEAT, NULL, NOW - DAY);
  assert_good (fixture->seat, SC_CERTIFICATE_SEAT, NULL, NOW + (gint64) SC_CERTIFICATE_DAYS * DAY - 1);
}

static void
test_time (Fixture *fixture, gconstpointer data)
{
  gint64 end = NOW + (gint64) SC_CERTIFICATE_DAYS * DAY;
  assert_refused (fixture->seat, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, NOW - DAY - 1, "set the clock");
  assert_refused (fixture->seat, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, end, "has expired");
  assert_refused (fixture->console, fixture->authorities, SC_CERTIFICATE_CONSOLE, "localhost", end, "has expired");

  /* what is issued near the authority's end ends with it */
  g_autoptr (GError) error = NULL;
  gint64 late = NOW + (gint64) (SC_CERTIFICATE_AUTHORITY_DAYS - 10) * DAY;
  g_autoptr (ScCertificate) seat =
      sc_certificate_issue_seat (fixture->authority, fixture->key, fixture->request, SEAT, late, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sc_certificate_get_end (seat), ==, sc_certificate_get_end (fixture->authority));
}

static void
test_purpose (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture->seat, fixture->authorities, SC_CERTIFICATE_CONSOLE, NULL, NOW, "not issued to a console");
  assert_refused (fixture->seat, fixture->authorities, SC_CERTIFICATE_CONSOLE, SEAT, NOW, "not issued to a console");
  assert_refused (fixture->console, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, NOW, "not issued to a seat");
  assert_refused (fixture->authority, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, NOW, "not issued to a seat");
  assert_refused (fixture->authority, fixture->authorities, SC_CERTIFICATE_CONSOLE, NULL, NOW,
                  "not issued to a console");
}

/* A cache is neither a console to seats and staff nor a seat to the console, nor is one of them a cache. */
static void
test_cache (Fixture *fixture, gconstpointer data)
{
  const char *const names[] = { "cache.example.org", "10.1.0.7", NULL };
  const char *const bad_names[] = { "", ".a", "a b", "a/b", "ä", NULL };
  g_autoptr (GPtrArray) list = list_of (names);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *long_name = g_strnfill (SC_CERTIFICATE_CACHE_NAME_MAX + 1, 'a');
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) cache =
      sc_certificate_issue_cache (fixture->authority, fixture->key, fixture->request, "lab-1.cache", list, NOW, &error);
  g_assert_no_error (error);
  g_autofree char *name = sc_certificate_get_cache (cache);
  g_assert_cmpstr (name, ==, "lab-1.cache");
  assert_good (cache, SC_CERTIFICATE_CACHE, "cache.example.org", NOW);
  assert_good (cache, SC_CERTIFICATE_CACHE, "10.1.0.7", NOW);
  assert_refused (cache, fixture->authorities, SC_CERTIFICATE_CACHE, "10.1.0.5", NOW, "make it again with --name");
  assert_refused (cache, fixture->authorities, SC_CERTIFICATE_CONSOLE, NULL, NOW, "not issued to a console");
  assert_refused (cache, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, NOW, "not issued to a seat");
  assert_refused (fixture->console, fixture->authorities, SC_CERTIFICATE_CACHE, NULL, NOW, "not issued to a cache");
  assert_refused (fixture->seat, fixture->authorities, SC_CERTIFICATE_CACHE, NULL, NOW, "not issued to a cache");
  g_assert_true (sc_certificate_claims_cache (cache));
  g_assert_false (sc_certificate_claims_cache (fixture->console));
  g_assert_false (sc_certificate_claims_cache (fixture->seat));
  g_autofree char *seat = sc_certificate_get_seat (cache);
  g_assert_null (seat);
  g_autofree char *of_seat = sc_certificate_get_cache (fixture->seat);
  g_assert_null (of_seat);

  for (guint i = 0; i < G_N_ELEMENTS (bad_names); i++) {
    const char *bad = bad_names[i] != NULL ? bad_names[i] : long_name;
    g_assert_null (
        sc_certificate_issue_cache (fixture->authority, fixture->key, fixture->request, bad, list, NOW, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_null (
      sc_certificate_issue_cache (fixture->authority, fixture->key, fixture->request, "a", none, NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
test_host (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = { "10.1.0.6",     "example.org",      "a.lab-console.example.org",
                                       "::1",          "Seatcast console", "127.0.0.1",
                                       "*.example.org" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refused (fixture->console, fixture->authorities, SC_CERTIFICATE_CONSOLE, wrong[i], NOW, "“");
  assert_refused (fixture->console, fixture->authorities, SC_CERTIFICATE_CONSOLE, "other", NOW, "--name other");
  assert_refused (fixture->console, fixture->authorities, SC_CERTIFICATE_CONSOLE, "", NOW, "neither");
}

/* An authority of the same name, but with another key. */
static void
test_other_authority (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  g_autoptr (ScCertificate) other = sc_certificate_new_authority (key, "Seatcast authority of a test", NOW, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_ptr_array_add (others, other);
  assert_refused (fixture->seat, others, SC_CERTIFICATE_SEAT, NULL, NOW, "not one of the authority");
  assert_refused (fixture->seat, none, SC_CERTIFICATE_SEAT, NULL, NOW, "not one of the authority");
  /* signed by another key, in the name of the one that is trusted */
  g_autoptr (ScCertificate) forged =
      sc_certificate_issue_seat (fixture->authority, key, fixture->request, SEAT, NOW, &error);
  g_assert_no_error (error);
  assert_refused (forged, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, NOW, "not one of the authority");
  /* both are trusted while the authority is being changed */
  g_ptr_array_add (others, fixture->authority);
  g_autofree char *why = refusal (fixture->seat, others, SC_CERTIFICATE_SEAT, NULL, NOW);
  g_assert_cmpstr (why, ==, "");
}

/* A seat that signs a certificate for another one by its own key. */
static void
test_seat_as_authority (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) forged =
      sc_certificate_issue_seat (fixture->seat, fixture->seat_key, fixture->request, SEAT, NOW, &error);
  g_assert_no_error (error);
  assert_refused (forged, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, NOW, "not one of the authority");
  g_ptr_array_add (fixture->authorities, fixture->seat);
  assert_refused (forged, fixture->authorities, SC_CERTIFICATE_SEAT, NULL, NOW, "not one of the authority");
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pem = sc_certificate_to_pem (fixture->seat);
  g_autofree char *twice = g_strconcat (pem, pem, NULL);
  g_autofree char *before = g_strconcat ("x\n", pem, NULL);
  g_autofree char *torn = g_strndup (pem, strlen (pem) / 2);
  g_autofree char *blanks = g_strnfill (SC_CERTIFICATE_MAX_BYTES, '\n');
  g_autofree char *huge = g_strconcat (pem, blanks, NULL);
  const char *const bad[] = { "", "-----BEGIN CERTIFICATE-----\n", twice, before, torn, huge, fixture->request };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (sc_certificate_parse (bad[i], strlen (bad[i]), &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_autoptr (ScCertificate) good = sc_certificate_parse (pem, strlen (pem), &error);
  g_assert_no_error (error);
  g_assert_true (sc_certificate_equal (good, fixture->seat));
}

static void
test_requests (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) ed25519 = sc_private_key_new (SC_KEY_ED25519, &error);
  g_assert_no_error (error);
  g_autofree char *pem = sc_certificate_to_pem (fixture->seat);
  g_autofree char *blanks = g_strnfill (SC_CERTIFICATE_MAX_BYTES, '\n');
  g_autofree char *huge = g_strconcat (fixture->request, blanks, NULL);
  g_autofree char *torn = g_strndup (fixture->request, strlen (fixture->request) / 2);
  /* a bit of its signature, which stands at its end */
  g_autofree char *forged = g_strdup (fixture->request);
  char *end = strstr (forged, "-----END");
  end[-8] = end[-8] == 'A' ? 'B' : 'A';
  const char *const bad[] = { "", pem, huge, torn, forged };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (sc_certificate_request_check (bad[i], strlen (bad[i]), NULL, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
    g_assert_null (sc_certificate_issue_seat (fixture->authority, fixture->key, bad[i], SEAT, NOW, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_null (sc_certificate_issue_seat (fixture->authority, fixture->key, fixture->request, "pc-1", NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* RSA of 2048 bits: a request that is sound, but not of the kind that we take. */
static void
test_rsa_request (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "rsa-request.pem", NULL);
  g_autofree char *request = NULL;
  gsize length = 0;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &request, &length, &error);
  g_assert_no_error (error);
  g_assert_false (sc_certificate_request_check (request, length, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "P-256"));
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "", ".", "two words", "a,DNS:b", "..", "a..b", "x\ny", "ä...", "ä..b" };
  g_autofree char *long_name = g_strnfill (300, 'a');
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *const names[] = { bad[i], NULL };
    g_autoptr (GPtrArray) list = list_of (names);
    g_assert_null (sc_certificate_normalize_name (bad[i]));
    g_assert_null (
        sc_certificate_issue_console (fixture->authority, fixture->key, fixture->console_key, list, NOW, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_null (sc_certificate_normalize_name (long_name));
  g_autofree char *umlaut = sc_certificate_normalize_name ("Prüfraum.example");
  g_assert_cmpstr (umlaut, ==, "xn--prfraum-o2a.example");
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_assert_null (
      sc_certificate_issue_console (fixture->authority, fixture->key, fixture->console_key, none, NOW, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
test_tls (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *fingerprint = sc_certificate_get_fingerprint (fixture->authority);
  g_autofree char *own = sc_certificate_get_fingerprint (fixture->console);
  g_autoptr (GTlsCertificate) tls =
      sc_certificate_to_tls (fixture->console, fixture->console_key, fixture->authority, &error);
  g_assert_no_error (error);
  g_autoptr (ScCertificate) back = sc_certificate_of_tls (tls, &error);
  g_assert_no_error (error);
  g_assert_true (sc_certificate_equal (back, fixture->console));
  g_autoptr (ScCertificate) authority = sc_certificate_find_authority (tls, fingerprint);
  g_assert_nonnull (authority);
  g_assert_true (sc_certificate_equal (authority, fixture->authority));
  /* the console's own one is no authority, whatever its fingerprint */
  g_assert_null (sc_certificate_find_authority (tls, own));
  g_assert_null (sc_certificate_find_authority (tls, ""));
}

/* TLS by OpenSSL would take it for its own. */
static void
test_no_errors_left (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pem = sc_certificate_to_pem (fixture->seat);
  g_autofree char *torn = g_strndup (pem, strlen (pem) / 2);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (ScPrivateKey) signing_key = sc_private_key_new (SC_KEY_ED25519, NULL);
  ScSigningKey key;
  ScSignature signature = { { 1 } };
  ScChunkId manifest;

  sc_chunk_id_of (&manifest, "a", 1);
  sc_signing_key_of (signing_key, &key);
  g_assert_null (sc_certificate_parse (torn, strlen (torn), NULL));
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
  g_assert_false (sc_certificate_request_check (torn, strlen (torn), NULL, NULL));
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
  g_assert_false (sc_certificate_check (fixture->seat, none, SC_CERTIFICATE_SEAT, NULL, NOW, NULL));
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
  g_assert_false (
      sc_certificate_check (fixture->console, fixture->authorities, SC_CERTIFICATE_CONSOLE, "x", NOW, NULL));
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
  g_assert_false (sc_certificate_is_authority (fixture->console));
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
  g_assert_false (sc_signature_is_of_version (&signature, &key, 1, 1, &manifest));
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
}

#define add(name, function) g_test_add ("/trust/certificate/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("fields", test_fields);
  add ("file", test_file);
  add ("check", test_check);
  add ("time", test_time);
  add ("purpose", test_purpose);
  add ("cache", test_cache);
  add ("host", test_host);
  add ("other-authority", test_other_authority);
  add ("seat-as-authority", test_seat_as_authority);
  add ("malformed", test_malformed);
  add ("requests", test_requests);
  add ("rsa-request", test_rsa_request);
  add ("names", test_names);
  add ("tls", test_tls);
  add ("no-errors-left", test_no_errors_left);
  return g_test_run ();
}
