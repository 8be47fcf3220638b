/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-deploy-words.h"

#include "common/sc-error.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define MAX_NAMES 3u

static guint
count_able (const ScDeploySummary *summary)
{
  return summary->n[SC_DEPLOY_SEAT_FITS] + summary->n[SC_DEPLOY_SEAT_HAS_IT];
}

static ScDeployOutlook
find_outlook (ScDeployPlan *plan, ScDeployer *deployer, const ScDeploySummary *summary)
{
  if (!sc_deploy_plan_can_ask (plan))
    return SC_DEPLOY_OUTLOOK_INCOMPLETE;
  if (sc_deployer_get_error (deployer) != NULL)
    return SC_DEPLOY_OUTLOOK_FAILED;
  if (!summary->planned)
    return SC_DEPLOY_OUTLOOK_ASKING;
  if (count_able (summary) == 0)
    return SC_DEPLOY_OUTLOOK_IMPOSSIBLE;
  return summary->content_bytes > 0 ? SC_DEPLOY_OUTLOOK_SENDS : SC_DEPLOY_OUTLOOK_SENDS_NOTHING;
}

ScDeployOutlook
sc_deploy_words_get_outlook (ScDeployPlan *plan, ScDeployer *deployer)
{
  ScDeploySummary summary;

  sc_deploy_plan_sum_up (plan, &summary);
  return find_outlook (plan, deployer, &summary);
}

/* What is missing before the seats can be asked. */
static char *
incomplete_headline (ScDeployPlan *plan, const ScDeploySummary *summary)
{
  if (sc_deploy_plan_get_version (plan) == 0 && !sc_deploy_plan_is_rolling_back (plan))
    return g_strdup (_ ("There is no version yet"));
  if (summary->n_seats > 0 && summary->n[SC_DEPLOY_SEAT_PINNED] == summary->n_seats)
    return g_strdup (_ ("All of these seats are pinned"));
  if (summary->n_seats > 0)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u seat, and it is offline", "All %u seats are offline", summary->n_seats),
        summary->n_seats);
  if (sc_deploy_plan_get_target (plan) == SC_DEPLOY_TO_ALL)
    return g_strdup (_ ("There is no seat yet"));
  return g_strdup (_ ("No seat is chosen"));
}

static char *
incomplete_detail (ScDeployPlan *plan, const ScDeploySummary *summary)
{
  if (sc_deploy_plan_get_version (plan) == 0 && !sc_deploy_plan_is_rolling_back (plan))
    return g_strdup (_ ("Publish one in Versions first."));
  if (summary->n_seats > 0 && summary->n[SC_DEPLOY_SEAT_PINNED] == summary->n_seats)
    return g_strdup (_ ("They keep what they are pinned to. Pick the seats themselves to deploy to them."));
  if (summary->n_seats > 0)
    return sc_deploy_plan_wakes (plan)
               ? g_strdup (_ ("They are woken first. What will be sent is known once they can be asked."))
               : g_strdup (_ ("Have seats that are off woken before, plan it for later, or switch one of them on."));
  if (sc_deploy_plan_get_target (plan) == SC_DEPLOY_TO_ALL)
    return g_strdup (_ ("A seat comes by itself once seatcast-service runs there."));
  if (sc_deploy_plan_get_target (plan) == SC_DEPLOY_TO_ROOMS)
    return g_strdup (_ ("Choose at least one room that has seats."));
  return g_strdup (_ ("Pick seats in Rooms, or choose rooms here."));
}

static char *
failed_headline (ScDeployPlan *plan, const GError *error)
{
  if (g_error_matches (error, SC_ERROR, SC_ERROR_BUSY))
    return g_strdup (_ ("Not possible right now"));
  if (sc_deploy_plan_is_rolling_back (plan) &&
      (g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND) || g_error_matches (error, SC_ERROR, SC_ERROR_INVALID)))
    return g_strdup (_ ("There is no way back"));
  return g_strdup (_ ("The seats could not be asked"));
}

/* The console's messages are clauses: made a sentence. */
static char *
make_sentence (const char *message)
{
  g_autofree char *first = g_utf8_substring (message, 0, *message != '\0' ? 1 : 0);
  g_autofree char *upper = g_utf8_strup (first, -1);
  const char *rest = message + strlen (first);

  return g_strconcat (upper, rest, *message == '\0' || g_str_has_suffix (message, ".") ? "" : ".", NULL);
}

