/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a version has a seat run before and after its commit: real programs, which are this one. */
#include "common/sc-error.h"
#include "sc-test-service.h"

#include <stdio.h>

static char *own_path;

typedef struct {
  ScTestService service;
  char *log; /* each program that was run, one a line */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  sc_test_service_set_up (&f->service, data);
  f->log = g_build_filename (f->service.root, "log", NULL);
  sc_test_service_start (&f->service);
  sc_test_service_wait_for_inventory (&f->service);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sc_test_service_tear_down (&f->service, data);
  g_free (f->log);
}

/* (transfer full): one that is run as @when says, and does @what */
static ScJson *
make_hook (Fixture *f, const char *when, const char *what, guint timeout)
{
  return json_pack ("{s:s, s:s, s:[s, s, s, s], s:i}", "when", when, "os", "any", "run", own_path, "--hook", f->log,
                    what, "timeout_seconds", (int) timeout);
}

/* Takes over the hooks. (transfer full) */
static char *
make_hooks (ScJson *first, ScJson *second)
{
  g_autoptr (ScJson) object = json_pack ("{s:[o, o*]}", "hooks", first, second);

  return sc_json_to_text (object);
}

static void
assert_log (Fixture *f, const char *expected)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (f->log, &text, NULL, NULL))
    text = g_strdup ("");
  g_assert_cmpstr (text, ==, expected);
}

/* Whether a program has written to it, not only made it. */
static gboolean
has_log (Fixture *f)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (f->log, &text, NULL, NULL) && *text != '\0';
}

static void
order (Fixture *f, const char *hooks, guint64 session, const TestVersion *version)
{
  f->service.hooks = hooks;
  sc_test_service_order (&f->service, SC_CONTROL_CATCH_UP, session, version);
  f->service.hooks = NULL;
}

/* (transfer full): its message */
static char *
wait_for_failure (Fixture *f)
{
  g_autoptr (ScControlMessage) failed = sc_test_service_wait_for (&f->service, SC_CONTROL_FAILED);

  return g_steal_pointer (&failed->failed.message);
}

/* (transfer full): its warning */
static char *
wait_for_done (Fixture *f)
{
  g_autoptr (ScControlMessage) done = sc_test_service_wait_for (&f->service, SC_CONTROL_DONE);

  g_assert_cmpuint (done->done.busy->len, ==, 0);
  return g_steal_pointer (&done->done.warning);
}

static void
test_both (Fixture *f, gconstpointer data)
{
  g_autofree char *hooks =
      make_hooks (make_hook (f, "before-commit", "log", 60), make_hook (f, "after-commit", "log", 60));
  g_autofree char *warning = NULL;

  sc_test_service_bring_to (&f->service, 0, f->service.first);
  order (f, hooks, 7, f->service.second);
  warning = wait_for_done (f);
  g_assert_cmpstr (warning, ==, "");
  assert_log (f, "before-commit 2 debian+windows hidden\nafter-commit 2 debian+windows there\n");
  sc_test_service_assert_pending (&f->service, 0);
  sc_test_service_run_until_idle (&f->service);

  /* nothing changes, nothing is run */
  order (f, hooks, 8, f->service.second);
  g_free (wait_for_done (f));
  assert_log (f, "before-commit 2 debian+windows hidden\nafter-commit 2 debian+windows there\n");
  sc_test_service_assert_pending (&f->service, 0);
}

