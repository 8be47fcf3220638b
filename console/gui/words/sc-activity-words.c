/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-activity-words.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* "Lab 1", "pc-03", "12 seats", "several rooms", "all rooms" */
static char *
whom (ScJson *entry)
{
  const guint64 n = sc_item_number_of (entry, "n_seats");
  const char *room = sc_item_text_of (entry, "room");
  const char *name = json_string_value (json_array_get (json_object_get (entry, "seats"), 0));

  if (n == 1 && name != NULL)
    return g_strdup (name);
  if (*room != '\0')
    return g_strdup (room);
  if (n > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", (gulong) n), (guint) n);
  if (strstr (sc_item_text_of (entry, "detail"), "rooms=") != NULL)
    return g_strdup (_ ("several rooms"));
  return g_strdup (_ ("all rooms"));
}

/* Those that a room is given, whatever the room is. */
static char *
seats_of (ScJson *entry)
{
  const guint64 n = sc_item_number_of (entry, "n_seats");
  const char *name = json_string_value (json_array_get (json_object_get (entry, "seats"), 0));

  if (n == 1 && name != NULL)
    return g_strdup (name);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", (gulong) n), (guint) n);
}

static char *
version_of (ScJson *entry)
{
  const guint64 number = sc_item_number_of (entry, "version");
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  /* Translators: within a sentence: “version 4” */
  return number != 0 ? g_strdup_printf (_ ("version %s"), text) : g_strdup (_ ("an earlier version"));
}

typedef enum { ABOUT_NOTHING, ABOUT_SESSION, ABOUT_VERSION, ABOUT_SEATS, ABOUT_ROOM, ABOUT_WHOM, ABOUT_DETAIL } About;

/* What needs one word besides: %s is the session's or version's number, the seats, the room, or the detail. */
static const struct {
  const char *action, *words;
  About about;
} simple[] = {
  { "publish", N_ ("Publish %s"), ABOUT_DETAIL },
  { "pause", N_ ("Pause session %s"), ABOUT_SESSION },
  { "resume", N_ ("Resume session %s"), ABOUT_SESSION },
  { "cancel", N_ ("Cancel session %s"), ABOUT_SESSION },
  { "verify", N_ ("Verify %s"), ABOUT_SEATS },
  { "verify-cancel", N_ ("Stop verifying %s"), ABOUT_SEATS },
  { "room-create", N_ ("Add room %s"), ABOUT_ROOM },
  { "room-delete", N_ ("Remove room %s"), ABOUT_ROOM },
  { "room-policy", N_ ("Change the policies of %s"), ABOUT_ROOM },
  { "schedule-cancel", N_ ("Cancel planned session %s"), ABOUT_DETAIL },
  { "wake", N_ ("Wake %s"), ABOUT_WHOM },
  { "version-hooks", N_ ("Set the programs that seats run with version %s"), ABOUT_VERSION },
  { "cache-create", N_ ("Certificate for the cache %s"), ABOUT_DETAIL },
  { "cache-revoke", N_ ("Revoke the certificate of the cache %s"), ABOUT_DETAIL },
  { "reminder", N_ ("Templates in use for long: %s"), ABOUT_SEATS },
  { "room-places", N_ ("Arrange the seats of %s"), ABOUT_ROOM },
  { "store-verify", N_ ("Verify the store"), ABOUT_NOTHING },
  { "store-gc", N_ ("Free what no version needs"), ABOUT_NOTHING },
  { "store-rebuild-index", N_ ("Rebuild the store’s index"), ABOUT_NOTHING },
  { "operation-cancel", N_ ("Cancel operation %s"), ABOUT_DETAIL },
  { "enrol-token-create", N_ ("Make an enrolment token for %s"), ABOUT_ROOM },
  { "enrol-token-revoke", N_ ("Revoke an enrolment token of %s"), ABOUT_ROOM },
  { "enrol-request", N_ ("%s asks to enrol"), ABOUT_SEATS },
  { "approve", N_ ("Approve %s"), ABOUT_SEATS },
  { "reject", N_ ("Reject %s"), ABOUT_SEATS },
  { "revoke", N_ ("Shut out %s"), ABOUT_SEATS },
  { "seat-certificate", N_ ("Certificate for %s"), ABOUT_SEATS },
  { "sign-in", N_ ("Sign in"), ABOUT_NOTHING },
  { "sign-in-failed", N_ ("Failed to sign in"), ABOUT_NOTHING },
  { "sign-out", N_ ("Sign out"), ABOUT_NOTHING },
  { "lock-out", N_ ("Locked out after too many wrong passwords"), ABOUT_NOTHING },
  { "user-add", N_ ("Add user %s"), ABOUT_DETAIL },
  { "user-change", N_ ("Change user %s"), ABOUT_DETAIL },
  { "user-delete", N_ ("Remove user %s"), ABOUT_DETAIL },
  { "password", N_ ("Change the own password"), ABOUT_NOTHING },
  { "ca-rotate", N_ ("Change the authority: %s"), ABOUT_DETAIL },
  { "version-sign", N_ ("Sign version %s"), ABOUT_VERSION },
};

static char *
argument_of (ScJson *entry, About about)
{
  switch (about) {
  case ABOUT_SESSION:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (entry, "session"));
  case ABOUT_VERSION:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (entry, "version"));
  case ABOUT_SEATS:
    return seats_of (entry);
  case ABOUT_ROOM:
    return g_strdup (sc_item_text_of (entry, "room"));
  case ABOUT_WHOM:
    return whom (entry);
  case ABOUT_DETAIL:
    return g_strdup (sc_item_text_of (entry, "detail"));
  case ABOUT_NOTHING:
    break;
  }
  return NULL;
}

