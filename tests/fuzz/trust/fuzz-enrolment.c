/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/trust/sc-enrolment.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* What parses says the same after another trip; what does not has an error of ours. */

static ScJson *
parse_again (ScJson *made)
{
  g_autoptr (ScJson) json = made;
  g_autofree char *text = sc_json_to_text (json);
  g_autoptr (GError) error = NULL;
  ScJson *again = sc_json_parse_object (text, strlen (text), 2 * SC_ENROLMENT_MAX_BYTES, &error);

  g_assert_no_error (error);
  return again;
}

static void
use_request (const ScJson *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScEnrolRequest) request = sc_enrol_request_from_json (json, &error);

  if (request == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    return;
  }
  g_autoptr (ScJson) made = parse_again (sc_enrol_request_to_json (request));
  g_autoptr (ScEnrolRequest) again = sc_enrol_request_from_json (made, &error);
  g_assert_no_error (error);
  g_autoptr (ScJson) made_again = sc_enrol_request_to_json (again);
  g_assert_true (json_equal (made, made_again));
}

static void
use_answer (const ScJson *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScEnrolAnswer) answer = sc_enrol_answer_from_json (json, &error);

  if (answer == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    return;
  }
  g_autoptr (ScJson) made = parse_again (sc_enrol_answer_to_json (answer));
  g_autoptr (ScEnrolAnswer) again = sc_enrol_answer_from_json (made, &error);
  g_assert_no_error (error);
  g_autoptr (ScJson) made_again = sc_enrol_answer_to_json (again);
  g_assert_true (json_equal (made, made_again));
}

static void
use_anchors (const ScJson *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScAnchors) anchors = sc_anchors_from_json (json, &error);

  if (anchors == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    return;
  }
  g_assert_cmpuint (anchors->authorities->len, >=, 1);
  g_assert_cmpuint (anchors->authorities->len, <=, SC_ANCHORS_MAX);
  g_assert_cmpuint (anchors->n_signing_keys, >=, 1);
  g_assert_cmpuint (anchors->n_signing_keys, <=, SC_ANCHORS_MAX);
  g_autoptr (ScJson) made = parse_again (sc_anchors_to_json (anchors));
  g_autoptr (ScAnchors) again = sc_anchors_from_json (made, &error);
  g_assert_no_error (error);
  g_assert_true (sc_anchors_equal (anchors, again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (ScJson) json = sc_json_parse_object ((const char *) data, size, SC_ENROLMENT_MAX_BYTES, NULL);

  if (json == NULL)
    return 0;
  use_request (json);
  use_answer (json);
  use_anchors (json);
  return 0;
}