static char *
sends_headline (const ScDeploySummary *summary)
{
  g_autofree char *size = sc_words_size (summary->wire_bytes > 0 ? summary->wire_bytes : summary->content_bytes);
  g_autofree char *duration = sc_words_duration (summary->duration);

  if (summary->duration == 0)
    /* Translators: a size: "Sends 12.4 GB" */
    return g_strdup_printf (_ ("Sends %s"), size);
  if (summary->duration < G_USEC_PER_SEC)
    return g_strdup_printf (_ ("Sends %s in less than a second"), size);
  /* Translators: a size and a duration: "Sends 12.4 GB in about 3 min 25 s" */
  return g_strdup_printf (_ ("Sends %s in about %s"), size, duration);
}

char *
sc_deploy_words_headline (ScDeployPlan *plan, ScDeployer *deployer)
{
  ScDeploySummary summary;

  sc_deploy_plan_sum_up (plan, &summary);
  switch (find_outlook (plan, deployer, &summary)) {
  case SC_DEPLOY_OUTLOOK_INCOMPLETE:
    return incomplete_headline (plan, &summary);
  case SC_DEPLOY_OUTLOOK_ASKING:
    return g_strdup (_ ("Asking the seats…"));
  case SC_DEPLOY_OUTLOOK_SENDS:
    return sends_headline (&summary);
  case SC_DEPLOY_OUTLOOK_SENDS_NOTHING:
    return g_strdup (_ ("Nothing needs to be sent"));
  case SC_DEPLOY_OUTLOOK_IMPOSSIBLE:
    return g_strdup (_ ("No seat can take it now"));
  case SC_DEPLOY_OUTLOOK_FAILED:
    return failed_headline (plan, sc_deployer_get_error (deployer));
  }
  g_return_val_if_reached (g_strdup (""));
}

static char *
asking_detail (const ScDeploySummary *summary)
{
  guint n_awaited = summary->n[SC_DEPLOY_SEAT_ASKED] + summary->n[SC_DEPLOY_SEAT_UNKNOWN];

  if (n_awaited == 0)
    return g_strdup (_ ("All have answered; what has to be sent is being summed up."));
  return g_strdup_printf (_ ("%u of %u have said what they lack."), summary->n_online - n_awaited, summary->n_online);
}

/* "Version 4 for 74 seats, in one stream; 12.1 GB of content." */
static char *
sends_detail (ScDeployPlan *plan, const ScDeploySummary *summary)
{
  g_autofree char *version = sc_words_version (sc_deploy_plan_get_version (plan));
  g_autofree char *seats =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", summary->n_lacking), summary->n_lacking);
  g_autofree char *content = sc_words_size (summary->content_bytes);

  /* Translators: a version, a number of seats, a size: "Version 4 for 74 seats, in one stream; 12.1 GB of content." */
  return g_strdup_printf (_ ("%s for %s, in one stream; %s of content."), version, seats, content);
}

static char *
sends_nothing_detail (ScDeployPlan *plan, const ScDeploySummary *summary)
{
  guint64 version = sc_deploy_plan_get_version (plan);

  if (summary->n[SC_DEPLOY_SEAT_FITS] == 0)
    return g_strdup_printf (_ ("Every seat that could be asked has version %" PRIu64 " already."), version);
  if (sc_deploy_plan_is_rolling_back (plan))
    return g_strdup_printf (_ ("The seats have kept what version %" PRIu64 " takes."), version);
  return g_strdup_printf (_ ("The seats have all that version %" PRIu64 " takes."), version);
}

char *
sc_deploy_words_detail (ScDeployPlan *plan, ScDeployer *deployer)
{
  ScDeploySummary summary;

  sc_deploy_plan_sum_up (plan, &summary);
  switch (find_outlook (plan, deployer, &summary)) {
  case SC_DEPLOY_OUTLOOK_INCOMPLETE:
    return incomplete_detail (plan, &summary);
  case SC_DEPLOY_OUTLOOK_ASKING:
    return asking_detail (&summary);
  case SC_DEPLOY_OUTLOOK_SENDS:
    return sends_detail (plan, &summary);
  case SC_DEPLOY_OUTLOOK_SENDS_NOTHING:
    return sends_nothing_detail (plan, &summary);
  case SC_DEPLOY_OUTLOOK_IMPOSSIBLE:
    return g_strdup (_ ("The list says why, seat by seat."));
  case SC_DEPLOY_OUTLOOK_FAILED:
    return make_sentence (sc_deployer_get_error (deployer)->message);
  }
  g_return_val_if_reached (g_strdup (""));
}