/* Nothing is committed; it is pending, and done when the program lets it. */
static void
test_before_fails (Fixture *f, gconstpointer data)
{
  gboolean slow = GPOINTER_TO_INT (data);
  g_autofree char *bad = make_hooks (make_hook (f, "before-commit", slow ? "hang" : "fail", slow ? 1 : 60),
                                     make_hook (f, "before-commit", "log", 60));
  g_autofree char *good = make_hooks (make_hook (f, "before-commit", "log", 60), NULL);
  g_autofree char *message = NULL;
  g_autofree char *kept = NULL;

  sc_test_service_bring_to (&f->service, 0, f->service.first);
  order (f, bad, 7, f->service.second);
  message = wait_for_failure (f);
  g_assert_nonnull (strstr (message, own_path));
  g_assert_nonnull (strstr (message, slow ? "after 1 s" : "status 3"));
  g_assert_nonnull (strstr (message, "no licence is free"));
  g_assert_null (strstr (message, "first line"));
  assert_log (f, "");
  sc_test_service_run_until_idle (&f->service);
  sc_test_service_assert_pending (&f->service, 2);
  kept = sc_seat_state_dup_pending_hooks (f->service.service->state);
  g_assert_cmpstr (kept, ==, bad);

  order (f, good, 8, f->service.second);
  g_free (wait_for_done (f));
  assert_log (f, "before-commit 2 debian+windows hidden\n");
  sc_test_service_assert_pending (&f->service, 0);
  sc_test_service_assert_file (&f->service, f->service.second, "windows");
}

/* The version is there; that something went wrong is told. */
static void
test_after_fails (Fixture *f, gconstpointer data)
{
  g_autofree char *hooks = make_hooks (make_hook (f, "after-commit", "fail", 60), NULL);
  g_autofree char *warning = NULL;

  sc_test_service_bring_to (&f->service, 0, f->service.first);
  order (f, hooks, 7, f->service.second);
  warning = wait_for_done (f);
  g_assert_nonnull (strstr (warning, "no licence is free"));
  sc_test_service_assert_pending (&f->service, 0);
  sc_test_service_assert_file (&f->service, f->service.second, "debian");
}

static void
test_not_there (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->service.root, "no-such-program", NULL);
  ScJson *hook = make_hook (f, "before-commit", "log", 60);
  g_autofree char *message = NULL;
  g_autofree char *hooks = NULL;

  json_object_set_new (hook, "run", json_pack ("[s]", path));
  hooks = make_hooks (hook, NULL);
  sc_test_service_bring_to (&f->service, 0, f->service.first);
  order (f, hooks, 7, f->service.second);
  message = wait_for_failure (f);
  g_assert_nonnull (strstr (message, path));
  sc_test_service_run_until_idle (&f->service);
  sc_test_service_assert_pending (&f->service, 2);
}

/* The service ends while a program runs: that ends, too, and what is to be run is known to the next start. */
static void
test_service_ends (Fixture *f, gconstpointer data)
{
  gboolean after = GPOINTER_TO_INT (data);
  g_autofree char *hooks =
      make_hooks (make_hook (f, after ? "after-commit" : "before-commit", "hang-once", 3600), NULL);

  sc_test_service_bring_to (&f->service, 0, f->service.first);
  order (f, hooks, 7, f->service.second);
  while (!has_log (f))
    g_main_context_iteration (NULL, FALSE);
  sc_test_service_quit (&f->service);
  assert_log (f, "hangs\n");

  sc_test_service_start (&f->service);
  sc_test_service_wait_for_inventory (&f->service);
  sc_test_service_assert_pending (&f->service, 2);
  sc_test_service_pass_time (&f->service);
  g_free (wait_for_done (f));
  assert_log (f, after ? "hangs\nafter-commit 2  there\n" : "hangs\nbefore-commit 2 debian+windows hidden\n");
  sc_test_service_assert_pending (&f->service, 0);
  sc_test_service_assert_file (&f->service, f->service.second, "windows");
}

/* After the last template, also where one was in use. */
static void
test_busy (Fixture *f, gconstpointer data)
{
  g_autofree char *hooks = make_hooks (make_hook (f, "after-commit", "log", 60), NULL);
  ScDiskFile *held;

  sc_test_service_bring_to (&f->service, 0, f->service.first);
  held = sc_test_service_hold (&f->service, "windows");
  order (f, hooks, 7, f->service.second);
  sc_test_service_assert_done (&f->service, 7, 2, "windows");
  assert_log (f, "");
  sc_test_service_run_until_idle (&f->service);
  sc_disk_file_close (held);
  sc_test_service_pass_time (&f->service);
  sc_test_service_assert_done (&f->service, 0, 2, NULL);
  assert_log (f, "after-commit 2 windows there\n");
}

