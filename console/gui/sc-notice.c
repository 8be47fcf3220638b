/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-notice.h"

#include "console/gui/sc-notice-area.h"

#define SECONDS_SHOWN 8u

void
sc_notice_show (GtkWidget *from, const char *text)
{
  ScNoticeArea *area = sc_notice_area_find (from);

  if (area != NULL)
    sc_notice_area_show (area, text, SECONDS_SHOWN);
}

void
sc_notice_show_error (GtkWidget *from, const char *what, const GError *error)
{
  ScNoticeArea *area = sc_notice_area_find (from);
  g_autofree char *text = NULL;

  if (area == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  text = g_strdup_printf ("%s: %s", what, error->message);
  sc_notice_area_show (area, text, 0);
}
