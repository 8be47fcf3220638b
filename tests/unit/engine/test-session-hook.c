/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program that is run when a session has ended: real ones. */
#include "console/engine/sc-session-hook.h"
#include "common/sc-error.h"
#include "tests/unit/engine/engine-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define SESSION 1 /* of the fixture: done, with one seat */

typedef struct {
  EngineFixture engine;
  char *directory;
  char *program;
  ScSessionHook *hook; /* (nullable) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  engine_fixture_set_up (&fixture->engine, data);
  fixture->directory = g_dir_make_tmp ("seatcast-hook-XXXXXX", NULL);
  fixture->program = g_build_filename (fixture->directory, "hook", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *remove = g_strdup_printf ("rm -r '%s'", fixture->directory);

  sc_session_hook_free (fixture->hook);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
  g_free (fixture->directory);
  g_free (fixture->program);
  engine_fixture_tear_down (&fixture->engine, data);
}

/* @script: run in the fixture's directory */
static void
write_hook (Fixture *fixture, const char *script)
{
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\ncd '%s'\n%s\n", fixture->directory, script);

  g_assert_true (g_file_set_contents_full (fixture->program, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  fixture->hook = sc_session_hook_new (sc_api_get_parts (fixture->engine.api), fixture->program);
}

static void
end_session (Fixture *fixture)
{
  g_signal_emit_by_name (fixture->engine.parts.sessions, "session-ended", (guint64) SESSION);
}

static void
finish (Fixture *fixture)
{
  while (sc_session_hook_count (fixture->hook) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static char *
path_of (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->directory, name, NULL);
}

static gboolean
exists (Fixture *fixture, const char *name)
{
  g_autofree char *path = path_of (fixture, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* (transfer full) */
static char *
read_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = path_of (fixture, name);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* (transfer full): the newest entry, which must be of the hook */
static ScActivityEntry *
need_entry (Fixture *fixture)
{
  g_autoptr (GPtrArray) entries = sc_catalog_list_activity (fixture->engine.parts.catalog, 0, 1, NULL);
  ScActivityEntry *entry;

  g_assert_cmpuint (entries->len, ==, 1);
  entry = g_ptr_array_steal_index (entries, 0);
  g_assert_cmpstr (entry->action, ==, "hook");
  g_assert_cmpuint (entry->session, ==, SESSION);
  g_assert_false (entry->done);
  return entry;
}

static void
assert_no_entry (Fixture *fixture)
{
  g_autoptr (GPtrArray) entries = sc_catalog_list_activity (fixture->engine.parts.catalog, 0, 100, NULL);

  for (guint i = 0; i < entries->len; i++)
    g_assert_cmpstr (((const ScActivityEntry *) entries->pdata[i])->action, !=, "hook");
}

static void
test_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *environment = NULL;
  g_autofree char *text = NULL;
  const char *file;
  g_autofree char *input = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (ScJson) json = NULL;
  static const char *const expected[] = {
    "SEATCAST_SESSION=1",    "SEATCAST_VERSION=1",        "SEATCAST_STATE=done", "SEATCAST_ROOMS=" FIXTURE_ROOM,
    "SEATCAST_SEATS=1",      "SEATCAST_DONE=1",           "SEATCAST_FAILED=0",   "SEATCAST_BUSY=0",
    "SEATCAST_WIRE_BYTES=0", "SEATCAST_CATCH_UP_BYTES=0",
  };

  write_hook (fixture, "env > environment; cat \"$SEATCAST_FILE\" > file; cat > input; echo done");
  end_session (fixture);
  finish (fixture);
  environment = read_file (fixture, "environment");
  lines = g_strsplit (environment, "\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    if (!g_strv_contains ((const char *const *) lines, expected[i]))
      g_error ("%s is not in:\n%s", expected[i], environment);
  g_assert_true (g_regex_match_simple ("^SEATCAST_STARTED=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$", environment,
                                       G_REGEX_MULTILINE, 0));
  g_assert_nonnull (strstr (environment, "\nSEATCAST_ENDED=20"));
  g_assert_nonnull (strstr (environment, "\nPATH="));
  text = read_file (fixture, "file");
  json = sc_json_parse_object (text, strlen (text), 1024 * 1024, NULL);
  g_assert_nonnull (json);
  input = read_file (fixture, "input");
  g_assert_cmpstr (input, ==, text);
  g_assert_cmpint (json_integer_value (json_object_get (json, "id")), ==, SESSION);
  g_assert_cmpuint (json_array_size (json_object_get (json, "seats")), ==, 1);
  file = g_environ_getenv (lines, "SEATCAST_FILE");
  g_assert_nonnull (file);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS)); /* it is gone with the program */
  assert_no_entry (fixture);
}

static void
test_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScActivityEntry) entry = NULL;

  write_hook (fixture, "echo first; echo 'no mail server' >&2; exit 7");
  end_session (fixture);
  finish (fixture);
  entry = need_entry (fixture);
  g_assert_cmpstr (entry->error, ==, "the hook exited with 7: no mail server");
  g_assert_cmpstr (entry->detail, ==, fixture->program);
  g_assert_cmpuint (entry->version, ==, 1);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScActivityEntry) entry = NULL;

  fixture->hook = sc_session_hook_new (sc_api_get_parts (fixture->engine.api), fixture->program);
  end_session (fixture);
  finish (fixture);
  entry = need_entry (fixture);
  g_assert_nonnull (strstr (entry->error, fixture->program));
}

/* What the engine refuses when it starts. */
static void
test_checked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) directory = NULL;
  g_autoptr (GError) text = NULL;
  g_autoptr (GError) good = NULL;

  g_assert_false (sc_session_hook_check (fixture->program, &missing));
  g_assert_error (missing, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (missing->message, fixture->program));
  g_assert_false (sc_session_hook_check (fixture->directory, &directory));
  g_assert_error (directory, SC_ERROR, SC_ERROR_INVALID);
  g_assert_true (g_file_set_contents_full (fixture->program, "x", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_false (sc_session_hook_check (fixture->program, &text));
  g_assert_error (text, SC_ERROR, SC_ERROR_INVALID);
  g_assert_cmpint (g_unlink (fixture->program), ==, 0); /* else it would keep its mode */
  write_hook (fixture, "true");
  g_assert_true (sc_session_hook_check (fixture->program, &good));
  g_assert_no_error (good);
}

/* Also what it has started is ended. */
static void
test_too_long (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScActivityEntry) entry = NULL;
  g_autofree char *child = NULL;
  int pid;

  write_hook (fixture, "sleep 1000 & echo $! > child.new; mv child.new child; wait");
  sc_session_hook_set_timeout (fixture->hook, 1);
  end_session (fixture);
  finish (fixture);
  entry = need_entry (fixture);
  g_assert_cmpstr (entry->error, ==, "the hook was ended after 1 s");
  child = read_file (fixture, "child");
  pid = (int) g_ascii_strtoll (child, NULL, 10);
  g_assert_cmpint (pid, >, 1);
  while (kill (pid, 0) == 0) /* until init has taken it */
    g_usleep (1000);
}

