/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/ctl/sc-ctl-commands.h"
#include "console/ctl/sc-ctl-words.h"

typedef struct {
  ScCtl ctl;
  const ScCtlCommand *command;
  char *help;
  GError *error;
} Parsed;

static gboolean
parse (Parsed *parsed, const char *line)
{
  g_auto (GStrv) arguments = g_strsplit (line, " ", -1);
  if (!*line)
    g_clear_pointer (&arguments[0], g_free);
  return sc_ctl_commands_parse ((const char *const *) arguments, &parsed->ctl, &parsed->command, &parsed->help,
                                &parsed->error);
}

static void
parsed_clear (Parsed *parsed)
{
  sc_ctl_clear (&parsed->ctl);
  g_free (parsed->help);
  g_clear_error (&parsed->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parsed, parsed_clear)

static void
test_parse_finds_command_and_options (void)
{
  g_auto (Parsed) deploy = { 0 };
  g_assert_true (parse (&deploy, "--json deploy 12 --seat pc-1 --rate 200 --seat pc-2 --no-wait"));
  g_assert_no_error (deploy.error);
  g_assert_cmpstr (deploy.command->name, ==, "deploy");
  g_assert_cmpstr (deploy.ctl.arguments[0], ==, "12");
  g_assert_cmpuint (g_strv_length (deploy.ctl.options.seats), ==, 2);
  g_assert_cmpstr (deploy.ctl.options.seats[1], ==, "pc-2");
  g_assert_cmpfloat (deploy.ctl.options.rate_mbit, ==, 200);
  g_assert_true (deploy.ctl.options.json && deploy.ctl.options.no_wait);

  g_auto (Parsed) rollback = { 0 };
  g_assert_true (parse (&rollback, "rollback --seat pc-1 --to 11 --dry-run"));
  g_assert_cmpuint (rollback.ctl.options.to_version, ==, 11);
  g_assert_cmpstr (rollback.ctl.options.seats[0], ==, "pc-1");
  g_assert_true (rollback.ctl.options.dry_run && !rollback.ctl.options.no_wait);

  g_auto (Parsed) stop = { 0 };
  g_assert_true (parse (&stop, "verify pc-1 --stop"));
  g_assert_cmpstr (stop.command->name, ==, "verify");
  g_assert_true (stop.ctl.options.stop);

  g_auto (Parsed) verify = { 0 };
  g_assert_true (parse (&verify, "store verify --connection /somewhere"));
  g_assert_cmpstr (verify.command->name, ==, "store verify");
  g_assert_cmpstr (verify.ctl.options.connection, ==, "/somewhere");

  g_auto (Parsed) move = { 0 };
  g_assert_true (parse (&move, "move pc-1 --room A101 pc-2 pc-3"));
  g_assert_cmpstr (move.command->name, ==, "move");
  g_assert_cmpstr (move.ctl.options.room, ==, "A101");
  g_assert_cmpuint (g_strv_length (move.ctl.arguments), ==, 3);
  g_assert_cmpstr (move.ctl.arguments[2], ==, "pc-3");

  g_auto (Parsed) own = { 0 };
  g_assert_true (parse (&own, "move pc-1 --own-room"));
  g_assert_true (own.ctl.options.own_room && !own.ctl.options.room);

  g_auto (Parsed) rooms = { 0 };
  g_assert_true (parse (&rooms, "rooms"));
  g_assert_cmpstr (rooms.command->name, ==, "rooms");

  g_auto (Parsed) rename = { 0 };
  g_assert_true (parse (&rename, "room rename A101 B202"));
  g_assert_cmpstr (rename.command->name, ==, "room rename");
  g_assert_cmpstr (rename.ctl.arguments[1], ==, "B202");

  g_auto (Parsed) log = { 0 };
  g_assert_true (parse (&log, "log pc-1 --max 20"));
  g_assert_cmpstr (log.command->name, ==, "log");
  g_assert_cmpuint (log.ctl.options.max_entries, ==, 20);

  g_auto (Parsed) settings = { 0 };
  g_assert_true (parse (&settings, "settings --rate 300 --publish-directory /srv"));
  g_assert_cmpfloat (settings.ctl.options.rate_mbit, ==, 300);
  g_assert_cmpstr (settings.ctl.options.publish_directory, ==, "/srv");

  g_auto (Parsed) dashed = { 0 };
  g_assert_true (parse (&dashed, "publish -m note -- -odd"));
  g_assert_cmpstr (dashed.ctl.arguments[0], ==, "-odd");
}

static void
test_parse_refuses_wrong_usage (void)
{
  const char *const lines[] = {
    "",
    "bogus",
    "store",
    "store bogus",
    "deploy",
    "deploy 1 2",
    "versions 3",
    "versions --room A",
    "deploy 1 --room A --seat b",
    "deploy 1 --rate fast",
    "deploy 1 --rate -5",
    "deploy 1 --rate nan",
    "deploy 1 --rate 0",
    "rollback --rate 0.9",
    "rollback --rate 400001",
    "deploy 1 --rate 5x",
    "deploy 1 --to 2",
    "rollback --to 0",
    "rollback --to latest",
    "rollback --room A --seat b",
    "catch-up",
    "catch-up pc-1 --seat pc-2",
    "verify",
    "verify pc-1 --dry-run",
    "seat",
    "seat pc-1 pc-2",
    "publish dir",
    "publish dir --note= ",
    "publish dir --note=\t",
    "room",
    "room add",
    "room add A B",
    "room rename A",
    "room remove",
    "room remove A --json --own-room",
    "rooms A",
    "move",
    "move pc-1",
    "move --room A",
    "move pc-1 --room A --own-room",
    "move pc-1 --seat pc-2 --own-room",
    "deploy 1 --own-room",
    "needs",
    "needs 1 2",
    "log",
    "log pc-1 --max 0",
    "log ",
    "room rename  A",
    "room add \xff",
    "move pc-1 \xff --own-room",
    "activity --max x",
    "activity pc-1",
    "settings --rate 0.5",
    "settings 300",
    "deploy 1 --max 3",
    "help bogus",
    "help store bogus",
    "version 3",
    "--bogus versions",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Parsed) parsed = { 0 };
    g_autofree char *shown = g_utf8_make_valid (lines[i], -1);
    g_test_message ("%s", shown);
    g_assert_false (parse (&parsed, lines[i]));
    g_assert_error (parsed.error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static void
check_message (const char *line, const char *expected)
{
  g_auto (Parsed) parsed = { 0 };
  g_assert_false (parse (&parsed, line));
  g_assert_cmpstr (parsed.error->message, ==, expected);
}

static void
test_wrong_usage_is_told_in_our_words (void)
{
  check_message ("deploy 1 --rate 0", "--rate 0 is outside of 1 to 400000 Mbit/s");
  check_message ("rollback --rate fast", "--rate “fast” is no number: it is in Mbit/s, 1 to 400000");
  check_message ("publish dir", "a version needs a note that says what is new in it: add -m NOTE");
  check_message ("publish", "usage: seatcastctl publish DIR -m NOTE; see “seatcastctl publish --help”");
  check_message ("store", "“store” is no command: behind “store” comes one of verify, gc, rebuild-index; see "
                          "“seatcastctl store --help”");
  check_message ("move pc-1",
                 "say where to: either --room ROOM, or --own-room for the room that each seat's service names");
  check_message ("move", "usage: seatcastctl move SEAT…; see “seatcastctl move --help”");
  check_message ("store bogus",
                 "“store bogus” is no command: behind “store” comes one of verify, gc, rebuild-index; see "
                 "“seatcastctl store --help”");
}

/* What fits a terminal of a hundred columns, without holes. */
static void
check_help (const char *help)
{
  g_auto (GStrv) lines = g_strsplit (help, "\n", -1);
  for (gsize i = 0; lines[i]; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, 100);
  g_assert_null (strstr (help, "\n\n\n"));
}

static void
test_help_is_aligned (void)
{
  g_auto (Parsed) parsed = { 0 };
  g_assert_true (parse (&parsed, "--help"));
  g_assert_nonnull (strstr (parsed.help, "\n  move SEAT…            move seats to"));
}

static void
test_help_is_there_for_who_asks_for_it (void)
{
  const struct {
    const char *line, *expected;
  } cases[] = {
    { "--help", "store rebuild-index" },
    { "help", "help [COMMAND]" },
    { "help deploy", "deploy [OPTION…] VERSION" },
    { "help store gc", "store gc [OPTION…]" },
    { "store --help", "store rebuild-index" },
    { "help store", "store verify" },
    { "room --help", "room rename OLD NEW" },
    { "help room", "room remove NAME" },
    { "move --help", "--own-room" },
    { "help move", "to this room" },
    { "deploy --help", "only the seats of" },
    { "help room add", "room add [OPTION…] NAME" },
    { "help version", "help [COMMAND]" },
    { "version --help", "help [COMMAND]" },
    { "version", "seatcastctl " SC_VERSION },
    { "--version", "seatcastctl " SC_VERSION },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Parsed) parsed = { 0 };
    g_test_message ("%s", cases[i].line);
    g_assert_true (parse (&parsed, cases[i].line));
    g_assert_no_error (parsed.error);
    g_assert_nonnull (strstr (parsed.help, cases[i].expected));
    check_help (parsed.help);
  }
}

static void
test_every_command_has_help (void)
{
  for (const ScCtlCommand *command = sc_ctl_get_commands (); command->name; command++) {
    g_auto (Parsed) parsed = { 0 };
    g_autofree char *line = g_strconcat (command->name, " --help", NULL);
    g_assert_true (parse (&parsed, line));
    g_assert_true (parsed.command == command);
    g_assert_nonnull (strstr (parsed.help, command->name));
    g_assert_nonnull (strstr (parsed.help, "Examples:"));
    g_assert_nonnull (strstr (parsed.help, "man seatcastctl"));
    check_help (parsed.help);
    for (gsize i = 0; command->options[i]; i++) {
      g_autofree char *option = g_strconcat ("--", command->options[i], NULL);
      g_assert_nonnull (strstr (parsed.help, option));
    }
  }
}

static void
test_every_command_is_in_the_man_page (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "seatcastctl.1", NULL);
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);

  for (const ScCtlCommand *command = sc_ctl_get_commands (); command->name; command++) {
    g_auto (GStrv) parts = g_strsplit (command->arguments, "-", -1);
    g_autofree char *arguments = g_strjoinv ("\\-", parts);
    g_autofree char *heading = g_strdup_printf ("\n.SS %s%s%s\n", command->name, *arguments ? " " : "", arguments);
    g_test_message ("%s", heading);
    g_assert_nonnull (strstr (page, heading));
    for (gsize i = 0; command->options[i]; i++) {
      g_auto (GStrv) words = g_strsplit (command->options[i], "-", -1);
      g_autofree char *escaped = g_strjoinv ("\\-", words);
      g_autofree char *option = g_strconcat ("\\-\\-", escaped, NULL);
      g_assert_nonnull (strstr (page, option));
    }
  }
}

