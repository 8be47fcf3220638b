/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sc-test-enrolment.h"

#include <string.h>

static void
answer_with (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
}

static ScEnrolAnswer *
make_answer (ScTestEnrolment *self, guint *status)
{
  ScEnrolAnswer *answer = sc_enrol_answer_new (self->say == SC_TEST_SAY_PENDING  ? SC_ENROL_PENDING
                                               : self->say == SC_TEST_SAY_DENIED ? SC_ENROL_DENIED
                                                                                 : SC_ENROL_APPROVED);

  *status = self->say == SC_TEST_SAY_PENDING ? 202 : self->say == SC_TEST_SAY_DENIED ? 403 : 200;
  if (answer->state == SC_ENROL_APPROVED) {
    g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, NULL);
    g_autofree char *other = sc_certificate_request_new (key, NULL);

    g_free (answer->seat);
    g_free (answer->certificate);
    answer->seat = g_strdup (TEST_AUTHORITY_SEAT);
    answer->certificate =
        sc_test_console_issue (self->console, self->say == SC_TEST_SAY_OTHER_KEY ? other : self->asked->request,
                               TEST_AUTHORITY_SEAT, g_get_real_time () / G_USEC_PER_SEC);
    answer->anchors = sc_anchors_copy (self->console->authority->anchors);
    return answer;
  }
  g_free (answer->reason);
  answer->reason = g_strdup (self->reason);
  answer->retry = self->say == SC_TEST_SAY_PENDING ? 3600 : 0;
  return answer;
}

static void
serve (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  ScTestEnrolment *self = user_data;
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json =
      sc_json_parse_object (g_bytes_get_data (body, NULL), g_bytes_get_size (body), SC_ENROLMENT_MAX_BYTES, &error);
  guint status;

  g_assert_no_error (error);
  g_assert_cmpstr (soup_server_message_get_method (message), ==, "POST");
  g_assert_null (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization"));
  self->n_asked++;
  g_clear_pointer (&self->asked, sc_enrol_request_free);
  self->asked = sc_enrol_request_from_json (json, &error);
  g_assert_no_error (error);
  sc_certificate_request_check (self->asked->request, strlen (self->asked->request), self->key_id, &error);
  g_assert_no_error (error);
  if (self->say == SC_TEST_SAY_NONSENSE || self->say == SC_TEST_SAY_BUSY) {
    answer_with (message, self->say == SC_TEST_SAY_BUSY ? 429 : 200,
                 "{\"error\":{\"code\":\"busy\",\"message\":\"too many ask\"}}");
    return;
  }
  g_autoptr (ScEnrolAnswer) answer = make_answer (self, &status);
  g_autoptr (ScJson) said = sc_enrol_answer_to_json (answer);
  g_autofree char *text = sc_json_to_text (said);
  answer_with (message, status, text);
}

void
sc_test_enrolment_init (ScTestEnrolment *self, ScTestConsole *console)
{
  memset (self, 0, sizeof *self);
  self->console = console;
  self->reason = "for a reason";
  soup_server_add_handler (console->server, "/v1/enrol", serve, self, NULL);
}

void
sc_test_enrolment_clear (ScTestEnrolment *self)
{
  g_clear_pointer (&self->asked, sc_enrol_request_free);
}
