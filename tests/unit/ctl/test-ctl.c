/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/ctl/sc-ctl-commands.h"
#include "console/ctl/sc-ctl-options.h"

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
  g_auto (Parsed) uncapped = { 0 };
  g_assert_true (parse (&deploy, "--json deploy 12 --seat pc-1 --rate 200 --seat pc-2 --no-wait"));
  g_assert_no_error (deploy.error);
  g_assert_cmpstr (deploy.command->name, ==, "deploy");
  g_assert_cmpstr (deploy.ctl.arguments[0], ==, "12");
  g_assert_cmpuint (g_strv_length (deploy.ctl.options.seats), ==, 2);
  g_assert_cmpstr (deploy.ctl.options.seats[1], ==, "pc-2");
  g_assert_cmpfloat (deploy.ctl.options.rate_mbit, ==, 200);
  g_assert_true (parse (&uncapped, "deploy 12 --rate 0"));
  g_assert_cmpstr (uncapped.ctl.options.rate, ==, "0");
  g_assert_cmpfloat (uncapped.ctl.options.rate_mbit, ==, 0);
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
test_parse_finds_what_is_planned (void)
{
  g_auto (Parsed) deploy = { 0 };
  g_assert_true (parse (&deploy, "deploy 12 --room A --room B --template x --wake --power-off"));
  g_assert_cmpuint (g_strv_length (deploy.ctl.options.rooms), ==, 2);
  g_assert_cmpstr (deploy.ctl.options.templates[0], ==, "x");
  g_assert_true (deploy.ctl.options.wake && deploy.ctl.options.power_off && !deploy.ctl.options.room);

  g_auto (Parsed) schedule = { 0 };
  g_assert_true (parse (&schedule, "schedule newest --every mon,fri --time 22:00 --zone Asia/Tokyo"));
  g_assert_cmpstr (schedule.ctl.options.every, ==, "mon,fri");
  g_assert_cmpstr (schedule.ctl.options.zone, ==, "Asia/Tokyo");

  g_auto (Parsed) policy = { 0 };
  g_assert_true (parse (&policy, "policy A --wake no --rate 12.5 --cache none"));
  g_assert_cmpstr (policy.ctl.options.wake_seats, ==, "no");
  g_assert_cmpfloat (policy.ctl.options.room_rate_mbit, ==, 12.5);
  g_assert_false (policy.ctl.options.wake);

  g_auto (Parsed) cache = { 0 };
  g_assert_true (parse (&cache, "cache create a --name h --output d"));
  g_assert_cmpuint (cache.ctl.options.port_number, ==, 8472);

  g_auto (Parsed) window = { 0 };
  g_assert_true (parse (&window, "window A"));
  g_assert_cmpuint (g_strv_length (window.ctl.arguments), ==, 1);
}

