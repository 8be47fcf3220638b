/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-session-words.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define MAX_NAMES 4u /* in a sentence */
#define MAX_ROOMS 3u /* that are named; of more the seats are counted */

static const ScSessionSeatInfo *
seat_at (ScSessionItem *session, guint i)
{
  return sc_session_seat_item_get_info (sc_item_list_at (sc_session_item_get_seats (session), i));
}

static guint
n_seats (ScSessionItem *session)
{
  return sc_item_list_get_length (sc_session_item_get_seats (session));
}

static void
count_seat (ScSessionSeatItem *seat, ScSessionCounts *counts)
{
  ScTransferState state = sc_session_seat_item_get_info (seat)->state;

  counts->all++;
  counts->done += state == SC_TRANSFER_DONE || state == SC_TRANSFER_BUSY;
  counts->busy += state == SC_TRANSFER_BUSY;
  counts->failed += state == SC_TRANSFER_FAILED;
  counts->cancelled += state == SC_TRANSFER_CANCELLED;
  counts->awaited += sc_session_seat_item_is_awaited (seat);
}

gboolean
sc_session_words_count (ScSessionItem *session, ScSessionCounts *counts)
{
  ScJson *json = sc_item_get_json (SC_ITEM (session));
  ScJson *summary = json_object_get (json, "seat_counts");
  /* a list, which tells of no seats, is newer than what is known of these: the session may have ended meanwhile */
  gboolean is_newer = json_is_object (summary) && !json_is_array (json_object_get (json, "seats"));

  *counts = (ScSessionCounts){ 0 };
  for (guint i = 0; i < n_seats (session) && !is_newer; i++)
    count_seat (sc_item_list_at (sc_session_item_get_seats (session), i), counts);
  if (counts->all > 0 || !json_is_object (summary))
    return counts->all > 0;
  counts->all = (guint) sc_item_number_of (summary, "all");
  counts->busy = (guint) sc_item_number_of (summary, "busy");
  counts->done = (guint) sc_item_number_of (summary, "done") + counts->busy;
  counts->failed = (guint) sc_item_number_of (summary, "failed");
  counts->cancelled = (guint) sc_item_number_of (summary, "cancelled");
  return counts->all > 0;
}

/* "Lab 1, Lab 2" */
static char *
list_rooms (ScJson *rooms)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (rooms); i++) {
    const char *room = json_string_value (json_array_get (rooms, i));

    if (room != NULL)
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", sc_words_room (room));
  }
  return g_string_free (text, FALSE);
}