/* Each waits until it is let go; the third begins only then. */
static void
test_few_at_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *go = path_of (fixture, "go");
  g_autofree char *began = NULL;

  write_hook (fixture, "echo x >> began; while ! [ -e go ]; do sleep 0.05; done; echo x >> ended");
  for (guint i = 0; i < 3; i++)
    end_session (fixture);
  g_assert_cmpuint (sc_session_hook_count (fixture->hook), ==, 3);
  do {
    g_clear_pointer (&began, g_free);
    g_main_context_iteration (NULL, FALSE);
    began = exists (fixture, "began") ? read_file (fixture, "began") : g_strdup ("");
  } while (!g_str_equal (began, "x\nx\n"));
  for (guint i = 0; i < 100; i++) { /* a third one would begin */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_free (began);
  began = read_file (fixture, "began");
  g_assert_cmpstr (began, ==, "x\nx\n");
  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  finish (fixture);
  g_free (began);
  began = read_file (fixture, "ended");
  g_assert_cmpstr (began, ==, "x\nx\nx\n");
}

/* The engine ends meanwhile: it does not wait for long, and nothing is left. */
static void
test_engine_ends (Fixture *fixture, gconstpointer data)
{
  write_hook (fixture, "echo x > began; exec sleep 1000");
  for (guint i = 0; i < 3; i++)
    end_session (fixture);
  while (!exists (fixture, "began"))
    g_main_context_iteration (NULL, FALSE);
  g_clear_pointer (&fixture->hook, sc_session_hook_free);
  assert_no_entry (fixture);
}

#define ADD(path, func) g_test_add ("/session-hook/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (
      G_LOG_FATAL_MASK); /* a hook that fails is a warning, structured, so not to be expected here */
  ADD ("told", test_told);
  ADD ("fails", test_fails);
  ADD ("missing", test_missing);
  ADD ("checked", test_checked);
  ADD ("too-long", test_too_long);
  ADD ("few-at-once", test_few_at_once);
  ADD ("engine-ends", test_engine_ends);
  return g_test_run ();
}