static void
test_parse_refuses_what_cannot_be_planned (void)
{
  static const char *const lines[] = {
    "schedule 12",
    "schedule 12 --at 22:00 --in-window",
    "schedule 12 --every mon",
    "schedule 12 --at 22:00 --zone Asia/Tokyo",
    "schedule 12 --in-window --room A --seat b",
    "wake",
    "wake pc-1 --room A",
    "window A 1 2",
    "policy A --rate fast",
    "version hooks 3 --set x --clear",
    "planned --days 0",
    "pin pc-1",
    "assign A",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Parsed) parsed = { 0 };
    g_test_message ("%s", lines[i]);
    g_assert_false (parse (&parsed, lines[i]));
    g_assert_error (parsed.error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static void
test_what_is_too_much_is_refused_by_its_option (void)
{
  static const char *const lines[][2] = {
    { "policy A --rate 0.5", "--rate 0.5 is outside of 1 to 400000 Mbit/s; 0: none of its own" },
    { "settings --catch-up-rate 0.9", "--catch-up-rate 0.9 is outside of 1 to 400000 Mbit/s" },
    { "schedule 12 --in-window --rate 400001",
      "--rate 400001 is outside of 1 to 400000 Mbit/s; 0: as fast as the seats take it" },
    { "planned --days 500", "--days 500 is too far away: the console plans 400 days at most" },
    { "settings --catch-up-rate fast", "--catch-up-rate “fast” is no number: it is in Mbit/s, 1 to 400000" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Parsed) parsed = { 0 };
    g_assert_false (parse (&parsed, lines[i][0]));
    g_assert_cmpstr (parsed.error->message, ==, lines[i][1]);
  }
}

/* What the console says of a member of the API, who gave an option reads with the option's name. */
static void
test_members_are_named_as_options (void)
{
  static const char *const lines[][3] = {
    { "policy A", "The member “wake_destination” is not as it should be: it must be X",
      "--wake-destination is not as it should be: it must be X" },
    { "policy A", "The member “busy_deadline_hours” is wrong", "--busy-deadline is wrong" },
    { "policy A", "The member “rate_cap_bits_per_second” is wrong", "--rate is wrong" },
    { "deploy 12", "The member “power_off” is wrong", "--power-off is wrong" },
    /* no option of this command */
    { "policy A", "The member “note” is wrong", "The member “note” is wrong" },
    { "policy A", "The member “", "The member “" },
    { "policy A", "There is no room A", "There is no room A" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Parsed) parsed = { 0 };
    g_assert_true (parse (&parsed, lines[i][0]));
    g_autofree char *words = sc_ctl_options_in_words (parsed.command, lines[i][1]);
    g_assert_cmpstr (words, ==, lines[i][2]);
  }
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
  check_message ("deploy 1 --rate 0.1", "--rate 0.1 is outside of 1 to 400000 Mbit/s; 0: as fast as the seats take it");
  check_message ("settings --catch-up-rate 0", "--catch-up-rate 0 is outside of 1 to 400000 Mbit/s");
  check_message ("rollback --rate fast",
                 "--rate “fast” is no number: it is in Mbit/s, 1 to 400000; 0: as fast as the seats take it");
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

/* @name: as a command's entry has it, with “:” and which of one name */
static char *
make_option (const char *name, const char *hyphen)
{
  g_auto (GStrv) parts = g_strsplit (name, ":", 2);
  g_auto (GStrv) words = g_strsplit (parts[0], "-", -1);
  g_autofree char *joined = g_strjoinv (hyphen, words);
  return g_strconcat (hyphen, hyphen, joined, NULL);
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
      g_autofree char *option = make_option (command->options[i], "-");
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
      g_autofree char *option = make_option (command->options[i], "\\-");
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
  check_text (sc_ctl_format_cap (2500000), "2.5 Mbit/s");
  check_text (sc_ctl_format_cap (0), "as fast as the seats take it");
  check_text (sc_ctl_format_ppm (0), "0.00 %");
  check_text (sc_ctl_format_ppm (99), "<0.01 %");
  check_text (sc_ctl_format_ppm (1300), "0.13 %");
  check_text (sc_ctl_format_ppm (200000), "20.00 %");
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
test_paths_are_escaped (void)
{
  check_text (sc_client_path ("/v1/seats/", "Röhre 1/2", "/catch-up", NULL), "/v1/seats/R%C3%B6hre%201%2F2/catch-up");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/parse/finds-command-and-options", test_parse_finds_command_and_options);
  g_test_add_func ("/ctl/parse/planned", test_parse_finds_what_is_planned);
  g_test_add_func ("/ctl/parse/refuses-what-cannot-be-planned", test_parse_refuses_what_cannot_be_planned);
  g_test_add_func ("/ctl/parse/refuses-wrong-usage", test_parse_refuses_wrong_usage);
  g_test_add_func ("/ctl/parse/too-much", test_what_is_too_much_is_refused_by_its_option);
  g_test_add_func ("/ctl/parse/members-as-options", test_members_are_named_as_options);
  g_test_add_func ("/ctl/parse/wrong-usage-in-our-words", test_wrong_usage_is_told_in_our_words);
  g_test_add_func ("/ctl/help/for-who-asks", test_help_is_there_for_who_asks_for_it);
  g_test_add_func ("/ctl/help/is-aligned", test_help_is_aligned);
  g_test_add_func ("/ctl/help/of-every-command", test_every_command_has_help);
  g_test_add_func ("/ctl/man/has-every-command", test_every_command_is_in_the_man_page);
  g_test_add_func ("/ctl/table/width", test_table_is_as_wide_as_a_terminal_shows_it);
  g_test_add_func ("/ctl/table/hidden", test_table_hides_what_is_empty);
  g_test_add_func ("/ctl/format/numbers", test_numbers_are_for_people);
  g_test_add_func ("/ctl/exit-status", test_exit_status_tells_what_went_wrong);
  g_test_add_func ("/ctl/path", test_paths_are_escaped);
  return g_test_run ();
}
