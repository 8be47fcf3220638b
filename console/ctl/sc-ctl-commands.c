/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-commands.h"

#include "common/sc-error.h"
#include "console/ctl/sc-ctl-options.h"
#include "console/ctl/sc-ctl-table.h"

#define CALL_WIDTH 21u /* columns of a command in the list */

static void
append_examples (GString *text, const ScCtlCommand *command)
{
  g_auto (GStrv) lines = g_strsplit (command->examples, "\n", -1);
  g_string_append (text, "Examples:\n");
  for (gsize i = 0; lines[i]; i++)
    g_string_append_printf (text, "  seatcastctl %s\n", lines[i]);
  g_string_append_c (text, '\n');
}

static void
append_command (GString *text, const char *name, const char *arguments, const char *summary)
{
  g_autofree char *call = g_strdup_printf ("%s %s", name, arguments);
  guint width = sc_ctl_text_width (call); /* printf() counts bytes */
  g_string_append_printf (text, "  %s%*s %s\n", call, (int) (CALL_WIDTH - MIN (width, CALL_WIDTH)), "", summary);
}

/* @group: the first word of those to list, or NULL for all */
static char *
list_commands (const char *group)
{
  GString *text = g_string_new ("Commands:\n");
  for (const ScCtlCommand *command = sc_ctl_get_commands (); command->name; command++) {
    gsize length = group ? strlen (group) : 0;
    if (!group || (g_str_has_prefix (command->name, group) && command->name[length] == ' '))
      append_command (text, command->name, command->arguments, command->summary);
  }
  if (!group) {
    append_command (text, "help", "[COMMAND]", "show what a command does and takes");
    append_command (text, "version", "", "show the program's version");
  }
  g_string_truncate (text, text->len - 1); /* GOption adds one */
  return g_string_free (text, FALSE);
}

static GOptionContext *
new_context (const ScCtlCommand *command, const GOptionEntry *entries)
{
  /* g_option_context_get_help() leaves "[OPTION…]" between the program's name and this */
  GOptionContext *context = g_option_context_new (command ? command->arguments : "COMMAND …");
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);

  GString *description = g_string_new (NULL);
  if (command) {
    g_autofree char *summary =
        g_strdup_printf ("%c%s.%s%s", g_ascii_toupper (command->summary[0]), command->summary + 1,
                         command->details ? "\n\n" : "", command->details ? command->details : "");
    g_option_context_set_summary (context, summary);
    append_examples (description, command);
    g_string_append (description, "“man seatcastctl” explains the exit status and the states.");
  } else {
    g_autofree char *list = list_commands (NULL);
    g_autofree char *summary = g_strconcat ("The command-line client of a Seatcast console.\n\n", list, NULL);
    g_option_context_set_summary (context, summary);
    g_string_append (description, "“seatcastctl COMMAND --help” tells more of one, “man seatcastctl” of all.");
  }
  g_option_context_set_description (context, description->str);
  g_string_free (description, TRUE);
  return context;
}

/* The command whose name @arguments begin with; @n_words: (out): how many they are. */
static const ScCtlCommand *
find_command (char **arguments, guint *n_words)
{
  for (const ScCtlCommand *command = sc_ctl_get_commands (); command->name; command++) {
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
  g_autoptr (GArray) entries = sc_ctl_options_for (command, options, &wants_help, &wants_version);
  g_autoptr (GOptionContext) context = new_context (command, (const GOptionEntry *) (void *) entries->data);
  g_option_context_set_strict_posix (context, strict);

  g_autofree char *name = command ? g_strconcat ("seatcastctl ", command->name, NULL) : g_strdup ("seatcastctl");
  g_set_prgname (name);
  g_autoptr (GError) local_error = NULL;
  if (!g_option_context_parse_strv (context, arguments, &local_error)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s; see “%s --help”", local_error->message, name);
    return FALSE;
  }
  if (wants_version)
    *help = g_strdup ("seatcastctl " SC_VERSION "\n");
  else if (wants_help)
    *help = g_option_context_get_help (context, TRUE, NULL);
  return TRUE;
}

/* @words: behind the program's name, none of them a command */
static void
set_unknown_command (char **words, GError **error)
{
  g_autoptr (GString) members = g_string_new (NULL);
  g_autofree char *prefix = words[0] ? g_strconcat (words[0], " ", NULL) : g_strdup (" ");
  for (const ScCtlCommand *command = sc_ctl_get_commands (); command->name; command++)
    if (g_str_has_prefix (command->name, prefix))
      g_string_append_printf (members, "%s%s", members->len > 0 ? ", " : "", command->name + strlen (prefix));
  if (!words[0])
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "no command was given; see “seatcastctl --help”");
  else if (members->len == 0)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "there is no command “%s”; see “seatcastctl --help”", words[0]);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "“%s%s%s” is no command: behind “%s” comes one of %s; see “seatcastctl %s --help”", words[0],
                 words[1] ? " " : "", words[1] ? words[1] : "", words[0], members->str, words[0]);
}