/* @words with @argument in the place of its %s */
static char *
fill_in (const char *words, const char *argument)
{
  g_auto (GStrv) parts = g_strsplit (words, "%s", 2);

  return argument != NULL ? g_strjoinv (argument, parts) : g_strdup (words);
}

static char *
moved (ScJson *entry)
{
  const char *room = sc_item_text_of (entry, "room");
  g_autofree char *seats = seats_of (entry);

  if (*room != '\0')
    return g_strdup_printf (_ ("Move %s to %s"), seats, room);
  return g_strdup_printf (_ ("Move %s to the room that the service names"), seats);
}

/* A version, or with number 0 none any more. */
static char *
assigned (ScJson *entry)
{
  g_autofree char *target = whom (entry), *version = version_of (entry);

  if (sc_item_number_of (entry, "version") == 0)
    return g_strdup_printf (_ ("Assign nothing to %s"), target);
  return g_strdup_printf (_ ("Assign %s to %s"), version, target);
}

static char *
pinned (ScJson *entry)
{
  g_autofree char *seats = seats_of (entry), *version = version_of (entry);

  if (sc_item_number_of (entry, "version") == 0)
    return g_strdup_printf (_ ("Unpin %s"), seats);
  return g_strdup_printf (_ ("Pin %s to %s"), seats, version);
}

static char *
scheduled (ScJson *entry)
{
  g_autofree char *target = whom (entry), *version = version_of (entry);

  if (sc_item_number_of (entry, "version") == 0)
    return g_strdup_printf (_ ("Plan a session for %s"), target);
  return g_strdup_printf (_ ("Plan %s for %s"), version, target);
}

static char *
session_ended (ScJson *entry)
{
  static const struct {
    const char *state, *words;
  } ends[] = {
    { "done", N_ ("Session %s is done") },
    { "cancelled", N_ ("Session %s was cancelled") },
    { "failed", N_ ("Session %s failed") },
    { "planned", N_ ("Dry run %s is done") },
  };
  const char *state = sc_item_text_of (entry, "detail"), *error = sc_item_text_of (entry, "error");
  const char *words = N_ ("Session %s ended");
  g_autofree char *session = argument_of (entry, ABOUT_SESSION);
  g_autofree char *ended = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_equal (state, ends[i].state))
      words = ends[i].words;
  ended = fill_in (_ (words), session);
  /* it is over, but not as well as it could be: why one failed altogether is told as of any action */
  if (*error == '\0' || !json_is_true (json_object_get (entry, "done")))
    return g_steal_pointer (&ended);
  return g_strdup_printf ("%s: %s", ended, error);
}

