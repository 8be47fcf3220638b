/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-waiting-words.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_MACS 2u /* that are shown: a machine with more has them in its panel */

static void
add_fact (GString *facts, const char *fact)
{
  if (fact == NULL || *fact == '\0')
    return;
  if (facts->len > 0)
    g_string_append (facts, " · ");
  g_string_append (facts, fact);
}

char *
sc_waiting_words_facts (const ScWaitingInfo *info, gint64 now)
{
  GString *facts = g_string_new (NULL);
  g_autofree char *age = sc_words_age (now - info->asked);
  /* Translators: “asked 5 minutes ago” */
  g_autofree char *asked = g_strdup_printf (_ ("asked %s"), age);

  add_fact (facts, info->address);
  for (guint i = 0; i < MIN (json_array_size (info->macs), MAX_MACS); i++)
    add_fact (facts, json_string_value (json_array_get (info->macs, i)));
  add_fact (facts, info->os);
  add_fact (facts, asked);
  return g_string_free (facts, FALSE);
}

/* "same machine, same network card" */
static char *
matches_of (const ScWaitingInfo *info)
{
  static const struct {
    const char *nick, *words;
  } matches[] = {
    { "machine", N_ ("same machine number") },
    { "mac", N_ ("same network card") },
    { "name", N_ ("same name") },
  };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (info->matched); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (matches); j++)
      if (g_strcmp0 (json_string_value (json_array_get (info->matched, i)), matches[j].nick) == 0) {
        g_string_append (text, text->len > 0 ? ", " : "");
        g_string_append (text, _ (matches[j].words));
      }
  return g_string_free (text, FALSE);
}

char *
sc_waiting_words_why (const ScWaitingInfo *info, gint64 now)
{
  g_autofree char *matches = matches_of (info);
  g_autofree char *age = sc_words_age (now - info->known_last_seen);

  if (!info->is_duplicate)
    return g_strdup (info->reason);
  if (info->known_online)
    /* Translators: a seat’s name, its room, “same name, same network card” */
    return g_strdup_printf (_ ("%s in %s is online right now (%s): this may be another machine that passes itself off "
                               "as it. Approve it only if you know why there are two."),
                            info->known_name, sc_words_room (info->known_room), matches);
  /* Translators: a seat’s name, its room, “same name, same network card”, “3 days ago” */
  return g_strdup_printf (_ ("Known as %s in %s (%s), last seen %s: it comes with another key, as after re-imaging. "
                             "Approved, it takes that seat’s place."),
                          info->known_name, sc_words_room (info->known_room), matches, age);
}