/* The order's signature covers what is run, and rubbish is not taken for nothing. */
static void
test_order (Fixture *f, gconstpointer data)
{
  ScControlMessage *message = sc_test_service_make_order (&f->service, SC_CONTROL_CATCH_UP, 7, f->service.second);
  g_autofree char *hooks = make_hooks (make_hook (f, "before-commit", "log", 60), NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  message->version.hooks = g_strdup (hooks);
  sc_test_service_say (&f->service, message);
  first = wait_for_failure (f);
  g_assert_nonnull (strstr (first, "not signed for this seat"));
  order (f, "{\"hooks\":[{}]}", 7, f->service.second);
  second = wait_for_failure (f);
  g_assert_nonnull (strstr (second, "hook 1"));
  assert_log (f, "");
}

/* ---- the programs ---- */

static void
append (const char *log, const char *text)
{
  FILE *file = fopen (log, "ab");

  if (file == NULL || fputs (text, file) == EOF || fclose (file) != 0)
    g_error ("%s cannot be written", log);
}

/* Whether the template can be started now. */
static gboolean
is_there (const char *template_name)
{
  g_autofree char *path = g_build_filename (g_getenv ("SEATCAST_REPOSITORY"), template_name, "disk.vmdk", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
log_what_it_is_told (const char *log)
{
  const char *text = g_getenv ("SEATCAST_TEMPLATES"); /* Windows has no variables that are empty */
  g_auto (GStrv) templates = g_strsplit (text != NULL ? text : "", "\n", -1);
  g_autofree char *joined = g_strjoinv ("+", templates);
  g_autofree char *line = g_strdup_printf ("%s %s %s %s\n", g_getenv ("SEATCAST_WHEN"), g_getenv ("SEATCAST_VERSION"),
                                           joined, is_there ("windows") ? "there" : "hidden");

  g_assert_cmpstr (g_getenv ("SEATCAST_SEAT"), ==, TEST_AUTHORITY_SEAT);
  g_assert_null (g_getenv ("CREDENTIALS_DIRECTORY"));
  append (log, line);
}

static int
hook (const char *log, const char *what)
{
  gboolean hangs = strcmp (what, "hang") == 0;

  if (strcmp (what, "fail") == 0 || hangs) {
    printf ("first line\nno licence is free\n");
    fflush (stdout);
  }
  if (strcmp (what, "hang-once") == 0 && !g_file_test (log, G_FILE_TEST_EXISTS)) {
    append (log, "hangs\n");
    hangs = TRUE;
  }
  while (hangs)
    g_usleep (G_USEC_PER_SEC);
  if (strcmp (what, "fail") == 0)
    return 3;
  log_what_it_is_told (log);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *path = g_canonicalize_filename (argv[0], NULL);

  own_path = path;
  if (argc == 4 && strcmp (argv[1], "--hook") == 0)
    return hook (argv[2], argv[3]);
  g_setenv ("CREDENTIALS_DIRECTORY", "/run/credentials/seatcast-service.service", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL); /* what fails is warned of */
#define ADD(name, data, func) g_test_add ("/service/hooks/" name, Fixture, data, set_up, func, tear_down)
  ADD ("both", NULL, test_both);
  ADD ("before-fails", GINT_TO_POINTER (FALSE), test_before_fails);
  ADD ("before-is-slow", GINT_TO_POINTER (TRUE), test_before_fails);
  ADD ("after-fails", NULL, test_after_fails);
  ADD ("not-there", NULL, test_not_there);
  ADD ("service-ends/before", GINT_TO_POINTER (FALSE), test_service_ends);
  ADD ("service-ends/after", GINT_TO_POINTER (TRUE), test_service_ends);
  ADD ("busy", NULL, test_busy);
  ADD ("order", NULL, test_order);
  return g_test_run ();
}