char *
sc_session_words_target (ScSessionItem *session)
{
  const ScSessionInfo *info = sc_session_item_get_info (session);
  g_autofree char *rooms = list_rooms (info->rooms);
  ScSessionCounts counts;

  if (*info->room != '\0')
    return g_strdup (info->room);
  if (info->rooms != NULL && json_array_size (info->rooms) <= MAX_ROOMS && *rooms != '\0')
    return g_steal_pointer (&rooms);
  if (!sc_session_words_count (session, &counts))
    return g_strdup (_ ("several seats"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", counts.all), counts.all);
}

double
sc_session_words_loss (const ScSessionSeatInfo *seat)
{
  double all = (double) seat->received + (double) seat->lost;

  return all > 0 ? (double) seat->lost / all : 0;
}

char *
sc_session_words_loss_text (const ScSessionSeatInfo *seat)
{
  double percent = 100 * sc_session_words_loss (seat);

  if (seat->received + seat->lost == 0)
    return g_strdup ("");
  /* Translators: a share of packets, with one digit: "0.4 %" */
  return percent > 0 && percent < 0.1 ? g_strdup (_ ("< 0.1 %")) : g_strdup_printf (_ ("%.1f %%"), percent);
}

gboolean
sc_session_words_is_online (ScItemList *seats, const char *id)
{
  ScSeatItem *seat = seats != NULL ? sc_item_list_find (seats, id) : NULL;

  return seat == NULL || sc_seat_item_get_info (seat)->online;
}

static gboolean
is_awaited_state (ScTransferState state)
{
  return state == SC_TRANSFER_IDLE || state == SC_TRANSFER_WAITING || state == SC_TRANSFER_RECEIVING ||
         state == SC_TRANSFER_REPAIRING || state == SC_TRANSFER_APPLYING;
}

ScSeatCondition
sc_session_words_condition (const ScSessionSeatInfo *seat, gboolean online)
{
  if (is_awaited_state (seat->state))
    return online ? SC_CONDITION_RUNNING : SC_CONDITION_OFFLINE;
  switch (seat->state) {
  case SC_TRANSFER_DONE:
    return SC_CONDITION_CURRENT;
  case SC_TRANSFER_FAILED:
    return SC_CONDITION_FAILED;
  case SC_TRANSFER_BUSY:
    return SC_CONDITION_BUSY;
  default:
    return SC_CONDITION_UNKNOWN;
  }
}

const char *
sc_session_words_seat_icon (const ScSessionSeatInfo *seat, gboolean online)
{
  if (seat->state == SC_TRANSFER_CANCELLED)
    return "process-stop-symbolic";
  if (online && (seat->state == SC_TRANSFER_IDLE || seat->state == SC_TRANSFER_WAITING))
    return "sc-waiting-symbolic";
  return sc_words_condition_icon (sc_session_words_condition (seat, online));
}

const char *
sc_session_words_seat_state (ScSessionSeatItem *seat, gboolean online)
{
  if (!online && sc_session_seat_item_is_awaited (seat))
    return _ ("Offline");
  return sc_words_transfer_state (sc_session_seat_item_get_info (seat)->state);
}

const char *
sc_session_words_icon (ScSessionItem *session)
{
  ScSessionCounts counts;

  sc_session_words_count (session, &counts);
  switch (sc_session_item_get_info (session)->state) {
  case SC_SESSION_STATE_PREPARING:
  case SC_SESSION_STATE_PROBING:
  case SC_SESSION_STATE_SENDING:
  case SC_SESSION_STATE_FINISHING:
    return sc_words_condition_icon (SC_CONDITION_RUNNING);
  case SC_SESSION_STATE_PAUSED:
    return "media-playback-pause-symbolic";
  case SC_SESSION_STATE_DONE:
    return counts.failed > 0 ? "dialog-warning-symbolic" : sc_words_condition_icon (SC_CONDITION_CURRENT);
  case SC_SESSION_STATE_FAILED:
    return sc_words_condition_icon (SC_CONDITION_FAILED);
  case SC_SESSION_STATE_CANCELLED:
    return "process-stop-symbolic";
  default:
    return sc_words_condition_icon (SC_CONDITION_UNKNOWN);
  }
}

const char *
sc_session_words_class (ScSessionItem *session)
{
  ScSessionCounts counts;

  sc_session_words_count (session, &counts);
  switch (sc_session_item_get_info (session)->state) {
  case SC_SESSION_STATE_DONE:
    return sc_words_condition_class (counts.failed > 0 ? SC_CONDITION_BUSY : SC_CONDITION_CURRENT);
  case SC_SESSION_STATE_FAILED:
    return sc_words_condition_class (SC_CONDITION_FAILED);
  case SC_SESSION_STATE_PAUSED:
    return sc_words_condition_class (SC_CONDITION_BUSY);
  case SC_SESSION_STATE_PREPARING:
  case SC_SESSION_STATE_PROBING:
  case SC_SESSION_STATE_SENDING:
  case SC_SESSION_STATE_FINISHING:
    return sc_words_condition_class (SC_CONDITION_RUNNING);
  default:
    return sc_words_condition_class (SC_CONDITION_UNKNOWN);
  }
}

char *
sc_session_words_title (ScSessionItem *session)
{
  g_autofree char *version = sc_words_version (sc_session_item_get_info (session)->version);
  g_autofree char *target = sc_session_words_target (session);

  /* Translators: what was deployed, and to whom: "Version 4 to Lab 1" */
  return g_strdup_printf (_ ("%s to %s"), version, target);
}

char *
sc_session_words_amount (ScSessionItem *session)
{
  double total = 0;
  guint n = 0;

  for (guint i = 0; i < n_seats (session); i++) {
    const ScSessionSeatInfo *seat = seat_at (session, i);

    if (seat->state == SC_TRANSFER_FAILED || seat->state == SC_TRANSFER_CANCELLED || seat->total == 0)
      continue;
    total += (double) seat->total;
    n++;
  }
  if (n == 0)
    return g_strdup ("");
  return sc_words_size_of ((guint64) (sc_session_item_get_progress (session) * total / n), (guint64) (total / n));
}

/* "pc-03 (repairing 40 %)" */
static char *
describe_awaited (ScSessionSeatItem *item, ScItemList *seats)
{
  const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (item);
  gboolean online = sc_session_words_is_online (seats, seat->id);
  g_autofree char *state = g_utf8_strdown (sc_session_words_seat_state (item, online), -1);
  g_autofree char *percent = NULL;

  if (!online || seat->total == 0 || seat->state == SC_TRANSFER_WAITING)
    return g_strdup_printf (_ ("%s (%s)"), seat->name, state);
  percent = sc_words_percent ((double) MIN (seat->done, seat->total) / (double) seat->total);
  /* Translators: a seat, its state, how far it is: "pc-03 (repairing 40 %)" */
  return g_strdup_printf (_ ("%s (%s %s)"), seat->name, state, percent);
}

/* "a, b, c and 7 more"; takes @names */
static char *
join_names (GPtrArray *names, guint max)
{
  GString *text = g_string_new (NULL);
  guint shown = names->len > max ? max : names->len;

  for (guint i = 0; i < shown; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (char *) g_ptr_array_index (names, i));
  if (names->len > shown) {
    g_string_append_c (text, ' ');
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", names->len - shown),
                            names->len - shown);
  }
  g_ptr_array_unref (names);
  return g_string_free (text, FALSE);
}

static int
compare_remaining (gconstpointer a, gconstpointer b)
{
  const ScSessionSeatInfo *left = sc_session_seat_item_get_info (*(ScSessionSeatItem *const *) a);
  const ScSessionSeatInfo *right = sc_session_seat_item_get_info (*(ScSessionSeatItem *const *) b);
  guint64 more = left->total - MIN (left->done, left->total);
  guint64 less = right->total - MIN (right->done, right->total);

  return more > less ? -1 : more < less;
}

char *
sc_session_words_waits_for (ScSessionItem *session, ScItemList *seats)
{
  g_autoptr (GPtrArray) awaited = g_ptr_array_new ();
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  ScSessionItemState state = sc_session_item_get_info (session)->state;
  gboolean away_only = state == SC_SESSION_STATE_SENDING || state == SC_SESSION_STATE_PAUSED;

  for (guint i = 0; i < n_seats (session); i++) {
    ScSessionSeatItem *seat = sc_item_list_at (sc_session_item_get_seats (session), i);
    const ScSessionSeatInfo *info = sc_session_seat_item_get_info (seat);
    /* one that has said what it lacks is prepared: it is others that the session waits for */
    gboolean prepared = state == SC_SESSION_STATE_PREPARING && info->total > 0;

    if (!sc_session_seat_item_is_awaited (seat) || prepared)
      continue;
    /* while it sends, all of them have to go on: only those are told that do not */
    if (!away_only || !sc_session_words_is_online (seats, info->id))
      g_ptr_array_add (awaited, seat);
  }
  g_ptr_array_sort (awaited, compare_remaining);
  for (guint i = 0; i < awaited->len; i++)
    g_ptr_array_add (names, describe_awaited (g_ptr_array_index (awaited, i), seats));
  return join_names (names, MAX_NAMES);
}

char *
sc_session_words_outcome (ScSessionItem *session)
{
  ScSessionCounts counts;
  GString *text;

  if (!sc_session_words_count (session, &counts))
    return g_strdup ("");
  text = g_string_new (NULL);
  g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u of %u seat done", "%u of %u seats done", counts.all),
                          counts.done, counts.all);
  if (counts.failed > 0)
    g_string_append_printf (text, _ (", %u failed"), counts.failed);
  return g_string_free (text, FALSE);
}

