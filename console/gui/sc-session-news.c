/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-session-news.h"

#include "console/gui/model/sc-session-seat-item.h"
#include "console/gui/sc-desktop-news.h"
#include "console/gui/sc-notice.h"
#include "console/gui/words/sc-session-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

static guint
count_failed (ScSessionItem *session)
{
  ScItemList *seats = sc_session_item_get_seats (session);
  guint n = 0;

  for (guint i = 0; i < sc_item_list_get_length (seats); i++)
    n += sc_session_seat_item_get_info (sc_item_list_at (seats, i))->state == SC_TRANSFER_FAILED;
  return n;
}

static char *
title_of (const ScSessionInfo *info, guint n_failed)
{
  g_autofree char *version = sc_words_version (info->version);

  /* Translators: %s is “Version 4” */
  if (info->state == SC_SESSION_STATE_CANCELLED)
    return g_strdup_printf (_ ("%s: deployment cancelled"), version);
  if (info->state == SC_SESSION_STATE_FAILED)
    return g_strdup_printf (_ ("%s: deployment failed"), version);
  if (n_failed > 0)
    return g_strdup_printf (_ ("%s did not reach every seat"), version);
  return g_strdup_printf (_ ("%s is deployed"), version);
}

/* "Lab 1: 3 of 20 seats failed" */
static char *
body_of (ScSessionItem *session, guint n_failed)
{
  g_autofree char *target = sc_session_words_target (session);
  guint n = sc_item_list_get_length (sc_session_item_get_seats (session));
  g_autofree char *count =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u seat failed", "%u of %u seats failed", n), n_failed, n);
  const char *error = sc_session_item_get_info (session)->error;

  if (*error != '\0')
    return g_strdup_printf ("%s: %s", target, error);
  if (n_failed > 0)
    return g_strdup_printf ("%s: %s", target, count);
  return g_steal_pointer (&target);
}

/* In the window; and on the desktop when the user looks elsewhere. */
static void
on_session_ended (ScWindow *window, ScSessionItem *session)
{
  const ScSessionInfo *info = sc_session_item_get_info (session);
  guint n_failed = count_failed (session);
  g_autofree char *title = title_of (info, n_failed);
  g_autofree char *body = body_of (session, n_failed);
  g_autofree char *text = g_strdup_printf ("%s – %s", title, body);
  g_autofree char *id = NULL;

  sc_window_call_attention (window, "sessions");
  sc_notice_show (GTK_WIDGET (window), text);
  if (gtk_window_is_active (GTK_WINDOW (window)))
    return;
  id = g_strdup_printf ("session-%" G_GUINT64_FORMAT, info->id);
  sc_desktop_news_tell (window, id, info->id, title, body, n_failed > 0 || info->state == SC_SESSION_STATE_FAILED);
}

void
sc_session_news_watch (ScWindow *window)
{
  g_signal_connect_object (sc_window_get_console (window), "session-ended", G_CALLBACK (on_session_ended), window,
                           G_CONNECT_SWAPPED);
}
