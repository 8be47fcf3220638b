/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-commands.h"

#include "common/sc-error.h"

static const ScCtlCommand commands[] = {
  { "publish",
    "DIR",
    1,
    { "note", "author" },
    "make a new version of a directory of templates",
    "Every directory in DIR is a template. DIR is read by the console's engine, so it is a path on the console's "
    "machine.\n"
    "Unchanged files are not read again. Ctrl-C cancels; nothing of an unfinished version is seen by anybody, and\n"
    "the next publish goes on with what was stored.",
    "publish /srv/templates -m 'Windows updates of November'",
    sc_ctl_publish },
  { "versions", "", 0, { NULL }, "list the versions", NULL, "versions", sc_ctl_versions },
  { "show", "VERSION", 1, { NULL }, "show a version's templates and files", NULL, "show 12", sc_ctl_show },
  { "diff",
    "A B",
    2,
    { NULL },
    "show what changed from one version to another",
    "Templates and files added, changed and removed, and the bytes that a seat at version A has to receive.",
    "diff 11 12",
    sc_ctl_diff },
  { "deploy",
    "VERSION",
    1,
    { "room", "seat", "rate", "no-wait" },
    "bring seats to a version by one multicast session",
    "Without --room and --seat: all seats. Follows the session till it is over; Ctrl-C only stops watching it.\n"
    "Exits with 1 when a seat failed.",
    "deploy 12 --room A101\ndeploy 12 --seat pc-07 --seat pc-08 --rate 200",
    sc_ctl_deploy },
  { "rollback",
    "",
    0,
    { "room", "rate", "no-wait" },
    "go back to the version deployed before",
    "A deploy of the newest version below the assigned one that was deployed to the room (without --room: anywhere).",
    "rollback --room A101",
    sc_ctl_rollback },
  { "status",
    "",
    0,
    { "watch" },
    "show every seat's state, progress and version",
    NULL,
    "status\nstatus --watch",
    sc_ctl_status },
  { "sessions", "", 0, { NULL }, "list the sessions, newest first", NULL, "sessions", sc_ctl_sessions },
  { "session", "ID", 1, { NULL }, "show a session and its seats", NULL, "session 4", sc_ctl_session },
  { "pause", "ID", 1, { NULL }, "pause a session", NULL, "pause 4", sc_ctl_pause },
  { "resume", "ID", 1, { NULL }, "go on with a paused session", NULL, "resume 4", sc_ctl_resume },
  { "cancel",
    "ID",
    1,
    { NULL },
    "end a session before it is done",
    "What the seats have received stays with them: the next deploy does not send it again.",
    "cancel 4",
    sc_ctl_cancel },
  { "seats", "", 0, { NULL }, "list the seats with address, system and disk", NULL, "seats", sc_ctl_seats },
  { "rooms", "", 0, { NULL }, "list the rooms", NULL, "rooms", sc_ctl_rooms },
  { "catch-up",
    "SEAT",
    1,
    { NULL },
    "bring one seat to its assigned version without multicast",
    "Only orders it; watch the seat by 'seatcastctl status'.",
    "catch-up pc-07",
    sc_ctl_catch_up },
  { "store verify",
    "",
    0,
    { NULL },
    "read the whole store and check every entry",
    "Exits with 1 when damage was found, and names it. Publishing the damaged files again mends it.",
    "store verify",
    sc_ctl_store_verify },
  { "store gc", "", 0, { NULL }, "free what no version needs", NULL, "store gc", sc_ctl_store_gc },
  { "store rebuild-index",
    "",
    0,
    { NULL },
    "make the store's index anew from its packs",
    NULL,
    "store rebuild-index",
    sc_ctl_store_rebuild_index },
  { NULL },
};

const ScCtlCommand *
sc_ctl_get_commands (void)
{
  return commands;
}

