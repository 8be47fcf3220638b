/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-connection.h"

#include "common/sc-error.h"
#include "tests/unit/platform/test-dir.h"
#include "tests/unit/platform/test-private.h"
#include "tests/unit/trust/test-authority.h"

#include <glib/gstdio.h>
#include <string.h>

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
test_file (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "seat.conf", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScConnection) connection = sc_connection_new ("https://10.1.0.5:8470/", "t0ken", DIGITS);

  test_dir_write (path, "old", 3); /* made for all to read, and replaced */
  g_assert_true (sc_connection_save (connection, path, &error));
  g_assert_no_error (error);
  test_private_assert (path);
  g_autoptr (ScConnection) loaded = sc_connection_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (loaded->url, ==, "https://10.1.0.5:8470");
  g_assert_cmpstr (loaded->token, ==, "t0ken");
  g_assert_cmpstr (loaded->fingerprint, ==, DIGITS);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (sc_connection_load (path, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_null (sc_connection_load (dir, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
}

static gboolean
accepted (const char *url, const char *token, const char *fingerprint)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf ("[console]\nurl=%s\ntoken=%s\nca-sha256=%s\n", url, token, fingerprint);
  g_autoptr (ScConnection) connection = sc_connection_parse (text, strlen (text), &error);
  if (connection == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_true (token[0] == '\0' || strstr (error->message, token) == NULL);
  }
  return connection != NULL;
}

static void
test_rules (void)
{
  static const char *const bad_urls[] = {
    "",
    "http://h:1",
    "https://",
    "https:///x",
    "https://h/path",
    "https://u:p@h",
    "https://h?q",
    "https://h#f",
    "https://h:99999",
    "h:8470",
    "https://h:0",
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *long_token = g_strnfill (257, 'x');
  g_autofree char *long_text = g_strnfill (20000, '#');
  g_assert_true (accepted ("https://h", "s3cret", DIGITS));
  g_assert_true (accepted ("https://[::1]:8470", "s3cret", DIGITS));
  g_assert_true (
      accepted ("https://h//", "s3cret", "ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
  for (guint i = 0; i < G_N_ELEMENTS (bad_urls); i++)
    g_assert_false (accepted (bad_urls[i], "s3cret", DIGITS));
  g_assert_false (accepted ("https://h", "", DIGITS));
  g_assert_false (accepted ("https://h", "two words", DIGITS));
  g_assert_false (accepted ("https://h", long_token, DIGITS));
  g_assert_false (accepted ("https://h", "s3cret", DIGITS "0"));
  g_assert_false (accepted ("https://h", "s3cret", "abc"));
  g_assert_true (accepted ("https://h", "back\\qslash", DIGITS));
  g_assert_null (sc_connection_parse ("[console]\n", 10, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_connection_parse (long_text, 20000, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);

  g_autoptr (ScConnection) wrong = sc_connection_new ("http://h", "t", DIGITS);
  g_assert_false (sc_connection_save (wrong, "/nonexistent/never-written", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* Of a console that had no authority: useless, and it is said why. */
static void
test_former (void)
{
  static const char text[] = "[console]\nurl=https://h:1\ntoken=t\ncertificate-sha256=" DIGITS "\n";
  static const char present[] = "[console]\nurl=https://h:1\ntoken=t\nca-sha256=" DIGITS "\n";
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "connection", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_connection_is_former (path));
  test_dir_write (path, text, strlen (text));
  g_assert_true (sc_connection_is_former (path));
  g_assert_null (sc_connection_load (path, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "fetch a new one"));
  test_dir_write (path, present, strlen (present));
  g_assert_false (sc_connection_is_former (path));
  test_dir_write (path, "", 0);
  g_assert_false (sc_connection_is_former (path));
}

/* Why who shows @certificate is not the console; empty: it is. */
static char *
refusal (const ScConnection *connection, GTlsCertificate *certificate, gint64 now)
{
  g_autoptr (GError) error = NULL;

  if (sc_connection_check_peer (connection, certificate, now, &error)) {
    g_assert_no_error (error);
    return g_strdup ("");
  }
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_null (strstr (error->message, connection->token));
  return g_strdup (error->message);
}

static void
assert_refused (const TestAuthority *trusted, const char *url, GTlsCertificate *certificate, gint64 now,
                const char *words)
{
  g_autoptr (ScConnection) connection = test_authority_make_connection (trusted, url, "the-token");
  g_autofree char *why = refusal (connection, certificate, now);

  if (words[0] == '\0')
    g_assert_cmpstr (why, ==, "");
  else
    g_assert_nonnull (strstr (why, words));
}

static void
test_peer (void)
{
  g_autoptr (TestAuthority) ours = test_authority_new ();
  g_autoptr (TestAuthority) other = test_authority_new ();
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_TIME_SPAN_SECOND;
  gint64 later = sc_certificate_get_end (ours->console);
  g_autoptr (GTlsCertificate) seat = test_authority_make_seat (ours, TEST_AUTHORITY_SEAT, now);
  /* shown with the authority that is trusted, but signed by another one */
  g_autoptr (GTlsCertificate) forged =
      sc_certificate_to_tls (other->console, other->console_key, ours->certificate, &error);
  g_assert_no_error (error);

  assert_refused (ours, "https://127.0.0.1:8470", ours->tls, now, "");
  assert_refused (ours, "https://LOCALHOST:8470", ours->tls, now, "");
  assert_refused (ours, "https://[::1]:8470", ours->tls, now, "");
  assert_refused (ours, "https://127.0.0.2:8470", ours->tls, now, "--name 127.0.0.2");
  assert_refused (ours, "https://console:8470", ours->tls, now, "not for “console”");
  assert_refused (ours, "https://localhost:8470", ours->tls, later, "expired");
  assert_refused (ours, "https://localhost:8470", other->tls, now, "fingerprint");
  assert_refused (ours, "https://localhost:8470", seat, now, "not issued to a console");
  assert_refused (ours, "https://localhost:8470", forged, now, "not one of the authority");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/connection/file", test_file);
  g_test_add_func ("/trust/connection/rules", test_rules);
  g_test_add_func ("/trust/connection/former", test_former);
  g_test_add_func ("/trust/connection/peer", test_peer);
  return g_test_run ();
}
