/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE
#define HOUR G_TIME_SPAN_HOUR
#define DAY G_TIME_SPAN_DAY

char *
sc_words_size (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
sc_words_size_of (guint64 done, guint64 total)
{
  g_autofree char *done_text = g_format_size (MIN (done, total));
  g_autofree char *total_text = g_format_size (total);

  /* Translators: "12.1 MB of 30.0 MB" */
  return g_strdup_printf (_ ("%s of %s"), done_text, total_text);
}

char *
sc_words_rate (guint64 bits_per_second)
{
  const double rate = (double) bits_per_second;

  if (rate >= 1e9)
    return g_strdup_printf (_ ("%.2f Gbit/s"), rate / 1e9);
  if (rate >= 1e7)
    return g_strdup_printf (_ ("%.0f Mbit/s"), rate / 1e6);
  if (rate >= 1e5)
    return g_strdup_printf (_ ("%.1f Mbit/s"), rate / 1e6);
  return g_strdup_printf (_ ("%.0f kbit/s"), rate / 1e3);
}

char *
sc_words_percent (double fraction)
{
  /* what is not done is not 100 % */
  int percent = (int) (CLAMP (fraction, 0.0, 1.0) * 100);

  /* Translators: 45 percent */
  return g_strdup_printf (_ ("%d %%"), percent);
}

char *
sc_words_duration (gint64 microseconds)
{
  gint64 seconds = (microseconds + SECOND / 2) / SECOND;

  if (microseconds < 10 * SECOND)
    return g_strdup_printf (_ ("%.1f s"), (double) MAX (microseconds, 0) / (double) SECOND);
  if (seconds < 60)
    return g_strdup_printf (_ ("%d s"), (int) seconds);
  if (seconds < 60 * 60)
    return g_strdup_printf (_ ("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));
  return g_strdup_printf (_ ("%d h %d min"), (int) (seconds / 3600), (int) (seconds / 60 % 60));
}

char *
sc_words_age (gint64 microseconds)
{
  if (microseconds < 5 * SECOND)
    return g_strdup (_ ("just now"));
  if (microseconds < MINUTE)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%d second ago", "%d seconds ago", (gulong) (microseconds / SECOND)),
        (int) (microseconds / SECOND));
  if (microseconds < HOUR)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%d minute ago", "%d minutes ago", (gulong) (microseconds / MINUTE)),
        (int) (microseconds / MINUTE));
  if (microseconds < DAY)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%d hour ago", "%d hours ago", (gulong) (microseconds / HOUR)),
        (int) (microseconds / HOUR));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day ago", "%d days ago", (gulong) (microseconds / DAY)),
                          (int) (microseconds / DAY));
}

char *
sc_words_time (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = time != 0 && utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (local == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (local) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (now))
    /* Translators: a time of today, as strftime() */
    return g_date_time_format (local, _ ("Today %H:%M"));
  /* Translators: a date and time, as strftime() */
  return g_date_time_format (local, _ ("%-d %b %Y %H:%M"));
}

char *
sc_words_version (guint64 number)
{
  if (number == 0)
    return g_strdup (_ ("No version"));
  return g_strdup_printf (_ ("Version %" PRIu64), number);
}

const char *
sc_words_room (const char *room)
{
  return *room != '\0' ? room : _ ("No room");
}

const char *
sc_words_template (const char *name)
{
  return strcmp (name, ".") == 0 ? _ ("Files beside the templates") : name;
}

const char *
sc_words_transfer_state (ScTransferState state)
{
  switch (state) {
  case SC_TRANSFER_IDLE:
    return _ ("Idle");
  case SC_TRANSFER_WAITING:
    return _ ("Waiting");
  case SC_TRANSFER_RECEIVING:
    return _ ("Receiving");
  case SC_TRANSFER_REPAIRING:
    return _ ("Catching up");
  case SC_TRANSFER_APPLYING:
    return _ ("Applying");
  case SC_TRANSFER_DONE:
    return _ ("Done");
  case SC_TRANSFER_FAILED:
    return _ ("Failed");
  case SC_TRANSFER_CANCELLED:
    return _ ("Cancelled");
  case SC_TRANSFER_BUSY:
    return _ ("In use");
  case SC_TRANSFER_PLANNED:
    return _ ("Ready");
  case SC_TRANSFER_VERIFYING:
    return _ ("Verifying");
  }
  return "";
}

