/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-json.h"
#include "common/sc-log-file.h"
#include "common/sc-log-json.h"
#include "common/sc-log.h"

#include <glib/gstdio.h>
#include <string.h>

#include "test-dir.h"

#define TIME (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC + 120000) /* 2023-11-14 22:13:20.12 */
#define STAMP "2023-11-14T22:13:20.120Z "

static char *
read_text (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static char *
numbered (const char *path, guint number)
{
  return g_strdup_printf ("%s.%u", path, number);
}

static ScLogFile *
open_log (const char *path, guint64 max_bytes, guint keep)
{
  g_autoptr (GError) error = NULL;
  ScLogFile *log = sc_log_file_open (path, max_bytes, keep, &error);

  g_assert_no_error (error);
  return log;
}

static void
test_lines (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autoptr (ScLogFile) log = open_log (path, 10000, 4);

  sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE, "one");
  sc_log_file_write (log, TIME, G_LOG_LEVEL_WARNING, "two");
  sc_log_file_write (log, TIME, G_LOG_LEVEL_CRITICAL, "three");
  g_autofree char *text = read_text (path); /* while it is open */
  g_assert_cmpstr (text, ==, STAMP "message: one\n" STAMP "warning: two\n" STAMP "critical: three\n");
}

/* Whatever a console or a file's name says, it is one line of text of bounded length. */
static void
test_hostile (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autoptr (ScLogFile) log = open_log (path, 100000, 4);
  g_autofree char *huge = g_strnfill (50000, 'x');

  sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE,
                     "a\r\n" STAMP "message: forged\x1b[2J\t\xe2\x80\xa8 \xe2\x80\xae end");
  sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE, "not \xff UTF-8");
  sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE, huge);
  g_autofree char *text = read_text (path);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_cmpstr (lines[0], ==, STAMP "message: a  " STAMP "message: forged [2J     end");
  g_assert_cmpstr (lines[1], ==, STAMP "message: not \xef\xbf\xbd UTF-8");
  g_assert_cmpuint (strlen (lines[2]), <, 10000);
  g_assert_cmpstr (lines[3], ==, "");
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

/* Lines of 100 bytes. */
static void
write_numbered (ScLogFile *log, guint from, guint to)
{
  for (guint i = from; i < to; i++) {
    g_autofree char *filling = g_strnfill (100 - strlen (STAMP "message: 0000\n"), '.');
    g_autofree char *text = g_strdup_printf ("%04u%s", i, filling);

    sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE, text);
  }
}

static guint
first_number (const char *path)
{
  g_autofree char *text = read_text (path);

  return (guint) g_ascii_strtoull (text + strlen (STAMP "message: "), NULL, 10);
}

static void
test_rotation (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autofree char *one = numbered (path, 1), *two = numbered (path, 2), *three = numbered (path, 3);
  g_autoptr (ScLogFile) log = open_log (path, 1000, 3);

  write_numbered (log, 0, 10);
  g_assert_false (g_file_test (one, G_FILE_TEST_EXISTS));
  write_numbered (log, 10, 45);
  g_assert_cmpuint (first_number (path), ==, 40);
  g_assert_cmpuint (first_number (one), ==, 30);
  g_assert_cmpuint (first_number (two), ==, 20);
  g_assert_false (g_file_test (three, G_FILE_TEST_EXISTS));
  g_autofree char *text = read_text (one);
  g_assert_cmpuint (strlen (text), ==, 1000);
}

static void
test_keep_one (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autofree char *one = numbered (path, 1);
  g_autoptr (ScLogFile) log = open_log (path, 1000, 1);

  write_numbered (log, 0, 25);
  g_assert_cmpuint (first_number (path), ==, 20);
  g_assert_false (g_file_test (one, G_FILE_TEST_EXISTS));
}

/* Goes on in the file of the last time, and a line that a crash has cut ends there. */
static void
test_again (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);

  test_dir_write (path, "cut", 3);
  g_autoptr (ScLogFile) log = open_log (path, 10000, 4);
  sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE, "next");
  g_autofree char *text = read_text (path);
  g_assert_cmpstr (text, ==, "cut\n" STAMP "message: next\n");
}

/* Somebody holds what has to be moved (a directory in its place does on every system): the file grows to twice its
 * size, then lines are lost, and when it is free again the log says how many. */
static void
test_held (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autofree char *one = numbered (path, 1);
  g_autofree char *inner = g_build_filename (one, "inner", NULL);
  g_autoptr (ScLogFile) log = open_log (path, 1000, 2);

  g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
  write_numbered (log, 0, 500);
  g_autofree char *held = read_text (path);
  g_assert_cmpuint (strlen (held), <=, 2000);
  g_assert_cmpuint (strlen (held), >=, 1000);
  g_assert_cmpint (g_rmdir (inner), ==, 0);
  g_assert_cmpint (g_rmdir (one), ==, 0);
  for (guint i = 500; i < 600 && !g_file_test (one, G_FILE_TEST_EXISTS); i++)
    write_numbered (log, i, i + 1);
  g_autofree char *old = read_text (one);
  g_assert_cmpstr (old, ==, held);
  g_autofree char *text = read_text (path);
  g_assert_nonnull (strstr (text, "lines were lost here)\n"));
  write_numbered (log, 600, 601);
  g_autofree char *more = read_text (path);
  g_assert_true (g_str_has_prefix (more, text));
  g_assert_nonnull (strstr (more, "message: 0600"));
}

