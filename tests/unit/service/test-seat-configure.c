/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What --configure checks and writes, under keys and in directories of the test's own. */
#include "common/platform/sc-registry.h"
#include "common/sc-error.h"
#include "service/sc-seat-configure.h"

#include <glib/gstdio.h>
#include <windows.h>

#define FINGERPRINT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

typedef struct {
  char *program, *root, *connection;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->program = g_strdup_printf ("Test-configure-%lu", GetCurrentProcessId ());
  f->root = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  f->connection = g_build_filename (f->root, "data", "connection", NULL);
  g_autofree char *directory = g_path_get_dirname (f->connection);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *directory = g_path_get_dirname (f->connection);

  g_assert_true (sc_registry_remove (f->program, NULL));
  g_remove (f->connection);
  g_rmdir (directory);
  g_assert_cmpint (g_rmdir (f->root), ==, 0);
  g_free (f->program);
  g_free (f->root);
  g_free (f->connection);
}

static void
write_setup (Fixture *f, ScSeatSetup *setup)
{
  g_autoptr (GError) error = NULL;

  sc_seat_setup_check (setup, &error);
  g_assert_no_error (error);
  sc_seat_setup_write (setup, f->connection, f->program, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_value (Fixture *f, const char *name, const char *expected)
{
  g_autofree char *value = sc_registry_get (f->program, name);

  g_assert_cmpstr (value, ==, expected);
}

static void
assert_connection (Fixture *f, const char *url, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScConnection) connection = sc_connection_load (f->connection, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (connection->url, ==, url);
  g_assert_cmpstr (connection->token, ==, token);
  g_assert_cmpstr (connection->fingerprint, ==, FINGERPRINT);
}

/* What an upgrade in place does not give again stays. */
static void
test_keeps (Fixture *f, gconstpointer data)
{
  g_auto (ScSeatSetup) first = {
    .options = { .repository = g_strdup ("C:\\Vorlagen für VMs\\"), .room = g_strdup ("R 1") },
    .console = g_strdup ("https://console:8470/"),
    .token = g_strdup ("secret"),
    .fingerprint = g_strdup ("00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
                             "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"),
  };
  g_auto (ScSeatSetup) second = {
    .options = { .room = g_strdup (""), .name = g_strdup ("pc-1") },
    .console = g_strdup ("https://other:8470"),
    .token = g_strdup (""),
  };

  write_setup (f, &first);
  assert_connection (f, "https://console:8470", "secret");
  assert_value (f, "Templates", "C:\\Vorlagen für VMs");
  assert_value (f, "Room", "R 1");
  assert_value (f, "Console", "https://console:8470");
  assert_value (f, "CAFingerprint", FINGERPRINT);
  assert_value (f, "Token", NULL); /* every user may read it there */
  g_autofree char *time = sc_registry_get (f->program, "Configured");
  write_setup (f, &second);
  assert_connection (f, "https://other:8470", "secret");
  assert_value (f, "Room", "R 1");
  assert_value (f, "Name", "pc-1");
  g_autofree char *later = sc_registry_get (f->program, "Configured");
  g_assert_cmpstr (time, !=, later); /* which wakes a running service */
}

static void
test_in_parts (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (ScSeatSetup)
      without_token = { .console = g_strdup ("https://console:8470"), .fingerprint = g_strdup (FINGERPRINT) };
  g_auto (ScSeatSetup) token = { .token = g_strdup ("secret") };

  g_assert_true (sc_seat_setup_check (&token, &error));
  g_assert_false (sc_seat_setup_write (&token, f->connection, f->program, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_null (strstr (error->message, "secret"));
  write_setup (f, &without_token);
  g_assert_false (g_file_test (f->connection, G_FILE_TEST_EXISTS));
  write_setup (f, &token);
  assert_connection (f, "https://console:8470", "secret");
}

/* The token is written nowhere but in a directory that is ours, and the service is told last. */
static void
test_nothing_without_directory (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (f->root, "file", NULL);
  const ScInstallationDirectory directories[] = { { file, SC_INSTALLATION_PRIVATE } };
  const ScInstallation installation = {
    .service = f->program, .description = "x", .program = "C:\\x.exe", .directories = directories, .n_directories = 1
  };
  g_auto (ScSeatSetup) setup = {
    .console = g_strdup ("https://console:8470"),
    .token = g_strdup ("secret"),
    .fingerprint = g_strdup (FINGERPRINT),
  };

  g_assert_true (g_file_set_contents (file, "of a user", -1, NULL));
  g_assert_true (sc_seat_setup_check (&setup, &error));
  g_assert_false (sc_seat_setup_write (&setup, f->connection, f->program, &installation, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (f->connection, G_FILE_TEST_EXISTS));
  assert_value (f, "Console", NULL);
  g_assert_cmpint (g_remove (file), ==, 0);
}

static char *
missing_disk (void)
{
  DWORD there = GetLogicalDrives ();

  for (guint i = 25; i > 1; i--)
    if ((there & (1u << i)) == 0)
      return g_strdup_printf ("%c:\\Templates", 'A' + (char) i);
  return NULL;
}

/* A directory on a disk that is not there is noticed before anything is made, and nothing of the run stays. */
static void
test_nothing_without_disk (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *templates = missing_disk ();
  g_autofree char *state = g_build_filename (f->root, "new", "state", NULL);
  g_autofree char *above = g_path_get_dirname (state);
  const ScInstallationDirectory directories[] = { { state, SC_INSTALLATION_PRIVATE },
                                                  { templates, SC_INSTALLATION_CHANGE } };
  const ScInstallation installation = {
    .service = f->program, .description = "x", .program = "C:\\x.exe", .directories = directories, .n_directories = 2
  };
  g_auto (ScSeatSetup) setup = {
    .options = { .repository = g_strdup (templates), .room = g_strdup ("R 1") },
    .console = g_strdup ("https://console:8470"),
    .token = g_strdup ("secret"),
    .fingerprint = g_strdup (FINGERPRINT),
  };

  if (templates == NULL) {
    g_test_skip ("every letter has a disk");
    return;
  }
  g_assert_true (sc_seat_setup_check (&setup, &error));
  g_assert_false (sc_seat_setup_write (&setup, f->connection, f->program, &installation, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, templates));
  g_assert_false (g_file_test (f->connection, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (above, G_FILE_TEST_EXISTS));
  assert_value (f, "Room", NULL);
}

/* There is no such service, so preparing fails: what was made goes, what was there stays. */
static void
test_taken_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = g_build_filename (f->root, "new", "state", NULL);
  g_autofree char *above = g_path_get_dirname (state);
  const ScInstallationDirectory directories[] = { { state, SC_INSTALLATION_PRIVATE } };
  const ScInstallation installation = {
    .service = f->program, .description = "x", .program = "C:\\x.exe", .directories = directories, .n_directories = 1
  };
  g_auto (ScSeatSetup) first = {
    .options = { .room = g_strdup ("R 1") },
    .console = g_strdup ("https://console:8470"),
    .token = g_strdup ("secret"),
    .fingerprint = g_strdup (FINGERPRINT),
  };
  g_auto (ScSeatSetup) second = {
    .options = { .room = g_strdup ("R 2"), .name = g_strdup ("pc-1") },
    .console = g_strdup ("https://other:8470"),
    .token = g_strdup ("new"),
  };

  for (guint i = 0; i < 2; i++) {
    g_assert_true (sc_seat_setup_check (&second, &error));
    g_assert_false (sc_seat_setup_write (&second, f->connection, f->program, &installation, &error));
    g_assert_nonnull (error);
    g_clear_error (&error);
    g_assert_false (g_file_test (above, G_FILE_TEST_EXISTS));
    assert_value (f, "Name", NULL);
    if (i == 0) {
      g_assert_false (g_file_test (f->connection, G_FILE_TEST_EXISTS));
      write_setup (f, &first);
    }
  }
  assert_connection (f, "https://console:8470", "secret");
  assert_value (f, "Room", "R 1");
}

static void
test_none (Fixture *f, gconstpointer data)
{
  g_auto (ScSeatSetup) first = {
    .options = { .repository = g_strdup ("C:\\Templates"),
                 .state = g_strdup ("C:\\State"),
                 .name = g_strdup ("pc-1"),
                 .room = g_strdup ("R 1"),
                 .interface_address = g_strdup ("127.0.0.1"),
                 .reserve = g_strdup ("1G"),
                 .undo_budget = g_strdup ("2G"),
                 .accept_volume = g_strdup ("forgets") },
  };
  g_auto (ScSeatSetup) second = {
    .options = { .state = g_strdup ("none"),
                 .name = g_strdup ("none"),
                 .interface_address = g_strdup ("none"),
                 .reserve = g_strdup ("none"),
                 .undo_budget = g_strdup ("none"),
                 .accept_volume = g_strdup ("none") },
  };

  write_setup (f, &first);
  assert_value (f, "AcceptVolume", "forgets");
  write_setup (f, &second);
  assert_value (f, "Templates", "C:\\Templates");
  assert_value (f, "Room", "R 1");
  static const char *const removed[] = { "State", "Name", "Interface", "Reserve", "UndoBudget", "AcceptVolume" };
  for (guint i = 0; i < G_N_ELEMENTS (removed); i++)
    assert_value (f, removed[i], NULL);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  const ScSeatSetup wrong[] = {
    { .console = (char *) "http://console:8470" },
    { .token = (char *) "two words" },
    { .fingerprint = (char *) "1234" },
    { .options.repository = (char *) "Templates" },
    { .options.repository = (char *) "none" },
    { .options.repository = (char *) "\\\\server\\share" },
    { .options.repository = (char *) "C:Templates" },
    { .options.repository = (char *) "D:\\Templates\" --room=x" }, /* a quoting accident of installers */
    { .options.state = (char *) "state" },
    { .options.reserve = (char *) "much" },
    { .options.interface_address = (char *) "Ethernet" },
    { .options.room = (char *) "two\nlines" },
    { .options.accept_volume = (char *) "everything" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (ScSeatSetup) setup = { .console = g_strdup (wrong[i].console),
                                   .token = g_strdup (wrong[i].token),
                                   .fingerprint = g_strdup (wrong[i].fingerprint),
                                   .options = { .repository = g_strdup (wrong[i].options.repository),
                                                .state = g_strdup (wrong[i].options.state),
                                                .reserve = g_strdup (wrong[i].options.reserve),
                                                .interface_address = g_strdup (wrong[i].options.interface_address),
                                                .room = g_strdup (wrong[i].options.room),
                                                .accept_volume = g_strdup (wrong[i].options.accept_volume) } };

    g_assert_false (sc_seat_setup_check (&setup, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_null (strstr (error->message, "two words"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/seat-configure/keeps", Fixture, NULL, set_up, test_keeps, tear_down);
  g_test_add ("/seat-configure/in-parts", Fixture, NULL, set_up, test_in_parts, tear_down);
  g_test_add ("/seat-configure/nothing-without-directory", Fixture, NULL, set_up, test_nothing_without_directory,
              tear_down);
  g_test_add ("/seat-configure/nothing-without-disk", Fixture, NULL, set_up, test_nothing_without_disk, tear_down);
  g_test_add ("/seat-configure/taken-back", Fixture, NULL, set_up, test_taken_back, tear_down);
  g_test_add ("/seat-configure/none", Fixture, NULL, set_up, test_none, tear_down);
  g_test_add ("/seat-configure/refused", Fixture, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
