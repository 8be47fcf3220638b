/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-pages.h"

#include "console/gui/activity/sc-activity-page.h"
#include "console/gui/deploy/sc-deploy-dialog.h"
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/sessions/sc-sessions-page.h"
#include "console/gui/settings/sc-settings-page.h"
#include "console/gui/versions/sc-versions-page.h"

#include <glib/gi18n-lib.h>

static void
show_seat (GtkWidget *page, GVariant *target)
{
  sc_rooms_page_show_seat (SC_ROOMS_PAGE (page), g_variant_get_string (target, NULL));
}

static void
show_version (GtkWidget *page, GVariant *target)
{
  sc_versions_page_show_version (SC_VERSIONS_PAGE (page), g_variant_get_uint64 (target));
}

static void
show_session (GtkWidget *page, GVariant *target)
{
  sc_sessions_page_show_session (SC_SESSIONS_PAGE (page), g_variant_get_uint64 (target));
}

/* In the order in which they are shown: a line a page. */
const ScPage sc_pages[] = {
  { "rooms", N_ ("Rooms"), sc_rooms_page_new, "show-seat", show_seat },
  { "versions", N_ ("Versions"), sc_versions_page_new, "show-version", show_version },
  { "sessions", N_ ("Sessions"), sc_sessions_page_new, "show-session", show_session },
  { "activity", N_ ("Activity"), sc_activity_page_new },
  { "settings", N_ ("Settings"), sc_settings_page_new },
};
const guint sc_n_pages = G_N_ELEMENTS (sc_pages);

void
sc_pages_show_waiting (GtkWidget *rooms)
{
  sc_rooms_page_show_waiting (SC_ROOMS_PAGE (rooms));
}

void
sc_pages_deploy (GtkWindow *window, ScConsole *console, GtkWidget *page, GVariant *target, gboolean roll_back)
{
  ScDeployDialog *dialog = SC_DEPLOY_DIALOG (sc_deploy_dialog_new (console, window));
  guint64 version = 0;
  const char *room = NULL;
  g_autofree const char **seats = NULL;

  g_variant_get (target, "(t&s^a&s)", &version, &room, &seats);
  if (!roll_back && version == 0 && *room == '\0' && seats[0] == NULL && SC_IS_ROOMS_PAGE (page))
    room = sc_rooms_page_get_room (SC_ROOMS_PAGE (page));
  sc_deploy_dialog_set_request (dialog, roll_back, version, room, seats);
  gtk_window_present (GTK_WINDOW (dialog));
}
