/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/ctl/sc-ctl-commands.h"

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
  g_strfreev (parsed->ctl.arguments);
  g_strfreev (parsed->ctl.options.seats);
  g_free (parsed->ctl.options.connection);
  g_free (parsed->ctl.options.note);
  g_free (parsed->ctl.options.author);
  g_free (parsed->ctl.options.room);
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

  g_auto (Parsed) verify = { 0 };
  g_assert_true (parse (&verify, "store verify --connection /somewhere"));
  g_assert_cmpstr (verify.command->name, ==, "store verify");
  g_assert_cmpstr (verify.ctl.options.connection, ==, "/somewhere");

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
    "--bogus versions",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Parsed) parsed = { 0 };
    g_test_message ("%s", lines[i]);
    g_assert_false (parse (&parsed, lines[i]));
    g_assert_error (parsed.error, SC_ERROR, SC_ERROR_INVALID);
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
    g_assert_nonnull (strstr (parsed.help, "Exit status:"));
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
    g_autofree char *heading =
        g_strdup_printf ("\n.SS %s%s%s\n", command->name, *command->arguments ? " " : "", command->arguments);
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
  sc_ctl_table_add (table, g_strdup ("x\033[2J"), NULL, g_strdup ("b"));
  g_autofree char *text = sc_ctl_table_to_text (table);
  g_assert_cmpstr (text, ==,
                   "SEAT     %  NOTE\n"
                   "Röhre    7  a\n"
                   "席席   100\n"
                   "x?[2J       b\n");
  g_assert_cmpuint (sc_ctl_table_get_n_rows (table), ==, 3);
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
    g_assert_cmpint (sc_ctl_error_code (sc_error_code_to_nick (cases[i].code)), ==, cases[i].code);
  }
  g_assert_cmpint (sc_ctl_error_code ("of a later engine"), ==, SC_ERROR_SYSTEM);
}

static void
test_paths_are_escaped (void)
{
  check_text (sc_ctl_path ("/v1/seats/", "Röhre 1/2", "/catch-up", NULL), "/v1/seats/R%C3%B6hre%201%2F2/catch-up");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/parse/finds-command-and-options", test_parse_finds_command_and_options);
  g_test_add_func ("/ctl/parse/refuses-wrong-usage", test_parse_refuses_wrong_usage);
  g_test_add_func ("/ctl/help/of-every-command", test_every_command_has_help);
  g_test_add_func ("/ctl/man/has-every-command", test_every_command_is_in_the_man_page);
  g_test_add_func ("/ctl/table/width", test_table_is_as_wide_as_a_terminal_shows_it);
  g_test_add_func ("/ctl/format/numbers", test_numbers_are_for_people);
  g_test_add_func ("/ctl/exit-status", test_exit_status_tells_what_went_wrong);
  g_test_add_func ("/ctl/path", test_paths_are_escaped);
  return g_test_run ();
}
