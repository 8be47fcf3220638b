/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-options.h"

#include <string.h>

#define MEMBER "The member “" /* as sc-json.h has it */

typedef struct {
  const char *name; /* as ScCtlCommand names it */
  GOptionEntry entry;
} Option;

/* Where a value goes: an offset for now. */
#define TO(member) ((gpointer) G_STRUCT_OFFSET (ScCtlOptions, member))

static const Option all[] = {
  { "note", { "note", 'm', 0, G_OPTION_ARG_STRING, TO (note), "what is new in this version", "NOTE" } },
  { "author", { "author", 0, 0, G_OPTION_ARG_STRING, TO (author), "who made it (default: you)", "NAME" } },
  { "own-room",
    { "own-room", 0, 0, G_OPTION_ARG_NONE, TO (own_room), "to the room that the seat's service names", NULL } },
  { "seat",
    { "seat", 0, 0, G_OPTION_ARG_STRING_ARRAY, TO (seats), "only this seat (an id or a name); may be repeated",
      "SEAT" } },
  { "seat:pin",
    { "seat", 0, 0, G_OPTION_ARG_STRING_ARRAY, TO (seats),
      "only this seat (id or name), pinned to the version then; may be repeated", "SEAT" } },
  { "rate",
    { "rate", 0, 0, G_OPTION_ARG_STRING, TO (rate), "send at most so many Mbit/s; 0: no cap (default: the console's)",
      "MBIT" } },
  { "to", { "to", 0, 0, G_OPTION_ARG_STRING, TO (to), "this version", "VERSION" } },
  { "no-wait", { "no-wait", 0, 0, G_OPTION_ARG_NONE, TO (no_wait), "only start it, do not follow it", NULL } },
  { "dry-run",
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, TO (dry_run), "only ask the seats what it takes; send and change nothing",
      NULL } },
  { "stop", { "stop", 0, 0, G_OPTION_ARG_NONE, TO (stop), "end a verification that runs", NULL } },
  { "max", { "max", 0, 0, G_OPTION_ARG_STRING, TO (max), "at most so many", "N" } },
  { "publish-directory",
    { "publish-directory", 0, 0, G_OPTION_ARG_STRING, TO (publish_directory),
      "what is offered when a version is published", "DIR" } },
  { "watch", { "watch", 0, 0, G_OPTION_ARG_NONE, TO (watch), "go on showing it until Ctrl-C", NULL } },
  { "seats", { "seats", 0, 0, G_OPTION_ARG_STRING, TO (n_seats), "for so many seats", "N" } },
  { "hours", { "hours", 0, 0, G_OPTION_ARG_STRING, TO (hours), "for so long from now on", "H" } },
  { "ask", { "ask", 0, 0, G_OPTION_ARG_NONE, TO (ask), "have every seat wait for staff", NULL } },
  { "output", { "output", 0, 0, G_OPTION_ARG_FILENAME, TO (output), "write a connection file for the seats", "FILE" } },
  { "all", { "all", 0, 0, G_OPTION_ARG_NONE, TO (all), "all that wait", NULL } },
  { "duplicates",
    { "duplicates", 0, 0, G_OPTION_ARG_NONE, TO (duplicates), "also those that replace a known seat", NULL } },
  { "into", { "into", 0, 0, G_OPTION_ARG_STRING, TO (into), "put them into this room", "ROOM" } },
  { "finish", { "finish", 0, 0, G_OPTION_ARG_NONE, TO (finish), "the next authority counts from now on", NULL } },
  { "cancel", { "cancel", 0, 0, G_OPTION_ARG_NONE, TO (cancel), "stay with the old authority", NULL } },
  { "url", { "url", 0, 0, G_OPTION_ARG_STRING, TO (url), "the console's address: https://HOST:PORT", "URL" } },
  { "ca-fingerprint",
    { "ca-fingerprint", 0, 0, G_OPTION_ARG_STRING, TO (ca_fingerprint),
      "what “ca fingerprint” prints on the console's machine", "HEX" } },
  { "user", { "user", 0, 0, G_OPTION_ARG_STRING, TO (user), "who you are there", "NAME" } },
  { "password-file",
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, TO (password_file), "read the password there (-: standard input)",
      "FILE" } },
  { "role", { "role", 0, 0, G_OPTION_ARG_STRING, TO (role), "viewer, operator or administrator", "ROLE" } },
  { "head", { "head", 0, 0, G_OPTION_ARG_STRING, TO (head), "an entry's hash that must be in the log", "HASH" } },
  { "room", { "room", 0, 0, G_OPTION_ARG_STRING, TO (room), "only the seats of this room", "ROOM" } },
  { "room:wake", { "room", 0, 0, G_OPTION_ARG_STRING, TO (room), "all seats of this room that are off", "ROOM" } },
  { "room:into", { "room", 0, 0, G_OPTION_ARG_STRING, TO (room), "to this room", "ROOM" } },
  { "room:many",
    { "room", 0, 0, G_OPTION_ARG_STRING_ARRAY, TO (rooms), "only the seats of this room; may be repeated", "ROOM" } },
  { "template",
    { "template", 0, 0, G_OPTION_ARG_STRING_ARRAY, TO (templates), "only this template of the version; may be repeated",
      "NAME" } },
  { "wake", { "wake", 0, 0, G_OPTION_ARG_NONE, TO (wake), "wake seats that are off", NULL } },
  { "wake:yes",
    { "wake", 0, 0, G_OPTION_ARG_STRING, TO (wake_seats), "wake seats that are off before a session", "yes|no" } },
  { "power-off",
    { "power-off", 0, 0, G_OPTION_ARG_NONE, TO (power_off),
      "power seats off afterwards, but where somebody is signed in", NULL } },
  { "power-off:yes",
    { "power-off", 0, 0, G_OPTION_ARG_STRING, TO (power_off_seats),
      "power seats off after a session, but where somebody is signed in", "yes|no" } },
  { "at", { "at", 0, 0, G_OPTION_ARG_STRING, TO (at), "once, at this time: “2026-12-01 22:00”, or “22:00”", "TIME" } },
  { "in-window",
    { "in-window", 0, 0, G_OPTION_ARG_NONE, TO (in_window), "once, when the room's maintenance window opens", NULL } },
  { "every",
    { "every", 0, 0, G_OPTION_ARG_STRING, TO (every), "again and again, on these days: “mon,fri”, or “day”", "DAYS" } },
  { "time", { "time", 0, 0, G_OPTION_ARG_STRING, TO (time), "at this time of these days: “22:00”", "TIME" } },
  { "zone",
    { "zone", 0, 0, G_OPTION_ARG_STRING, TO (zone), "in this time zone: “Europe/Berlin” (default: the console's)",
      "ZONE" } },
  { "days",
    { "days", 0, 0, G_OPTION_ARG_STRING, TO (days), "of so many days from now on, 400 at most (default: 35)", "N" } },
  { "all:past", { "all", 0, 0, G_OPTION_ARG_NONE, TO (all), "also those that are over", NULL } },
  { "late",
    { "late", 0, 0, G_OPTION_ARG_STRING, TO (late), "seats that come late: catch-up, gather or ask", "POLICY" } },
  { "rate:none",
    { "rate", 0, 0, G_OPTION_ARG_STRING, TO (room_rate), "send it at most so many Mbit/s (none: the console's)",
      "MBIT" } },
  { "busy-deadline",
    { "busy-deadline", 0, 0, G_OPTION_ARG_STRING, TO (busy_deadline),
      "remind when templates are in use for so many hours (none: never)", "H" } },
  { "wake-address",
    { "wake-address", 0, 0, G_OPTION_ARG_STRING, TO (wake_address),
      "wake from the console's interface with this address (none: any)", "ADDRESS" } },
  { "wake-destination",
    { "wake-destination", 0, 0, G_OPTION_ARG_STRING, TO (wake_destination),
      "send magic packets there, such as a subnet's broadcast (none)", "ADDRESS" } },
  { "cache", { "cache", 0, 0, G_OPTION_ARG_STRING, TO (cache), "the HTTP cache that is nearest to it (none)", "URL" } },
  { "catch-up-rate",
    { "catch-up-rate", 0, 0, G_OPTION_ARG_STRING, TO (catch_up_rate),
      "serve catch-up at most so many Mbit/s (none: a quarter of the rate)", "MBIT" } },
  { "catch-up-seats",
    { "catch-up-seats", 0, 0, G_OPTION_ARG_STRING, TO (catch_up_seats), "have at most so many seats catch up at a time",
      "N" } },
  { "name",
    { "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, TO (names),
      "a name or address by which seats reach the cache; may be repeated", "HOST" } },
  { "output:dir", { "output", 0, 0, G_OPTION_ARG_FILENAME, TO (output), "write what the cache needs there", "DIR" } },
  { "port", { "port", 0, 0, G_OPTION_ARG_STRING, TO (port), "where the cache listens (default: 8472)", "PORT" } },
  { "set", { "set", 0, 0, G_OPTION_ARG_FILENAME, TO (set), "have seats run what this file says", "FILE" } },
  { "clear", { "clear", 0, 0, G_OPTION_ARG_NONE, TO (clear), "have seats run nothing any more", NULL } },
};

