/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Tells the user of an event, in the window that @from is in, without taking the focus: it goes away by itself. In a
 * window that has no place for notices (a test's) nothing is shown.
 */
void sc_notice_show (GtkWidget *from, const char *text);

/* The same for something that did not work: stays until it is closed. @what: "The seat pc-17 cannot be verified".
 * An error of kind G_IO_ERROR_CANCELLED is not told: the user did that. */
void sc_notice_show_error (GtkWidget *from, const char *what, const GError *error);

G_END_DECLS
