/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-history.h"

#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include "common/sc-error.h"

#include <stdio.h>

#define DEFAULT_ENTRIES 50u
#define MAX_PAGE 1000u /* the API's */

static char *
number_unless_zero (ScJson *object, const char *key)
{
  guint64 number = sc_ctl_number_of (object, key);
  return number > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, number) : NULL;
}

static ScJson *
get_page (ScCtl *self, guint64 page, guint64 before, GError **error)
{
  g_autofree char *path =
      before > 0 ? g_strdup_printf ("/v1/activity?max=%" G_GUINT64_FORMAT "&before=%" G_GUINT64_FORMAT, page, before)
                 : g_strdup_printf ("/v1/activity?max=%" G_GUINT64_FORMAT, page);
  return sc_ctl_client_request (self->client, "GET", path, NULL, error);
}

gboolean
sc_ctl_history_each (ScCtl *self, guint64 wanted, ScCtlEntryFunc func, gpointer data, GError **error)
{
  guint64 before = 0;
  while (wanted > 0) {
    guint64 page = MIN (wanted, MAX_PAGE);
    g_autoptr (ScJson) answer = get_page (self, page, before, error);
    if (!answer)
      return FALSE;
    ScJson *entries = json_object_get (answer, "entries");
    gsize i;
    ScJson *entry;
    json_array_foreach (entries, i, entry)
    {
      before = sc_ctl_number_of (entry, "id");
      if (!func (self, entry, data))
        return TRUE;
    }
    wanted -= MIN (wanted, json_array_size (entries));
    if (json_array_size (entries) < page)
      return TRUE;
  }
  return TRUE;
}

static gboolean
add_activity (ScCtl *self, ScJson *entry, gpointer data)
{
  ScCtlTable *table = data;
  if (self->options.json)
    sc_ctl_print_json (entry);
  else
    sc_ctl_table_add (table, sc_ctl_format_second (sc_ctl_text_of (entry, "time")), sc_ctl_activity_who (entry),
                      g_strdup (sc_ctl_text_of (entry, "action")), sc_ctl_activity_what (entry),
                      sc_ctl_activity_result (entry));
  return TRUE;
}