char *
sc_deploy_words_count (const ScDeploySummary *summary, ScDeployVerdict verdict)
{
  guint n = summary->n[verdict];
  g_autofree char *missing = sc_words_size (summary->missing);
  g_autofree char *text = NULL;

  if (n == 0)
    return g_strdup ("");
  switch (verdict) {
  case SC_DEPLOY_SEAT_FITS:
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u takes part", "%u take part", n), n);
  case SC_DEPLOY_SEAT_HAS_IT:
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u has it already", "%u have it already", n), n);
  case SC_DEPLOY_SEAT_NO_SPACE:
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u lacks space", "%u lack space", n), n);
    /* Translators: how many seats lack space, and how much: "2 lack space (up to 3.2 GB)" */
    return n > 1 ? g_strdup_printf (_ ("%s (up to %s)"), text, missing) : g_strdup_printf ("%s (%s)", text, missing);
  case SC_DEPLOY_SEAT_REFUSED:
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u cannot take part", "%u cannot take part", n), n);
  case SC_DEPLOY_SEAT_OFF:
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u offline: catches up later", "%u offline: catch up later", n), n);
  case SC_DEPLOY_SEAT_PINNED:
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u is pinned: left out", "%u are pinned: left out", n), n);
  case SC_DEPLOY_SEAT_UNKNOWN:
  case SC_DEPLOY_SEAT_ASKED:
  case SC_N_DEPLOY_VERDICTS:
    break;
  }
  return g_strdup ("");
}

char *
sc_deploy_words_busy_count (const ScDeploySummary *summary)
{
  if (summary->n_busy == 0)
    return g_strdup ("");
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u waits for templates in use", "%u wait for templates in use", summary->n_busy),
      summary->n_busy);
}

char *
sc_deploy_words_pinned (ScDeployPlan *plan, const ScDeployWhen *when)
{
  if (sc_deploy_plan_get_target (plan) != SC_DEPLOY_TO_SEATS || when->what == SC_DEPLOY_ASSIGNED ||
      sc_filter_list_get_length (sc_deploy_plan_get_seats (plan)) == 0)
    return g_strdup ("");
  return g_strdup (_ ("Picked seats are pinned to the version, unless it is what they are assigned already."));
}

/* "Debian, Windows and 3 more" */
static char *
busy_names (const ScDeploySeat *seat)
{
  GString *names = g_string_new (NULL);
  gsize i = 0;
  ScJson *name = NULL;

  json_array_foreach (seat->busy, i, name)
  {
    if (i < MAX_NAMES && json_is_string (name))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", json_string_value (name));
  }
  if (i > MAX_NAMES) {
    g_autofree char *more = g_strdup_printf (_ (" and %u more"), (guint) i - MAX_NAMES);

    g_string_append (names, more);
  }
  return g_string_free (names, FALSE);
}

char *
sc_deploy_words_verdict (const ScDeploySeat *seat)
{
  g_autofree char *names = NULL;
  g_autofree char *missing = NULL;

  switch (seat->verdict) {
  case SC_DEPLOY_SEAT_UNKNOWN:
    return g_strdup (_ ("Not asked"));
  case SC_DEPLOY_SEAT_ASKED:
    return g_strdup (_ ("Asking…"));
  case SC_DEPLOY_SEAT_FITS:
    names = busy_names (seat);
    /* Translators: templates' names: "In use: Debian" */
    return *names != '\0' ? g_strdup_printf (_ ("In use: %s"), names) : g_strdup (_ ("Fits"));
  case SC_DEPLOY_SEAT_HAS_IT:
    return g_strdup (_ ("Has it already"));
  case SC_DEPLOY_SEAT_NO_SPACE:
    missing = sc_words_size (seat->missing);
    /* Translators: a size: "3.2 GB missing" */
    return g_strdup_printf (_ ("%s missing"), missing);
  case SC_DEPLOY_SEAT_REFUSED:
    return *seat->reason != '\0' ? make_sentence (seat->reason) : g_strdup (_ ("Cannot take part"));
  case SC_DEPLOY_SEAT_OFF:
    return g_strdup (_ ("Offline: later"));
  case SC_DEPLOY_SEAT_PINNED:
    return g_strdup (_ ("Pinned: left out"));
  case SC_N_DEPLOY_VERDICTS:
    break;
  }
  g_return_val_if_reached (g_strdup (""));
}

