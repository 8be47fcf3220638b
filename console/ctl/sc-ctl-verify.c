/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/ctl/sc-ctl-desired.h"
#include "console/ctl/sc-ctl-follow.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include <stdio.h>

static char *
damage_of (ScJson *file)
{
  if (sc_json_get_optional_bool (file, "missing", FALSE))
    return g_strdup ("missing");
  guint64 chunks = sc_ctl_number_of (file, "damaged_chunks");
  return g_strdup_printf ("%" G_GUINT64_FORMAT " chunk%s", chunks, chunks == 1 ? "" : "s");
}

static void
print_findings (ScJson *verify)
{
  const char *const headings[] = { "TEMPLATE", "FILE", ">DAMAGED", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *file;
  json_array_foreach (json_object_get (verify, "files"), i, file)
  {
    sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (file, "template")), g_strdup (sc_ctl_text_of (file, "path")),
                      damage_of (file));
  }
  guint n = sc_ctl_table_get_n_rows (table);
  if (n == 0)
    return;
  g_autofree char *text = sc_ctl_table_to_text (table);
  fputs (text, stdout);
  guint64 all = sc_ctl_number_of (verify, "n_files");
  if (all > n)
    printf ("… and %" G_GUINT64_FORMAT " more\n", all - n);
}

/* What was found, and what to do about it. */
static ScCtlStatus
print_verified (ScCtl *self, ScJson *seat, GError **error)
{
  ScJson *verify = json_object_get (seat, "verify");
  const char *state = sc_ctl_text_of (verify, "state");
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (seat, "name"), G_MAXUINT);
  g_autofree char *result = sc_ctl_verify_result (verify);
  if (!g_str_equal (state, "done")) {
    const char *message = sc_ctl_text_of (verify, "message");
    if (!self->options.json)
      print_findings (verify); /* in files that could be read, such as those that are not in use */
    g_set_error (error, SC_ERROR, sc_error_code_from_nick (sc_ctl_text_of (verify, "code")),
                 "seat %s was not verified: %s", name, *message ? message : "it was stopped");
    return SC_CTL_FAILED;
  }
  printf ("Seat %s: %s\n", name, result);
  if (sc_ctl_number_of (verify, "n_files") == 0)
    return SC_CTL_DONE;
  print_findings (verify);
  printf ("“seatcastctl catch-up %s” or the next deploy mends it: only what is damaged is sent again.\n", name);
  return SC_CTL_FAILED;
}

ScCtlStatus
sc_ctl_verify (ScCtl *self, GError **error)
{
  const char *verb = self->options.stop ? "/verify/cancel" : "/verify";
  g_autofree char *path = sc_client_path ("/v1/seats/", self->arguments[0], verb, NULL);
  g_autoptr (ScJson) started = sc_ctl_client_request (self->client, "POST", path, NULL, error);
  if (!started)
    return SC_CTL_FAILED;
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (started, "name"), G_MAXUINT);
  if (self->options.stop || self->options.no_wait) {
    if (self->options.json)
      sc_ctl_print_json (started);
    else if (self->options.stop)
      printf ("Seat %s stops verifying.\n", name);
    else
      printf ("Seat %s verifies its templates; “seatcastctl seat %s” shows what it found.\n", name, name);
    return SC_CTL_DONE;
  }
  g_autoptr (ScJson) seat = sc_ctl_follow_verify (self, started, error);
  if (!seat)
    return SC_CTL_FAILED;
  ScJson *verify = json_object_get (seat, "verify");
  if (g_str_equal (sc_ctl_text_of (verify, "state"), "running")) { /* nobody watches it any more */
    fprintf (stderr,
             "The seat goes on; “seatcastctl seat %s” shows what it found, “seatcastctl verify %s --stop” ends "
             "it.\n",
             name, name);
    return SC_CTL_DONE;
  }
  if (!self->options.json || !g_str_equal (sc_ctl_text_of (verify, "state"), "done"))
    return print_verified (self, seat, error);
  return sc_ctl_number_of (verify, "n_files") == 0 ? SC_CTL_DONE : SC_CTL_FAILED;
}

static char *
versions_back (ScJson *seat)
{
  GString *text = g_string_new (NULL);
  gsize i;
  ScJson *version;
  json_array_foreach (json_object_get (seat, "back"), i, version)
      g_string_append_printf (text, "%s%lld", text->len > 0 ? ", " : "", json_integer_value (version));
  return g_string_free (text, FALSE);
}

/* What such a template leads back to is told when it is mended. */
static gboolean
has_damage (ScJson *seat)
{
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (seat, "templates"), i, item)
  {
    if (!g_str_equal (sc_ctl_text_of (item, "state"), "current"))
      return TRUE;
  }
  return FALSE;
}

/* @text: (transfer full) */
static void
print_fact (const char *label, char *text)
{
  g_autofree char *safe = sc_ctl_text_cut (text, G_MAXUINT);
  printf ("  %-10s  %s\n", label, safe);
  g_free (text);
}