const char *
sc_words_condition (ScSeatCondition condition)
{
  switch (condition) {
  case SC_CONDITION_FAILED:
    return _ ("Failed");
  case SC_CONDITION_RUNNING:
    return _ ("Being updated");
  case SC_CONDITION_VERIFYING:
    return _ ("Verifying");
  case SC_CONDITION_BUSY:
    return _ ("In use");
  case SC_CONDITION_DRIFTED:
    return _ ("Drifted");
  case SC_CONDITION_UPDATING:
    return _ ("Half updated");
  case SC_CONDITION_BEHIND:
    return _ ("Behind");
  case SC_CONDITION_CURRENT:
    return _ ("Current");
  case SC_CONDITION_UNKNOWN:
    return _ ("Unassigned");
  case SC_CONDITION_OFFLINE:
    return _ ("Offline");
  case SC_N_CONDITIONS:
    break;
  }
  return "";
}

const char *
sc_words_seat_state (ScSeatItem *seat)
{
  ScSeatCondition condition = sc_seat_item_get_condition (seat);

  if (condition == SC_CONDITION_RUNNING)
    return sc_words_transfer_state (sc_seat_item_get_info (seat)->transfer.state);
  return sc_words_condition (condition);
}

static char *
running_detail (const ScSeatInfo *info)
{
  GString *text = g_string_new (sc_words_transfer_state (info->transfer.state));

  if (*info->transfer.template_name != '\0')
    g_string_append_printf (text, " %s", sc_words_template (info->transfer.template_name));
  if (info->transfer.total > 0) {
    g_autofree char *amount = sc_words_size_of (info->transfer.done, info->transfer.total);

    g_string_append_printf (text, ", %s", amount);
  }
  if (info->transfer.throttled)
    g_string_append_printf (text, ", %s", _ ("slowly: somebody uses the machine"));
  return g_string_free (text, FALSE);
}

/* "Debian, Windows": the templates for which @busy, or which are in @state */
static char *
names_of (const ScSeatInfo *info, gboolean busy, ScTemplateState state)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < info->templates->len; i++) {
    const ScSeatTemplate *item = g_ptr_array_index (info->templates, i);

    if (busy ? item->busy : item->state == state)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", sc_words_template (item->name));
  }
  return g_string_free (names, FALSE);
}

static char *
offline_detail (const ScSeatInfo *info)
{
  g_autofree char *since = sc_words_time (info->last_seen);

  return *since != '\0' ? g_strdup_printf (_ ("Offline, last seen: %s"), since) : g_strdup (_ ("Offline"));
}

/* @text: (transfer full): what else there is to say of a seat that has templates between two versions */
static char *
add_half_updated (const ScSeatInfo *info, char *text)
{
  g_autofree char *names = names_of (info, FALSE, SC_TEMPLATE_UPDATING), *before = text;

  if (*names == '\0')
    return g_steal_pointer (&before);
  /* Translators: what is wrong with a seat, and templates: "Failed: the disk is full; half updated: Debian 12" */
  return g_strdup_printf (_ ("%s; half updated: %s"), before, names);
}

