/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-application.h"

#include <libintl.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  const char *translations = g_getenv ("SEATCAST_LOCALE_DIRECTORY"); /* of a build that is not installed */
  g_autoptr (ScApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, translations != NULL ? translations : SC_LOCALE_DIRECTORY);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  application = sc_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
