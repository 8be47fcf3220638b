/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-application.h"
#include "console/gui/sc-windows-desktop.h"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <windows.h>

/* A program for windows is given no terminal. Its answers to --help and --version go to the one that it was started in,
 * unless they are written to a file or a pipe. */
static void
use_parents_terminal (void)
{
  const struct {
    DWORD number;
    FILE *stream;
  } outputs[] = { { STD_OUTPUT_HANDLE, stdout }, { STD_ERROR_HANDLE, stderr } };
  gboolean missing[G_N_ELEMENTS (outputs)];

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    missing[i] = GetFileType (GetStdHandle (outputs[i].number)) == FILE_TYPE_UNKNOWN;
  if (!AttachConsole (ATTACH_PARENT_PROCESS))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++) {
    if (missing[i] && freopen ("CONOUT$", "w", outputs[i].stream) != NULL)
      setvbuf (outputs[i].stream, NULL, _IONBF, 0);
  }
}

/* share\locale beside the directory that this program is in. libintl opens files by their names in the system's code
 * page; the short name of a path that cannot be said in it can. */
static char *
find_translations (void)
{
  const char *named = g_getenv ("SEATCAST_LOCALE_DIRECTORY"); /* of a build that is not installed */
  g_autofree char *installed = g_win32_get_package_installation_directory_of_module (NULL);
  g_autofree char *path = named != NULL ? g_strdup (named) : g_build_filename (installed, "share", "locale", NULL);

  return g_win32_locale_filename_from_utf8 (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *translations = NULL;
  g_autoptr (ScApplication) application = NULL;

  use_parents_terminal ();
  /* GLib would start a bus for this user, whose process holds our DLLs when the window is long closed */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  sc_windows_desktop_choose_language ();
  translations = find_translations ();
  setlocale (LC_ALL, "");
  if (translations != NULL)
    bindtextdomain (GETTEXT_PACKAGE, translations);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  application = sc_application_new ();
  g_signal_connect_after (application, "startup", G_CALLBACK (sc_windows_desktop_adapt), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
