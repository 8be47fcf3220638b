/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a seat makes of the volumes it finds; these are made up, test-volume.c has the real ones. */
#include "common/sc-error.h"
#include "sc-test-silence.h"
#include "service/sc-seat-volumes.h"

#include <string.h>

static ScVolumeTraits repository_traits, state_traits;
static gboolean unreadable;

static ScVolume *
inspect (const char *directory, gboolean ask, GError **error)
{
  gboolean state = g_str_equal (directory, "/state");
  ScVolume *volume;

  if (unreadable) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_SYSTEM, "it does not say");
    return NULL;
  }
  volume = sc_volume_new ();
  volume->traits = state ? state_traits : repository_traits;
  g_free (volume->reason);
  volume->reason = g_strdup (state ? "found of the state" : "found of the repository");
  return volume;
}

static ScSeatVolumes *
make (ScVolumeTraits accepted)
{
  repository_traits = state_traits = 0;
  unreadable = FALSE;
  return sc_seat_volumes_new ("/repository", "/state", accepted, inspect);
}

static void
expect (GLogLevelFlags level, const char *pattern)
{
  g_test_expect_message (G_LOG_DOMAIN, level, pattern);
}

static void
assert_refused (ScSeatVolumes *volumes, ScVolumeTraits traits)
{
  g_autoptr (ScVolume) volume = sc_seat_volumes_dup_repository (volumes);
  g_assert_cmpuint (volume->refused, ==, traits);
}

