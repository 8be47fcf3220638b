/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trust/test-authority.h"

#define SECONDS(us) ((us) / G_TIME_SPAN_SECOND)

static ScPrivateKey *
make_key (ScKeyKind kind)
{
  g_autoptr (GError) error = NULL;
  ScPrivateKey *key = sc_private_key_new (kind, &error);
  g_assert_no_error (error);
  return key;
}

TestAuthority *
test_authority_new (void)
{
  static const char *const names[] = { "127.0.0.1", "::1", "localhost" };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gint64 now = SECONDS (g_get_real_time ());
  TestAuthority *self = g_new0 (TestAuthority, 1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (list, (gpointer) names[i]);
  self->key = make_key (SC_KEY_P256);
  self->certificate = sc_certificate_new_authority (self->key, "Seatcast authority of a test", now, &error);
  g_assert_no_error (error);
  self->fingerprint = sc_certificate_get_fingerprint (self->certificate);
  self->console_key = make_key (SC_KEY_P256);
  self->console = sc_certificate_issue_console (self->certificate, self->key, self->console_key, list, now, &error);
  g_assert_no_error (error);
  self->tls = sc_certificate_to_tls (self->console, self->console_key, self->certificate, &error);
  g_assert_no_error (error);
  self->signing_key = make_key (SC_KEY_ED25519);
  self->anchors = sc_anchors_new ();
  g_ptr_array_add (self->anchors->authorities, sc_certificate_copy (self->certificate));
  sc_signing_key_of (self->signing_key, &self->anchors->signing_keys[0]);
  self->anchors->n_signing_keys = 1;
  return self;
}

void
test_authority_free (TestAuthority *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->tls);
  sc_private_key_free (self->key);
  sc_private_key_free (self->console_key);
  sc_private_key_free (self->signing_key);
  sc_certificate_free (self->certificate);
  sc_certificate_free (self->console);
  sc_anchors_free (self->anchors);
  g_free (self->fingerprint);
  g_free (self);
}

GTlsCertificate *
test_authority_make_seat (const TestAuthority *self, const char *seat, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = make_key (SC_KEY_P256);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_assert_no_error (error);
  g_autoptr (ScCertificate) certificate =
      sc_certificate_issue_seat (self->certificate, self->key, request, seat, now, &error);
  g_assert_no_error (error);
  GTlsCertificate *tls = sc_certificate_to_tls (certificate, key, self->certificate, &error);
  g_assert_no_error (error);
  return tls;
}

ScConnection *
test_authority_make_connection (const TestAuthority *self, const char *url, const char *token)
{
  return sc_connection_new (url, token, self->fingerprint);
}
