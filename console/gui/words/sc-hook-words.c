/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-hook-words.h"

#include "console/gui/model/sc-item.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *
sc_hook_words_when (const char *nick)
{
  if (strcmp (nick, "before-commit") == 0)
    return _ ("Before the commit");
  return strcmp (nick, "after-commit") == 0 ? _ ("After the commit") : nick;
}

const char *
sc_hook_words_os (const char *nick)
{
  if (strcmp (nick, "any") == 0)
    return _ ("Any system");
  if (strcmp (nick, "linux") == 0)
    return "Linux";
  return strcmp (nick, "windows") == 0 ? "Windows" : nick;
}

static void
append_quoted (GString *line, const char *word)
{
  g_string_append_c (line, '"');
  for (; *word != '\0'; word++)
    g_string_append_printf (line, *word == '"' ? "\"\"" : "%c", *word);
  g_string_append_c (line, '"');
}

char *
sc_hook_words_join (ScJson *run)
{
  GString *line = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (run); i++) {
    const char *word = json_string_value (json_array_get (run, i));

    if (i > 0)
      g_string_append_c (line, ' ');
    if (word != NULL && *word != '\0' && strpbrk (word, " \t\"") == NULL)
      g_string_append (line, word);
    else
      append_quoted (line, word != NULL ? word : "");
  }
  return g_string_free (line, FALSE);
}

/* Returns: what comes after the word that begins at @line; NULL: a quote is not closed */
static const char *
read_word (const char *line, GString *word)
{
  gboolean quoted = FALSE;

  g_string_truncate (word, 0);
  for (; *line != '\0' && (quoted || (*line != ' ' && *line != '\t')); line++) {
    if (quoted && line[0] == '"' && line[1] == '"')
      g_string_append_c (word, *line++);
    else if (*line == '"')
      quoted = !quoted;
    else
      g_string_append_c (word, *line);
  }
  return quoted ? NULL : line;
}

ScJson *
sc_hook_words_split (const char *line)
{
  g_autoptr (ScJson) run = json_array ();
  g_autoptr (GString) word = g_string_new (NULL);

  while (line != NULL) {
    line += strspn (line, " \t");
    if (*line == '\0')
      return g_steal_pointer (&run);
    line = read_word (line, word);
    json_array_append_new (run, json_stringn (word->str, word->len));
  }
  return NULL;
}

char *
sc_hook_words_describe (ScJson *hook)
{
  /* Translators: when, a system, seconds: "Before the commit, Linux, for at most 60 s" */
  return g_strdup_printf (_ ("%s, %s, for at most %u s"), sc_hook_words_when (sc_item_text_of (hook, "when")),
                          sc_hook_words_os (sc_item_text_of (hook, "os")),
                          (guint) MIN (sc_item_number_of (hook, "timeout_seconds"), G_MAXUINT));
}