static void
test_table_is_as_wide_as_a_terminal_shows_it (void)
{
  const char *const headings[] = { "SEAT", ">%", "NOTE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  sc_ctl_table_add (table, g_strdup ("Röhre"), g_strdup ("7"), g_strdup ("a"));
  sc_ctl_table_add (table, g_strdup ("席席"), g_strdup ("100"), NULL);
  sc_ctl_table_add (table, g_strdup ("x\033[2J"), NULL, g_strdup ("b\u202e"));
  g_autofree char *text = sc_ctl_table_to_text (table);
  g_assert_cmpstr (text, ==,
                   "SEAT     %  NOTE\n"
                   "Röhre    7  a\n"
                   "席席   100\n"
                   "x?[2J       b?\n");
  g_assert_cmpuint (sc_ctl_table_get_n_rows (table), ==, 3);
}

static void
test_table_hides_what_is_empty (void)
{
  const char *const headings[] = { "SEAT", "?>NEW", "?>UNDO", "FREE", "?IN USE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  sc_ctl_table_add (table, g_strdup ("a"), NULL, g_strdup (""), g_strdup ("1 B"), g_strdup (""));
  sc_ctl_table_add (table, g_strdup ("b"), NULL, g_strdup ("7"), NULL, NULL);
  g_autofree char *text = sc_ctl_table_to_text (table);
  g_assert_cmpstr (text, ==,
                   "SEAT  UNDO  FREE\n"
                   "a           1 B\n"
                   "b        7\n");
}

static void
check_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_numbers_are_for_people (void)
{
  check_text (sc_ctl_format_size (0), "0 B");
  check_text (sc_ctl_format_size (999), "999 B");
  check_text (sc_ctl_format_size (1000), "1.0 kB");
  check_text (sc_ctl_format_size (12100000), "12.1 MB");
  check_text (sc_ctl_format_size (G_MAXUINT64), "18446.7 PB");
  check_text (sc_ctl_format_amount (12100000, 30000000), "12.1 of 30.0 MB");
  check_text (sc_ctl_format_amount (5, 0), "5 B");
  check_text (sc_ctl_format_rate (0), "");
  check_text (sc_ctl_format_rate (81200000), "81 MB/s");
  check_text (sc_ctl_format_percent (0, 0), "");
  check_text (sc_ctl_format_percent (9999, 10000), "99 %");
  check_text (sc_ctl_format_percent (10000, 10000), "100 %");
  check_text (sc_ctl_format_duration (1800000), "1.8 s");
  check_text (sc_ctl_format_duration (185 * G_USEC_PER_SEC), "3 min 05 s");
  check_text (sc_ctl_format_time (""), "-");
  check_text (sc_ctl_format_second ("no time"), "-");
  check_text (sc_ctl_text_cut ("席席x", 3), "席");
}

static void
test_exit_status_tells_what_went_wrong (void)
{
  const struct {
    ScError code;
    ScCtlStatus status;
  } cases[] = {
    { SC_ERROR_NOT_FOUND, SC_CTL_NOT_FOUND }, { SC_ERROR_BUSY, SC_CTL_BUSY },
    { SC_ERROR_STATE, SC_CTL_BUSY },          { SC_ERROR_DENIED, SC_CTL_UNREACHABLE },
    { SC_ERROR_CORRUPT, SC_CTL_FAILED },      { SC_ERROR_CHANGED, SC_CTL_FAILED },
    { SC_ERROR_NO_SPACE, SC_CTL_FAILED },     { SC_ERROR_CANCELLED, SC_CTL_FAILED },
    { SC_ERROR_INVALID, SC_CTL_FAILED },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = g_error_new_literal (SC_ERROR, cases[i].code, "a test");
    g_assert_cmpint (sc_ctl_status_of_error (error), ==, cases[i].status);
    g_assert_cmpint (sc_error_code_from_nick (sc_error_code_to_nick (cases[i].code)), ==, cases[i].code);
  }
  g_assert_cmpint (sc_error_code_from_nick ("of a later engine"), ==, SC_ERROR_SYSTEM);
}

static void
check_activity (const char *json, const char *who, const char *what, const char *result)
{
  g_autoptr (ScJson) entry = json_loads (json, 0, NULL);
  g_autofree char *found_who = sc_ctl_activity_who (entry);
  g_autofree char *found_what = sc_ctl_activity_what (entry);
  g_autofree char *found_result = sc_ctl_activity_result (entry);
  g_assert_cmpstr (found_who, ==, who);
  g_assert_cmpstr (found_what, ==, what);
  g_assert_cmpstr (found_result, ==, result);
}

static void
test_words_of_activity (void)
{
  check_activity (
      "{\"who\":\"anna@office\",\"address\":\"10.1.0.9\",\"version\":12,\"room\":\"Lab 1\",\"seats\":[\"a\",\"b\"],"
      "\"n_seats\":80,\"session\":4,\"detail\":\"\",\"done\":true,\"error\":\"\"}",
      "anna@office", "version 12, room “Lab 1”, 80 seats, session 4", "done");
  check_activity (
      "{\"who\":\"\",\"address\":\"10.1.0.9\",\"version\":0,\"room\":\"\",\"seats\":[\"a\",\"b\"],\"n_seats\":5,"
      "\"session\":0,\"detail\":\"\",\"done\":false,\"error\":\"no seat is online\"}",
      "10.1.0.9", "a, b and 3 more", "not done: no seat is online");
  check_activity ("{\"action\":\"session-end\",\"seats\":[\"a\",\"b\",\"c\",\"d\"],\"n_seats\":9,\"session\":4,"
                  "\"detail\":\"failed\","
                  "\"done\":false,\"error\":\"no seat reached it\"}",
                  "console", "a, b, c and 6 more, session 4", "failed: no seat reached it");
  check_activity ("{\"action\":\"room-rename\",\"room\":\"A\",\"detail\":\"B\",\"done\":true,\"error\":\"\"}",
                  "console", "room “A”, B", "done");
  check_activity ("{\"action\":\"session-end\",\"session\":3,\"detail\":\"done\",\"error\":\"1 of 4 seats failed\"}",
                  "console", "session 3", "done: 1 of 4 seats failed");
  check_activity ("{\"action\":\"settings\",\"detail\":\"rate_cap_bits_per_second=2500000 publish_directory=/a b\"}",
                  "console", "rate 2.5 Mbit/s, publish directory /a b", "not done");
  check_activity ("{}", "console", "", "not done");
}

static void
test_paths_are_escaped (void)
{
  check_text (sc_client_path ("/v1/seats/", "Röhre 1/2", "/catch-up", NULL), "/v1/seats/R%C3%B6hre%201%2F2/catch-up");
}

static ScJson *
json (const char *text)
{
  g_autoptr (GError) error = NULL;
  ScJson *object = sc_json_parse_object (text, strlen (text), 65536, &error);
  g_assert_no_error (error);
  return object;
}

static void
test_words_of_a_seat (void)
{
  const struct {
    const char *seat, *state, *percent;
  } cases[] = {
    { "{'presence':'offline','transfer':{'state':'idle'},'version_state':'current'}", "offline", "" },
    { "{'presence':'online','transfer':{'state':'idle'},'version_state':'current'}", "online, current", "" },
    { "{'presence':'online','transfer':{'state':'done','total_bytes':0},'version_state':'current'}", "online, current",
      "–" },
    { "{'presence':'online','transfer':{'state':'cancelled'},'version_state':'behind','templates':[{'state':'updating'}"
      ","
      "{'state':'current'},{'state':'updating'}]}",
      "online, behind, 2 templates half updated", "" },
    { "{'presence':'online','transfer':{'state':'failed','reason':'full'},'templates':[{'state':'updating'}]}",
      "failed: full, 1 template half updated", "" },
    { "{'presence':'online','transfer':{'state':'receiving','session':3,'template':'w','done_bytes':1,'total_bytes':4}"
      "}",
      "receiving w", "25 %" },
    { "{'presence':'online','transfer':{'state':'receiving','session':4,'done_bytes':0,'total_bytes':4}}", "paused",
      "0 %" },
    { "{'presence':'online','transfer':{'state':'applying','session':4}}", "applying", "" },
    { "{'presence':'online','transfer':{'state':'busy','done_bytes':2,'total_bytes':4},'version_state':'behind',"
      "'templates':[{'name':'a','state':'current','busy':true},{'name':'b','state':'current','busy':false},"
      "{'name':'c','state':'current','busy':true}]}",
      "online, behind, waits for a, c (in use)", "50 %" },
    { "{'presence':'online','transfer':{'state':'verifying','template':'w','done_bytes':1,'total_bytes':4,"
      "'throttled':true}}",
      "verifying w, slowly: somebody uses the machine", "25 %" },
  };
  g_autoptr (ScJson) sessions =
      json ("{\"sessions\":[{\"id\":4,\"state\":\"paused\"},{\"id\":3,\"state\":\"sending\"}]}");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdelimit (g_strdup (cases[i].seat), "'", '"');
    g_autoptr (ScJson) seat = json (text);
    check_text (sc_ctl_seat_state (seat, json_object_get (sessions, "sessions")), cases[i].state);
    check_text (sc_ctl_transfer_percent (json_object_get (seat, "transfer")), cases[i].percent);
  }
}

static void
test_words_of_a_session (void)
{
  g_autofree char *text = g_strdelimit (
      g_strdup ("{'seats':[{'id':'a','name':'pc-01','state':'done'},{'id':'b','name':'pc-02','state':'waiting'},"
                "{'id':'c','name':'pc-03','state':'repairing','done_bytes':2,'total_bytes':5}]}"),
      "'", '"');
  g_autofree char *list = g_strdelimit (
      g_strdup ("{'seats':[{'id':'b','presence':'offline','templates':[{'state':'updating'}]},{'id':'c','presence':"
                "'online','templates':[{'state':'updating'},{'state':'updating'}]},{'id':'other','templates':"
                "[{'state':'updating'}]}]}"),
      "'", '"');
  g_autoptr (ScJson) session = json (text);
  g_autoptr (ScJson) seats = json (list);
  check_text (sc_ctl_session_awaited (session, json_object_get (seats, "seats")),
              "pc-02 (offline), pc-03 (repairing 40 %)");
  check_text (sc_ctl_session_awaited (session, NULL), "pc-02 (preparing), pc-03 (repairing 40 %)");
  check_text (sc_ctl_session_half_updated (session, json_object_get (seats, "seats")),
              "3 templates on 2 seats are half updated: deploy again or roll back");
  g_assert_null (sc_ctl_session_half_updated (session, NULL));
  json_object_set_new (session, "state", json_string ("preparing"));
  check_text (sc_ctl_session_awaited (session, NULL), "pc-02 (preparing)");
}

/* A seat that waits for a template in use is not one that the session waits for. */
static void
test_words_of_a_busy_seat (void)
{
  g_autoptr (ScJson) session = json ("{\"seats\":[{\"id\":\"a\",\"name\":\"pc-01\",\"state\":\"busy\"},"
                                     "{\"id\":\"b\",\"name\":\"pc-02\",\"state\":\"planned\"}]}");
  check_text (sc_ctl_session_awaited (session, NULL), "");
  json_object_set_new (session, "state", json_string ("planned"));
  g_assert_true (sc_ctl_session_is_over (session));
}

static void
test_which_sessions_went_well (void)
{
  const struct {
    const char *session;
    gboolean well;
  } cases[] = {
    { "{'state':'done','seats':[{'state':'done'},{'state':'done'}]}", TRUE },
    { "{'state':'done','seats':[{'state':'done'},{'state':'busy'}]}", TRUE },
    { "{'state':'done','seats':[{'state':'done'},{'state':'failed'}]}", FALSE },
    { "{'state':'cancelled','seats':[{'state':'done'}]}", FALSE },
    { "{'state':'finishing','seats':[{'state':'done'}]}", FALSE },
    { "{'state':'planned','dry_run':true,'seats':[{'state':'planned'},{'state':'planned'}]}", TRUE },
    { "{'state':'planned','dry_run':true,'seats':[{'state':'planned'},{'state':'failed'}]}", FALSE },
    { "{'state':'failed','dry_run':true,'seats':[{'state':'planned'}]}", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdelimit (g_strdup (cases[i].session), "'", '"');
    g_autoptr (ScJson) session = json (text);
    g_test_message ("%s", text);
    g_assert_cmpint (sc_ctl_session_went_well (session), ==, cases[i].well);
  }
}

static void
test_words_of_needs (void)
{
  g_autoptr (ScJson) needs =
      json ("{\"missing_bytes\":0,\"ways\":{\"new\":{\"files\":1,\"bytes\":12100000},\"undo\":{\"files\":3,"
            "\"bytes\":999},\"clone\":{\"files\":0,\"bytes\":0}}}");
  check_text (sc_ctl_needs_verdict (needs), "fits");
  check_text (sc_ctl_needs_way (needs, "new"), "1 file, 12.1 MB");
  check_text (sc_ctl_needs_way (needs, "undo"), "3 files, 999 B");
  check_text (sc_ctl_needs_way (needs, "clone"), "");
  check_text (sc_ctl_needs_way (needs, "forward"), ""); /* an engine that does not say it */
  json_object_set_new (needs, "missing_bytes", json_integer (1234567890));
  check_text (sc_ctl_needs_verdict (needs), "1.2 GB missing");
}

static void
test_words_of_a_verification (void)
{
  g_autoptr (ScJson) verify = json ("{\"state\":\"done\",\"bytes\":12100000,\"n_files\":0,\"n_templates\":0}");
  check_text (sc_ctl_verify_result (verify), "every file is as it should be; 12.1 MB read");
  json_object_set_new (verify, "n_files", json_integer (1));
  json_object_set_new (verify, "n_templates", json_integer (1));
  check_text (sc_ctl_verify_result (verify), "1 file of 1 template differs; 12.1 MB read");
  json_object_set_new (verify, "n_files", json_integer (5));
  json_object_set_new (verify, "n_templates", json_integer (2));
  check_text (sc_ctl_verify_result (verify), "5 files of 2 templates differ; 12.1 MB read");
  json_object_set_new (verify, "state", json_string ("failed"));
  json_object_set_new (verify, "message", json_string ("the disk is broken"));
  check_text (sc_ctl_verify_result (verify), "failed: the disk is broken; 5 files of 2 templates differ");
  json_object_set_new (verify, "n_files", json_integer (0));
  check_text (sc_ctl_verify_result (verify), "failed: the disk is broken");
  g_autoptr (ScJson) never = json ("{\"state\":\"never\",\"message\":\"\"}");
  check_text (sc_ctl_verify_result (never), "never");
}

static void
test_words_of_a_diff (void)
{
  g_autofree char *text = g_strdelimit (
      g_strdup ("{'templates':[{'name':'a','change':'removed'},{'name':'b','change':'changed'},{'name':'c','change':"
                "'removed'},{'name':'d','change':'added'}]}"),
      "'", '"');
  g_autoptr (ScJson) diff = json (text);
  check_text (sc_ctl_diff_changes (diff), "2 templates removed (a, c), 1 added, 1 changed");
  g_autoptr (ScJson) same = json ("{\"templates\":[]}");
  check_text (sc_ctl_diff_changes (same), "");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sc_ctl_diff_add_removed (diff, names);
  sc_ctl_diff_add_removed (diff, names);
  g_assert_cmpuint (names->len, ==, 2);
  check_text (sc_ctl_names (names, 1), "a and 1 more");
  g_ptr_array_add (names, g_strdup ("x\033[2J"));
  check_text (sc_ctl_names (names, 3), "a, c, x?[2J");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/parse/finds-command-and-options", test_parse_finds_command_and_options);
  g_test_add_func ("/ctl/parse/refuses-wrong-usage", test_parse_refuses_wrong_usage);
  g_test_add_func ("/ctl/parse/wrong-usage-in-our-words", test_wrong_usage_is_told_in_our_words);
  g_test_add_func ("/ctl/help/for-who-asks", test_help_is_there_for_who_asks_for_it);
  g_test_add_func ("/ctl/help/is-aligned", test_help_is_aligned);
  g_test_add_func ("/ctl/help/of-every-command", test_every_command_has_help);
  g_test_add_func ("/ctl/man/has-every-command", test_every_command_is_in_the_man_page);
  g_test_add_func ("/ctl/table/width", test_table_is_as_wide_as_a_terminal_shows_it);
  g_test_add_func ("/ctl/table/hidden", test_table_hides_what_is_empty);
  g_test_add_func ("/ctl/format/numbers", test_numbers_are_for_people);
  g_test_add_func ("/ctl/exit-status", test_exit_status_tells_what_went_wrong);
  g_test_add_func ("/ctl/words/seat", test_words_of_a_seat);
  g_test_add_func ("/ctl/words/session", test_words_of_a_session);
  g_test_add_func ("/ctl/words/busy-seat", test_words_of_a_busy_seat);
  g_test_add_func ("/ctl/words/went-well", test_which_sessions_went_well);
  g_test_add_func ("/ctl/words/needs", test_words_of_needs);
  g_test_add_func ("/ctl/words/verification", test_words_of_a_verification);
  g_test_add_func ("/ctl/words/diff", test_words_of_a_diff);
  g_test_add_func ("/ctl/words/activity", test_words_of_activity);
  g_test_add_func ("/ctl/path", test_paths_are_escaped);
  return g_test_run ();
}
