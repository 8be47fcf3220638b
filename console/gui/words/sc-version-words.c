/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-version-words.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

ScVersionChange
sc_version_change_of (ScJson *diff)
{
  ScVersionChange change = { .new_bytes = sc_item_number_of (diff, "bytes_to_send") };
  gsize i = 0;
  ScJson *item = NULL;

  json_array_foreach (json_object_get (diff, "templates"), i, item)
  {
    const char *nick = sc_item_text_of (item, "change");

    change.added += g_str_equal (nick, "added");
    change.changed += g_str_equal (nick, "changed");
    change.removed += g_str_equal (nick, "removed");
  }
  return change;
}

/* The first part names what is counted: "+1 template, 2 changed", "2 templates changed". */
static void
append_changed (GString *text, guint n)
{
  if (n == 0)
    return;
  if (text->len > 0)
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, ", %u changed", ", %u changed", n), n);
  else
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u template changed", "%u templates changed", n), n);
}

static void
append_removed (GString *text, guint n)
{
  if (n == 0)
    return;
  if (text->len > 0)
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, ", %u removed", ", %u removed", n), n);
  else
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u template removed", "%u templates removed", n), n);
}

char *
sc_version_words_changes (const ScVersionChange *change)
{
  GString *text = g_string_new (NULL);

  if (change->added > 0)
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "+%u template", "+%u templates", change->added),
                            change->added);
  append_changed (text, change->changed);
  append_removed (text, change->removed);
  if (text->len == 0)
    g_string_append (text, _ ("The same content as before"));
  else if (change->new_bytes > 0) {
    g_autofree char *size = sc_words_size (change->new_bytes);

    g_string_append_printf (text, _ (", %s new"), size);
  } else
    g_string_append (text, _ (", no new data"));
  return g_string_free (text, FALSE);
}

char *
sc_version_words_seats (guint n, guint total)
{
  if (total == 0)
    return g_strdup ("");
  if (n == 0)
    return g_strdup (_ ("No seats"));
  if (n == total)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "The only seat", "All %u seats", total), total);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u seat", "%u of %u seats", total), n, total);
}

char *
sc_version_words_title (const char *note)
{
  g_autofree char *stripped = g_strstrip (g_strdup (note));
  char *end = strpbrk (stripped, "\r\n");

  if (end != NULL)
    *end = '\0';
  g_strchomp (stripped);
  return *stripped != '\0' ? g_steal_pointer (&stripped) : g_strdup (_ ("Without a note"));
}

const char *
sc_version_words_change (const char *change)
{
  if (g_str_equal (change, "added"))
    return _ ("Added");
  if (g_str_equal (change, "removed"))
    return _ ("Removed");
  return _ ("Changed");
}

char *
sc_version_words_sizes (const char *change, guint64 before, guint64 after)
{
  g_autofree char *old_size = sc_words_size (before);
  g_autofree char *new_size = sc_words_size (after);

  if (!g_str_equal (change, "changed") || before == after)
    return g_steal_pointer (&new_size);
  return g_strdup_printf (_ ("%s → %s"), old_size, new_size);
}

char *
sc_version_words_progress (const ScOperationInfo *operation)
{
  g_autofree char *amount = NULL;

  if (g_str_equal (operation->phase, "scanning"))
    return g_strdup (_ ("Looking through the directory…"));
  if (g_str_equal (operation->phase, "finishing"))
    return g_strdup (_ ("Finishing…"));
  if (*operation->phase == '\0')
    return g_strdup (_ ("Starting…"));
  if (!g_str_equal (operation->phase, "reading"))
    return g_strdup (operation->phase); /* of a later engine */
  amount = sc_words_size_of (MIN (operation->done, operation->total), operation->total);
  if (*operation->item == '\0')
    return g_strdup_printf (_ ("Reading, %s"), amount);
  return g_strdup_printf (_ ("Reading %s, %s"), operation->item, amount);
}

char *
sc_version_words_result (ScJson *result, guint n_templates)
{
  g_autofree char *version = sc_words_version (sc_item_number_of (result, "version"));
  guint64 new_bytes = sc_item_number_of (result, "new_bytes");
  g_autofree char *size = sc_words_size (new_bytes);
  g_autofree char *news = new_bytes > 0 ? g_strdup_printf (_ ("%s new"), size) : g_strdup (_ ("no new data"));

  if (n_templates == 0)
    return g_strdup_printf (_ ("%s: %s"), version, news);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %u template, %s", "%s: %u templates, %s", n_templates),
                          version, n_templates, news);
}
