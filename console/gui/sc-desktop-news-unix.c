/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-desktop-news.h"

#include <glib/gi18n-lib.h>

void
sc_desktop_news_tell (ScWindow *window, const char *id, guint64 session, const char *title, const char *body,
                      gboolean urgent)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));
  guint window_id = gtk_application_window_get_id (GTK_APPLICATION_WINDOW (window));
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  if (urgent)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show-session", "(ut)", window_id, session);
  g_notification_add_button_with_target (notification, _ ("Show the session"), "app.show-session", "(ut)", window_id,
                                         session);
  g_application_send_notification (G_APPLICATION (application), id, notification);
}
