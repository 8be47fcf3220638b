/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/waiting/sc-waiting-news.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/sc-notice.h"

#include <glib/gi18n-lib.h>

/* Those that wait when the window connects are seen in the list of rooms: only more of them are news. */
static void
on_items_changed (GListModel *waiting, guint position, guint n_removed, guint n_added, gpointer data)
{
  ScWindow *window = data;
  const guint n = g_list_model_get_n_items (waiting);
  g_autofree char *text = NULL;

  if (n_added <= n_removed || !sc_me_may (sc_window_get_console (window), SC_MAY_OPERATE))
    return;
  text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u seat waits to be approved", "%u seats wait to be approved", n), n);
  sc_window_call_attention (window, "rooms");
  sc_notice_show (GTK_WIDGET (window), text);
}

void
sc_waiting_news_watch (ScWindow *window)
{
  g_signal_connect_object (sc_console_get_waiting (sc_window_get_console (window)), "items-changed",
                           G_CALLBACK (on_items_changed), window, 0);
}