GArray *
sc_ctl_options_for (const ScCtlCommand *command, ScCtlOptions *options, gboolean *help, gboolean *version)
{
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "print the API's objects, one a line", NULL },
    { "connection", 0, 0, G_OPTION_ARG_FILENAME, &options->connection,
      "how to reach the console (default: see the man page)", "FILE" },
    { "help", 'h', 0, G_OPTION_ARG_NONE, help, "show this", NULL },
  };
  const GOptionEntry program[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, version, "show the program's version", NULL },
  };

  GArray *entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  for (gsize i = 0; command && i < G_N_ELEMENTS (all); i++) {
    GOptionEntry entry = all[i].entry;

    entry.arg_data = (char *) options + (gsize) entry.arg_data;
    if (g_strv_contains (command->options, all[i].name))
      g_array_append_val (entries, entry);
  }
  g_array_append_vals (entries, common, G_N_ELEMENTS (common));
  if (!command)
    g_array_append_vals (entries, program, G_N_ELEMENTS (program));
  return entries;
}

char *
sc_ctl_options_in_words (const ScCtlCommand *command, const char *message)
{
  static const char *const renamed[][2] = {
    { "rate_cap_bits_per_second", "rate" },
    { "catch_up_rate_bits_per_second", "catch-up-rate" },
    { "busy_deadline_hours", "busy-deadline" },
    { "templates", "template" },
    { "seats", "seat" },
  };
  const char *start = NULL, *end = NULL;
  if (g_str_has_prefix (message, MEMBER)) {
    start = message + strlen (MEMBER);
    end = strstr (start, "”");
  }
  if (!end)
    return g_strdup (message);
  g_autofree char *member = g_strndup (start, (gsize) (end - start));
  g_autofree char *option = g_strdup (member);
  for (gsize i = 0; i < G_N_ELEMENTS (renamed); i++)
    if (g_str_equal (member, renamed[i][0])) {
      g_free (option);
      option = g_strdup (renamed[i][1]);
    }
  g_strdelimit (option, "_", '-');
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_str_equal (all[i].entry.long_name, option) && g_strv_contains (command->options, all[i].name))
      return g_strconcat ("--", option, end + strlen ("”"), NULL);
  return g_strdup (message);
}

void
sc_ctl_options_clear (ScCtlOptions *self)
{
  char **texts[] = { &self->connection,
                     &self->note,
                     &self->author,
                     &self->room,
                     &self->rate,
                     &self->to,
                     &self->max,
                     &self->publish_directory,
                     &self->n_seats,
                     &self->hours,
                     &self->output,
                     &self->into,
                     &self->url,
                     &self->ca_fingerprint,
                     &self->user,
                     &self->password_file,
                     &self->role,
                     &self->head,
                     &self->at,
                     &self->every,
                     &self->time,
                     &self->zone,
                     &self->days,
                     &self->late,
                     &self->room_rate,
                     &self->wake_seats,
                     &self->power_off_seats,
                     &self->busy_deadline,
                     &self->wake_address,
                     &self->wake_destination,
                     &self->cache,
                     &self->set,
                     &self->catch_up_rate,
                     &self->catch_up_seats,
                     &self->port };
  char ***lists[] = { &self->seats, &self->rooms, &self->templates, &self->names };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    g_clear_pointer (lists[i], g_strfreev);
}