char *
sc_session_words_tally (ScSessionItem *session)
{
  ScSessionCounts counts;

  if (!sc_session_words_count (session, &counts))
    return g_strdup ("");
  if (counts.failed > 0)
    /* Translators: seats done, of all, failed: "78 of 80, 2 failed" */
    return g_strdup_printf (_ ("%u of %u, %u failed"), counts.done, counts.all, counts.failed);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u seat", "%u of %u seats", counts.all), counts.done,
                          counts.all);
}

char *
sc_session_words_time_left (gint64 microseconds)
{
  int seconds = (int) (microseconds / G_USEC_PER_SEC);

  if (microseconds < 0)
    return g_strdup ("");
  if (seconds < 60)
    return g_strdup_printf (_ ("about %d s left"), seconds);
  if (seconds < 3600)
    return g_strdup_printf (_ ("about %d min left"), seconds / 60);
  return g_strdup_printf (_ ("about %d h %d min left"), seconds / 3600, seconds / 60 % 60);
}

typedef struct {
  const char *reason;
  GPtrArray *names;
} Failures;

/* (transfer full) (element-type Failures): those that failed, by what they say */
static GArray *
group_failures (ScSessionItem *session)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (Failures));

  for (guint i = 0; i < n_seats (session); i++) {
    const ScSessionSeatInfo *seat = seat_at (session, i);
    guint at = 0;

    if (seat->state != SC_TRANSFER_FAILED)
      continue;
    while (at < groups->len && !g_str_equal (g_array_index (groups, Failures, at).reason, seat->reason))
      at++;
    if (at == groups->len) {
      Failures group = { seat->reason, g_ptr_array_new_with_free_func (g_free) };

      g_array_append_val (groups, group);
    }
    g_ptr_array_add (g_array_index (groups, Failures, at).names, g_strdup (seat->name));
  }
  return groups;
}

