/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/schedule/sc-room-policy.h"
#include "console/engine/schedule/sc-selection.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1795420800) * G_TIME_SPAN_SECOND)

/* What it says of times holds together. */
static void
check_times (const ScWindow *window)
{
  gint64 closes = 0, opens = sc_window_next_opening (window, NOW);

  g_assert_cmpint (opens, >, NOW);
  if (sc_window_is_open (window, NOW, &closes)) {
    g_assert_cmpint (closes, >, NOW);
    g_assert_true (closes == G_MAXINT64 || !sc_window_is_open (window, closes, NULL));
  }
  g_assert_true (opens == G_MAXINT64 || sc_window_is_open (window, opens, NULL));
}

static void
try_window (const char *text)
{
  g_auto (ScWindow) window = { 0 };
  g_auto (ScWindow) again = { 0 };
  g_autoptr (GError) error = NULL;

  if (!sc_window_parse (text, &window, &error)) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return;
  }
  g_autofree char *said = sc_window_to_text (&window);
  sc_window_parse (said, &again, &error);
  g_assert_no_error (error);
  g_assert_true (sc_window_equal (&window, &again));
  check_times (&window);
}

static void
try_selection (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = sc_selection_new_from_text (1, text, &error);

  if (selection == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    return;
  }
  g_autoptr (ScSelection) again = sc_selection_new_from_text (1, sc_selection_templates_to_text (selection), &error);
  g_assert_no_error (error);
  g_assert_true (sc_selection_equal (selection, again));
}

static void
try_policy (const char *text)
{
  g_auto (ScRoomPolicy) policy = { 0 }, again = { 0 };
  g_autoptr (ScJson) json = sc_json_parse_object (text, strlen (text), 65536, NULL);
  g_autoptr (GError) error = NULL;

  if (json == NULL)
    return;
  sc_room_policy_init (&policy);
  sc_room_policy_init (&again);
  if (!sc_room_policy_change (&policy, json, &error)) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return;
  }
  g_autoptr (ScJson) said = sc_room_policy_to_json (&policy);
  g_assert_true (sc_room_policy_change (&again, said, &error));
  g_assert_no_error (error);
  g_autoptr (ScJson) said_again = sc_room_policy_to_json (&again);
  g_assert_true (json_equal (said, said_again));
  check_times (&policy.window);
}

/* Texts of staff: what parses says the same after another trip; what does not has an error of ours. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data, size) : g_strdup ("");

  try_window (text);
  try_selection (text);
  try_policy (text);
  return 0;
}
