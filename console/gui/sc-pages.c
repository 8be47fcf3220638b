/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-pages.h"

#include <glib/gi18n-lib.h>

/* In the order in which they are shown. One line a page:
 * { "rooms", N_ ("Rooms"), sc_rooms_page_new, "show-seat", show_seat }, */
const ScPage sc_pages[] = {
  { NULL },
};
const guint sc_n_pages = G_N_ELEMENTS (sc_pages) - 1;

void
sc_pages_deploy (GtkWindow *window, ScConsole *console, GVariant *target, gboolean roll_back)
{
}