char *
sc_words_seat_detail (ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  g_autofree char *names = NULL;

  switch (sc_seat_item_get_condition (seat)) {
  case SC_CONDITION_FAILED:
    return add_half_updated (info, g_strdup_printf (_ ("Failed: %s"), info->transfer.reason));
  case SC_CONDITION_RUNNING:
    if (info->transfer.state == SC_TRANSFER_WAITING) /* as for its maintenance window */
      return add_half_updated (info, running_detail (info));
    return running_detail (info);
  case SC_CONDITION_VERIFYING:
    return running_detail (info);
  case SC_CONDITION_BUSY:
    names = names_of (info, TRUE, 0);
    return add_half_updated (info, g_strdup_printf (_ ("Waits until %s is no longer in use"), names));
  case SC_CONDITION_DRIFTED:
    names = names_of (info, FALSE, SC_TEMPLATE_DRIFTED);
    return g_strdup_printf (_ ("Drifted: somebody changed %s on this seat"), names);
  case SC_CONDITION_UPDATING:
    names = names_of (info, FALSE, SC_TEMPLATE_UPDATING);
    return g_strdup_printf (_ ("Half updated: %s"), names);
  case SC_CONDITION_BEHIND:
    return g_strdup_printf (_ ("Behind: version %" PRIu64 " is assigned"), info->assigned_version);
  case SC_CONDITION_OFFLINE:
    return offline_detail (info);
  case SC_CONDITION_CURRENT:
  case SC_CONDITION_UNKNOWN:
  case SC_N_CONDITIONS:
    break;
  }
  return g_strdup (sc_words_seat_state (seat));
}

char *
sc_words_seat_version (ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  g_autofree char *now = info->version > 0 ? g_strdup_printf ("%" PRIu64, info->version) : g_strdup ("");

  if (info->assigned_version != 0 && info->assigned_version != info->version)
    return g_strdup_printf ("%s%s→ %" PRIu64, now, *now != '\0' ? " " : "", info->assigned_version);
  return *now != '\0' ? g_steal_pointer (&now) : g_strdup ("–");
}

const char *
sc_words_condition_class (ScSeatCondition condition)
{
  static const char *const classes[SC_N_CONDITIONS] = {
    [SC_CONDITION_FAILED] = "failed",   [SC_CONDITION_RUNNING] = "running", [SC_CONDITION_VERIFYING] = "verifying",
    [SC_CONDITION_BUSY] = "busy",       [SC_CONDITION_DRIFTED] = "drifted", [SC_CONDITION_UPDATING] = "updating",
    [SC_CONDITION_BEHIND] = "behind",   [SC_CONDITION_CURRENT] = "current", [SC_CONDITION_UNKNOWN] = "unknown",
    [SC_CONDITION_OFFLINE] = "offline",
  };

  return classes[condition];
}

const char *
sc_words_condition_icon (ScSeatCondition condition)
{
  static const char *const icons[SC_N_CONDITIONS] = {
    [SC_CONDITION_FAILED] = "sc-failed-symbolic",       [SC_CONDITION_RUNNING] = "sc-running-symbolic",
    [SC_CONDITION_VERIFYING] = "sc-verifying-symbolic", [SC_CONDITION_BUSY] = "sc-busy-symbolic",
    [SC_CONDITION_DRIFTED] = "sc-drifted-symbolic",     [SC_CONDITION_UPDATING] = "sc-updating-symbolic",
    [SC_CONDITION_BEHIND] = "sc-behind-symbolic",       [SC_CONDITION_CURRENT] = "sc-current-symbolic",
    [SC_CONDITION_UNKNOWN] = "sc-unknown-symbolic",     [SC_CONDITION_OFFLINE] = "sc-offline-symbolic",
  };

  return icons[condition];
}

char *
sc_words_seat_sentence (ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  g_autofree char *detail = sc_words_seat_detail (seat);
  g_autofree char *version = sc_words_version (info->version);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  g_ptr_array_add (parts, (gpointer) info->name);
  g_ptr_array_add (parts, detail);
  g_ptr_array_add (parts, version);
  if (info->pinned)
    g_ptr_array_add (parts, (gpointer) _ ("Pinned"));
  if (sc_seat_item_is_low_on_space (seat))
    g_ptr_array_add (parts, (gpointer) _ ("Low space"));
  if (sc_seat_item_has_unsuitable_disk (seat))
    g_ptr_array_add (parts, (gpointer) _ ("Unsuitable disk"));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **) parts->pdata);
}

