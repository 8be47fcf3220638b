/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-desired.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#define MAX_TEMPLATES 3u

char *
sc_ctl_assignment_in_words (ScJson *assignment)
{
  guint64 version = sc_ctl_number_of (assignment, "version");
  ScJson *templates = json_object_get (assignment, "templates");
  if (version == 0)
    return g_strdup ("-");
  if (!json_is_array (templates))
    return g_strdup_printf ("%" G_GUINT64_FORMAT, version);
  g_autofree char *names = sc_ctl_names_of (templates, MAX_TEMPLATES);
  return g_strdup_printf ("%" G_GUINT64_FORMAT " (%s)", version, names);
}

char *
sc_ctl_window_in_words (ScJson *window)
{
  if (!json_is_object (window))
    return g_strdup ("any time");
  gboolean open = sc_json_get_optional_bool (window, "open", FALSE);
  const char *time = sc_ctl_text_of (window, open ? "closes" : "opens");
  g_autofree char *text = sc_ctl_text_cut (sc_ctl_text_of (window, "text"), G_MAXUINT);
  g_autofree char *when = sc_ctl_format_time (time);
  if (!*time)
    return g_strdup_printf ("%s, always open", text);
  return g_strdup_printf ("%s, %s %s", text, open ? "open, closes" : "closed, opens", when);
}

typedef struct {
  const char *nick, *words;
} Words;

/* @words: ends with one without a nick, whose words are for all others */
static const char *
find_words (const Words *words, const char *nick)
{
  while (words->nick && !g_str_equal (words->nick, nick))
    words++;
  return words->words;
}

char *
sc_ctl_behind_in_words (ScJson *seat)
{
  static const Words words[] = { { "not", "" },
                                 { "offline", "it is off" },
                                 { "due", "its session is still to come, or to go on" },
                                 { "late", "it was not in its room's session" },
                                 { "busy", "templates are in use" },
                                 { "failed", "its update failed" },
                                 { "updating", "it is being updated" },
                                 { "drifted", "its templates were changed there" },
                                 { "cancelled", "its session was cancelled" },
                                 { NULL, "" } };
  ScJson *outlook = json_object_get (seat, "outlook");
  const char *behind = sc_ctl_text_of (outlook, "behind");
  if (g_str_equal (behind, "offline") && g_str_equal (sc_ctl_text_of (outlook, "next"), "session"))
    return g_strdup ("it is off, and is woken");
  return g_strdup (find_words (words, behind));
}

char *
sc_ctl_next_in_words (ScJson *seat)
{
  static const Words words[] = { { "session", "a session" },
                                 { "catch-up", "catches up" },
                                 { "return", "when it is on again" },
                                 { "release", "when they are not in use any more" },
                                 { "staff", "waits for you: “catch-up” or “deploy”" },
                                 { NULL, "" } };
  ScJson *outlook = json_object_get (seat, "outlook");
  const char *next = find_words (words, sc_ctl_text_of (outlook, "next"));
  const char *at = sc_ctl_text_of (outlook, "at");
  g_autofree char *time = sc_ctl_format_time (at);
  return *next && *at ? g_strdup_printf ("%s, %s", next, time) : g_strdup (next);
}

char *
sc_ctl_when_in_words (ScJson *when)
{
  const char *kind = sc_ctl_text_of (when, "kind");
  if (g_str_equal (kind, "window"))
    return g_strdup ("in the window");
  if (g_str_equal (kind, "at")) {
    g_autofree char *time = sc_ctl_format_time (sc_ctl_text_of (when, "at"));
    return g_strconcat ("at ", time, NULL);
  }
  ScJson *days = json_object_get (when, "days");
  g_autofree char *names = json_array_size (days) == 7 ? g_strdup ("every day") : sc_ctl_names_of (days, 7);
  g_autofree char *zone = sc_ctl_text_cut (sc_ctl_text_of (when, "zone"), G_MAXUINT);
  return g_strdup_printf ("%s %s%s%s", names, sc_ctl_text_of (when, "time"), *zone ? " " : "", zone);
}

char *
sc_ctl_schedule_what (ScJson *schedule)
{
  const char *what = sc_ctl_text_of (schedule, "what");
  return g_str_equal (what, "version") ? sc_ctl_assignment_in_words (schedule) : g_strdup (what);
}