/* It is asked at every order, and says what it found once. */
static void
test_refused (void)
{
  g_autoptr (ScSeatVolumes) volumes = make (SC_VOLUME_COMPRESSES);
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_seat_volumes_is_troubled (volumes));
  repository_traits = SC_VOLUME_FORGETS | SC_VOLUME_COMPRESSES;
  expect (G_LOG_LEVEL_WARNING, "No update will be taken*“/repository” forgets*found of the repository*");
  g_assert_false (sc_seat_volumes_check (volumes, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_assert_nonnull (strstr (error->message, "--accept-volume=forgets"));
  g_clear_error (&error);
  g_assert_false (sc_seat_volumes_check (volumes, NULL));
  g_test_assert_expected_messages ();
  assert_refused (volumes, SC_VOLUME_FORGETS);
  g_assert_true (sc_seat_volumes_is_troubled (volumes));

  repository_traits = SC_VOLUME_COMPRESSES; /* thawed */
  expect (G_LOG_LEVEL_MESSAGE, "The repository's volume: found of the repository");
  g_assert_true (sc_seat_volumes_check (volumes, &error));
  g_test_assert_expected_messages ();
  assert_refused (volumes, 0);
  g_assert_true (sc_seat_volumes_is_troubled (volumes));
}

static void
test_state (void)
{
  g_autoptr (ScSeatVolumes) volumes = make (0);
  g_autoptr (ScVolume) volume = NULL;
  g_autoptr (GError) error = NULL;

  state_traits = SC_VOLUME_FORGETS;
  expect (G_LOG_LEVEL_MESSAGE, "*repository*");
  expect (G_LOG_LEVEL_WARNING, "*own data “/state” forgets*found of the state*--state*");
  g_assert_true (sc_seat_volumes_check (volumes, &error)); /* said, but no reason to refuse */
  g_assert_true (sc_seat_volumes_check (volumes, &error));
  g_test_assert_expected_messages ();
  volume = sc_seat_volumes_dup_state (volumes);
  g_assert_cmpuint (volume->traits, ==, SC_VOLUME_FORGETS);
  g_assert_cmpuint (volume->refused, ==, 0);
  g_assert_true (sc_seat_volumes_is_troubled (volumes));
}

/* What cannot be told is not refused. */
static void
test_unreadable (void)
{
  g_autoptr (ScSeatVolumes) volumes = make (0);
  g_autoptr (GError) error = NULL;

  unreadable = TRUE;
  expect (G_LOG_LEVEL_WARNING, "*“/repository”*not known: it does not say");
  expect (G_LOG_LEVEL_WARNING, "*“/state”*not known: it does not say");
  g_assert_true (sc_seat_volumes_check (volumes, &error));
  g_test_assert_expected_messages ();
  assert_refused (volumes, 0);
}

#define LONG 3600000u /* ms: what answers, answers at once */

static void
assert_reason (ScSeatVolumes *volumes, const char *reason)
{
  g_autoptr (ScVolume) repository = sc_seat_volumes_dup_repository (volumes);
  g_autoptr (ScVolume) state = sc_seat_volumes_dup_state (volumes);

  g_assert_nonnull (strstr (repository->reason, reason));
  g_assert_nonnull (strstr (state->reason, reason));
}

/* What can be found without asking counts, once said; nobody is asked again while one hangs. */
static void
test_asked_in_vain (void)
{
  g_autoptr (ScSeatVolumes) volumes = sc_seat_volumes_new ("/repository", "/state", 0, sc_test_silence_inspect);
  g_autoptr (GError) error = NULL;

  sc_test_silence_begin (SC_TEST_SILENT_ASKED, SC_VOLUME_COMPRESSES);
  sc_seat_volumes_set_limits (volumes, 0, LONG);
  expect (G_LOG_LEVEL_WARNING, "No update will be taken*compresses*no answer*");
  for (guint i = 0; i < 3; i++) {
    g_assert_false (sc_seat_volumes_check (volumes, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
    g_clear_error (&error);
  }
  g_test_assert_expected_messages ();
  assert_refused (volumes, SC_VOLUME_COMPRESSES);
  assert_reason (volumes, "no answer");
  g_assert_cmpuint (sc_test_silence_count (TRUE), <=, 1); /* it hangs at the first of the volumes, or comes to it */
  g_assert_cmpuint (sc_test_silence_count (FALSE), ==, 3 * 2); /* as ever, of both */

  sc_test_silence_end (1 + 3);
  sc_test_silence_begin (SC_TEST_SILENT_NOT, 0);
  sc_seat_volumes_set_limits (volumes, LONG, LONG);
  expect (G_LOG_LEVEL_MESSAGE, "The repository's volume: *");
  while (sc_test_silence_count (TRUE) < 2) /* the thread that came back at last may not have told so yet */
    g_assert_true (sc_seat_volumes_check (volumes, &error));
  assert_refused (volumes, 0);
}

/* Without any traits it is worth another look all the same, and nothing is refused. */
static void
test_volume_is_silent (void)
{
  ScSeatVolumes *volumes = sc_seat_volumes_new ("/repository", "/state", 0, sc_test_silence_inspect);
  g_autoptr (GError) error = NULL;

  sc_test_silence_begin (SC_TEST_SILENT_ALL, SC_VOLUME_FORGETS);
  sc_seat_volumes_set_limits (volumes, 0, 0);
  expect (G_LOG_LEVEL_MESSAGE, "The repository's volume: *does not answer");
  for (guint i = 0; i < 3; i++)
    g_assert_true (sc_seat_volumes_check (volumes, &error));
  g_test_assert_expected_messages ();
  assert_reason (volumes, "does not answer");
  assert_refused (volumes, 0);
  g_assert_true (sc_seat_volumes_is_troubled (volumes));
  sc_test_silence_await ();
  g_assert_cmpuint (sc_test_silence_count (TRUE), <=, 1);
  g_assert_cmpuint (sc_test_silence_count (FALSE), <=, 1);
  sc_seat_volumes_free (volumes); /* while they hang */
  sc_test_silence_end (2);
}

static gpointer
look_thread (gpointer data)
{
  sc_seat_volumes_look (data);
  return NULL;
}

/* A seat that ends waits for no answer, and what it knew stays. */
static void
test_stopped (void)
{
  ScSeatVolumes *volumes = sc_seat_volumes_new ("/repository", "/state", 0, sc_test_silence_inspect);

  sc_test_silence_begin (SC_TEST_SILENT_ALL, SC_VOLUME_FORGETS);
  sc_seat_volumes_set_limits (volumes, LONG, LONG);
  GThread *thread = g_thread_new ("look", look_thread, volumes);
  sc_test_silence_await ();
  sc_seat_volumes_stop (volumes);
  g_thread_join (thread);
  sc_seat_volumes_look (volumes);
  g_assert_cmpuint (sc_test_silence_count (TRUE) + sc_test_silence_count (FALSE), ==, 1);
  assert_reason (volumes, "");
  g_assert_false (sc_seat_volumes_is_troubled (volumes));
  sc_seat_volumes_free (volumes);
  sc_test_silence_end (1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seat-volumes/refused", test_refused);
  g_test_add_func ("/seat-volumes/state", test_state);
  g_test_add_func ("/seat-volumes/unreadable", test_unreadable);
  g_test_add_func ("/seat-volumes/asked-in-vain", test_asked_in_vain);
  g_test_add_func ("/seat-volumes/volume-is-silent", test_volume_is_silent);
  g_test_add_func ("/seat-volumes/stopped", test_stopped);
  return g_test_run ();
}
