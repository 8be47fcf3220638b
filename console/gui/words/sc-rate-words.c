/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-rate-words.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

typedef struct {
  const char *nick, *words;
} Word;

/* The nick itself, of a later engine. */
static const char *
find_words (const Word *words, gsize n, const char *nick)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (words[i].nick, nick))
      return _ (words[i].words);
  return nick;
}

char *
sc_rate_words_cap (guint64 rate_cap)
{
  return rate_cap > 0 ? sc_words_rate (rate_cap) : g_strdup (C_ ("rate cap", "None"));
}

const char *
sc_rate_words_limit (ScSessionItem *session)
{
  static const Word limits[] = {
    { "cap", N_ ("The cap keeps it from being faster.") },
    { "link", N_ ("It began with what the slowest seat’s link carries.") },
    { "trying", N_ ("Nothing holds it: it is on its way up.") },
    { "path", N_ ("The network keeps it from being faster: more was lost at most seats when it was.") },
    { "seats", N_ ("Seats keep it from being faster: it waits for them, or the sockets or disks of many did not "
                   "follow.") },
    { "source", N_ ("The console keeps it from being faster: it does not read and send more.") },
    { "uplink", N_ ("The console’s own network link keeps it from being faster.") },
  };
  const ScSessionInfo *info = sc_session_item_get_info (session);

  if (sc_session_item_is_over (session) || info->rate_limit == NULL || *info->rate_limit == '\0')
    return "";
  return find_words (limits, G_N_ELEMENTS (limits), info->rate_limit);
}

const char *
sc_rate_words_demotion (const char *reason)
{
  static const Word reasons[] = {
    { "unheard", N_ ("no multicast reaches it") },
    { "silent", N_ ("nothing was heard of it for too long") },
    { "over-budget", N_ ("it needed more repairs than one seat may cost the others") },
    { "too-slow", N_ ("the others had to wait for its reports for too long") },
    { "strained", N_ ("it received faster than it could take in or write") },
    { "removed", N_ ("its connection broke, or it left") },
  };

  return find_words (reasons, G_N_ELEMENTS (reasons), reason);
}

typedef struct {
  gint64 time;
  const char *seat, *reason;
} Demotion;

static gint
compare_demotions (gconstpointer a, gconstpointer b)
{
  const Demotion *left = a, *right = b;

  return left->time < right->time ? -1 : left->time > right->time;
}

static GArray *
list_demotions (ScSessionItem *session)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Demotion));
  ScItemList *seats = sc_session_item_get_seats (session);

  for (guint i = 0; i < sc_item_list_get_length (seats); i++) {
    const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (sc_item_list_at (seats, i));

    for (gsize k = 0; k < json_array_size (seat->demotions); k++) {
      ScJson *json = json_array_get (seat->demotions, k);
      Demotion demotion = { sc_item_time_of (json, "time"), seat->name, sc_item_text_of (json, "reason") };

      g_array_append_val (list, demotion);
    }
  }
  g_array_sort (list, compare_demotions);
  return list;
}

char *
sc_rate_words_demotions (ScSessionItem *session, guint max)
{
  g_autoptr (GArray) list = list_demotions (session);
  GString *text = g_string_new (NULL);
  guint n = MIN (list->len, max);

  for (guint i = 0; i < n; i++) {
    const Demotion *demotion = &g_array_index (list, Demotion, i);
    g_autofree char *time = sc_words_time (demotion->time);

    g_string_append (text, i > 0 ? "\n" : "");
    /* Translators: a time, a seat, and why the stream did not wait for it: “Today 14:05: pc-07, it received…” */
    g_string_append_printf (text, _ ("%s: %s, %s"), time, demotion->seat, sc_rate_words_demotion (demotion->reason));
  }
  if (list->len > n) {
    g_string_append_c (text, '\n');
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", list->len - n),
                            list->len - n);
  }
  return g_string_free (text, FALSE);
}

static void
append_line (GString *text, char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
  g_free (line);
}

static char *
format_count (guint64 count)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
}

char *
sc_rate_words_deltas (ScSessionItem *session)
{
  const ScSessionInfo *info = sc_session_item_get_info (session);
  g_autofree char *deltas = format_count (info->delta_frames);
  g_autofree char *frames = format_count (info->content_frames);
  g_autofree char *saved = sc_words_size (info->delta_saved);

  if (info->delta_frames == 0)
    return g_strdup ("");
  /* Translators: two numbers, a size: "1,975 of 3,044 frames, 22.1 MB saved". A frame is a compressed piece of a file
   */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s of %s frame, %s saved", "%s of %s frames, %s saved",
                                       (gulong) info->content_frames),
                          deltas, frames, saved);
}

char *
sc_rate_words_deltas_line (ScSessionItem *session)
{
  g_autofree char *deltas = sc_rate_words_deltas (session);

  /* Translators: of a session: "Deltas: 1,975 of 3,044 frames, 22.1 MB saved" */
  return *deltas != '\0' ? g_strdup_printf (_ ("Deltas: %s"), deltas) : g_strdup ("");
}

char *
sc_rate_words_figures (const ScSessionSeatInfo *seat)
{
  GString *text = g_string_new (NULL);
  g_autofree char *lost = format_count (seat->lost);
  g_autofree char *dropped = format_count (seat->dropped);
  g_autofree char *repairs = format_count (seat->repair_symbols);
  g_autofree char *charged = format_count (seat->charged);
  g_autofree char *backlog = sc_words_size (seat->backlog);

  if (seat->lost > 0)
    /* Translators: numbers of packets */
    append_line (text, g_strdup_printf (_ ("%s packets lost, %s of them dropped by its own socket"), lost, dropped));
  if (seat->repair_symbols > 0)
    append_line (text, g_strdup_printf (_ ("%s repairs asked for, %s of them for it alone"), repairs, charged));
  if (seat->backlog > 0)
    append_line (text, g_strdup_printf (_ ("%s received and not yet written"), backlog));
  for (gsize i = 0; i < json_array_size (seat->demotions); i++) {
    ScJson *demotion = json_array_get (seat->demotions, i);
    g_autofree char *time = sc_words_time (sc_item_time_of (demotion, "time"));

    append_line (text, g_strdup_printf (_ ("%s: taken off the stream, %s"), time,
                                        sc_rate_words_demotion (sc_item_text_of (demotion, "reason"))));
  }
  return g_string_free (text, FALSE);
}
