/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-rooms-memory.h"

#include <errno.h>
#include <glib/gstdio.h>

#define GROUP "rooms"

void
sc_rooms_memory_clear (ScRoomsMemory *memory)
{
  g_clear_pointer (&memory->room, g_free);
}

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "seatcast", "rooms", NULL);
}

void
sc_rooms_memory_load (ScRoomsMemory *memory)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *path = get_path ();

  *memory = (ScRoomsMemory){ 0 };
  if (!g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL))
    return;
  memory->room = g_key_file_get_string (keys, GROUP, "room", NULL);
  memory->list = g_key_file_get_boolean (keys, GROUP, "list", NULL);
}

void
sc_rooms_memory_save (const ScRoomsMemory *memory)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *path = get_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (memory->room != NULL)
    g_key_file_set_string (keys, GROUP, "room", memory->room);
  g_key_file_set_boolean (keys, GROUP, "list", memory->list);
  text = g_key_file_to_data (keys, NULL, NULL);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    g_warning ("cannot make %s: %s", directory, g_strerror (errno));
  else if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600,
                                      &error)) /* no wait for the disk */
    g_warning ("the room is not remembered: %s", error->message);
}
