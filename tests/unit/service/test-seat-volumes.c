/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a seat makes of the volumes it finds; these are made up, test-volume.c has the real ones. */
#include "common/sc-error.h"
#include "service/sc-seat-volumes.h"

#include <string.h>

static ScVolumeTraits repository_traits, state_traits;
static gboolean unreadable;

static ScVolume *
inspect (const char *directory, GError **error)
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seat-volumes/refused", test_refused);
  g_test_add_func ("/seat-volumes/state", test_state);
  g_test_add_func ("/seat-volumes/unreadable", test_unreadable);
  return g_test_run ();
}