/* The detail is as the request: "rate_cap_bits_per_second=500000000", "publish_directory=/srv/templates" */
static char *
settings_changed (ScJson *entry)
{
  static const char rate_key[] = "rate_cap_bits_per_second=", directory_key[] = "publish_directory=";
  const char *detail = sc_item_text_of (entry, "detail");

  if (g_str_has_prefix (detail, rate_key) && strchr (detail, ' ') == NULL) {
    guint64 cap = g_ascii_strtoull (detail + strlen (rate_key), NULL, 10);
    g_autofree char *rate = sc_words_rate (cap);

    if (cap == 0)
      return g_strdup (_ ("Send as fast as the seats take it"));
    return g_strdup_printf (_ ("Limit the rate to %s"), rate);
  }
  if (g_str_has_prefix (detail, directory_key) && strstr (detail, rate_key) == NULL)
    return g_strdup_printf (_ ("Publish from %s"), detail + strlen (directory_key));
  return g_strdup_printf (_ ("Change settings: %s"), detail);
}

static char *
publish_ended (ScJson *entry)
{
  const char *state = sc_item_text_of (entry, "detail");
  g_autofree char *version = sc_words_version (sc_item_number_of (entry, "version"));

  if (g_str_equal (state, "failed"))
    return g_strdup (_ ("Publishing failed"));
  if (g_str_equal (state, "cancelled"))
    return g_strdup (_ ("Publishing was cancelled"));
  /* Translators: “Version 5 is published” */
  return g_strdup_printf (_ ("%s is published"), version);
}

static char *
seat_refused (ScJson *entry)
{
  const char *address = sc_item_text_of (entry, "address");
  const char *name = json_string_value (json_array_get (json_object_get (entry, "seats"), 0));

  if (name == NULL)
    return g_strdup_printf (_ ("A seat at %s was refused"), address);
  /* Translators: “pc-07 at 10.1.0.17 was refused” */
  return g_strdup_printf (_ ("%s at %s was refused"), name, address);
}

char *
sc_activity_words (ScJson *entry)
{
  const char *action = sc_item_text_of (entry, "action");
  g_autofree char *target = whom (entry);
  g_autofree char *version = version_of (entry);

  if (g_str_equal (action, "deploy"))
    return g_strdup_printf (_ ("Deploy %s to %s"), version, target);
  if (g_str_equal (action, "dry-run"))
    return g_strdup_printf (_ ("Ask what %s takes: %s"), version, target);
  if (g_str_equal (action, "rollback"))
    return g_strdup_printf (_ ("Roll back %s to %s"), target, version);
  if (g_str_equal (action, "catch-up"))
    return g_strdup_printf (_ ("Catch up %s to %s"), target, version);
  if (g_str_equal (action, "room-rename"))
    return g_strdup_printf (_ ("Rename room %s to %s"), sc_item_text_of (entry, "room"),
                            sc_item_text_of (entry, "detail"));
  if (g_str_equal (action, "room-assign"))
    return moved (entry);
  if (g_str_equal (action, "assign-version"))
    return assigned (entry);
  if (g_str_equal (action, "pin"))
    return pinned (entry);
  if (g_str_equal (action, "schedule"))
    return scheduled (entry);
  if (g_str_equal (action, "session-end"))
    return session_ended (entry);
  if (g_str_equal (action, "settings"))
    return settings_changed (entry);
  if (g_str_equal (action, "publish-end"))
    return publish_ended (entry);
  if (g_str_equal (action, "seat-refused"))
    return seat_refused (entry);
  for (gsize i = 0; i < G_N_ELEMENTS (simple); i++)
    if (g_str_equal (action, simple[i].action)) {
      g_autofree char *argument = argument_of (entry, simple[i].about);

      return fill_in (_ (simple[i].words), argument);
    }
  return g_strdup (action); /* of a later engine */
}