ScCtlStatus
sc_ctl_activity (ScCtl *self, GError **error)
{
  const char *const headings[] = { "TIME", "WHO", "ACTION", "WHAT", "RESULT", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  guint64 wanted = self->options.max_entries > 0 ? self->options.max_entries : DEFAULT_ENTRIES;
  if (!sc_ctl_history_each (self, wanted, add_activity, table, error))
    return SC_CTL_FAILED;
  return sc_ctl_print_table (self, table, "Nobody has changed anything yet.");
}

ScCtlStatus
sc_ctl_log (ScCtl *self, GError **error)
{
  g_autofree char *base = sc_client_path ("/v1/seats/", self->arguments[0], "/log", NULL);
  g_autofree char *path = self->options.max_entries > 0 ? g_strdup_printf ("%s?max=%" G_GUINT64_FORMAT, base,
                                                                           MIN (self->options.max_entries, 500))
                                                        : g_strdup (base);
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  if (!answer)
    return SC_CTL_FAILED;

  const char *const headings[] = { "TIME", "EVENT", "?>SESSION", "?>VERSION", "?WHY", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *entry;
  json_array_foreach (json_object_get (answer, "entries"), i, entry)
  {
    if (self->options.json)
      sc_ctl_print_json (entry);
    else
      sc_ctl_table_add (table, sc_ctl_format_second (sc_ctl_text_of (entry, "time")),
                        g_strdup (sc_ctl_text_of (entry, "event")), number_unless_zero (entry, "session"),
                        number_unless_zero (entry, "version"), g_strdup (sc_ctl_text_of (entry, "text")));
  }
  return sc_ctl_print_table (self, table, "Nothing has happened to this seat yet.");
}

static char *
printable_of (ScJson *object, const char *key)
{
  return sc_ctl_text_cut (sc_ctl_text_of (object, key), G_MAXUINT);
}

static void
print_settings (ScJson *settings)
{
  g_autofree char *publish = printable_of (settings, "publish_directory");
  g_autofree char *directory = printable_of (settings, "directory");
  g_autofree char *url = printable_of (settings, "url");
  g_autofree char *group = printable_of (settings, "multicast_group");
  g_autofree char *interface = printable_of (settings, "interface");
  g_autofree char *store = sc_ctl_format_size (sc_ctl_number_of (settings, "store_bytes"));
  g_autofree char *free_bytes = sc_ctl_format_size (sc_ctl_number_of (settings, "free_bytes"));
  g_autofree char *rate = sc_ctl_format_cap (sc_ctl_number_of (settings, "rate_cap_bits_per_second"));
  printf ("rate               %s\n", rate);
  printf ("catch-up           %g Mbit/s, %" G_GUINT64_FORMAT " seats at a time\n",
          (double) sc_ctl_number_of (settings, "catch_up_rate_bits_per_second") / 1e6,
          sc_ctl_number_of (settings, "catch_up_seats"));
  printf ("publish directory  %s\n", *publish ? publish : "-");
  printf ("store              %s in %s, %s free\n", store, directory, free_bytes);
  printf ("console            %s\n", url);
  printf ("multicast          %s and the 63 groups after it, port %" G_GUINT64_FORMAT "\n", group,
          sc_ctl_number_of (settings, "multicast_port"));
  printf ("interface          %s\n", *interface ? interface : "the one that faces a session's seats");
  printf ("mtu                %" G_GUINT64_FORMAT " bytes\n", sc_ctl_number_of (settings, "mtu"));
}

ScCtlStatus
sc_ctl_settings (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  const char *given = self->options.publish_directory;
  /* the engine has another working directory */
  g_autofree char *directory = given && *given ? g_canonicalize_filename (given, NULL) : g_strdup (given);
  if (self->options.rate)
    json_object_set_new (body, "rate_cap_bits_per_second", json_integer ((json_int_t) (self->options.rate_mbit * 1e6)));
  if (self->options.catch_up_rate)
    json_object_set_new (body, "catch_up_rate_bits_per_second",
                         json_integer ((json_int_t) (self->options.catch_up_rate_mbit * 1e6)));
  if (self->options.max_catch_up_seats > 0)
    json_object_set_new (body, "catch_up_seats", json_integer ((json_int_t) self->options.max_catch_up_seats));
  if (directory && json_object_set_new (body, "publish_directory", json_string (directory)) != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the directory's name has to be UTF-8");
    return SC_CTL_USAGE;
  }
  gboolean changes = json_object_size (body) > 0;
  g_autoptr (ScJson) settings =
      sc_ctl_client_request (self->client, changes ? "POST" : "GET", "/v1/settings", changes ? body : NULL, error);
  if (!settings)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (settings);
  else
    print_settings (settings);
  return SC_CTL_DONE;
}

static void
add_needs (ScCtlTable *table, const char *room, ScJson *needs)
{
  sc_ctl_table_add (table, g_strdup (room), g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (needs, "seats")),
                    g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (needs, "seats_lacking")),
                    sc_ctl_format_size (sc_ctl_number_of (needs, "bytes_to_send")),
                    sc_ctl_format_size (sc_ctl_number_of (needs, "largest_seat_bytes")));
}

ScCtlStatus
sc_ctl_needs (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "version", &number, error))
    return SC_CTL_USAGE;
  g_autofree char *path = sc_client_path ("/v1/versions/", self->arguments[0], "/needs", NULL);
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json) {
    sc_ctl_print_json (answer);
    return SC_CTL_DONE;
  }

  const char *const headings[] = { "ROOM", ">SEATS", ">LACKING", ">TO SEND", ">LARGEST SEAT", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *room;
  json_array_foreach (json_object_get (answer, "rooms"), i, room)
  {
    const char *name = sc_ctl_text_of (room, "room");
    add_needs (table, *name ? name : "(no room)", room);
  }
  if (sc_ctl_table_get_n_rows (table) > 1)
    add_needs (table, "(all)", json_object_get (answer, "all"));
  return sc_ctl_print_table (self, table, "No seat has ever connected.");
}
