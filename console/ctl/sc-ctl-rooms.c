/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-desired.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl.h"

#include "common/sc-error.h"

#include <stdio.h>

static char *
number_in_words (ScJson *object, const char *key)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (object, key));
}

ScCtlStatus
sc_ctl_rooms (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/rooms", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;

  const char *const headings[] = { "ROOM",     ">SEATS",  ">ONLINE", ">CURRENT", ">BEHIND", ">DRIFTED",
                                   ">UNKNOWN", "VERSION", "?PINNED", "?WINDOW",  NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *room;
  json_array_foreach (json_object_get (answer, "rooms"), i, room)
  {
    if (self->options.json) {
      sc_ctl_print_json (room);
      continue;
    }
    const char *name = sc_ctl_text_of (room, "name");
    ScJson *window = json_object_get (json_object_get (room, "policy"), "window");
    guint64 pinned = sc_ctl_number_of (room, "pinned");
    sc_ctl_table_add (
        table, g_strdup (*name ? name : "(no room)"), number_in_words (room, "seats"), number_in_words (room, "online"),
        number_in_words (room, "current"), number_in_words (room, "behind"), number_in_words (room, "drifted"),
        number_in_words (room, "unknown"), sc_ctl_assignment_in_words (json_object_get (room, "assignment")),
        pinned > 0 ? number_in_words (room, "pinned") : NULL,
        json_is_object (window) ? sc_ctl_window_in_words (window) : NULL);
  }
  return sc_ctl_print_table (self, table, "There is no room yet: a seat's service names one, or “room add” makes it.");
}

/* Returns: (transfer full) (nullable): the answer, printed already with --json */
static ScJson *
change_room (ScCtl *self, const char *path, const char *name, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  if (name)
    json_object_set_new (body, "name", json_string (name));
  ScJson *answer = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (answer && self->options.json)
    sc_ctl_print_json (answer);
  return answer;
}

ScCtlStatus
sc_ctl_room_add (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) room = change_room (self, "/v1/rooms", self->arguments[0], error);
  if (!room)
    return SC_CTL_FAILED;
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (room, "name"), G_MAXUINT);
  if (!self->options.json)
    printf ("Room “%s” is there; “seatcastctl move SEAT… --room ROOM” brings seats to it.\n", name);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_room_rename (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/rooms/", self->arguments[0], "/rename", NULL);
  g_autoptr (ScJson) room = change_room (self, path, self->arguments[1], error);
  if (!room)
    return SC_CTL_FAILED;
  g_autofree char *before = sc_ctl_text_cut (self->arguments[0], G_MAXUINT);
  g_autofree char *name = sc_ctl_text_cut (sc_ctl_text_of (room, "name"), G_MAXUINT);
  guint64 seats = sc_ctl_number_of (room, "seats");
  if (!self->options.json)
    printf ("Room “%s” is called “%s” now (%" G_GUINT64_FORMAT " seat%s).\n", before, name, seats,
            seats == 1 ? "" : "s");
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_room_remove (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/rooms/", self->arguments[0], "/delete", NULL);
  g_autoptr (ScJson) answer = change_room (self, path, NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  g_autofree char *name = sc_ctl_text_cut (self->arguments[0], G_MAXUINT);
  if (!self->options.json)
    printf ("Room “%s” is removed.\n", name);
  return SC_CTL_DONE;
}

/* Where each seat is now, and what its service says where that is something else. */
static ScCtlStatus
print_moved (ScCtl *self, ScJson *seats)
{
  const char *const headings[] = { "SEAT", "ROOM", "?OWN ROOM", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *seat;
  json_array_foreach (seats, i, seat)
  {
    if (self->options.json) {
      sc_ctl_print_json (seat);
      continue;
    }
    const char *room = sc_ctl_text_of (seat, "room");
    const char *own_room = sc_ctl_text_of (seat, "own_room");
    sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (*room ? room : "(no room)"),
                      g_str_equal (room, own_room) ? NULL : g_strdup (*own_room ? own_room : "(no room)"));
  }
  return sc_ctl_print_table (self, table, "");
}

ScCtlStatus
sc_ctl_move (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  ScJson *seats = json_array ();
  for (gsize i = 0; self->arguments[i]; i++)
    json_array_append_new (seats, json_string (self->arguments[i]));
  json_object_set_new (body, "seats", seats);
  json_object_set_new (body, "room", self->options.room ? json_string (self->options.room) : json_null ());
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", "/v1/rooms/assign", body, error);
  return answer ? print_moved (self, json_object_get (answer, "seats")) : SC_CTL_FAILED;
}