static const char exit_status[] = "Exit status:\n"
                                  "  0  done\n"
                                  "  1  failed: an error, a seat that failed, damage found\n"
                                  "  2  wrong usage\n"
                                  "  3  not found: no such version, seat, room or session\n"
                                  "  4  busy, or not possible now\n"
                                  "  5  the console cannot be reached, or refuses this connection\n";

/* All options, with where their values go; a command gets those that its entry names. */
static GArray *
options_for (const ScCtlCommand *command, ScCtlOptions *options, gboolean *help, gboolean *version)
{
  const GOptionEntry all[] = {
    { "note", 'm', 0, G_OPTION_ARG_STRING, &options->note, "what is new in this version", "NOTE" },
    { "author", 0, 0, G_OPTION_ARG_STRING, &options->author, "who made it (default: your user name)", "NAME" },
    { "room", 0, 0, G_OPTION_ARG_STRING, &options->room, "only the seats of this room", "ROOM" },
    { "seat", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->seats, "only this seat (a name or an id); may be repeated",
      "SEAT" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &options->rate_mbit, "send at most so many Mbit/s (default: the console's)",
      "MBIT" },
    { "no-wait", 0, 0, G_OPTION_ARG_NONE, &options->no_wait, "start the session and do not follow it", NULL },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &options->watch, "go on showing it until Ctrl-C", NULL },
  };
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "print the API's objects, one a line", NULL },
    { "connection", 0, 0, G_OPTION_ARG_FILENAME, &options->connection,
      "how to reach the console (default: $SEATCAST_CONNECTION, ~/.config/seatcast/connection, "
      "/var/lib/seatcast/connection)",
      "FILE" },
    { "help", 'h', 0, G_OPTION_ARG_NONE, help, "show this", NULL },
  };
  const GOptionEntry program[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, version, "show the program's version", NULL },
  };

  GArray *entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  for (gsize i = 0; command && i < G_N_ELEMENTS (all); i++)
    if (g_strv_contains (command->options, all[i].long_name))
      g_array_append_val (entries, all[i]);
  g_array_append_vals (entries, common, G_N_ELEMENTS (common));
  if (!command)
    g_array_append_vals (entries, program, G_N_ELEMENTS (program));
  return entries;
}

static void
append_examples (GString *text, const ScCtlCommand *command)
{
  g_auto (GStrv) lines = g_strsplit (command->examples, "\n", -1);
  g_string_append (text, "Examples:\n");
  for (gsize i = 0; lines[i]; i++)
    g_string_append_printf (text, "  seatcastctl %s\n", lines[i]);
  g_string_append_c (text, '\n');
}

static char *
list_commands (void)
{
  GString *text = g_string_new ("The command-line client of a Seatcast console.\n\nCommands:\n");
  for (const ScCtlCommand *command = commands; command->name; command++) {
    g_autofree char *call = g_strdup_printf ("%s %s", command->name, command->arguments);
    g_string_append_printf (text, "  %-22s %s\n", call, command->summary);
  }
  return g_string_free (text, FALSE);
}

static GOptionContext *
new_context (const ScCtlCommand *command, const GOptionEntry *entries)
{
  /* g_option_context_get_help() leaves "[OPTION…]" between the program's name and this */
  g_autofree char *parameters = command ? g_strdup (command->arguments) : g_strdup ("COMMAND …");
  GOptionContext *context = g_option_context_new (parameters);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);

  GString *description = g_string_new (NULL);
  if (command) {
    g_autofree char *summary =
        g_strdup_printf ("%c%s.%s%s", g_ascii_toupper (command->summary[0]), command->summary + 1,
                         command->details ? "\n\n" : "", command->details ? command->details : "");
    g_option_context_set_summary (context, summary);
    append_examples (description, command);
  } else {
    g_autofree char *list = list_commands ();
    g_option_context_set_summary (context, list);
    g_string_append (description, "'seatcastctl COMMAND --help' tells more.\n\n");
  }
  g_string_append (description, exit_status);
  g_option_context_set_description (context, description->str);
  g_string_free (description, TRUE);
  return context;
}