static void
print_volumes (ScJson *seat)
{
  ScJson *own = json_object_get (seat, "state_volume");
  print_fact ("volume", sc_ctl_volume_in_words (json_object_get (seat, "volume")));
  if (json_array_size (json_object_get (own, "traits")) > 0)
    print_fact ("own data", sc_ctl_volume_in_words (own));
  if (json_is_string (json_object_get (seat, "forgot"))) {
    g_autofree char *time = sc_ctl_format_time (sc_ctl_text_of (seat, "forgot"));
    print_fact ("forgot",
                g_strdup_printf ("%s: its service started with less than it had known, so its disk forgets at "
                                 "restart",
                                 time));
  }
}

/* Why it is not where it should be, and what comes next. */
static void
print_outlook (ScJson *seat)
{
  g_autofree char *behind = sc_ctl_behind_in_words (seat);
  g_autofree char *next = sc_ctl_next_in_words (seat);
  if (sc_json_get_optional_bool (seat, "pinned", FALSE))
    print_fact ("pinned", g_strdup ("it has a version of its own; “pin SEAT none” gives it its room's"));
  if (*behind)
    print_fact ("behind", g_strdup (behind));
  if (*next)
    print_fact ("next", g_strdup (next));
}

static void
print_facts (ScJson *seat)
{
  guint64 link = sc_ctl_number_of (seat, "link_mbps");
  g_autofree char *speed = link ? g_strdup_printf ("%" G_GUINT64_FORMAT " Mbit/s", link) : g_strdup ("");
  g_autofree char *disk = sc_ctl_format_size (sc_ctl_number_of (seat, "total_bytes"));
  g_autofree char *available = sc_ctl_format_size (sc_ctl_number_of (seat, "free_bytes"));
  g_autofree char *reserve = sc_ctl_format_size (sc_ctl_number_of (seat, "reserve_bytes"));
  g_autofree char *back = versions_back (seat);
  const char *plural = json_array_size (json_object_get (seat, "back")) == 1 ? "" : "s";
  print_fact ("id", g_strdup (sc_ctl_text_of (seat, "id")));
  print_fact ("network", g_strchomp (g_strdup_printf ("%s %s %s", sc_ctl_text_of (seat, "address"),
                                                      sc_ctl_text_of (seat, "mac"), speed)));
  print_fact ("system", g_strdup_printf ("%s, seatcast-service %s", sc_ctl_text_of (seat, "os"),
                                         sc_ctl_text_of (seat, "service_version")));
  print_fact ("version", sc_ctl_seat_version (seat));
  print_outlook (seat);
  print_fact ("disk", g_strdup_printf ("%s of %s free; updates leave %s free", available, disk, reserve));
  print_volumes (seat);
  print_fact ("undo store", sc_ctl_format_size (sc_ctl_number_of (seat, "undo_bytes")));
  print_fact ("way back", *back               ? g_strdup_printf ("to version%s %s, without the network", plural, back)
                          : has_damage (seat) ? g_strdup ("none known while a template is drifted or half updated")
                                              : g_strdup ("none kept"));
}

static void
print_templates (ScJson *seat)
{
  const char *const headings[] = { "TEMPLATE", ">VERSION", "STATE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (seat, "templates"), i, item)
  {
    gboolean busy = sc_json_get_optional_bool (item, "busy", FALSE);
    sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (item, "name")),
                      g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (item, "version")),
                      g_strconcat (sc_ctl_text_of (item, "state"), busy ? ", in use: its update waits" : "", NULL));
  }
  g_autofree char *text = sc_ctl_table_to_text (table);
  fputs (sc_ctl_table_get_n_rows (table) > 0 ? text : "It has no templates.\n", stdout);
}

ScCtlStatus
sc_ctl_seat (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/seats/", self->arguments[0], "", NULL);
  g_autoptr (ScJson) seat = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  if (!seat)
    return SC_CTL_FAILED;
  if (self->options.json) {
    sc_ctl_print_json (seat);
    return SC_CTL_DONE;
  }
  ScJson *verify = json_object_get (seat, "verify");
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (seat, "name"), G_MAXUINT);
  g_autofree char *room = sc_ctl_text_cut (sc_ctl_text_of (seat, "room"), G_MAXUINT);
  g_autofree char *own_room = sc_ctl_text_cut (sc_ctl_text_of (seat, "own_room"), G_MAXUINT);
  g_autofree char *state_text = sc_ctl_seat_state (seat, NULL);
  g_autofree char *state = sc_ctl_text_cut (state_text, G_MAXUINT);
  g_autofree char *ended = sc_ctl_format_time (sc_ctl_text_of (verify, "ended"));
  gboolean known = !g_str_equal (sc_ctl_text_of (verify, "state"), "never");
  printf ("Seat %s%s%s: %s\n", name, *room ? " in room " : "", room, state);
  if (!g_str_equal (room, own_room))
    print_fact ("own room", g_strdup (*own_room ? own_room : "none"));
  print_facts (seat);
  g_autofree char *result = sc_ctl_verify_result (verify);
  gboolean mended = sc_ctl_number_of (verify, "n_files") > 0 && !has_damage (seat);
  print_fact ("verified",
              g_strconcat (known ? ended : "", known ? ", " : "", result, mended ? ", mended since" : "", NULL));
  if (!mended)
    print_findings (verify);
  print_templates (seat);
  return SC_CTL_DONE;
}
