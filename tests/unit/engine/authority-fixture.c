/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/authority-fixture.h"

#include "common/sc-error.h"

#include <string.h>

char *
authority_path (const char *directory, const char *name)
{
  return g_build_filename (directory, SC_AUTHORITY_FOLDER, name, NULL);
}

GPtrArray *
authority_names (const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);
  GPtrArray *array = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; list[i] != NULL; i++)
    g_ptr_array_add (array, g_strdup (list[i]));
  return array;
}

ScAuthority *
authority_open_with (const char *directory, const char *names, gint64 now)
{
  g_autoptr (GPtrArray) list = authority_names (names);
  g_autoptr (GError) error = NULL;
  ScAuthority *authority = sc_authority_open (directory, list, now, &error);
  g_assert_no_error (error);
  g_assert_nonnull (authority);
  return authority;
}

ScAuthority *
authority_open (const char *directory)
{
  return authority_open_with (directory, "console 10.1.0.5", NOW);
}

void
authority_assert_refused (const char *directory, ScError code, const char *words)
{
  g_autoptr (GPtrArray) list = authority_names ("console");
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_authority_open (directory, list, NOW, &error));
  g_assert_error (error, SC_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static char *
make_request (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  char *request = sc_certificate_request_new (key, &error);
  g_assert_no_error (error);
  return request;
}

ScCertificate *
authority_issue (ScAuthority *authority, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *request = make_request ();
  guint8 key_id[SC_KEY_ID_SIZE], certificate_id[SC_KEY_ID_SIZE];
  gint64 end = 0;
  g_autofree char *pem = sc_authority_issue_seat (authority, request, SEAT, now, key_id, &end, &error);
  g_assert_no_error (error);
  ScCertificate *certificate = sc_certificate_parse (pem, strlen (pem), &error);
  g_assert_no_error (error);
  sc_certificate_get_key_id (certificate, certificate_id);
  g_assert_cmpmem (key_id, sizeof key_id, certificate_id, sizeof certificate_id);
  g_assert_cmpint (end, ==, sc_certificate_get_end (certificate));
  return certificate;
}

gboolean
authority_identifies (ScAuthority *authority, const ScCertificate *certificate, gint64 now)
{
  g_autoptr (GError) error = NULL;
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autofree char *seat = sc_authority_identify_seat (authority, certificate, now, key_id, &error);
  if (seat == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
    g_assert_nonnull (strstr (error->message, "enrol again"));
    return FALSE;
  }
  g_assert_cmpstr (seat, ==, SEAT);
  return TRUE;
}

void
authority_assert_console (ScAuthority *authority, const char *host, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) shown = sc_certificate_of_tls (sc_authority_get_tls (authority), &error);
  g_assert_no_error (error);
  g_assert_true (sc_certificate_equal (shown, sc_authority_get_console_certificate (authority)));
  g_autoptr (ScCertificate) root =
      sc_certificate_find_authority (sc_authority_get_tls (authority), sc_authority_get_fingerprint (authority));
  g_assert_nonnull (root);
  g_assert_true (sc_certificate_equal (root, sc_authority_get_certificate (authority)));
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();
  g_ptr_array_add (authorities, root);
  sc_certificate_check (shown, authorities, SC_CERTIFICATE_CONSOLE, host, now, &error);
  g_assert_no_error (error);
}

void
authority_count (gpointer user_data)
{
  (*(guint *) user_data)++;
}
