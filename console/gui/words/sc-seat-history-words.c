/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-seat-history-words.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

/* "5 files in 2 templates differ"; NULL for none */
static char *
differences (ScJson *verify)
{
  const gulong n_files = (gulong) sc_item_number_of (verify, "n_files");
  const gulong n_templates = (gulong) sc_item_number_of (verify, "n_templates");
  g_autofree char *templates =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%lu template", "%lu templates", n_templates), n_templates);

  if (n_files == 0)
    return NULL;
  /* Translators: %s is “2 templates” */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%lu file of %s differs", "%lu files of %s differ", n_files),
                          n_files, templates);
}

char *
sc_seat_history_verification (ScJson *verify)
{
  const char *state = sc_item_text_of (verify, "state"), *message = sc_item_text_of (verify, "message");
  g_autofree char *when = sc_words_time (sc_item_time_of (verify, "ended"));
  g_autofree char *read = sc_words_size (sc_item_number_of (verify, "bytes"));
  g_autofree char *differ = differences (verify);

  if (g_str_equal (state, "running"))
    return g_strdup (_ ("Running now"));
  if (*state == '\0' || g_str_equal (state, "never"))
    return g_strdup (_ ("Never verified"));
  if (g_str_equal (state, "cancelled"))
    return g_strdup_printf (_ ("%s: stopped before its end"), when);
  if (g_str_equal (state, "failed"))
    return g_strdup_printf (_ ("%s: not done to the end: %s"), when, message);
  if (differ != NULL)
    return g_strdup_printf (_ ("%s: %s. Catch up or the next deploy mends it."), when, differ);
  return g_strdup_printf (_ ("%s: every file is as it should be, %s read"), when, read);
}

char *
sc_seat_history_damage (ScJson *file)
{
  const gulong chunks = (gulong) sc_item_number_of (file, "damaged_chunks");

  if (sc_item_flag_of (file, "missing"))
    return g_strdup (_ ("Missing"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%lu chunk", "%lu chunks", chunks), chunks);
}

char *
sc_seat_history_session (ScJson *session, ScJson *seat)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (session, "id"));
  g_autofree char *version = sc_words_version (sc_item_number_of (session, "version"));

  /* Translators: “Version 4 (session 12)” */
  return g_strdup_printf (_ ("%s (session %s)"), version, id);
}

static ScTransferState
state_of (ScJson *seat)
{
  ScTransferState state = SC_TRANSFER_IDLE;

  sc_transfer_state_from_nick (sc_item_text_of (seat, "state"), &state);
  return state;
}

char *
sc_seat_history_outcome (ScJson *seat)
{
  const guint64 total = sc_item_number_of (seat, "total_bytes");
  const char *reason = sc_item_text_of (seat, "reason");
  g_autofree char *amount = sc_words_size_of (sc_item_number_of (seat, "done_bytes"), total);
  GString *text = g_string_new (sc_words_transfer_state (state_of (seat)));

  if (total > 0)
    g_string_append_printf (text, ", %s", amount);
  if (sc_item_flag_of (seat, "catch_up"))
    g_string_append_printf (text, ", %s", _ ("by catch-up"));
  if (*reason != '\0')
    g_string_append_printf (text, ": %s", reason);
  return g_string_free (text, FALSE);
}

ScSeatCondition
sc_seat_history_condition (ScJson *seat)
{
  switch (state_of (seat)) {
  case SC_TRANSFER_DONE:
  case SC_TRANSFER_PLANNED:
    return SC_CONDITION_CURRENT;
  case SC_TRANSFER_FAILED:
    return SC_CONDITION_FAILED;
  case SC_TRANSFER_BUSY:
    return SC_CONDITION_BUSY;
  case SC_TRANSFER_CANCELLED:
    return SC_CONDITION_BEHIND;
  case SC_TRANSFER_VERIFYING:
    return SC_CONDITION_VERIFYING;
  case SC_TRANSFER_WAITING:
  case SC_TRANSFER_RECEIVING:
  case SC_TRANSFER_REPAIRING:
  case SC_TRANSFER_APPLYING:
    return SC_CONDITION_RUNNING;
  case SC_TRANSFER_IDLE:
    break;
  }
  return SC_CONDITION_UNKNOWN;
}

typedef struct {
  const char *nick, *words;
} EventWords;

static const EventWords event_words[] = {
  { "connected", N_ ("Connected") },
  { "disconnected", N_ ("Disconnected") },
  { "refused", N_ ("Its connection was refused") },
  { "waiting", N_ ("Waiting") },
  { "receiving", N_ ("Receiving") },
  { "repairing", N_ ("Catching up") },
  { "applying", N_ ("Applying") },
  { "done", N_ ("Done") },
  { "failed", N_ ("Failed") },
  { "cancelled", N_ ("Cancelled") },
  { "busy", N_ ("In use: the update waits") },
  { "verifying", N_ ("Verifying") },
  { "verified", N_ ("Verified") },
  { "drifted", N_ ("Drifted") },
  { "forgot", N_ ("Its disk forgets at restart") },
  { "moved", N_ ("Moved") },
  { "powered-off", N_ ("Powered off") },
  { "not-powered-off", N_ ("Not powered off") },
  { "hook-failed", N_ ("A program of the version failed") },
  { "going-back", N_ ("Going back, as its update was not finished") },
};

char *
sc_seat_history_event (ScJson *entry)
{
  const char *nick = sc_item_text_of (entry, "event"), *words = nick;
  const guint64 version = sc_item_number_of (entry, "version"), session = sc_item_number_of (entry, "session");
  GString *text = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (event_words); i++)
    if (g_str_equal (nick, event_words[i].nick))
      words = _ (event_words[i].words);
  text = g_string_new (words);
  if (version != 0) {
    g_autofree char *name = sc_words_version (version);

    g_string_append_printf (text, ": %s", name);
  }
  if (session != 0) {
    g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, session);

    g_string_append_c (text, ' ');
    g_string_append_printf (text, _ ("(session %s)"), id);
  }
  return g_string_free (text, FALSE);
}