/* "forgets at restart, compresses" */
static char *
list_traits (ScVolumeTraits traits)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  if ((traits & SC_VOLUME_FORGETS) != 0)
    g_ptr_array_add (parts, (gpointer) _ ("forgets at restart"));
  if ((traits & SC_VOLUME_COMPRESSES) != 0)
    g_ptr_array_add (parts, (gpointer) _ ("compresses"));
  if ((traits & SC_VOLUME_DEDUPLICATES) != 0)
    g_ptr_array_add (parts, (gpointer) _ ("deduplicates"));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **) parts->pdata);
}

char *
sc_words_seat_volumes (ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  const ScVolumeTraits accepted = info->volume.traits & ~(guint) info->volume.refused;
  g_autofree char *refused_list = list_traits (info->volume.refused), *accepted_list = list_traits (accepted),
                  *state_list = list_traits (info->state_volume.traits);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  if (info->volume.refused != 0)
    g_ptr_array_add (
        lines, g_strdup_printf (_ ("Takes no updates, because its disk %s: %s"), refused_list, info->volume.reason));
  if (accepted != 0)
    g_ptr_array_add (lines,
                     g_strdup_printf (_ ("Its disk %s, which is accepted: %s"), accepted_list, info->volume.reason));
  if (info->volume.traits == 0 && *info->volume.reason != '\0')
    g_ptr_array_add (lines, g_strdup (info->volume.reason));
  if (info->state_volume.traits != 0)
    g_ptr_array_add (lines, g_strdup_printf (_ ("The disk of the service's own data %s: %s"), state_list,
                                             info->state_volume.reason));
  if (info->forgot != 0) {
    g_autofree char *time = sc_words_time (info->forgot);

    g_ptr_array_add (lines, g_strdup_printf (_ ("Its disk forgets at restart: started on %s, the service had lost what "
                                                "it knew"),
                                             time));
  }
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

const char *
sc_words_counter (ScSeatCounter counter)
{
  switch (counter) {
  case SC_SEATS_ALL:
    return _ ("All");
  case SC_SEATS_ONLINE:
    return _ ("Online");
  case SC_SEATS_CURRENT:
    return _ ("Current");
  case SC_SEATS_BEHIND:
    return _ ("Behind");
  case SC_SEATS_RUNNING:
    return _ ("Running");
  case SC_SEATS_FAILED:
    return _ ("Failed");
  case SC_SEATS_DRIFTED:
    return _ ("Drifted");
  case SC_SEATS_BUSY:
    return _ ("In use");
  case SC_SEATS_LOW_SPACE:
    return _ ("Low space");
  case SC_SEATS_UNSUITABLE_DISK:
    return _ ("Unsuitable disk");
  case SC_SEATS_OFFLINE:
    return _ ("Offline");
  case SC_N_SEAT_COUNTERS:
    break;
  }
  return "";
}

const char *
sc_words_session_state (ScSessionItemState state)
{
  switch (state) {
  case SC_SESSION_STATE_PREPARING:
    return _ ("Preparing");
  case SC_SESSION_STATE_PROBING:
    return _ ("Probing");
  case SC_SESSION_STATE_SENDING:
    return _ ("Sending");
  case SC_SESSION_STATE_PAUSED:
    return _ ("Paused");
  case SC_SESSION_STATE_FINISHING:
    return _ ("Finishing");
  case SC_SESSION_STATE_DONE:
    return _ ("Done");
  case SC_SESSION_STATE_CANCELLED:
    return _ ("Cancelled");
  case SC_SESSION_STATE_FAILED:
    return _ ("Failed");
  case SC_SESSION_STATE_PLANNED:
    return _ ("Planned");
  case SC_SESSION_STATE_UNKNOWN:
    break;
  }
  return _ ("Unknown");
}

const char *
sc_words_way (const char *way)
{
  if (strcmp (way, "new") == 0)
    return _ ("New files");
  if (strcmp (way, "clone") == 0)
    return _ ("Cloned blocks");
  if (strcmp (way, "undo") == 0)
    return _ ("In place, can be undone");
  if (strcmp (way, "forward") == 0)
    return _ ("In place, forward only");
  return way;
}
