/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScNoticeArea:
 *
 * Where a window shows the notices of sc-notice.h: an overlay child that takes no room while there is none.
 */
#define SC_TYPE_NOTICE_AREA (sc_notice_area_get_type ())
G_DECLARE_FINAL_TYPE (ScNoticeArea, sc_notice_area, SC, NOTICE_AREA, GtkBox)

GtkWidget *sc_notice_area_new (void);
/* (nullable) (transfer none): that of the window that @from is in, or of the window that this one belongs to */
ScNoticeArea *sc_notice_area_find (GtkWidget *from);
/* A text that is there already is not shown twice. @seconds: how long; 0: until it is closed, as an error is */
void sc_notice_area_show (ScNoticeArea *self, const char *text, guint seconds);

G_END_DECLS