char *
sc_deploy_words_explanation (const ScDeploySeat *seat)
{
  g_autofree char *names = busy_names (seat);
  g_autofree char *missing = sc_words_size (seat->missing);

  switch (seat->verdict) {
  case SC_DEPLOY_SEAT_FITS:
    if (*names != '\0')
      return g_strdup_printf (
          _ ("In use: %s. The seat brings this to the version by itself once it is no longer in use."), names);
    return sc_deploy_words_ways (seat);
  case SC_DEPLOY_SEAT_NO_SPACE:
    return g_strdup_printf (_ ("Free %s on the seat: until then it is left as it is, and the others go on."), missing);
  case SC_DEPLOY_SEAT_REFUSED:
    return make_sentence (seat->reason);
  case SC_DEPLOY_SEAT_OFF:
    return g_strdup (_ ("The version is assigned to it. Once the seat is on, Catch up brings it there."));
  case SC_DEPLOY_SEAT_PINNED:
    return g_strdup (_ ("It keeps the version that it is pinned to. Pick the seat itself to deploy to it."));
  case SC_DEPLOY_SEAT_UNKNOWN:
  case SC_DEPLOY_SEAT_ASKED:
  case SC_DEPLOY_SEAT_HAS_IT:
  case SC_N_DEPLOY_VERDICTS:
    break;
  }
  return g_strdup ("");
}

char *
sc_deploy_words_ways (const ScDeploySeat *seat)
{
  static const char *const ways[] = { "undo", "clone", "forward", "new" };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; seat->ways != NULL && i < G_N_ELEMENTS (ways); i++)
    if (sc_item_number_of (json_object_get (seat->ways, ways[i]), "files") > 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", sc_words_way (ways[i]));
  return g_string_free (text, FALSE);
}

const char *
sc_deploy_words_icon (ScDeployVerdict verdict)
{
  static const char *const icons[SC_N_DEPLOY_VERDICTS] = {
    [SC_DEPLOY_SEAT_UNKNOWN] = "sc-unknown-symbolic", [SC_DEPLOY_SEAT_ASKED] = "sc-waiting-symbolic",
    [SC_DEPLOY_SEAT_FITS] = "sc-running-symbolic",    [SC_DEPLOY_SEAT_HAS_IT] = "sc-current-symbolic",
    [SC_DEPLOY_SEAT_NO_SPACE] = "sc-failed-symbolic", [SC_DEPLOY_SEAT_REFUSED] = "sc-failed-symbolic",
    [SC_DEPLOY_SEAT_OFF] = "sc-offline-symbolic",     [SC_DEPLOY_SEAT_PINNED] = "sc-unknown-symbolic",
  };

  return icons[verdict];
}

const char *
sc_deploy_words_seat_icon (const ScDeploySeat *seat)
{
  if (seat->verdict == SC_DEPLOY_SEAT_FITS && json_array_size (seat->busy) > 0)
    return sc_words_condition_icon (SC_CONDITION_BUSY);
  return sc_deploy_words_icon (seat->verdict);
}

const char *
sc_deploy_words_class (ScDeployVerdict verdict)
{
  static const char *const classes[SC_N_DEPLOY_VERDICTS] = {
    [SC_DEPLOY_SEAT_UNKNOWN] = "unknown", [SC_DEPLOY_SEAT_ASKED] = "unknown",   [SC_DEPLOY_SEAT_FITS] = "running",
    [SC_DEPLOY_SEAT_HAS_IT] = "current",  [SC_DEPLOY_SEAT_NO_SPACE] = "failed", [SC_DEPLOY_SEAT_REFUSED] = "failed",
    [SC_DEPLOY_SEAT_OFF] = "offline",     [SC_DEPLOY_SEAT_PINNED] = "unknown",
  };

  return classes[verdict];
}