/* The command whose name @arguments begin with; @n_words: (out): how many they are. */
static const ScCtlCommand *
find_command (char **arguments, guint *n_words)
{
  for (const ScCtlCommand *command = commands; command->name; command++) {
    g_auto (GStrv) words = g_strsplit (command->name, " ", -1);
    guint n = 0;
    while (words[n] && g_strcmp0 (words[n], arguments[n]) == 0)
      n++;
    if (!words[n]) {
      *n_words = n;
      return command;
    }
  }
  return NULL;
}

static gboolean
parse_options (const ScCtlCommand *command, gboolean strict, ScCtlOptions *options, char ***arguments, char **help,
               GError **error)
{
  gboolean wants_help = FALSE, wants_version = FALSE;
  g_autoptr (GArray) entries = options_for (command, options, &wants_help, &wants_version);
  g_autoptr (GOptionContext) context = new_context (command, (const GOptionEntry *) (void *) entries->data);
  g_option_context_set_strict_posix (context, strict);

  g_autofree char *name = command ? g_strconcat ("seatcastctl ", command->name, NULL) : g_strdup ("seatcastctl");
  g_set_prgname (name);
  g_autoptr (GError) local_error = NULL;
  if (!g_option_context_parse_strv (context, arguments, &local_error)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s; see '%s --help'", local_error->message, name);
    return FALSE;
  }
  if (wants_version)
    *help = g_strdup ("seatcastctl " SC_VERSION "\n");
  else if (wants_help)
    *help = g_option_context_get_help (context, TRUE, NULL);
  return TRUE;
}

static gboolean
check_arguments (const ScCtlCommand *command, const ScCtlOptions *options, char **arguments, GError **error)
{
  if (g_strv_length (arguments) != command->n_arguments) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "usage: seatcastctl %s%s%s; see 'seatcastctl %s --help'",
                 command->name, *command->arguments ? " " : "", command->arguments, command->name);
    return FALSE;
  }
  if (options->room && options->seats) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--room and --seat exclude each other");
    return FALSE;
  }
  if (!(options->rate_mbit >= 0 && options->rate_mbit <= 1000000)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--rate is in Mbit/s: a number above 0");
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_ctl_commands_parse (const char *const *arguments, ScCtl *ctl, const ScCtlCommand **command, char **help,
                       GError **error)
{
  /* GOption takes a command line with the program's name first, and leaves the name and what it did not understand. */
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_strv_builder_add (builder, "seatcastctl");
  g_strv_builder_addv (builder, (const char **) arguments);
  g_auto (GStrv) line = g_strv_builder_end (builder);

  *command = NULL;
  *help = NULL;
  if (!parse_options (NULL, TRUE, &ctl->options, &line, help, error))
    return FALSE;
  if (*help)
    return TRUE;
  if (!line[1]) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "no command was given; see 'seatcastctl --help'");
    return FALSE;
  }

  guint n_words = 0;
  const ScCtlCommand *found = find_command (line + 1, &n_words);
  if (!found) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "there is no command '%s'; see 'seatcastctl --help'", line[1]);
    return FALSE;
  }
  g_autoptr (GStrvBuilder) rest_builder = g_strv_builder_new ();
  g_strv_builder_add (rest_builder, "seatcastctl");
  g_strv_builder_addv (rest_builder, (const char **) line + 1 + n_words);
  g_auto (GStrv) rest = g_strv_builder_end (rest_builder);
  if (!parse_options (found, FALSE, &ctl->options, &rest, help, error))
    return FALSE;

  *command = found;
  if (*help)
    return TRUE;
  guint first = g_strcmp0 (rest[1], "--") == 0 ? 2 : 1;
  ctl->arguments = g_strdupv (rest + first);
  return check_arguments (found, &ctl->options, ctl->arguments, error);
}