/* "pc-3, pc-4 (the disk is full), pc-7 (…)" */
static char *
describe_failures (ScSessionItem *session)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) groups = group_failures (session);

  for (guint i = 0; i < groups->len; i++) {
    const Failures *group = &g_array_index (groups, Failures, i);
    g_autofree char *names = join_names (group->names, MAX_NAMES);

    g_ptr_array_add (texts,
                     *group->reason != '\0' ? g_strdup_printf (_ ("%s (%s)"), names, group->reason) : g_strdup (names));
  }
  return join_names (texts, MAX_NAMES);
}

static char *
tell_result (ScSessionItem *session, gboolean with_reasons)
{
  const ScSessionInfo *info = sc_session_item_get_info (session);
  ScSessionCounts counts;
  GString *text;

  if (!sc_session_item_is_over (session))
    return g_strdup ("");
  if (!sc_session_words_count (session, &counts))
    return g_strdup (info->error);
  text = g_string_new (NULL);
  g_string_append_printf (text,
                          g_dngettext (GETTEXT_PACKAGE, "%u of %u seat has version %" PRIu64,
                                       "%u of %u seats have version %" PRIu64, counts.all),
                          counts.done, counts.all, info->version);
  if (counts.busy > 0)
    g_string_append_printf (
        text,
        g_dngettext (GETTEXT_PACKAGE, "; %u of them goes on by itself once its templates are no longer in use",
                     "; %u of them go on by themselves once their templates are no longer in use", counts.busy),
        counts.busy);
  if (counts.failed > 0) {
    g_autofree char *failures = with_reasons ? describe_failures (session) : g_strdup ("");

    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "; %u failed", "; %u failed", counts.failed),
                            counts.failed);
    if (*failures != '\0')
      g_string_append_printf (text, ": %s", failures);
  }
  if (counts.cancelled > 0)
    g_string_append_printf (
        text, g_dngettext (GETTEXT_PACKAGE, "; %u was cancelled", "; %u were cancelled", counts.cancelled),
        counts.cancelled);
  if (text->str[text->len - 1] != '.')
    g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}