static gboolean
asks_for_help (const char *word)
{
  return g_strcmp0 (word, "--help") == 0 || g_strcmp0 (word, "-h") == 0;
}

/* About help or version: the list of commands says all there is to say. */
static gboolean
asks_about_itself (char **words)
{
  const char *const own[] = { "help", "version", NULL };
  return words[0] && g_strv_contains (own, words[0]) && asks_for_help (words[1]);
}

/* A word that is a command by itself ("audit"), too, has its own help. */
static gboolean
is_group (const char *word)
{
  const char *const others[] = { "version", "audit", NULL };
  if (g_strv_contains (others, word))
    return FALSE;
  g_autofree char *prefix = g_strconcat (word, " ", NULL);
  for (const ScCtlCommand *command = sc_ctl_get_commands (); command->name; command++)
    if (g_str_has_prefix (command->name, prefix))
      return TRUE;
  return FALSE;
}

/* What is no command of the console: help, version, and help for a group such as "store". Returns: whether @words were
 * that */
static gboolean
answer_by_itself (char **words, char **help)
{
  const char *group = g_strcmp0 (words[0], "help") == 0 ? words[1] : asks_for_help (words[1]) ? words[0] : NULL;
  if (g_strcmp0 (words[0], "version") == 0 && !words[1]) {
    *help = g_strdup ("seatcastctl " SC_VERSION "\n");
    return TRUE;
  }
  if (!group || !is_group (group) || (words[1] && words[2]))
    return FALSE;
  g_autofree char *list = list_commands (group);
  *help =
      g_strdup_printf ("Usage:\n  seatcastctl %s COMMAND [OPTION…]\n\n%s\n\n“seatcastctl %s COMMAND --help” tells more "
                       "of one.\n",
                       group, list, group);
  return TRUE;
}

/* "help deploy" is "deploy --help". (transfer full): @line without the program's name */
static char **
without_help_command (char **line)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean help = g_strcmp0 (line[1], "help") == 0;
  g_strv_builder_addv (builder, (const char **) line + (help ? 2 : 1));
  if (help)
    g_strv_builder_add (builder, "--help");
  return g_strv_builder_end (builder);
}

static gboolean
parse_command (char **words, ScCtl *ctl, const ScCtlCommand **command, char **help, GError **error)
{
  guint n_words = 0;
  const ScCtlCommand *found = find_command (words, &n_words);
  if (!found) {
    set_unknown_command (words, error);
    return FALSE;
  }
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_strv_builder_add (builder, "seatcastctl");
  g_strv_builder_addv (builder, (const char **) words + n_words);
  g_auto (GStrv) rest = g_strv_builder_end (builder);
  if (!parse_options (found, FALSE, &ctl->options, &rest, help, error))
    return FALSE;

  *command = found;
  if (*help)
    return TRUE;
  guint first = g_strcmp0 (rest[1], "--") == 0 ? 2 : 1;
  ctl->arguments = g_strdupv (rest + first);
  return sc_ctl_options_check (found, &ctl->options, ctl->arguments, error);
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
  if (line[1] && answer_by_itself (line + 1, help))
    return TRUE;
  g_auto (GStrv) words = without_help_command (line);
  if (asks_for_help (words[0]) || asks_about_itself (words)) /* "help" alone */
    return sc_ctl_commands_parse ((const char *const[]){ "--help", NULL }, ctl, command, help, error);
  return parse_command (words, ctl, command, help, error);
}
