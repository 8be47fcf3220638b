/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-window-state.h"

#include <errno.h>
#include <glib/gstdio.h>

#define GROUP "window"
#define LEAST 200
#define MOST 32767

void
sc_window_state_clear (ScWindowState *state)
{
  g_clear_pointer (&state->page, g_free);
}

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "seatcast", "window", NULL);
}

static int
size_of (GKeyFile *keys, const char *key)
{
  int size = g_key_file_get_integer (keys, GROUP, key, NULL);

  return size >= LEAST && size <= MOST ? size : 0;
}

void
sc_window_state_load (ScWindowState *state)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *path = get_path ();

  *state = (ScWindowState){ 0 };
  if (!g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL))
    return;
  state->width = size_of (keys, "width");
  state->height = size_of (keys, "height");
  state->maximized = g_key_file_get_boolean (keys, GROUP, "maximized", NULL);
  state->page = g_key_file_get_string (keys, GROUP, "page", NULL);
}

void
sc_window_state_save (const ScWindowState *state)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *path = get_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_key_file_set_integer (keys, GROUP, "width", state->width);
  g_key_file_set_integer (keys, GROUP, "height", state->height);
  g_key_file_set_boolean (keys, GROUP, "maximized", state->maximized);
  if (state->page != NULL)
    g_key_file_set_string (keys, GROUP, "page", state->page);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    g_warning ("cannot make %s: %s", directory, g_strerror (errno));
  else if (!g_key_file_save_to_file (keys, path, &error))
    g_warning ("the window's size is not remembered: %s", error->message);
}
