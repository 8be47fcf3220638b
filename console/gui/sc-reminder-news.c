/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-reminder-news.h"

#include "console/gui/sc-notice.h"
#include "console/gui/words/sc-plan-words.h"

static void
on_reminder (ScWindow *window, ScJson *reminder)
{
  g_autofree char *text = sc_plan_words_reminder (reminder, g_get_real_time ());

  sc_window_call_attention (window, "rooms");
  sc_notice_show (GTK_WIDGET (window), text);
}

void
sc_reminder_news_watch (ScWindow *window)
{
  g_signal_connect_object (sc_window_get_console (window), "reminder", G_CALLBACK (on_reminder), window,
                           G_CONNECT_SWAPPED);
}