char *
sc_session_words_result (ScSessionItem *session)
{
  return tell_result (session, TRUE);
}

char *
sc_session_words_short_result (ScSessionItem *session)
{
  return tell_result (session, FALSE);
}

/* Left so by this session: what a later one is just writing, and what this one has brought, is none of its business. */
static gboolean
was_left_half_updated (ScItemList *seats, const ScSessionSeatInfo *row)
{
  ScSeatItem *seat = sc_item_list_find (seats, row->id);
  GPtrArray *templates = seat != NULL ? sc_seat_item_get_info (seat)->templates : NULL;

  if (seat == NULL || row->state == SC_TRANSFER_DONE || sc_seat_item_get_condition (seat) == SC_CONDITION_RUNNING)
    return FALSE;
  if (row->state == SC_TRANSFER_FAILED && !sc_seat_item_get_info (seat)->online)
    return FALSE; /* what it had begun it ends by itself when it is back */
  for (guint i = 0; i < templates->len; i++) {
    const ScSeatTemplate *item = g_ptr_array_index (templates, i);

    if (item->state == SC_TEMPLATE_UPDATING)
      return TRUE;
  }
  return FALSE;
}

char *
sc_session_words_half_updated (ScSessionItem *session, ScItemList *seats)
{
  g_autofree char *list = NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  guint n = 0;

  for (guint i = 0; i < n_seats (session) && sc_session_item_is_over (session); i++) {
    const ScSessionSeatInfo *seat = seat_at (session, i);

    if (was_left_half_updated (seats, seat))
      g_ptr_array_add (names, g_strdup (seat->name));
  }
  n = names->len;
  list = join_names (names, 2 * MAX_NAMES);
  if (n == 0)
    return g_strdup ("");
  return g_strdup_printf (
      g_dngettext (
          GETTEXT_PACKAGE,
          "%u seat was left half updated: %s. Virtual machines of those templates do not start until you deploy "
          "again or roll back.",
          "%u seats were left half updated: %s. Virtual machines of those templates do not start until you "
          "deploy again or roll back.",
          n),
      n, list);
}

/* What has become of the seats that failed, by now. */
typedef struct {
  guint caught_up, running, offline, open;
} Aftermath;

static void
look_after (ScItemList *seats, const ScSessionSeatInfo *row, guint64 version, Aftermath *aftermath)
{
  ScSeatItem *seat = sc_item_list_find (seats, row->id);

  if (seat == NULL)
    aftermath->open++;
  else if (!sc_seat_item_get_info (seat)->online)
    aftermath->offline++;
  else if (sc_seat_item_get_condition (seat) == SC_CONDITION_RUNNING)
    aftermath->running++;
  else if (sc_seat_item_get_info (seat)->version == version)
    aftermath->caught_up++;
  else
    aftermath->open++;
}

char *
sc_session_words_advice (ScSessionItem *session, ScItemList *seats)
{
  Aftermath aftermath = { 0 };

  for (guint i = 0; i < n_seats (session) && sc_session_item_is_over (session); i++)
    if (seat_at (session, i)->state == SC_TRANSFER_FAILED)
      look_after (seats, seat_at (session, i), sc_session_item_get_info (session)->version, &aftermath);
  if (aftermath.open > 0)
    return g_strdup (_ ("Mend what the failed seats report, then deploy again: only what they lack is sent."));
  if (aftermath.offline > 0)
    return g_strdup (
        _ ("Switch the seats on that are off: what they had begun they end by themselves. One that does not "
           "begin by itself is brought along by “Catch up”."));
  if (aftermath.running > 0)
    return g_strdup (_ ("What has failed here is being brought along just now."));
  if (aftermath.caught_up > 0)
    return g_strdup (_ ("The seats that failed have the version by now."));
  return g_strdup ("");
}
