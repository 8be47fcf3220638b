/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-seats.h"
#include "console/gui/words/sc-hook-words.h"
#include "console/gui/words/sc-version-words.h"
#include "console/gui/words/sc-words.h"
#include "tests/gui/gui-fixture.h"

#define GB (G_GUINT64_CONSTANT (1000) * 1000 * 1000)

/* @text: (transfer full); a size has a blank that does not break */
static void
assert_text (char *text, const char *expected)
{
  g_autoptr (GString) string = g_string_new (text);

  g_string_replace (string, "\302\240", " ", 0);
  g_assert_cmpstr (string->str, ==, expected);
  g_free (text);
}

static void
test_changes (void)
{
  static const struct {
    ScVersionChange change;
    const char *text;
  } cases[] = {
    { { 1, 2, 0, 12 * GB / 10 }, "+1 template, 2 changed, 1.2 GB new" },
    { { 3, 0, 1, 5 * GB }, "+3 templates, 1 removed, 5.0 GB new" },
    { { 0, 2, 0, GB }, "2 templates changed, 1.0 GB new" },
    { { 0, 1, 3, 0 }, "1 template changed, 3 removed, no new data" },
    { { 0, 0, 1, 0 }, "1 template removed, no new data" },
    { { 0, 0, 0, 0 }, "The same content as before" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_text (sc_version_words_changes (&cases[i].change), cases[i].text);
}

static void
test_change_of (void)
{
  g_autoptr (ScJson) diff =
      json_pack ("{s:[{s:s}, {s:s}, {s:s}, {s:s}, {}], s:I}", "templates", "change", "added", "change", "changed",
                 "change", "changed", "change", "removed", "bytes_to_send", (json_int_t) 77);
  g_autoptr (ScJson) odd = json_pack ("{s:s}", "templates", "none");
  ScVersionChange change = sc_version_change_of (diff);

  g_assert_cmpuint (change.added, ==, 1);
  g_assert_cmpuint (change.changed, ==, 2);
  g_assert_cmpuint (change.removed, ==, 1);
  g_assert_cmpuint (change.new_bytes, ==, 77);
  change = sc_version_change_of (odd);
  g_assert_cmpuint (change.added + change.changed + change.removed, ==, 0);
}

static void
test_short (void)
{
  assert_text (sc_version_words_seats (3, 20), "3 of 20 seats");
  assert_text (sc_version_words_seats (20, 20), "All 20 seats");
  assert_text (sc_version_words_seats (1, 1), "The only seat");
  assert_text (sc_version_words_seats (0, 20), "No seats");
  assert_text (sc_version_words_seats (0, 0), "");
  assert_text (sc_version_words_title ("  CAD 2027 \r\nand more"), "CAD 2027");
  assert_text (sc_version_words_title ("\n \n"), "Without a note");
  assert_text (sc_version_words_sizes ("changed", 12 * GB, 14 * GB), "12.0 GB → 14.0 GB");
  assert_text (sc_version_words_sizes ("changed", GB, GB), "1.0 GB");
  assert_text (sc_version_words_sizes ("added", 0, GB), "1.0 GB");
  assert_text (sc_version_words_sizes ("removed", GB, GB), "1.0 GB");
  g_assert_cmpstr (sc_words_template ("."), ==, "Files beside the templates");
  g_assert_cmpstr (sc_words_template ("Debian 12"), ==, "Debian 12");
}

static void
test_publish (void)
{
  ScOperationInfo operation = { .phase = "", .item = "" };
  g_autoptr (ScJson) result = json_pack ("{s:i, s:I}", "version", 5, "new_bytes", (json_int_t) (12 * GB / 10));

  assert_text (sc_version_words_progress (&operation), "Starting…");
  operation.phase = "scanning";
  assert_text (sc_version_words_progress (&operation), "Looking through the directory…");
  operation.phase = "reading";
  operation.done = 31 * GB; /* more than it was when it began */
  operation.total = 30 * GB;
  assert_text (sc_version_words_progress (&operation), "Reading, 30.0 GB of 30.0 GB");
  operation.item = "Debian/disk.vmdk";
  operation.done = 12 * GB;
  assert_text (sc_version_words_progress (&operation), "Reading Debian/disk.vmdk, 12.0 GB of 30.0 GB");
  operation.phase = "finishing";
  assert_text (sc_version_words_progress (&operation), "Finishing…");
  operation.phase = "polishing";
  assert_text (sc_version_words_progress (&operation), "polishing");

  assert_text (sc_version_words_result (result, 0), "Version 5: 1.2 GB new");
  assert_text (sc_version_words_result (result, 3), "Version 5: 3 templates, 1.2 GB new");
  json_object_del (result, "new_bytes");
  assert_text (sc_version_words_result (result, 1), "Version 5: 1 template, no new data");
}

static void
put_seat (ScItemList *seats, guint number, const char *room, int version)
{
  g_autoptr (ScJson) seat = gui_fixture_seat (number, room, "current");

  json_object_set_new (seat, "version", json_integer (version));
  sc_item_list_put (seats, seat);
}

static void
on_changed (ScVersionSeats *seats, gpointer data)
{
  ++*(guint *) data;
}

static gboolean
has_changed (gpointer data)
{
  return *(guint *) data > 0;
}

static void
test_seats (void)
{
  g_autoptr (ScConsole) console = sc_console_new ();
  ScItemList *list = sc_console_get_seats (console);
  g_autoptr (ScVersionSeats) seats = NULL;
  g_autoptr (GArray) rooms = NULL;
  guint n_changed = 0;

  put_seat (list, 1, "Lab 1", 3);
  put_seat (list, 2, "Lab 2", 3);
  put_seat (list, 3, "Lab 1", 4);
  put_seat (list, 4, "", 0);
  seats = sc_version_seats_new (list);
  g_signal_connect (seats, "changed", G_CALLBACK (on_changed), &n_changed);
  g_assert_cmpuint (sc_version_seats_count (seats, 3), ==, 2);
  g_assert_cmpuint (sc_version_seats_count (seats, 4), ==, 1);
  g_assert_cmpuint (sc_version_seats_count (seats, 9), ==, 0);
  g_assert_cmpuint (sc_version_seats_get_total (seats), ==, 4);
  rooms = sc_version_seats_list_rooms (seats, 3);
  g_assert_cmpuint (rooms->len, ==, 2);
  g_assert_cmpstr (g_array_index (rooms, ScVersionRoom, 0).room, ==, "Lab 1");
  g_assert_cmpuint (g_array_index (rooms, ScVersionRoom, 0).seats, ==, 1);
  g_assert_cmpuint (g_array_index (rooms, ScVersionRoom, 0).total, ==, 2);
  g_assert_cmpstr (g_array_index (rooms, ScVersionRoom, 1).room, ==, "Lab 2");

  /* many changes are counted at once */
  for (guint i = 1; i <= 4; i++)
    put_seat (list, i, "Lab 1", 4);
  sc_item_list_remove (list, "seat-2");
  gui_fixture_wait (has_changed, &n_changed, "the count");
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpuint (sc_version_seats_count (seats, 3), ==, 0);
  g_assert_cmpuint (sc_version_seats_count (seats, 4), ==, 3);
}

/* What is shown of a program, and typed again, is the same program with the same arguments. */
static void
test_hooks (void)
{
  static const struct {
    const char *line;
    guint n;
    const char *last;
  } cases[] = {
    { "/usr/bin/true", 1, "/usr/bin/true" },
    { "/bin/sh -c \"echo \"\"hello\"\" >/tmp/x\"", 3, "echo \"hello\" >/tmp/x" },
    { "C:\\Windows\\System32\\sc.exe stop \"Print Spooler\"", 3, "Print Spooler" },
    { "\"C:\\Program Files\\a.exe\" \"\"", 2, "" },
  };
  g_autoptr (ScJson) open = sc_hook_words_split ("/bin/sh -c \"echo");
  g_autoptr (ScJson) none = sc_hook_words_split ("  \t ");
  g_autoptr (ScJson) blanks = sc_hook_words_split ("  /bin/a\t\tb  ");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (ScJson) run = sc_hook_words_split (cases[i].line);
    g_autofree char *again = sc_hook_words_join (run);

    g_assert_cmpuint (json_array_size (run), ==, cases[i].n);
    g_assert_cmpstr (json_string_value (json_array_get (run, cases[i].n - 1)), ==, cases[i].last);
    g_assert_cmpstr (again, ==, cases[i].line);
  }
  g_assert_null (open);
  g_assert_cmpuint (json_array_size (none), ==, 0);
  g_assert_cmpuint (json_array_size (blanks), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/version-words/changes", test_changes);
  g_test_add_func ("/version-words/change-of", test_change_of);
  g_test_add_func ("/version-words/short", test_short);
  g_test_add_func ("/version-words/publish", test_publish);
  g_test_add_func ("/version-words/seats", test_seats);
  g_test_add_func ("/version-words/hooks", test_hooks);
  return g_test_run ();
}
