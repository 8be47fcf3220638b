/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-enrolment.h"

#include "common/sc-error.h"
#include "tests/unit/trust/test-authority.h"

#include <string.h>

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static ScEnrolRequest *
make_request (void)
{
  ScEnrolRequest *request = sc_enrol_request_new ();
  set_text (&request->token, "s3cret");
  set_text (&request->request, "-----BEGIN CERTIFICATE REQUEST-----");
  set_text (&request->name, "pc-1");
  set_text (&request->room, "A101");
  set_text (&request->machine, "4c4c4544-0042");
  g_ptr_array_add (request->macs, g_strdup ("02:fc:00:00:00:01"));
  set_text (&request->os, "Debian");
  set_text (&request->service_version, "0.1.0");
  return request;
}

static void
test_request (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScEnrolRequest) request = make_request ();
  g_autoptr (ScJson) json = sc_enrol_request_to_json (request);
  g_autofree char *text = sc_json_to_text (json);
  g_autoptr (ScJson) parsed = sc_json_parse_object (text, strlen (text), SC_ENROLMENT_MAX_BYTES, &error);
  g_assert_no_error (error);
  g_autoptr (ScEnrolRequest) back = sc_enrol_request_from_json (parsed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back->token, ==, "s3cret");
  g_assert_cmpstr (back->request, ==, request->request);
  g_assert_cmpstr (back->name, ==, "pc-1");
  g_assert_cmpstr (back->room, ==, "A101");
  g_assert_cmpstr (back->machine, ==, "4c4c4544-0042");
  g_assert_cmpuint (back->macs->len, ==, 1);
  g_assert_cmpstr (back->macs->pdata[0], ==, "02:fc:00:00:00:01");
  g_assert_cmpstr (back->os, ==, "Debian");
  g_assert_cmpstr (back->service_version, ==, "0.1.0");
}

/* @value: (transfer full): what @member is instead; NULL: it is not there */
static void
assert_request_refused (const char *member, ScJson *value)
{
  g_autoptr (ScEnrolRequest) request = make_request ();
  g_autoptr (ScJson) json = sc_enrol_request_to_json (request);
  g_autoptr (GError) error = NULL;
  if (value == NULL)
    json_object_del (json, member);
  else
    json_object_set_new (json, member, value);
  g_assert_null (sc_enrol_request_from_json (json, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, member));
  g_assert_null (strstr (error->message, "hidden"));
}

static void
test_bad_requests (void)
{
  static const char *const members[] = {
    "token", "request", "name", "room", "machine", "macs", "os", "service_version"
  };
  g_autofree char *long_text = g_strnfill (SC_CERTIFICATE_MAX_BYTES + 1, 'x');
  ScJson *macs = json_array ();
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    assert_request_refused (members[i], NULL);
    assert_request_refused (members[i], json_integer (7));
    if (strcmp (members[i], "macs") != 0)
      assert_request_refused (members[i], json_string (long_text));
  }
  assert_request_refused ("token", json_string ("hidden secret"));
  assert_request_refused ("name", json_string (""));
  assert_request_refused ("name", json_string ("  "));
  assert_request_refused ("name", json_string ("two\nlines"));
  assert_request_refused ("room", json_string ("\x1b[31mred"));
  assert_request_refused ("machine", json_string ("UPPER"));
  assert_request_refused ("macs", json_pack ("[s]", "02:FC:00:00:00:01"));
  assert_request_refused ("macs", json_pack ("[s]", "02-fc-00-00-00-01"));
  assert_request_refused ("macs", json_pack ("[s]", "02:fc:00:00:00"));
  for (guint i = 0; i <= SC_ENROLMENT_MAX_MACS; i++)
    json_array_append_new (macs, json_string ("02:fc:00:00:00:01"));
  assert_request_refused ("macs", macs);
}

static ScEnrolAnswer *
make_answer (const TestAuthority *authority, ScEnrolState state)
{
  ScEnrolAnswer *answer = sc_enrol_answer_new (state);
  if (state == SC_ENROL_APPROVED) {
    set_text (&answer->seat, TEST_AUTHORITY_SEAT);
    set_text (&answer->certificate, "-----BEGIN CERTIFICATE-----");
    answer->anchors = sc_anchors_copy (authority->anchors);
  } else {
    set_text (&answer->reason, "staff must approve it");
    answer->retry = state == SC_ENROL_DENIED ? 0 : 30;
  }
  return answer;
}

static void
test_answers (void)
{
  g_autoptr (TestAuthority) authority = test_authority_new ();
  for (guint state = SC_ENROL_APPROVED; state <= SC_ENROL_DENIED; state++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ScEnrolAnswer) answer = make_answer (authority, state);
    g_autoptr (ScJson) json = sc_enrol_answer_to_json (answer);
    g_autoptr (ScEnrolAnswer) back = sc_enrol_answer_from_json (json, &error);
    ScEnrolState nick_state = SC_ENROL_DENIED;
    g_assert_no_error (error);
    g_assert_cmpint (back->state, ==, state);
    g_assert_cmpstr (back->reason, ==, answer->reason);
    g_assert_cmpuint (back->retry, ==, answer->retry);
    g_assert_cmpstr (back->seat, ==, answer->seat);
    g_assert_cmpstr (back->certificate, ==, answer->certificate);
    g_assert_cmpint (back->anchors != NULL, ==, state == SC_ENROL_APPROVED);
    if (back->anchors != NULL)
      g_assert_true (sc_anchors_equal (back->anchors, authority->anchors));
    g_assert_true (sc_enrol_state_from_nick (sc_enrol_state_to_nick (state), &nick_state));
    g_assert_cmpint (nick_state, ==, state);
  }
}