/* Others may move it, and even remove it, while it is open. */
static void
test_moved (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autofree char *away = g_build_filename (dir, "away", NULL);
  g_autoptr (ScLogFile) log = open_log (path, 10000, 4);

  sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE, "one");
  g_assert_cmpint (g_rename (path, away), ==, 0);
  sc_log_file_write (log, TIME, G_LOG_LEVEL_MESSAGE, "two");
  g_autofree char *text = read_text (away);
  g_assert_cmpstr (text, ==, STAMP "message: one\n" STAMP "message: two\n");
}

static void
test_nowhere (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "no", "log", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_log_file_open (path, 1000, 2, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_full (void)
{
  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("this system has no device that is always full");
    return;
  }
  g_autoptr (ScLogFile) log = open_log ("/dev/full", 1000000, 2);
  write_numbered (log, 0, 1000); /* it comes back */
}

typedef struct {
  ScLogFile *log;
  guint number;
} Writer;

static gpointer
write_thread (gpointer data)
{
  Writer *writer = data;

  write_numbered (writer->log, writer->number * 1000, writer->number * 1000 + 200);
  return NULL;
}

static void
test_threads (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autofree char *one = numbered (path, 1);
  g_autoptr (ScLogFile) log = open_log (path, 50000, 2);
  Writer writers[4];
  GThread *threads[4];

  for (guint i = 0; i < 4; i++) {
    writers[i] = (Writer){ log, i };
    threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
  }
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_autofree char *first = read_text (one), *second = read_text (path);
  g_assert_cmpuint (strlen (first) + strlen (second), ==, 4 * 200 * 100);
  for (const char *line = first; *line != '\0'; line += 100)
    g_assert_true (g_str_has_prefix (line, STAMP "message: ") && line[99] == '\n');
}

/* Seats' names and messages come to a terminal by the engine's log. */
static void
test_terminal (void)
{
  if (g_test_subprocess ()) {
    sc_log_to_stderr ("program");
    g_message ("seat “ä\033[2J\r\n\a\u202e”\xff");
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*program: seat “ä [2J    ”\uFFFD*");
}

/* One object a line, whatever is in the message; no field can replace what every line has. */
static void
test_json (void)
{
  const GLogField fields[] = {
    { "MESSAGE", "another", -1 },     { "SEATCAST_SESSION", "7", -1 }, { "SEATCAST_LEVEL", "no", -1 },
    { "SEATCAST_SEAT", "abcdef", 3 }, { "CODE_LINE", "1", -1 },
  };
  g_autofree char *line =
      sc_log_to_json (TIME, G_LOG_LEVEL_WARNING, "Domain", "a \"quote\"\n\xff", fields, G_N_ELEMENTS (fields));
  g_autoptr (ScJson) object = sc_json_parse_object (line, strlen (line), 10000, NULL);

  g_assert_nonnull (object);
  g_assert_null (strchr (line, '\n'));
  g_assert_cmpstr (json_string_value (json_object_get (object, "time")), ==, "2023-11-14T22:13:20.120Z");
  g_assert_cmpstr (json_string_value (json_object_get (object, "level")), ==, "warning");
  g_assert_cmpstr (json_string_value (json_object_get (object, "domain")), ==, "Domain");
  g_assert_cmpstr (json_string_value (json_object_get (object, "message")), ==, "a \"quote\"\n\uFFFD");
  g_assert_cmpstr (json_string_value (json_object_get (object, "session")), ==, "7");
  g_assert_cmpstr (json_string_value (json_object_get (object, "seat")), ==, "abc");
  g_assert_cmpuint (json_object_size (object), ==, 6);
}

static void
test_terminal_json (void)
{
  if (g_test_subprocess ()) {
    sc_log_set_format (SC_LOG_JSON);
    sc_log_to_stderr ("program");
    g_log_structured ("Domain", G_LOG_LEVEL_MESSAGE, "SEATCAST_SESSION", "7", "MESSAGE", "one %d", 1);
    sc_log_session_message (8, "session %d goes on", 8);
    g_message ("all is well");
    sc_log_failure ("program", "the end");
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (
      "{\"time\":\"*Z\",\"level\":\"message\",\"domain\":\"Domain\",\"message\":\"one 1\","
      "\"session\":\"7\"}\n"
      "{\"time\":\"*Z\",\"level\":\"message\",\"domain\":\"Seatcast\",\"message\":\"session 8 goes on\","
      "\"session\":\"8\"}\n{*\"message\":\"all is well\"}\n{*\"critical\"*\"the end\"}\n");
}

static void
test_file_json (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "log", NULL);
  g_autoptr (ScLogFile) log = open_log (path, 10000, 2);
  g_autofree char *text = NULL;

  sc_log_file_write_line (log, "{\"a\":1}");
  sc_log_file_write_line (log, "{\"a\":2}");
  text = read_text (path);
  g_assert_cmpstr (text, ==, "{\"a\":1}\n{\"a\":2}\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-file/lines", test_lines);
  g_test_add_func ("/log-file/hostile", test_hostile);
  g_test_add_func ("/log-file/rotation", test_rotation);
  g_test_add_func ("/log-file/keep-one", test_keep_one);
  g_test_add_func ("/log-file/again", test_again);
  g_test_add_func ("/log-file/held", test_held);
  g_test_add_func ("/log-file/moved", test_moved);
  g_test_add_func ("/log-file/nowhere", test_nowhere);
  g_test_add_func ("/log-file/full", test_full);
  g_test_add_func ("/log-file/threads", test_threads);
  g_test_add_func ("/log-file/terminal", test_terminal);
  g_test_add_func ("/log-file/json", test_json);
  g_test_add_func ("/log-file/terminal-json", test_terminal_json);
  g_test_add_func ("/log-file/file-json", test_file_json);
  return g_test_run ();
}