static void
assert_answer_refused (const TestAuthority *authority, ScEnrolState state, const char *member, ScJson *value)
{
  g_autoptr (ScEnrolAnswer) answer = make_answer (authority, state);
  g_autoptr (ScJson) json = sc_enrol_answer_to_json (answer);
  g_autoptr (GError) error = NULL;
  if (value == NULL)
    json_object_del (json, member);
  else
    json_object_set_new (json, member, value);
  g_assert_null (sc_enrol_answer_from_json (json, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, member));
}

static void
test_bad_answers (void)
{
  static const char *const members[] = { "state", "reason", "retry", "seat", "certificate", "anchors" };
  g_autoptr (TestAuthority) authority = test_authority_new ();
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    assert_answer_refused (authority, SC_ENROL_APPROVED, members[i], NULL);
  assert_answer_refused (authority, SC_ENROL_PENDING, "state", json_string ("perhaps"));
  assert_answer_refused (authority, SC_ENROL_PENDING, "seat", json_string (TEST_AUTHORITY_SEAT));
  assert_answer_refused (authority, SC_ENROL_PENDING, "certificate", json_string ("x"));
  assert_answer_refused (authority, SC_ENROL_PENDING, "anchors", sc_anchors_to_json (authority->anchors));
  assert_answer_refused (authority, SC_ENROL_PENDING, "retry", json_integer (0));
  assert_answer_refused (authority, SC_ENROL_PENDING, "retry", json_integer (SC_ENROLMENT_MAX_RETRY + 1));
  assert_answer_refused (authority, SC_ENROL_DENIED, "retry", json_integer (5));
  assert_answer_refused (authority, SC_ENROL_APPROVED, "seat", json_string ("pc-1"));
  assert_answer_refused (authority, SC_ENROL_APPROVED, "certificate", json_string (""));
  assert_answer_refused (authority, SC_ENROL_DENIED, "reason", json_string ("two\nlines"));
}

static void
test_anchors (void)
{
  g_autoptr (TestAuthority) authority = test_authority_new ();
  g_autoptr (TestAuthority) next = test_authority_new ();
  g_autoptr (ScAnchors) both = sc_anchors_copy (authority->anchors);
  g_autoptr (GError) error = NULL;
  g_ptr_array_add (both->authorities, sc_certificate_copy (next->certificate));
  both->signing_keys[both->n_signing_keys++] = next->anchors->signing_keys[0];
  g_autoptr (ScJson) json = sc_anchors_to_json (both);
  g_autoptr (ScAnchors) back = sc_anchors_from_json (json, &error);
  g_assert_no_error (error);
  g_assert_true (sc_anchors_equal (both, back));
  g_assert_false (sc_anchors_equal (both, authority->anchors));
  g_assert_false (sc_anchors_equal (next->anchors, authority->anchors));
}

static void
assert_anchors_refused (const TestAuthority *authority, const char *member, ScJson *value)
{
  g_autoptr (ScJson) json = sc_anchors_to_json (authority->anchors);
  g_autoptr (GError) error = NULL;
  json_object_set_new (json, member, value);
  g_assert_null (sc_anchors_from_json (json, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, member));
}

static void
test_bad_anchors (void)
{
  g_autoptr (TestAuthority) authority = test_authority_new ();
  g_autofree char *console = sc_certificate_to_pem (authority->console);
  g_autofree char *pem = sc_certificate_to_pem (authority->certificate);
  ScJson *many = json_array ();
  for (guint i = 0; i <= SC_ANCHORS_MAX; i++)
    json_array_append_new (many, json_string (pem));
  assert_anchors_refused (authority, "authorities", many);
  assert_anchors_refused (authority, "authorities", json_array ());
  assert_anchors_refused (authority, "authorities", json_pack ("[s]", "rubbish"));
  assert_anchors_refused (authority, "authorities", json_pack ("[s]", console)); /* no authority */
  assert_anchors_refused (authority, "signing_keys", json_array ());
  assert_anchors_refused (authority, "signing_keys", json_pack ("[s]", "abc"));
  assert_anchors_refused (authority, "signing_keys", json_integer (1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/enrolment/request", test_request);
  g_test_add_func ("/trust/enrolment/bad-requests", test_bad_requests);
  g_test_add_func ("/trust/enrolment/answers", test_answers);
  g_test_add_func ("/trust/enrolment/bad-answers", test_bad_answers);
  g_test_add_func ("/trust/anchors/round-trip", test_anchors);
  g_test_add_func ("/trust/anchors/bad", test_bad_anchors);
  return g_test_run ();
}
